import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { callRow, inTurn } from '../calls.ts';
import {
  allowRole,
  bucketArn,
  decisionOn,
  type MadeKey,
  makeBucket,
  makeKey,
  makeRole,
  objectsOf,
  type Person,
  put,
  span,
  useOf,
} from '../kit.ts';
import { lanesOf } from '../lanes.ts';
import { policy } from '../policies.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

const LIFETIME = 300;

interface World {
  readonly key: MadeKey;
  readonly bucket: string;
  readonly writer: Person;
  readonly job: Person;
  removedAt: number;
  refusedAt: number;
}

const look = (world: World): readonly Place[] => [
  { label: 'The bucket’s requests', page: 'bucket', name: world.bucket },
  { label: 'Change the lifetime', page: 'world' },
];

/** Both write every half minute. */
async function write(stage: Stage, world: World, rounds: number, name: string) {
  return inTurn(rounds, async (index) => {
    await stage.advance(30);
    await put(world.writer.s3, world.bucket, `ingest/${name}-${index}.json`);
    return put(world.job.s3, world.bucket, `backfill/${name}-${index}.json`);
  });
}

async function lanes(stage: Stage, world: World) {
  const records = (await stage.records(bucketArn(world.bucket))).filter(({ operation }) => operation === 'PutObject');
  const removed = world.removedAt > 0;
  return lanesOf(
    records,
    LIFETIME,
    removed ? [{ at: world.removedAt, label: 'Permission removed', principal: world.job.arn }] : [],
    removed ? { principal: world.job.arn, at: world.removedAt } : undefined,
  );
}

export const lateRevocation = scenario<World>({
  id: 'revocation-bites-late',
  title: 'A bucket key hides a revocation',
  about: 'Who has a bucket key goes on until it expires, whatever the key policy says meanwhile.',
  kinds: ['general purpose bucket'],
  settings: { bucketKeyLifetime: LIFETIME },
  async build(stage) {
    const key = await makeKey(stage, 'raw-events');
    const bucket = await makeBucket(stage, `raw-events-${stage.home}`, { key, bucketKey: true });
    const may = [objectsOf(bucket), useOf(key)];
    const writer = await makeRole(stage, 'IngestWriter', may);
    const job = await makeRole(stage, 'BackfillJob', may);
    return { key, bucket, writer, job, removedAt: 0, refusedAt: 0 };
  },
  steps: [
    {
      title: 'Two writers',
      notes: ['One request to KMS for each of them. From then on S3 answers by itself.'],
      async play(stage, world) {
        const calls = await write(stage, world, 4, 'before');
        const picture = await lanes(stage, world);
        const asked = picture.lanes.flatMap(({ points }) => points).filter(({ kind }) => kind === 'made').length;
        return {
          claim: 'Two writers, and one question to KMS from each',
          lead: 'The dark strip is the life of a bucket key. Pale bars are uploads that it served.',
          picture: { kind: 'lanes', lanes: picture },
          figures: [
            { value: String(calls.length * 2), label: 'uploads' },
            { value: String(asked), label: 'requests to KMS' },
          ],
          look: look(world),
          holds: asked === 2 && calls.every(({ ok }) => ok),
        };
      },
    },
    {
      title: 'A permission is removed',
      notes: [
        'This is what an administrator does at three in the morning: take the key away from a job that misbehaves.',
      ],
      async play(stage, world) {
        await stage.advance(15);
        await allowRole(stage, world.job.name, [objectsOf(world.bucket)]);
        world.removedAt = Date.parse(await stage.now());
        const picture = await lanes(stage, world);
        return {
          claim: 'BackfillJob loses the key',
          lead: 'Its policy allows objects only; GenerateDataKey and Decrypt are gone.',
          picture: { kind: 'lanes', lanes: picture },
          figures: [],
          look: look(world),
          holds: true,
        };
      },
    },
    {
      title: 'Why it still works',
      notes: ['Point at the hatched bars: no request reached KMS, so nothing looked at the policy.'],
      async play(stage, world) {
        const calls = await write(stage, world, 5, 'after');
        const picture = await lanes(stage, world);
        const late = picture.lanes.flatMap(({ points }) => points).filter((point) => point.late).length;
        return {
          claim: 'It goes on writing',
          lead: 'S3 had no reason to ask KMS: its bucket key is still good.',
          picture: { kind: 'lanes', lanes: picture },
          figures: [{ value: String(late), label: 'uploads accepted after the removal' }],
          look: look(world),
          holds: late === calls.length && calls.every(({ ok }) => ok),
          assumed: `Assumption: ${span(LIFETIME)}`,
        };
      },
    },
    {
      title: 'When it bites',
      notes: [
        'The key expires, KMS is asked again, and for the first time somebody reads the policy.',
        'The five minutes are an assumption. AWS says “time-limited” and gives no number.',
      ],
      async play(stage, world) {
        const calls = await write(stage, world, 4, 'later');
        const picture = await lanes(stage, world);
        const own = picture.lanes.find(({ principal }) => principal === world.job.arn)?.points ?? [];
        const refused = own.filter(({ kind }) => kind === 'refused');
        world.refusedAt = refused[0]?.at ?? 0;
        return {
          claim: 'Revocation bites when the bucket key expires',
          lead: 'S3 had no reason to ask KMS until then. IngestWriter, which kept its permission, goes on.',
          picture: { kind: 'lanes', lanes: picture },
          figures: [
            { value: span(Math.max(0, world.refusedAt - world.removedAt) / 1000), label: 'between removal and effect' },
            { value: String(own.filter((point) => point.late).length), label: 'uploads accepted meanwhile' },
            { value: String(refused.length), label: 'refused afterwards' },
          ],
          look: look(world),
          holds: calls.some(({ ok }) => !ok) && world.refusedAt > world.removedAt,
          assumed: `Assumption: ${span(LIFETIME)}`,
        };
      },
    },
    {
      title: 'What KMS says then',
      notes: ['The sentence is AWS’s own. It names the action that the person never called: GenerateDataKey.'],
      async play(stage, world) {
        await stage.advance(30);
        const call = await put(world.job.s3, world.bucket, 'backfill/again.json');
        const trace = await decisionOn(stage, call.requestId, 'kms:GenerateDataKey');
        const record = await stage.record(call.requestId);
        return {
          claim: 'The refusal comes from KMS, through S3',
          lead: 'S3 asked in the name of BackfillJob.',
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
      title: 'What to do about it',
      notes: [
        'To stop somebody at once, deny the S3 action: a bucket policy is read with every request, bucket key or not.',
      ],
      async play(stage, world) {
        await put(world.writer.s3, world.bucket, 'ingest/last.json');
        await stage.root(stage.home).s3.send(
          new PutBucketPolicyCommand({
            Bucket: world.bucket,
            Policy: policy({
              Sid: 'StopNow',
              Effect: 'Deny',
              Principal: { AWS: world.writer.ownArn },
              Action: 's3:PutObject',
              Resource: `${bucketArn(world.bucket)}/*`,
            }),
          }),
        );
        const call = await put(world.writer.s3, world.bucket, 'ingest/denied.json');
        const trace = await decisionOn(stage, call.requestId, 's3:PutObject');
        const record = await stage.record(call.requestId);
        return {
          claim: 'To stop somebody now, deny the S3 action',
          lead: 'IngestWriter held a fresh bucket key. The bucket policy refused its next upload all the same.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: [{ label: 'The bucket’s policy', page: 'bucket', name: world.bucket, tab: 'policy' }],
          holds: !call.ok,
        };
      },
    },
  ],
});
