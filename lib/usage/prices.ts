/**
 * What AWS charges for encrypted objects: list prices in US dollars for us-east-1, each with its source. Every one can
 * be replaced by the reader's own; where no page of AWS confirms a number it says so.
 */

export type PriceName =
  | 'kmsKeyMonth'
  | 'kmsRotationMonth'
  | 'kmsRequests'
  | 'standardPut'
  | 'standardGet'
  | 'standardStorage'
  | 'expressPut'
  | 'expressGet'
  | 'expressUpload'
  | 'expressRetrieval'
  | 'expressStorage'
  | 'tablesPut'
  | 'tablesGet'
  | 'tablesStorage'
  | 'tablesMonitoring';

export interface Price {
  readonly label: string;
  /** US dollars for `per`. */
  readonly usd: number;
  readonly per: string;
  /** How many of what is counted (requests, GiB, objects, keys for a month) the price buys. */
  readonly units: number;
  readonly source: string;
  /** False where no stored page of AWS confirms the number: it is marked as an assumption. */
  readonly published: boolean;
  /** Rule ids of the rulebook. */
  readonly rules: readonly string[];
}

const KMS_PAGE = 'aws.amazon.com/kms/pricing';
const S3_PAGE = 'aws.amazon.com/s3/pricing';
const EXPRESS_FAQ = 'aws.amazon.com/s3/faqs, worked example of S3 Express One Zone';
const REMEMBERED = 'remembered; no stored page of AWS confirms it';

export const PRICES: Readonly<Record<PriceName, Price>> = {
  kmsKeyMonth: {
    label: 'Customer managed key',
    usd: 1,
    per: 'key and month',
    units: 1,
    source: KMS_PAGE,
    published: true,
    rules: ['COST-01'],
  },
  kmsRotationMonth: {
    label: 'Rotation, the first two times',
    usd: 1,
    per: 'rotation and month',
    units: 1,
    source: `${KMS_PAGE}; the cap of two is from the announcement of 2024-04-12`,
    published: false,
    rules: ['COST-02'],
  },
  kmsRequests: {
    label: 'KMS requests',
    usd: 0.03,
    per: '10,000 requests',
    units: 10_000,
    source: KMS_PAGE,
    published: true,
    rules: ['COST-03', 'COST-05'],
  },
  standardPut: {
    label: 'S3 Standard: PUT, COPY, POST, LIST',
    usd: 0.005,
    per: '1,000 requests',
    units: 1000,
    source: S3_PAGE,
    published: true,
    rules: ['COST-08'],
  },
  standardGet: {
    label: 'S3 Standard: GET',
    usd: 0.0004,
    per: '1,000 requests',
    units: 1000,
    source: S3_PAGE,
    published: true,
    rules: ['COST-08'],
  },
  standardStorage: {
    label: 'S3 Standard: storage',
    usd: 0.023,
    per: 'GB and month',
    units: 1,
    source: S3_PAGE,
    published: true,
    rules: ['COST-08'],
  },
  expressPut: {
    label: 'S3 Express One Zone: PUT, LIST',
    usd: 0.00113,
    per: '1,000 requests',
    units: 1000,
    source: EXPRESS_FAQ,
    published: true,
    rules: ['COST-07'],
  },
  expressGet: {
    label: 'S3 Express One Zone: GET',
    usd: 0.00003,
    per: '1,000 requests',
    units: 1000,
    source: EXPRESS_FAQ,
    published: true,
    rules: ['COST-07'],
  },
  expressUpload: {
    label: 'S3 Express One Zone: upload',
    usd: 0.0032,
    per: 'GB',
    units: 1,
    source: EXPRESS_FAQ,
    published: true,
    rules: ['COST-07'],
  },
  expressRetrieval: {
    label: 'S3 Express One Zone: retrieval',
    usd: 0.0006,
    per: 'GB',
    units: 1,
    source: EXPRESS_FAQ,
    published: true,
    rules: ['COST-07'],
  },
  expressStorage: {
    label: 'S3 Express One Zone: storage',
    usd: 0.11,
    per: 'GB and month',
    units: 1,
    source: EXPRESS_FAQ,
    published: true,
    rules: ['COST-07'],
  },
  tablesPut: {
    label: 'S3 Tables: PUT',
    usd: 0.005,
    per: '1,000 requests',
    units: 1000,
    source: REMEMBERED,
    published: false,
    rules: ['COST-09'],
  },
  tablesGet: {
    label: 'S3 Tables: GET',
    usd: 0.0004,
    per: '1,000 requests',
    units: 1000,
    source: REMEMBERED,
    published: false,
    rules: ['COST-09'],
  },
  tablesStorage: {
    label: 'S3 Tables: storage',
    usd: 0.0265,
    per: 'GB and month',
    units: 1,
    source: REMEMBERED,
    published: false,
    rules: ['COST-09'],
  },
  tablesMonitoring: {
    label: 'S3 Tables: monitoring',
    usd: 0.025,
    per: '1,000 objects and month',
    units: 1000,
    source: REMEMBERED,
    published: false,
    rules: ['COST-09'],
  },
};

/** KMS requests a month that cost nothing, over all Regions of an account (COST-03). */
export const FREE_KMS_REQUESTS = 20_000;

/** Seconds of a month as AWS bills it: 730 hours. */
export const MONTH_SECONDS = 730 * 3600;

/** Prices by name; what is missing is the list price. */
export type OwnPrices = Readonly<Partial<Record<PriceName, number>>>;

/** US dollars for `count` units at the reader's own price, or at the list price where there is none. */
export function charge(name: PriceName, count: number, own: OwnPrices = {}): number {
  const { usd, units } = PRICES[name];
  return (count / units) * (own[name] ?? usd);
}

/** US dollars for a number of KMS requests in a number of months, after the free ones of each month (COST-03). */
export function chargeKmsRequests(requests: number, months: number, own: OwnPrices = {}): number {
  return charge('kmsRequests', Math.max(0, requests - FREE_KMS_REQUESTS * months), own);
}

/**
 * US dollars a month for a customer managed key: the key itself and its first two rotations (COST-01, COST-02). AWS
 * managed keys, AWS owned keys and keys pending deletion cost nothing (COST-04).
 */
export function chargeKeyMonth(key: { readonly rotations: number }, own: OwnPrices = {}): number {
  return charge('kmsKeyMonth', 1, own) + charge('kmsRotationMonth', Math.min(2, Math.max(0, key.rotations)), own);
}
