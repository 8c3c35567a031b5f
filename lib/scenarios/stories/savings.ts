import { amountOf, callRow, inTurn, only } from '../calls.ts';
import {
  bucketArn,
  count,
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
import { type Amount, type Place, scenario } from '../story.ts';

const UPLOADS = 100;
const LIFETIME = 300;

interface World {
  readonly key: MadeKey;
  readonly plain: string;
  readonly saving: string;
  readonly writer: Person;
  readonly second: Person;
  amounts: readonly Amount[];
}

const look = (world: World): readonly Place[] => [
  { label: 'The bucket with a bucket key', page: 'bucket', name: world.saving, tab: 'encryption' },
  { label: 'Key use', page: 'key', name: world.key.id },
];

export const savings = scenario<World>({
  id: 'bucket-keys-save',
  title: 'Bucket keys save 99 %',
  about: 'One request to KMS serves a hundred uploads, because S3 keeps a key between KMS and the objects.',
  kinds: ['general purpose bucket'],
  settings: { bucketKeyLifetime: LIFETIME },
  async build(stage) {
    const key = await makeKey(stage, 'events');
    const plain = await makeBucket(stage, `events-${stage.home}`, { key, bucketKey: false });
    const saving = await makeBucket(stage, `events-saving-${stage.home}`, { key, bucketKey: true });
    const may = [objectsOf(plain), { ...objectsOf(saving), Sid: 'SavingObjects' }, useOf(key)];
    const writer = await makeRole(stage, 'IngestWriter', may);
    const second = await makeRole(stage, 'BackfillJob', may);
    return { key, plain, saving, writer, second, amounts: [] };
  },
  steps: [
    {
      title: 'Without a bucket key',
      notes: [
        'Each object has its own data key, and each data key is one GenerateDataKey request. Reads cost one Decrypt each.',
      ],
      async play(stage, world) {
        const uploads = await inTurn(UPLOADS, (index) => put(world.writer.s3, world.plain, `${index}.json`));
        const amount = amountOf(
          'Bucket key off',
          world.plain,
          only(await stage.records(bucketArn(world.plain)), uploads),
        );
        world.amounts = [amount];
        return {
          claim: 'Without a bucket key, every upload asks KMS',
          lead: `${count(UPLOADS, 'upload')}, ${count(amount.made, 'request')} to KMS.`,
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: String(UPLOADS), label: 'uploads' },
            { value: String(amount.made), label: 'requests to KMS' },
          ],
          look: look(world),
          holds: amount.made === UPLOADS,
        };
      },
    },
    {
      title: 'With it',
      notes: ['Same role, same key, same number of objects. Only the switch on the bucket differs.'],
      async play(stage, world) {
        const uploads = await inTurn(UPLOADS, (index) => put(world.writer.s3, world.saving, `${index}.json`));
        const amount = amountOf(
          'Bucket key on',
          world.saving,
          only(await stage.records(bucketArn(world.saving)), uploads),
        );
        world.amounts = [...world.amounts.slice(0, 1), amount];
        const saved = Math.round((100 * amount.spared) / (amount.made + amount.spared));
        return {
          claim: `With it, ${amount.made === 1 ? 'one request serves' : `${amount.made} requests serve`} them all`,
          lead: 'S3 holds the bucket key for a while and derives nothing from it: it wraps each object’s own data key.',
          picture: { kind: 'amounts', amounts: world.amounts },
          figures: [
            { value: String(amount.made), label: amount.made === 1 ? 'request to KMS' : 'requests to KMS' },
            { value: String(amount.spared), label: 'spared' },
            { value: `${saved} %`, label: 'fewer' },
          ],
          look: look(world),
          holds: amount.made === 1 && saved === 99,
        };
      },
    },
    {
      title: 'Each requester has its own',
      notes: ['Nobody profits from what another requester fetched: permission is asked for each of them once.'],
      async play(stage, world) {
        const uploads = await inTurn(20, (index) => put(world.second.s3, world.saving, `backfill-${index}.json`));
        const records = only(await stage.records(bucketArn(world.saving)), uploads);
        const amount = amountOf('BackfillJob', 'bucket key on, another requester', records);
        return {
          claim: 'Every requester fetches a key of its own',
          lead: `BackfillJob could not use the key that IngestWriter had: its first upload asked KMS.`,
          picture: { kind: 'calls', rows: records.slice(0, 4).map((record) => callRow(record)) },
          figures: [
            { value: String(amount.made), label: 'request to KMS by BackfillJob' },
            { value: String(amount.spared), label: 'spared' },
          ],
          look: look(world),
          holds: amount.made === 1,
        };
      },
    },
    {
      title: 'It does not last',
      notes: ['AWS says “time-limited” and gives no number. Here it is an assumption that you can change under World.'],
      async play(stage, world) {
        await inTurn(6, async (index) => {
          await stage.advance(90);
          await put(world.writer.s3, world.saving, `later-${index}.json`);
        });
        const records = (await stage.records(bucketArn(world.saving))).filter(
          ({ operation }) => operation === 'PutObject',
        );
        const lanes = lanesOf(records, LIFETIME);
        const births = lanes.lanes.find(({ principal }) => principal === world.writer.arn)?.keys.length ?? 0;
        return {
          claim: 'A bucket key lives for a while, then KMS is asked again',
          lead: 'That is when a changed policy is noticed, and not before.',
          picture: { kind: 'lanes', lanes },
          figures: [
            { value: String(births), label: 'bucket keys of IngestWriter so far' },
            { value: span(LIFETIME), label: 'lifetime in this world' },
          ],
          look: [...look(world), { label: 'Change the lifetime', page: 'world' }],
          holds: births === 2,
          assumed: `Assumption: ${span(LIFETIME)}`,
        };
      },
    },
  ],
});
