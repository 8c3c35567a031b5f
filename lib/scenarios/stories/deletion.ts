import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { attempt, callRow } from '../calls.ts';
import { again, type MadeKey, makeBucket, makeKey, makeRole, objectsOf, type Person, put, useOf } from '../kit.ts';
import type { Stage } from '../stage.ts';
import { type Fact, type Place, scenario } from '../story.ts';

const DAY = 86_400;
const WINDOW = 7;

interface World {
  readonly saved: MadeKey;
  readonly lost: MadeKey;
  readonly savedBucket: string;
  readonly lostBucket: string;
  reader: Person;
}

const look = (world: World): readonly Place[] => [
  { label: 'alias/archive', page: 'key', name: world.saved.id },
  { label: 'alias/old-archive', page: 'key', name: world.lost.id },
];

const read = (world: World, Bucket: string) =>
  attempt(world.reader.s3.send(new GetObjectCommand({ Bucket, Key: 'contract.pdf' })));

async function stateOf(stage: Stage, key: MadeKey, label: string): Promise<{ state: string; fact: Fact }> {
  const { KeyMetadata } = await stage.root(stage.home).kms.send(new DescribeKeyCommand({ KeyId: key.id }));
  const state = KeyMetadata?.KeyState ?? 'none';
  const day = KeyMetadata?.DeletionDate?.toISOString().slice(0, 10);
  const value = day === undefined ? state : `${state}, deleted on ${day}`;
  return { state, fact: { label, value, tone: state === 'Enabled' ? 'good' : state === 'Disabled' ? 'warn' : 'bad' } };
}

export const deletion = scenario<World>({
  id: 'deletion-and-rescue',
  title: 'Pending deletion, and a rescue',
  about: 'A scheduled deletion stops everything at once and destroys nothing for days. The days are there to notice.',
  kinds: ['general purpose bucket'],
  async build(stage) {
    const saved = await makeKey(stage, 'archive');
    const lost = await makeKey(stage, 'old-archive');
    const savedBucket = await makeBucket(stage, `archive-${stage.home}`, { key: saved, bucketKey: false });
    const lostBucket = await makeBucket(stage, `old-archive-${stage.home}`, { key: lost, bucketKey: false });
    const reader = await makeRole(stage, 'Archivist', [
      objectsOf(savedBucket),
      { ...objectsOf(lostBucket), Sid: 'OldObjects' },
      useOf(saved),
      { ...useOf(lost), Sid: 'UseOldKey' },
    ]);
    await put(reader.s3, savedBucket, 'contract.pdf');
    await put(reader.s3, lostBucket, 'contract.pdf');
    return { saved, lost, savedBucket, lostBucket, reader };
  },
  steps: [
    {
      title: 'Two keys are to go',
      notes: ['The window is 7 to 30 days. Nothing shorter exists, on purpose.'],
      async play(stage, world) {
        const { kms } = stage.root(stage.home);
        for (const key of [world.saved, world.lost]) {
          await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: WINDOW }));
        }
        const states = [
          await stateOf(stage, world.saved, 'alias/archive'),
          await stateOf(stage, world.lost, 'alias/old-archive'),
        ];
        return {
          claim: `Two keys are scheduled for deletion in ${WINDOW} days`,
          lead: 'Somebody cleans up. Both keys looked unused: archives are rarely read.',
          picture: { kind: 'facts', facts: states.map(({ fact }) => fact) },
          figures: [{ value: `${WINDOW} days`, label: 'until the keys are destroyed' }],
          look: look(world),
          holds: states.every(({ state }) => state === 'PendingDeletion'),
        };
      },
    },
    {
      title: 'It stops at once',
      notes: ['The best alarm there is: errors come on the first day and not on the last.'],
      async play(stage, world) {
        const call = await read(world, world.savedBucket);
        const record = await stage.record(call.requestId);
        return {
          claim: 'What they encrypted is closed from this moment',
          lead: 'The key refuses every use while it waits, long before it is destroyed.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [{ value: call.error?.code ?? 'none', label: 'error code of S3' }],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'Day five',
      notes: ['Cancelling gives the key back, disabled. That is a second thought, not a mistake: enable it knowingly.'],
      async play(stage, world) {
        await stage.advance(5 * DAY);
        await stage.root(stage.home).kms.send(new CancelKeyDeletionCommand({ KeyId: world.saved.id }));
        const states = [
          await stateOf(stage, world.saved, 'alias/archive'),
          await stateOf(stage, world.lost, 'alias/old-archive'),
        ];
        return {
          claim: 'On day five somebody notices one of them',
          lead: 'CancelKeyDeletion brings the key back, but disabled.',
          picture: { kind: 'facts', facts: states.map(({ fact }) => fact) },
          figures: [],
          look: look(world),
          holds: states[0]?.state === 'Disabled' && states[1]?.state === 'PendingDeletion',
        };
      },
    },
    {
      title: 'Rescued',
      notes: ['Two calls, and the archive is as it was.'],
      async play(stage, world) {
        await stage.root(stage.home).kms.send(new EnableKeyCommand({ KeyId: world.saved.id }));
        world.reader = await again(stage, world.reader);
        const call = await read(world, world.savedBucket);
        const record = await stage.record(call.requestId);
        return {
          claim: 'Enabled again, the archive opens',
          lead: 'No object was touched in all this time.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'The one nobody noticed',
      notes: ['Not even AWS can bring it back. The objects are still listed, still paid for, and can never be read.'],
      async play(stage, world) {
        await stage.advance(3 * DAY);
        world.reader = await again(stage, world.reader);
        const call = await read(world, world.lostBucket);
        const record = await stage.record(call.requestId);
        return {
          claim: 'The other key is gone, and its objects with it',
          lead: 'Listed and paid for, but no one can read what it encrypted.',
          picture: { kind: 'calls', rows: [callRow(record)] },
          figures: [{ value: call.error?.code ?? 'none', label: 'error code of S3, from now on' }],
          look: [{ label: 'The bucket', page: 'bucket', name: world.lostBucket }, ...look(world)],
          holds: !call.ok,
        };
      },
    },
  ],
});
