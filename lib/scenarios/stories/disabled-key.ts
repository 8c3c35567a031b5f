import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { attempt, callRow, inTurn } from '../calls.ts';
import { type MadeKey, makeBucket, makeKey, makeRole, objectsOf, type Person, put, span, useOf } from '../kit.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

const LIFETIME = 300;

interface World {
  readonly key: MadeKey;
  readonly plain: string;
  readonly held: string;
  readonly writer: Person;
}

const look = (world: World): readonly Place[] => [
  { label: 'The key', page: 'key', name: world.key.id },
  { label: 'The bucket with a bucket key', page: 'bucket', name: world.held },
];

const read = (world: World, Bucket: string) =>
  attempt(world.writer.s3.send(new GetObjectCommand({ Bucket, Key: 'invoices/1.pdf' })));

async function rows(stage: Stage, calls: readonly { readonly requestId: string }[]) {
  return inTurn(calls.length, async (index) => callRow(await stage.record(calls[index]?.requestId ?? '')));
}

export const disabledKey = scenario<World>({
  id: 'disabled-key',
  title: 'A disabled key',
  about: 'Disabling a key is the emergency brake. It stops at once what asks KMS, and late what holds a bucket key.',
  kinds: ['general purpose bucket'],
  settings: { bucketKeyLifetime: LIFETIME },
  async build(stage) {
    const key = await makeKey(stage, 'invoices');
    const plain = await makeBucket(stage, `invoices-${stage.home}`, { key, bucketKey: false });
    const held = await makeBucket(stage, `invoices-fast-${stage.home}`, { key, bucketKey: true });
    const writer = await makeRole(stage, 'Billing', [
      objectsOf(plain),
      { ...objectsOf(held), Sid: 'FastObjects' },
      useOf(key),
    ]);
    return { key, plain, held, writer };
  },
  steps: [
    {
      title: 'Two buckets, one key',
      notes: ['One with bucket keys, one without. That difference is the whole story.'],
      async play(stage, world) {
        const calls = [
          await put(world.writer.s3, world.plain, 'invoices/1.pdf'),
          await put(world.writer.s3, world.held, 'invoices/1.pdf'),
        ];
        return {
          claim: 'Two buckets share one key',
          lead: 'The first asks KMS for every object, the second keeps a bucket key.',
          picture: { kind: 'calls', rows: await rows(stage, calls) },
          figures: [],
          look: look(world),
          holds: calls.every(({ ok }) => ok),
        };
      },
    },
    {
      title: 'The brake',
      notes: ['Disabling is reversible and takes effect at once, for everybody, whatever the policies say.'],
      async play(stage, world) {
        await stage.advance(60);
        await stage.root(stage.home).kms.send(new DisableKeyCommand({ KeyId: world.key.id }));
        const calls = [await put(world.writer.s3, world.plain, 'invoices/2.pdf'), await read(world, world.plain)];
        return {
          claim: 'The key is disabled, and this bucket stops',
          lead: 'Neither writing nor reading is possible, whatever the policies say.',
          picture: { kind: 'calls', rows: await rows(stage, calls) },
          figures: [{ value: calls[0]?.error?.code ?? 'none', label: 'error code of S3' }],
          look: look(world),
          holds: calls.every(({ ok }) => !ok),
        };
      },
    },
    {
      title: 'And the other bucket?',
      notes: ['Ask the room. The request never reaches KMS, so nobody looks at the state of the key.'],
      async play(stage, world) {
        const calls = [await put(world.writer.s3, world.held, 'invoices/2.pdf'), await read(world, world.held)];
        return {
          claim: 'The other bucket does not notice',
          lead: 'S3 holds its bucket key in memory. KMS is not asked, so the brake does not grip.',
          picture: { kind: 'calls', rows: await rows(stage, calls) },
          figures: [],
          look: look(world),
          holds: calls.every(({ ok }) => ok),
          assumed: `Assumption: ${span(LIFETIME)}`,
        };
      },
    },
    {
      title: 'Until the bucket key expires',
      notes: ['How long that takes AWS does not say. Plan for minutes, and deny the S3 action where you can’t wait.'],
      async play(stage, world) {
        await stage.advance(LIFETIME);
        const calls = [await put(world.writer.s3, world.held, 'invoices/3.pdf'), await read(world, world.held)];
        return {
          claim: 'It stops when its bucket key expires',
          lead: `After ${span(LIFETIME)} S3 has to ask again, and KMS refuses.`,
          picture: { kind: 'calls', rows: await rows(stage, calls) },
          figures: [{ value: span(LIFETIME), label: 'at most, in this world' }],
          look: look(world),
          holds: calls.every(({ ok }) => !ok),
          assumed: `Assumption: ${span(LIFETIME)}`,
        };
      },
    },
    {
      title: 'Nothing is lost',
      notes: ['Compare with deletion: a deleted key takes its objects with it.'],
      async play(stage, world) {
        await stage.root(stage.home).kms.send(new EnableKeyCommand({ KeyId: world.key.id }));
        const calls = [await read(world, world.plain), await read(world, world.held)];
        return {
          claim: 'Enable it, and everything opens again',
          lead: 'The objects were there all the time. Only the key was out of reach.',
          picture: { kind: 'calls', rows: await rows(stage, calls) },
          figures: [],
          look: look(world),
          holds: calls.every(({ ok }) => ok),
        };
      },
    },
  ],
});
