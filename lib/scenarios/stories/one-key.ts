import { RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { attempt, callRow } from '../calls.ts';
import { encryptBucket, type MadeKey, makeDirectoryBucket, makeKey, openSession, put } from '../kit.ts';
import { type Place, scenario } from '../story.ts';

interface World {
  readonly first: MadeKey;
  readonly second: MadeKey;
  readonly bucket: string;
  next: string;
  session?: S3Client;
}

const look = (world: World): readonly Place[] => [
  { label: 'The bucket’s encryption', page: 'directory-bucket', name: world.bucket, tab: 'encryption' },
];

export const oneKey = scenario<World>({
  id: 'one-key-for-life',
  title: 'One key for life',
  about: 'A directory bucket takes one customer managed key, for as long as it exists. The way out is a new bucket.',
  kinds: ['directory bucket'],
  async build(stage) {
    const first = await makeKey(stage, 'features-2025');
    const second = await makeKey(stage, 'features-2026');
    const bucket = await makeDirectoryBucket(stage, 'features');
    return { first, second, bucket, next: '' };
  },
  steps: [
    {
      title: 'The first key',
      notes: [
        'S3 checks the key here and now, unlike for general purpose buckets: the caller needs to be able to use it.',
      ],
      async play(stage, world) {
        const { s3 } = stage.root(stage.home);
        const call = await encryptBucket(s3, world.bucket, world.first.arn, true);
        const record = await stage.record(call.requestId);
        return {
          claim: 'A directory bucket gets its key',
          lead: 'Default encryption is SSE-KMS with alias/features-2025. Bucket keys are always on here.',
          picture: { kind: 'calls', rows: [callRow(record, world.bucket)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'Objects arrive',
      notes: ['Every request to the bucket runs inside a session of five minutes. The session carries the encryption.'],
      async play(stage, world) {
        const { s3 } = stage.root(stage.home);
        world.session = await openSession(stage, s3, world.bucket);
        await put(world.session, world.bucket, 'vectors/part-0.bin');
        const head = await world.session.send(
          new HeadObjectCommand({ Bucket: world.bucket, Key: 'vectors/part-0.bin' }),
        );
        return {
          claim: 'Every object is under that key',
          lead: 'The upload named no key at all.',
          picture: {
            kind: 'facts',
            facts: [
              { label: 'Object', value: 'vectors/part-0.bin', mono: true },
              { label: 'Encryption', value: head.ServerSideEncryption ?? 'none' },
              { label: 'Key', value: head.SSEKMSKeyId ?? 'none', mono: true },
              { label: 'Bucket key', value: head.BucketKeyEnabled === true ? 'On' : 'Off' },
            ],
          },
          figures: [],
          look: look(world),
          holds: head.SSEKMSKeyId === world.first.arn,
        };
      },
    },
    {
      title: 'A new key for a new year',
      notes: ['Ask the room what they expect. On general purpose buckets this call succeeds.'],
      async play(stage, world) {
        const { s3 } = stage.root(stage.home);
        const call = await encryptBucket(s3, world.bucket, world.second.arn, true);
        const record = await stage.record(call.requestId);
        return {
          claim: 'Another key is refused, for as long as the bucket exists',
          lead: 'Not a permission: the root user asks, and both keys are enabled.',
          picture: { kind: 'calls', rows: [callRow(record, world.bucket)] },
          figures: [{ value: call.error?.code ?? 'none', label: 'error code' }],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'What still works',
      notes: [
        'Rotation of key material changes nothing for the bucket: the key stays the same key. Do that, yearly or on demand.',
      ],
      async play(stage, world) {
        const { s3 } = stage.root(stage.home);
        const call = await encryptBucket(s3, world.bucket, world.first.arn, true);
        const rotated = await attempt(
          stage.root(stage.home).kms.send(new RotateKeyOnDemandCommand({ KeyId: world.first.id })),
        );
        const records = [await stage.record(call.requestId), await stage.record(rotated.requestId)];
        return {
          claim: 'The same key can be set again, and rotated',
          lead: 'New key material under the same key is invisible to the bucket.',
          picture: { kind: 'calls', rows: records.map((record) => callRow(record)) },
          figures: [],
          look: [...look(world), { label: 'Rotation', page: 'key', name: world.first.id }],
          holds: call.ok && rotated.ok,
        };
      },
    },
    {
      title: 'The way out',
      notes: [
        'Plan it like a migration: new bucket, copy, switch clients, delete the old one. The copy has its price: see the copy scenario.',
      ],
      async play(stage, world) {
        world.next = await makeDirectoryBucket(stage, 'features-2026', world.second);
        const { s3 } = stage.root(stage.home);
        const Key = 'vectors/part-0.bin';
        const copied = await attempt(
          s3.send(new CopyObjectCommand({ Bucket: world.next, Key, CopySource: `${world.bucket}/${Key}` })),
        );
        const record = await stage.record(copied.requestId);
        const made = record.keyOperations.filter(({ kind }) => kind === 'made').length;
        return {
          claim: 'Another key means another bucket',
          lead: 'A new directory bucket with alias/features-2026, and the objects copied over.',
          picture: { kind: 'calls', rows: [callRow(record, 'vectors/part-0.bin')] },
          figures: [{ value: String(made), label: 'requests to KMS for each object that moves' }],
          look: [
            ...look(world),
            { label: 'The new bucket', page: 'directory-bucket', name: world.next, tab: 'encryption' },
          ],
          holds: copied.ok,
        };
      },
    },
  ],
});
