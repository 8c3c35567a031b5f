import {
  CreateGrantCommand,
  DecryptCommand,
  EncryptCommand,
  ListGrantsCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { attempt, callRow } from '../calls.ts';
import { allow, decisionOn, type MadeKey, makeKey, makeRole, type Person, span } from '../kit.ts';
import type { Stage } from '../stage.ts';
import { type Place, scenario } from '../story.ts';

const DELAY = 240;
const CONTEXT = { department: 'payroll' };

interface World {
  readonly key: MadeKey;
  readonly batch: Person;
  ciphertext: Uint8Array;
  grantId: string;
  token: string;
}

const look = (world: World): readonly Place[] => [
  { label: 'Grants of the key', page: 'key', name: world.key.id, tab: 'grants' },
  { label: 'Change the delay', page: 'world' },
];

const decrypt = (world: World, token?: string) =>
  attempt(
    world.batch.kms.send(
      new DecryptCommand({
        KeyId: world.key.arn,
        CiphertextBlob: world.ciphertext,
        EncryptionContext: CONTEXT,
        ...(token !== undefined && { GrantTokens: [token] }),
      }),
    ),
  );

async function tried(stage: Stage, world: World, token?: string) {
  const call = await decrypt(world, token);
  const trace = await decisionOn(stage, call.requestId, 'kms:Decrypt');
  const record = await stage.record(call.requestId);
  return { call, trace, record };
}

export const grants = scenario<World>({
  id: 'grant-lifecycle',
  title: 'The life of a grant',
  about:
    'A grant is a permission without a policy: at once with its token, everywhere after a while, gone when revoked.',
  kinds: ['general purpose bucket'],
  settings: { grantPropagationDelay: DELAY },
  async build(stage) {
    const key = await makeKey(stage, 'payroll');
    const batch = await makeRole(stage, 'PayrollBatch', [allow('Nothing', ['sts:GetCallerIdentity'], '*')]);
    const { CiphertextBlob = new Uint8Array() } = await stage
      .root(stage.home)
      .kms.send(new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('salaries'), EncryptionContext: CONTEXT }));
    return { key, batch, ciphertext: CiphertextBlob, grantId: '', token: '' };
  },
  steps: [
    {
      title: 'No permission at all',
      notes: [
        'No policy names the role. Somebody could change the key policy; a grant is smaller and can be taken back.',
      ],
      async play(stage, world) {
        const { call, trace, record } = await tried(stage, world);
        return {
          claim: 'PayrollBatch may not decrypt',
          lead: 'No statement, grant or IAM policy allows it.',
          picture: trace
            ? { kind: 'decision', trace, ...(call.error !== undefined && { sentence: call.error.message }) }
            : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: !call.ok,
        };
      },
    },
    {
      title: 'A grant is made',
      notes: [
        'One operation, one principal, one encryption context. The answer holds a grant token: keep it.',
        'KMS tells all its servers about the grant. That takes up to five minutes.',
      ],
      async play(stage, world) {
        const made = await stage.root(stage.home).kms.send(
          new CreateGrantCommand({
            KeyId: world.key.id,
            Name: 'payroll-march',
            GranteePrincipal: world.batch.ownArn,
            Operations: ['Decrypt'],
            Constraints: { EncryptionContextSubset: CONTEXT },
          }),
        );
        world.grantId = made.GrantId ?? '';
        world.token = made.GrantToken ?? '';
        const { call, trace, record } = await tried(stage, world);
        return {
          claim: 'The grant is there, and does not count yet',
          lead: 'KMS is eventually consistent: other servers have not heard of it.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [{ value: span(DELAY), label: 'until it counts everywhere, in this world' }],
          look: look(world),
          holds: !call.ok && world.grantId !== '',
        };
      },
    },
    {
      title: 'With its token',
      notes: [
        'The token proves that the grant exists. S3 can’t send one for you: only direct calls to KMS take tokens.',
      ],
      async play(stage, world) {
        const { call, trace, record } = await tried(stage, world, world.token);
        return {
          claim: 'With its token it counts at once',
          lead: 'Same call, same second, one more parameter: GrantTokens.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'Four minutes later',
      notes: [
        'Code that creates a grant and uses it at once must send the token, or wait. Tests on a quick day don’t show it.',
      ],
      async play(stage, world) {
        await stage.advance(DELAY);
        const { call, trace, record } = await tried(stage, world);
        return {
          claim: 'After a while nobody needs the token',
          lead: 'The grant is known everywhere, and decides by itself.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [],
          look: look(world),
          holds: call.ok,
        };
      },
    },
    {
      title: 'The end of the month',
      notes: [
        'Revoking is the owner’s, retiring the grantee’s own way to give a grant back. Both take effect as slowly as making one.',
      ],
      async play(stage, world) {
        const { kms } = stage.root(stage.home);
        await kms.send(new RevokeGrantCommand({ KeyId: world.key.id, GrantId: world.grantId }));
        await stage.advance(DELAY);
        const { call, trace, record } = await tried(stage, world);
        const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: world.key.id }));
        return {
          claim: 'Revoked, it is as if it had never been',
          lead: 'No policy was changed to give the permission, and none to take it away.',
          picture: trace ? { kind: 'decision', trace } : { kind: 'calls', rows: [callRow(record)] },
          figures: [{ value: String(Grants.length), label: 'grants on the key' }],
          look: look(world),
          holds: !call.ok && Grants.length === 0,
        };
      },
    },
  ],
});
