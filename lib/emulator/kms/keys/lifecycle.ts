/** CreateKey, DescribeKey, ListKeys, UpdateKeyDescription, EnableKey, DisableKey, GetKeyLastUsage. */

import type {
  CreateKeyRequest,
  CreateKeyResponse,
  DescribeKeyRequest,
  DescribeKeyResponse,
  DisableKeyRequest,
  EnableKeyRequest,
  GetKeyLastUsageRequest,
  GetKeyLastUsageResponse,
  KeySpec,
  KeyUsageType,
  ListKeysRequest,
  ListKeysResponse,
  UpdateKeyDescriptionRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { idBytes, newUuid } from '../../world/id-source.ts';
import { authorizeAccount, authorizeKey, tagConditions } from '../authorize.ts';
import { directCall } from '../call.ts';
import { generateMaterial, materialIdOf } from '../crypto/materials.ts';
import { invalid, kmsError } from '../errors.ts';
import { checkOrigin, type KeyOrigin } from '../key-stores/keys.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { describeKey } from './describe.ts';
import { keyMetadata } from './metadata.ts';
import { checkPolicy, defaultPolicy } from './policy-check.ts';
import { type KeyRecord, type KeyRow, keyArn, partition } from './record.ts';
import { specFacts } from './specs.ts';
import { CHANGEABLE, demandState, SWITCHABLE } from './states.ts';
import { checkTags, tagsToText } from './tags.ts';

/** Customer managed keys of an account in a Region (LIM-05). */
const MAX_KEYS = 100_000;
const ANY_ID = /^[0-9a-z-]{1,64}$/;

/** A key as it is made: what a request leaves open is as CreateKey has it (KMS-01). */
export function newKeyRow(input: {
  readonly accountId: string;
  readonly region: string;
  readonly now: number;
  readonly policyText: string;
  readonly spec?: KeySpec;
  readonly usage?: KeyUsageType;
  readonly from?: KeyOrigin;
  readonly multiRegion?: boolean;
  readonly description?: string;
  readonly tags?: string;
  readonly manager?: 'AWS' | 'CUSTOMER';
}): KeyRow {
  const multiRegion = input.multiRegion === true;
  return {
    region: input.region,
    keyId: multiRegion ? `mrk-${idBytes(16).toString('hex')}` : newUuid(),
    accountId: input.accountId,
    createdAt: input.now,
    description: input.description ?? '',
    state: input.from?.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled',
    manager: input.manager ?? 'CUSTOMER',
    spec: input.spec ?? 'SYMMETRIC_DEFAULT',
    usage: input.usage ?? 'ENCRYPT_DECRYPT',
    origin: input.from?.origin ?? 'AWS_KMS',
    multiRegion: multiRegion ? 1 : 0,
    primaryRegion: multiRegion ? input.region : null,
    policyText: input.policyText,
    tags: input.tags ?? '{}',
    deletionAt: null,
    deletionWindow: null,
    rotationPeriod: null,
    nextRotationAt: null,
    onDemandRotations: 0,
    materialId: null,
    expirationModel: null,
    validTo: null,
    customKeyStore: input.from?.customKeyStore ?? null,
    xksKeyId: input.from?.xksKeyId ?? null,
  };
}

/** Stores a key with its first material, if it has some. Call it inside a write. */
export function insertKey(kms: Kms, row: KeyRow, secret: Uint8Array | undefined): KeyRecord {
  if (secret === undefined) return kms.keys.insert(row);
  const materialId = materialIdOf(row.keyId, secret);
  kms.materials.put(
    row,
    {
      materialId,
      state: 'CURRENT',
      rotatedAt: null,
      rotationType: null,
      expirationModel: null,
      validTo: null,
      description: null,
    },
    secret,
  );
  return kms.keys.insert({ ...row, materialId });
}

export function lifecycleOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    async CreateKey(input: Checked<CreateKeyRequest>, context: RequestContext): Promise<CreateKeyResponse> {
      const { spec, usage } = specAndUsage(input);
      const tags = input.Tags ?? [];
      checkTags(tags);
      const call = directCall(context);
      const conditions = {
        keyspec: spec,
        customermasterkeyspec: spec,
        keyusage: usage,
        customermasterkeyusage: usage,
        keyorigin: input.Origin ?? 'AWS_KMS',
        multiregion: String(input.MultiRegion === true),
        ...(input.MultiRegion === true && { multiregionkeytype: 'PRIMARY' }),
        bypasspolicylockoutsafetycheck: String(input.BypassPolicyLockoutSafetyCheck === true),
        ...tagConditions(tags),
      };
      authorizeAccount(kms, call, 'CreateKey', '*', conditions);
      if (tags.length > 0) authorizeAccount(kms, call, 'TagResource', '*', conditions);
      const from = checkOrigin(kms, input, spec, context);
      if (kms.keys.customerKeys(context.accountId, context.region) >= MAX_KEYS) {
        throw kmsError(
          'LimitExceededException',
          `The limit of ${MAX_KEYS} KMS keys in this account and Region is reached.`,
        );
      }
      const row = newKeyRow({
        accountId: context.accountId,
        region: context.region,
        now: kms.now(context.accountId),
        policyText: input.Policy ?? defaultPolicy(context.accountId, partition(context.region)),
        spec,
        usage,
        from,
        multiRegion: input.MultiRegion === true,
        description: input.Description ?? '',
        tags: tagsToText(tags),
      });
      if (input.Policy !== undefined) {
        const arn = keyArn(row.accountId, row.region, row.keyId);
        checkPolicy(kms, context, arn, input.Policy, input.BypassPolicyLockoutSafetyCheck);
      }
      const secret = from.origin === 'EXTERNAL' ? undefined : await generateMaterial(spec);
      const key = kms.write(() => insertKey(kms, row, secret));
      secret?.fill(0);
      context.trail.resource = key.arn;
      context.trail.parent = key.arn;
      context.trail.event = { resources: [{ accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }] };
      return { KeyMetadata: keyMetadata(kms, key) };
    },

    DescribeKey(input: Checked<DescribeKeyRequest>, context: RequestContext): DescribeKeyResponse {
      const key = describeKey(kms, directCall(context, input), input.KeyId);
      return { KeyMetadata: keyMetadata(kms, key) };
    },

    ListKeys(input: Checked<ListKeysRequest>, context: RequestContext): ListKeysResponse {
      authorizeAccount(kms, directCall(context), 'ListKeys');
      const after = readMarker(input.Marker, ANY_ID, '');
      const limit = input.Limit ?? 100;
      const ids = kms.keys.page(context.accountId, context.region, after, limit + 1);
      const page = cutPage(ids, limit, (id) => id);
      return {
        Keys: page.items.map((KeyId) => ({ KeyId, KeyArn: keyArn(context.accountId, context.region, KeyId) })),
        ...page.next,
      };
    },

    UpdateKeyDescription(input: Checked<UpdateKeyDescriptionRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'UpdateKeyDescription', OWN_KEY);
      authorizeKey(kms, call, { action: 'UpdateKeyDescription', key });
      demandState(key, CHANGEABLE);
      kms.write(() => kms.keys.update(key, { description: input.Description }));
    },

    EnableKey(input: Checked<EnableKeyRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'EnableKey', OWN_KEY);
      authorizeKey(kms, call, { action: 'EnableKey', key });
      demandState(key, SWITCHABLE);
      // A rotation that came due meanwhile happens once, now (SDK GetKeyRotationStatus).
      const next = key.nextRotationAt === null ? null : Math.max(key.nextRotationAt, kms.now(key.accountId));
      kms.write(() => kms.keys.update(key, { state: 'Enabled', nextRotationAt: next }));
    },

    DisableKey(input: Checked<DisableKeyRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'DisableKey', OWN_KEY);
      authorizeKey(kms, call, { action: 'DisableKey', key });
      demandState(key, SWITCHABLE);
      kms.write(() => kms.keys.update(key, { state: 'Disabled' }));
    },

    GetKeyLastUsage(input: Checked<GetKeyLastUsageRequest>, context: RequestContext): GetKeyLastUsageResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'GetKeyLastUsage', OWN_KEY);
      authorizeKey(kms, call, { action: 'GetKeyLastUsage', key });
      const usage = kms.lastUse.of(key);
      const created = new Date(key.createdAt);
      return {
        KeyId: key.keyId,
        KeyLastUsage: usage
          ? {
              Operation: usage.operation,
              Timestamp: new Date(usage.at),
              CloudTrailEventId: usage.eventId,
              KmsRequestId: usage.requestId,
            }
          : {},
        TrackingStartDate: created,
        KeyCreationDate: created,
      };
    },
  };
}

function specAndUsage(input: CreateKeyRequest): { spec: KeySpec; usage: KeyUsageType } {
  if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
    throw invalid(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  }
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  const facts = specFacts(spec);
  if (facts === undefined)
    throw kmsError('UnsupportedOperationException', `KeySpec ${spec} is not supported in this Region.`);
  if (input.KeyUsage === undefined && spec !== 'SYMMETRIC_DEFAULT') {
    throw invalid('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
  if (!facts.usages.includes(usage)) throw invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
  return { spec, usage };
}
