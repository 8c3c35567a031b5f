import 'server-only';
import * as iam from '@aws-sdk/client-iam';
import { parseArn } from '../access/arn.ts';
import { grantList } from '../access/index.ts';
import type { Choices, Target } from '../setup/choices.ts';
import type { Facts, KeyFacts, TargetFacts } from '../setup/facts.ts';
import { arnOf } from '../setup/facts.ts';
import { listAliases } from './aliases.ts';
import { getBucketEncryption, getBucketPolicy } from './buckets.ts';
import type { Aws } from './connection.ts';
import { toAlgorithm } from './encryption.ts';
import { listGrants } from './grants.ts';
import { readIdentityPolicies } from './identity-policies.ts';
import { describeKey, getKeyPolicy } from './keys.ts';
import { type AwsFailure, mapLimited, type Result } from './result.ts';
import { send } from './send.ts';
import { getTableBucketEncryption, getTableBucketPolicy } from './table-buckets.ts';
import { listTables } from './tables.ts';

/** What the guided set-up must know of the world before it can plan. */

/** More grants than this do not change what a set-up adds. */
const MOST_GRANTS = 1000;

export interface ReadFacts {
  readonly facts: Facts;
  /** What was refused, so that the plan may be missing something: each call with its code. */
  readonly unseen: readonly AwsFailure[];
}

/** Reads what the choices so far are about. Fails only where the chosen key can't be described. */
export async function readSetupFacts(aws: Aws, account: string, choices: Partial<Choices>): Promise<Result<ReadFacts>> {
  const unseen: AwsFailure[] = [];
  const note = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.data;
    unseen.push(result.error);
    return undefined;
  };
  const base = { account, region: aws.region };
  const chosen = choices.key?.mode === 'existing' ? choices.key.arn : undefined;
  const [key, identities, targets, inline] = await Promise.all([
    chosen === undefined ? undefined : readKey(aws, chosen, account, note),
    readIdentityPolicies(aws),
    mapLimited(
      (choices.goal ?? []).filter(({ existing }) => existing),
      4,
      (target) => readTarget(aws, target, base, note),
    ),
    readInline(aws, choices, note),
  ]);
  if (key && !key.ok) return key;
  const known = note(identities);
  return {
    ok: true,
    data: {
      unseen,
      facts: {
        ...base,
        ...(key ? { key: key.data } : {}),
        targets: targets.flatMap((target) => target ?? []),
        principals: new Set(known?.principals.map(({ arn }) => arn) ?? []),
        inline,
        callerSide: (principal) => known?.of(principal) ?? { identity: [] },
      },
    },
  };
}

type Note = <T>(result: Result<T>) => T | undefined;

async function readKey(aws: Aws, reference: string, account: string, note: Note): Promise<Result<KeyFacts>> {
  const described = await describeKey(aws, reference);
  if (!described.ok) return described;
  const { id, arn, state, manager, spec, usage, origin, multiRegion } = described.data;
  const parsed = parseArn(arn);
  const own = parsed?.accountId === account;
  // A key of another account shows neither its policy nor its grants.
  const [policy, grants, aliases] = own
    ? await Promise.all([getKeyPolicy(aws, arn), listGrants(aws, arn, { most: MOST_GRANTS }), listAliases(aws, arn)])
    : [];
  const text = policy && note(policy);
  return {
    ok: true,
    data: {
      id,
      arn,
      account: parsed?.accountId ?? '',
      region: parsed?.region ?? '',
      state,
      manager,
      spec,
      usage,
      origin,
      multiRegion,
      ...(aliases?.ok && aliases.data.items[0] ? { alias: aliases.data.items[0].name } : {}),
      ...(text === undefined ? {} : { policy: text }),
      grants: grantList(
        ((grants && note(grants))?.items ?? []).map((grant) => ({
          grantId: grant.id,
          ...(grant.grantee.endsWith('.amazonaws.com')
            ? { granteeServicePrincipal: grant.grantee }
            : { granteePrincipal: grant.grantee }),
          operations: grant.operations,
          constraints: {
            ...(grant.contextEquals ? { encryptionContextEquals: grant.contextEquals } : {}),
            ...(grant.contextSubset ? { encryptionContextSubset: grant.contextSubset } : {}),
          },
          effectiveAt: 0,
        })),
      ),
    },
  };
}

async function readTarget(
  aws: Aws,
  target: Target,
  where: { readonly account: string; readonly region: string },
  note: Note,
): Promise<TargetFacts | undefined> {
  const { kind, name } = target;
  if (kind === 'table') {
    const arn = arnOf(target, where);
    const [encryption, policy, tables] = await Promise.all([
      getTableBucketEncryption(aws, arn),
      getTableBucketPolicy(aws, arn),
      listTables(aws, arn),
    ]);
    const found = note(encryption);
    if (found === undefined) return undefined;
    const text = note(policy);
    return {
      kind,
      name,
      algorithm: toAlgorithm(found.kind),
      ...(found.keyId === undefined ? {} : { keyArn: found.keyId }),
      ...(text === undefined ? {} : { policy: text }),
      tables: note(tables)?.items.length ?? 0,
    };
  }
  const [encryption, policy] = await Promise.all([getBucketEncryption(aws, name), getBucketPolicy(aws, name)]);
  const found = note(encryption);
  if (found === undefined) return undefined;
  const text = note(policy);
  return {
    kind,
    name,
    algorithm: toAlgorithm(found.kind),
    blocksCustomerKeys: found.blocksCustomerKeys,
    ...(found.keyId === undefined ? {} : { keyArn: found.keyId }),
    ...(found.bucketKey === undefined ? {} : { bucketKey: found.bucketKey }),
    ...(text === undefined ? {} : { policy: text }),
  };
}

/** The inline policies that the set-up would write over, so that undoing puts them back. */
async function readInline(aws: Aws, choices: Partial<Choices>, note: Note): Promise<ReadonlyMap<string, string>> {
  const PolicyName = `Use-${choices.goal?.[0]?.name ?? 'bucket'}`.slice(0, 128);
  const found = new Map<string, string>();
  await mapLimited(choices.principals?.clients ?? [], 8, async (arn) => {
    const name = arn.split('/').at(-1) ?? '';
    const answer = arn.includes(':user/')
      ? await send(aws, 'iam', new iam.GetUserPolicyCommand({ UserName: name, PolicyName }))
      : await send(aws, 'iam', new iam.GetRolePolicyCommand({ RoleName: name, PolicyName }));
    if (answer.ok) found.set(`${arn} ${PolicyName}`, decodeURIComponent(answer.data.PolicyDocument ?? ''));
    else if (!/NoSuchEntity/.test(answer.error.code)) note(answer);
  });
  return found;
}
