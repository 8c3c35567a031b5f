import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { amountOf, attempt, callRow, inTurn, only } from '../calls.ts';
import { type MadeKey, makeBucket, makeDirectoryBucket, makeKey, openSession, put } from '../kit.ts';
import type { Stage } from '../stage.ts';
import { type Amount, type Place, scenario } from '../story.ts';

const OBJECTS = 20;

interface World {
  readonly sourceKey: MadeKey;
  readonly targetKey: MadeKey;
  readonly source: string;
  readonly target: string;
  amounts: readonly Amount[];
  session?: S3Client;
}

const look = (world: World): readonly Place[] => [
  { label: 'The directory bucket', page: 'directory-bucket', name: world.target },
  { label: 'Its key', page: 'key', name: world.targetKey.id },
];

const arnOf = (stage: Stage, world: World) => `arn:aws:s3express:${stage.region}:${stage.home}:bucket/${world.target}`;
const name = (index: number): string => `images/${String(index).padStart(2, '0')}.bin`;

const copy = (stage: Stage, world: World, index: number, Key = name(index)) =>
  attempt(
    stage
      .root(stage.home)
      .s3.send(new CopyObjectCommand({ Bucket: world.target, Key, CopySource: `${world.source}/${name(index)}` })),
  );

export const directoryCopy = scenario<World>({
  id: 'copy-to-a-directory-bucket',
  title: 'Copies into a directory bucket',
  about: 'Uploads in a session share one bucket key. Copies don’t: KMS is asked for every single object.',
  kinds: ['directory bucket', 'general purpose bucket'],
  async build(stage) {
    const sourceKey = await makeKey(stage, 'images');
    const targetKey = await makeKey(stage, 'training');
    const source = await makeBucket(stage, `images-${stage.home}`, { key: sourceKey, bucketKey: true });
    const target = await makeDirectoryBucket(stage, 'training', targetKey);
    await inTurn(OBJECTS, (index) => put(stage.root(stage.home).s3, source, name(index)));
    return { sourceKey, targetKey, source, target, amounts: [] };
  },
  steps: [
    {
      title: 'Uploads in a session',
      notes: ['CreateSession asks KMS once. Everything inside the session uses the bucket key that came of it.'],
      async play(stage, world) {
        world.session = await openSession(stage, stage.root(stage.home).s3, world.target);
        const { session } = world;
        const before = (await stage.records(arnOf(stage, world))).filter(
          ({ operation }) => operation === 'CreateSession',
        );
        const calls = await inTurn(OBJECTS, (index) => put(session, world.target, `upload-${name(index)}`));
        const records = [...before.slice(-1), ...only(await stage.records(arnOf(stage, world)), calls)];
        const amount = amountOf('Uploads', `${OBJECTS} objects in one session`, records);
        world.amounts = [amount];
        return {
          claim: 'Uploads into a directory bucket are cheap',
          lead: 'One session, one bucket key, and KMS hears of it once.',
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: String(OBJECTS), label: 'uploads' },
            { value: String(amount.made), label: amount.made === 1 ? 'request to KMS' : 'requests to KMS' },
          ],
          look: look(world),
          holds: amount.made < OBJECTS / 2 && amount.spared >= OBJECTS - 1,
        };
      },
    },
    {
      title: 'A single copy',
      notes: ['Read the list of key operations: the source is opened, and a key of its own is made for the copy.'],
      async play(stage, world) {
        const call = await copy(stage, world, 0, 'single.bin');
        const record = await stage.record(call.requestId);
        const made = record.keyOperations.filter(({ kind }) => kind === 'made').length;
        return {
          claim: 'A copy asks KMS by itself',
          lead: 'From one key to another, without the bucket key of either side.',
          picture: { kind: 'calls', rows: [callRow(record, 'single.bin')] },
          figures: [{ value: String(made), label: 'requests to KMS for one object' }],
          look: [{ label: 'This request', page: 'decision', requestId: call.requestId }, ...look(world)],
          holds: call.ok && made >= 1,
        };
      },
    },
    {
      title: 'The nightly import',
      notes: [
        'The same holds for UploadPartCopy, Batch Operations and import jobs. A million objects are millions of requests.',
      ],
      async play(stage, world) {
        const calls = await inTurn(OBJECTS, (index) => copy(stage, world, index));
        const records = only(await stage.records(arnOf(stage, world)), calls);
        const amount = amountOf('Copies', `${OBJECTS} objects by CopyObject`, records);
        world.amounts = [...world.amounts.slice(0, 1), amount];
        return {
          claim: 'Copies pay for every object',
          lead: 'The same number of objects, into the same bucket, with the same key.',
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: String(amount.made), label: `requests to KMS for ${OBJECTS} copies` },
            { value: String(world.amounts[0]?.made ?? 0), label: `for ${OBJECTS} uploads` },
          ],
          look: look(world),
          holds: calls.every(({ ok }) => ok) && amount.made >= OBJECTS && amount.spared === 0,
        };
      },
    },
    {
      title: 'What it means',
      notes: ['Read once and upload in a session, where the volume is large. Or plan the copy with the quota in mind.'],
      play(_stage, world) {
        const [uploads, copies] = world.amounts;
        const perUpload = (uploads?.made ?? 0) / OBJECTS;
        const perCopy = (copies?.made ?? 0) / OBJECTS;
        return Promise.resolve({
          claim: 'Count copies when you plan KMS requests',
          lead: 'A forecast that knows only bucket keys is wrong by orders of magnitude on import night.',
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: perUpload.toFixed(2), label: 'requests to KMS per upload' },
            { value: perCopy.toFixed(2), label: 'per copy' },
          ],
          look: look(world),
          holds: perCopy > perUpload,
        });
      },
    },
  ],
});
