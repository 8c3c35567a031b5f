import 'server-only';
import { listAliases } from '@/lib/aws/aliases';
import { getBucketEncryption, getBucketPolicy } from '@/lib/aws/buckets';
import type { Aws } from '@/lib/aws/connection';
import { toAlgorithm } from '@/lib/aws/encryption';
import { describeKey, getKeyPolicy, getRotation } from '@/lib/aws/keys';
import { dataOr, type Result } from '@/lib/aws/result';
import { findSetup } from '@/lib/aws/setup';
import { readSetupFacts } from '@/lib/aws/setup-facts';
import { getTableBucketEncryption, getTableBucketPolicy, listNamespaces } from '@/lib/aws/table-buckets';
import { recreateBucket, recreateKey, recreateTableBucket } from '@/lib/exports/recreate';
import { buildPlan } from '@/lib/setup/build';
import { allChoices } from '@/lib/setup/draft';
import { arnOf } from '@/lib/setup/facts';
import type { SetupCall } from '@/lib/setup/plan';

/** What can be exported. */
export const EXPORTED = ['setup', 'key', 'bucket', 'directory-bucket', 'table-bucket'] as const;
export type Exported = (typeof EXPORTED)[number];

export interface ReadExport {
  readonly title: string;
  readonly calls: readonly SetupCall[];
}

/** Reads a resource or a draft as the calls that make it. */
export async function readExport(aws: Aws, account: string, of: Exported, name: string): Promise<Result<ReadExport>> {
  switch (of) {
    case 'setup':
      return readDraft(aws, account, name);
    case 'key':
      return readKey(aws, name);
    case 'bucket':
    case 'directory-bucket': {
      const [encryption, policy] = await Promise.all([getBucketEncryption(aws, name), getBucketPolicy(aws, name)]);
      if (!encryption.ok) return encryption;
      const { kind, keyId, bucketKey } = encryption.data;
      const text = dataOr(policy, undefined);
      const calls = recreateBucket({
        name,
        region: aws.region,
        algorithm: toAlgorithm(kind),
        ...(keyId === undefined ? {} : { keyArn: keyId }),
        ...(bucketKey === undefined ? {} : { bucketKey }),
        ...(text === undefined ? {} : { policy: text }),
      });
      return { ok: true, data: { title: name, calls } };
    }
    case 'table-bucket': {
      const arn = arnOf({ kind: 'table', name }, { account, region: aws.region });
      const [encryption, policy, namespaces] = await Promise.all([
        getTableBucketEncryption(aws, arn),
        getTableBucketPolicy(aws, arn),
        listNamespaces(aws, arn),
      ]);
      if (!encryption.ok) return encryption;
      if (!namespaces.ok) return namespaces;
      const { kind, keyId } = encryption.data;
      const text = dataOr(policy, undefined);
      const calls = recreateTableBucket({
        name,
        arn,
        algorithm: toAlgorithm(kind),
        namespaces: namespaces.data.items.map((namespace) => namespace.name),
        ...(keyId === undefined ? {} : { keyArn: keyId }),
        ...(text === undefined ? {} : { policy: text }),
      });
      return { ok: true, data: { title: name, calls } };
    }
  }
}

async function readKey(aws: Aws, id: string): Promise<Result<ReadExport>> {
  const key = await describeKey(aws, id);
  if (!key.ok) return key;
  const [policy, aliases, rotation] = await Promise.all([
    getKeyPolicy(aws, key.data.arn),
    listAliases(aws, key.data.arn),
    getRotation(aws, key.data.arn),
  ]);
  const names = dataOr(aliases, { items: [], cutOff: false }).items.map(({ name }) => name);
  const text = dataOr(policy, undefined);
  const calls = recreateKey({
    description: key.data.description,
    aliases: names,
    rotation: dataOr(rotation, { on: false }).on,
    ...(text === undefined ? {} : { policy: text }),
  });
  return { ok: true, data: { title: names[0] ?? key.data.id, calls } };
}

async function readDraft(aws: Aws, account: string, id: string): Promise<Result<ReadExport>> {
  const missing = (message: string): Result<never> => ({
    ok: false,
    error: { code: 'NotFound', message, action: 'setup:Export' },
  });
  const draft = findSetup(aws, id);
  if (!draft) return missing('There is no such set-up.');
  const choices = allChoices(draft);
  if (!choices) return missing('This set-up has steps that are not filled in yet.');
  const title = choices.goal.map((target) => target.name).join(', ');
  if (draft.applied && draft.applied.progress.state !== 'undone')
    return { ok: true, data: { title, calls: draft.applied.calls } };
  const read = await readSetupFacts(aws, account, choices);
  if (!read.ok) return read;
  return { ok: true, data: { title, calls: buildPlan(choices, read.data.facts).calls } };
}
