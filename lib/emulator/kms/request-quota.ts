import type { RequestContext } from '../context.ts';
import type { World } from '../world/world.ts';
import type { Call } from './call.ts';
import { kmsError, throttled } from './errors.ts';
import type { KeyRecord } from './keys/record.ts';

/** Operations that share one quota of requests per second (LIM-01). */
const SYMMETRIC = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'ReEncrypt',
  'VerifyMac',
]);

/** Requests per second of each other operation (LIM-04). */
const PER_OPERATION: Readonly<Record<string, number>> = {
  CancelKeyDeletion: 5,
  ConnectCustomKeyStore: 5,
  CreateAlias: 5,
  CreateCustomKeyStore: 5,
  CreateGrant: 50,
  CreateKey: 5,
  DeleteAlias: 15,
  DeleteCustomKeyStore: 5,
  DescribeCustomKeyStores: 5,
  DescribeKey: 2000,
  DisableKey: 5,
  DisableKeyRotation: 5,
  DisconnectCustomKeyStore: 5,
  EnableKey: 5,
  EnableKeyRotation: 15,
  GetKeyLastUsage: 5,
  GetKeyPolicy: 1000,
  GetKeyRotationStatus: 1000,
  GetParametersForImport: 1,
  ImportKeyMaterial: 15,
  ListAliases: 500,
  ListGrants: 100,
  ListKeyRotations: 100,
  ListKeys: 500,
  ListRetirableGrants: 100,
  PutKeyPolicy: 15,
  ReplicateKey: 5,
  RetireGrant: 50,
  RevokeGrant: 50,
  RotateKeyOnDemand: 5,
  ScheduleKeyDeletion: 15,
  TagResource: 10,
  UntagResource: 5,
  UpdateAlias: 5,
  UpdateCustomKeyStore: 5,
  UpdateKeyDescription: 5,
};

const LARGE = new Set(['us-east-1', 'us-west-2', 'eu-west-1']);
const MEDIUM = new Set([
  'us-east-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'eu-central-1',
  'eu-west-2',
]);

/** Requests per second with keys of these specs, per account and Region (LIM-01). */
const PER_FAMILY = 1000;
/** Requests per second with the keys of one custom key store (LIM-01, LIM-03). */
const PER_CUSTOM_KEY_STORE = 1800;

/** The quota that the cryptographic use of a key counts against beside its operation's; none for symmetric and HMAC keys. */
function familyOf(spec: string): string | undefined {
  if (spec.startsWith('RSA_')) return 'RSA';
  if (spec.startsWith('ECC_')) return 'ECC';
  return spec.startsWith('ML_') ? 'ML' : undefined;
}

/** Symmetric cryptographic requests per second of an account in a Region (LIM-01). */
export function symmetricQuota(region: string): number {
  if (LARGE.has(region)) return 100_000;
  return MEDIUM.has(region) ? 20_000 : 10_000;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Throttles: faults that a person switched on, and AWS's request quotas, counted against the caller's account (LIM-02). */
export class RequestQuota {
  readonly #world: World;
  readonly #buckets = new Map<string, Bucket>();
  /** Percent owed to the next throttled request, per account: faults come evenly, so that a run is repeatable. */
  readonly #owed = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Throws ThrottlingException or KMSInternalException when this request is not to be served. */
  admit(context: RequestContext, operation: string): void {
    const values = this.#world.values(context.accountId);
    if (values.faultKmsUnavailable) {
      throw kmsError('KMSInternalException', 'KMS is unavailable: the fault is switched on in this world.');
    }
    if (values.faultThrottle > 0) this.#throttleShare(context.accountId, values.faultThrottle);
    if (!values.quotasEnforced) return;
    if (SYMMETRIC.has(operation)) {
      const quota = values.kmsRequestQuota > 0 ? values.kmsRequestQuota : symmetricQuota(context.region);
      this.#take(`${context.accountId}/${context.region}`, quota, context.now);
    } else {
      const quota = PER_OPERATION[operation];
      if (quota !== undefined) this.#take(`${context.accountId}/${context.region}/${operation}`, quota, context.now);
    }
  }

  /** Throws ThrottlingException when the key's spec or its custom key store has had its requests of this second. */
  admitUse(
    call: Pick<Call, 'accountId' | 'region' | 'context'>,
    key: Pick<KeyRecord, 'spec' | 'customKeyStore'>,
  ): void {
    if (key.spec === 'SYMMETRIC_DEFAULT' && key.customKeyStore === null) return;
    if (!this.#world.values(call.accountId).quotasEnforced) return;
    const family = familyOf(key.spec);
    const { now } = call.context;
    if (family !== undefined) this.#take(`${call.accountId}/${call.region}/${family}`, PER_FAMILY, now);
    if (key.customKeyStore !== null) {
      this.#take(`${call.accountId}/${call.region}/${key.customKeyStore}`, PER_CUSTOM_KEY_STORE, now);
    }
  }

  forget(accountId: string): void {
    this.#owed.delete(accountId);
    for (const name of this.#buckets.keys()) if (name.startsWith(`${accountId}/`)) this.#buckets.delete(name);
  }

  #throttleShare(accountId: string, percent: number): void {
    const owed = (this.#owed.get(accountId) ?? 0) + percent;
    this.#owed.set(accountId, owed >= 100 ? owed - 100 : owed);
    if (owed >= 100) throw throttled();
  }

  /** A bucket holds one second's worth. */
  #take(name: string, perSecond: number, now: number): void {
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = { tokens: perSecond, filledAt: now };
      this.#buckets.set(name, bucket);
    }
    bucket.tokens = Math.min(perSecond, bucket.tokens + (Math.max(0, now - bucket.filledAt) * perSecond) / 1000);
    bucket.filledAt = now;
    if (bucket.tokens < 1) throw throttled();
    bucket.tokens -= 1;
  }
}
