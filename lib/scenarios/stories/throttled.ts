import { type Attempt, amountOf, callRow, inTurn, only } from '../calls.ts';
import {
  bucketArn,
  count,
  encryptBucket,
  type MadeKey,
  makeBucket,
  makeKey,
  makeRole,
  objectsOf,
  type Person,
  put,
  useOf,
} from '../kit.ts';
import type { Stage } from '../stage.ts';
import { type Amount, type Place, scenario } from '../story.ts';

const QUOTA = 20;
const PEAK = 40;

interface World {
  readonly key: MadeKey;
  readonly bucket: string;
  readonly other: Person;
  readonly writer: Person;
  amounts: readonly Amount[];
}

const look = (world: World): readonly Place[] => [
  { label: 'The quota of this world', page: 'world' },
  { label: 'The bucket', page: 'bucket', name: world.bucket, tab: 'encryption' },
];

/** Uploads within one second: the clock of the world stands. */
async function peak(stage: Stage, world: World, name: string, label: string) {
  const calls = await inTurn(PEAK, (index) => put(world.writer.s3, world.bucket, `${name}/${index}.log`));
  const records = only(await stage.records(bucketArn(world.bucket)), calls);
  const amount = amountOf(label, `${PEAK} uploads in one second`, records);
  world.amounts = [...world.amounts, amount];
  const accepted = calls.filter(({ ok }) => ok).length;
  return { calls, accepted, amount, refused: calls.find(({ ok }): boolean => !ok) };
}

const said = (call: Attempt | undefined): string => call?.error?.message ?? 'Nothing was refused.';

export const throttled = scenario<World>({
  id: 'throttled-at-peak',
  title: 'Throttled at peak',
  about:
    'KMS requests per second are a quota of the account and Region. At the peak S3 answers SlowDown, and means KMS.',
  kinds: ['general purpose bucket'],
  settings: { quotasEnforced: true, kmsRequestQuota: QUOTA },
  async build(stage) {
    const key = await makeKey(stage, 'logs');
    const bucket = await makeBucket(stage, `logs-${stage.home}`, { key, bucketKey: false });
    const may = [objectsOf(bucket), useOf(key)];
    const writer = await makeRole(stage, 'LogShipper', may);
    const other = await makeRole(stage, 'Billing', may);
    return { key, bucket, writer, other, amounts: [] };
  },
  steps: [
    {
      title: 'A quiet second',
      notes: [
        'The real quota is 100,000 a second in large Regions, 10,000 in small ones. Here it is small enough to be seen.',
      ],
      async play(stage, world) {
        const calls = await inTurn(10, (index) => put(world.writer.s3, world.bucket, `quiet/${index}.log`));
        const records = only(await stage.records(bucketArn(world.bucket)), calls);
        return {
          claim: 'Most of the time, nobody thinks of the quota',
          lead: `Ten uploads, ten requests to KMS. This world allows ${QUOTA} a second.`,
          picture: { kind: 'calls', rows: records.slice(0, 4).map((record) => callRow(record)) },
          figures: [
            { value: String(amountOf('', '', records).made), label: 'requests to KMS in this second' },
            { value: String(QUOTA), label: 'allowed' },
          ],
          look: look(world),
          holds: calls.every(({ ok }) => ok),
        };
      },
    },
    {
      title: 'The peak',
      notes: ['SlowDown is an S3 error with a sentence about KMS. People look at S3 request rates for days.'],
      async play(stage, world) {
        await stage.advance(1);
        const { accepted, amount, refused } = await peak(stage, world, 'peak', 'Bucket key off');
        return {
          claim: 'At the peak, uploads are refused',
          lead: said(refused),
          picture: { kind: 'amounts', amounts: [amount] },
          figures: [
            { value: String(accepted), label: 'uploads accepted' },
            { value: String(PEAK - accepted), label: 'refused' },
            { value: refused?.error?.code ?? 'none', label: 'error code' },
          ],
          look: look(world),
          holds: accepted === QUOTA && refused !== undefined,
        };
      },
    },
    {
      title: 'Everybody is hit',
      notes: [
        'The quota belongs to account and Region, not to a bucket or a role. The loudest job silences the most important one.',
      ],
      async play(stage, world) {
        const call = await put(world.other.s3, world.bucket, 'billing/march.pdf');
        const record = await stage.record(call.requestId);
        return {
          claim: 'And so is everybody else in the account',
          lead: 'Billing makes a single upload in the same second.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'A second later',
      notes: ['SDKs retry with growing pauses, so a short peak shows as latency and a long one as errors.'],
      async play(stage, world) {
        await stage.advance(1);
        const call = await put(world.other.s3, world.bucket, 'billing/march.pdf');
        const record = await stage.record(call.requestId);
        return {
          claim: 'A second later the same call works',
          lead: 'That is all a retry does. It does not help while the peak lasts.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'The cure',
      notes: ['Ask for a higher quota if you must. A bucket key is free and takes one call.'],
      async play(stage, world) {
        await encryptBucket(stage.root(stage.home).s3, world.bucket, world.key.arn, true);
        await stage.advance(1);
        const { accepted, amount } = await peak(stage, world, 'cured', 'Bucket key on');
        return {
          claim: 'A bucket key takes the peak away from KMS',
          lead: `The same ${count(PEAK, 'upload')} in one second, and KMS hears of ${count(amount.made, 'request')}.`,
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: String(accepted), label: 'uploads accepted' },
            { value: String(PEAK - accepted), label: 'refused' },
          ],
          look: look(world),
          holds: accepted === PEAK,
        };
      },
    },
  ],
});
