import { GetObjectCommand } from '@aws-sdk/client-s3';
import { attempt, callRow } from '../calls.ts';
import {
  bucketArn,
  changeKeyPolicy,
  decisionOn,
  encryptBucket,
  excerptOf,
  type MadeKey,
  makeBucket,
  makeKey,
  makeRole,
  objectsOf,
  type Person,
  put,
} from '../kit.ts';
import type { Statement } from '../policies.ts';
import { type Place, scenario } from '../story.ts';

interface World {
  key: MadeKey;
  readonly bucket: string;
  readonly writer: Person;
}

const look = (world: World): readonly Place[] => [
  { label: 'The key’s policy', page: 'key', name: world.key.id, tab: 'policy' },
  { label: 'The bucket', page: 'bucket', name: world.bucket, tab: 'encryption' },
];

const forContext = (role: string, ...context: readonly string[]): Statement => ({
  Sid: 'AllowReportsOnly',
  Effect: 'Allow',
  Principal: { AWS: role },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
  Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': context.length === 1 ? context[0] : context } },
});

export const contextFlip = scenario<World>({
  id: 'context-flip',
  title: 'A bucket key breaks a policy',
  about:
    'With a bucket key the encryption context is the bucket, not the object: policies that name objects stop matching.',
  kinds: ['general purpose bucket'],
  async build(stage) {
    const made = await makeKey(stage, 'reports');
    const bucket = await makeBucket(stage, `reports-${stage.home}`, { key: made, bucketKey: false });
    const writer = await makeRole(stage, 'ReportWriter', [objectsOf(bucket)]);
    const key = await changeKeyPolicy(stage, made, forContext(writer.ownArn, `${bucketArn(bucket)}/*`));
    return { key, bucket, writer };
  },
  steps: [
    {
      title: 'A careful policy',
      notes: ['Good practice until now: the role may use the key for objects of one bucket, and for nothing else.'],
      async play(stage, world) {
        const call = await put(world.writer.s3, world.bucket, '2026/q1.csv');
        const trace = await decisionOn(stage, call.requestId, 'kms:GenerateDataKey');
        return {
          claim: 'A key policy that allows one bucket’s objects',
          lead: 'S3 sends the ARN of the object as encryption context, and the condition matches.',
          picture: trace
            ? { kind: 'decision', trace }
            : { kind: 'excerpt', excerpt: excerptOf('Key policy', world.key.policy, 'AllowReportsOnly', 'good', '') },
          figures: [],
          look: look(world),
          holds: call.ok && trace?.outcome === 'allow',
        };
      },
    },
    {
      title: 'Somebody saves money',
      notes: ['One switch on the bucket. Every guide on KMS cost says to do this.'],
      async play(stage, world) {
        const call = await encryptBucket(stage.root(stage.home).s3, world.bucket, world.key.arn, true);
        const record = await stage.record(call.requestId);
        return {
          claim: 'Then bucket keys are switched on',
          lead: 'To save requests to KMS. Nobody touches the key, its policy or the role.',
          picture: { kind: 'calls', rows: [callRow(record, world.bucket)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'The next upload',
      notes: ['Look at what the policy expects and what was sent: the object’s name is gone from the context.'],
      async play(stage, world) {
        const call = await put(world.writer.s3, world.bucket, '2026/q2.csv');
        const trace = await decisionOn(stage, call.requestId, 'kms:GenerateDataKey');
        const record = await stage.record(call.requestId);
        return {
          claim: 'The next upload is refused',
          lead: 'A bucket key belongs to the bucket, so the context is the ARN of the bucket. “/*” does not match it.',
          picture: trace
            ? { kind: 'decision', trace, ...(call.error !== undefined && { sentence: call.error.message }) }
            : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: [{ label: 'This decision', page: 'decision', requestId: call.requestId }, ...look(world)],
          holds: !call.ok,
        };
      },
    },
    {
      title: 'Old objects still open',
      notes: ['Objects keep the context that they were written with. That is why the policy has to allow both.'],
      async play(stage, world) {
        const call = await attempt(
          world.writer.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: '2026/q1.csv' })),
        );
        const record = await stage.record(call.requestId);
        const context = record.keyOperations[0]?.encryptionContext['aws:s3:arn'] ?? 'none';
        return {
          claim: 'What was written before still opens',
          lead: 'It keeps the context of its own upload: the ARN of the object.',
          picture: {
            kind: 'facts',
            facts: [
              { label: 'Object', value: '2026/q1.csv', mono: true },
              { label: 'Read', value: call.ok ? 'Allowed' : 'Refused', tone: call.ok ? 'good' : 'bad' },
              { label: 'Context sent to KMS', value: context, mono: true },
            ],
          },
          figures: [],
          look: look(world),
          holds: call.ok && context.endsWith('/2026/q1.csv'),
        };
      },
    },
    {
      title: 'The repair',
      notes: [
        'Before you switch bucket keys on, look for conditions on aws:s3:arn that end in /*. The policy editor marks them.',
      ],
      async play(stage, world) {
        const arn = bucketArn(world.bucket);
        world.key = await changeKeyPolicy(stage, world.key, forContext(world.writer.ownArn, arn, `${arn}/*`));
        const written = await put(world.writer.s3, world.bucket, '2026/q2.csv');
        const read = await attempt(
          world.writer.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: '2026/q1.csv' })),
        );
        return {
          claim: 'Name the bucket and its objects',
          lead: 'New objects come with the bucket’s ARN, old ones with their own.',
          picture: {
            kind: 'excerpt',
            excerpt: excerptOf('Key policy now', world.key.policy, 'AllowReportsOnly', 'good', 'Both contexts match.'),
          },
          figures: [
            { value: written.ok ? 'Accepted' : 'Refused', label: 'a new upload' },
            { value: read.ok ? 'Opened' : 'Refused', label: 'an old object' },
          ],
          look: look(world),
          holds: written.ok && read.ok,
        };
      },
    },
  ],
});
