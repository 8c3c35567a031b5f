import type { WorldSetting, WorldSettingName } from '../../contract/world.ts';
import type { WorldValues } from './world.ts';

type Definition = Omit<WorldSetting, 'name' | 'value'>;

/** Every setting of a world with its default, its bounds, and whether AWS publishes it: the one list of assumptions. */
export const SETTINGS: Readonly<Record<WorldSettingName, Definition>> = {
  bucketKeyLifetime: {
    unit: 's',
    default: 300,
    min: 1,
    max: 86_400,
    published: false,
    meaning: 'How long S3 keeps a bucket key before it asks KMS again.',
    rules: ['BK-05', 'DB-27'],
  },
  tableKeyLifetime: {
    unit: 's',
    default: 300,
    min: 1,
    max: 86_400,
    published: false,
    meaning: 'How long S3 Tables keeps a table-level key before it asks KMS again.',
    rules: ['TB-12'],
  },
  maintenanceInterval: {
    unit: 's',
    default: 86_400,
    min: 0,
    max: 31_536_000,
    published: false,
    meaning: "How often a table's maintenance runs by itself. 0 leaves it to whoever asks for a run.",
    rules: ['TB-49'],
  },
  sessionLifetime: {
    unit: 's',
    default: 300,
    min: 1,
    max: 3600,
    published: true,
    meaning: 'How long a session of a directory bucket lives. AWS says five minutes.',
    rules: ['DB-31', 'LIM-07'],
  },
  grantPropagationDelay: {
    unit: 's',
    default: 0,
    min: 0,
    max: 300,
    published: true,
    meaning: 'How long a new grant needs until it counts without its grant token. AWS says up to five minutes.',
    rules: ['KMS-44'],
  },
  describeKeyAtCreateTable: {
    unit: '',
    default: false,
    published: false,
    meaning: 'CreateTable with a KMS key also needs kms:DescribeKey of the caller. Two AWS pages disagree.',
    rules: ['TB-20'],
  },
  tlsOnly: {
    unit: '',
    default: false,
    published: true,
    meaning: 'Directory buckets and KMS-encrypted objects refuse plain HTTP, as on AWS.',
    rules: ['DB-53', 'GP-13'],
  },
  kmsRequestQuota: {
    unit: '/s',
    default: 0,
    min: 0,
    max: 1_000_000,
    published: true,
    meaning: 'Symmetric cryptographic requests per second and Region. 0 takes the figure AWS gives for the Region.',
    rules: ['LIM-01'],
  },
  quotasEnforced: {
    unit: '',
    default: false,
    published: true,
    meaning: 'Requests beyond a quota are throttled, as on AWS.',
    rules: ['LIM-01', 'CT-09'],
  },
  tableBucketQuota: {
    unit: '',
    default: 100,
    min: 1,
    max: 100_000,
    published: true,
    meaning: 'Table buckets that an account may have in a Region. AWS raises it on request.',
    rules: ['LIM-06'],
  },
  faultLatency: {
    unit: 'ms',
    default: 0,
    min: 0,
    max: 60_000,
    published: false,
    meaning: 'Added to every answer.',
    rules: [],
  },
  faultThrottle: {
    unit: '%',
    default: 0,
    min: 0,
    max: 100,
    published: false,
    meaning: 'Share of KMS requests that are throttled.',
    rules: ['ERR-08'],
  },
  faultKmsUnavailable: {
    unit: '',
    default: false,
    published: false,
    meaning: 'KMS answers nothing but an internal error.',
    rules: ['KMS-03'],
  },
  faultRegionCutOff: {
    unit: '',
    default: '',
    published: false,
    meaning: 'Requests to this Region are cut off without an answer.',
    rules: [],
  },
};

const REGION = /^$|^[a-z]{2}(-[a-z]+)+-\d$/;

/** The defaults of a new world. */
export function defaultValues(): WorldValues {
  return Object.fromEntries(Object.entries(SETTINGS).map(([name, it]) => [name, it.default])) as unknown as WorldValues;
}

/** Throws RangeError with a sentence that names the setting, unless `value` may stand for `name`. */
export function checkValue(name: string, value: unknown): asserts name is WorldSettingName {
  const definition = Object.hasOwn(SETTINGS, name) ? SETTINGS[name as WorldSettingName] : undefined;
  if (definition === undefined) throw new RangeError(`There is no setting ${JSON.stringify(name)}.`);
  if (typeof value !== typeof definition.default) {
    throw new RangeError(
      `${name} takes a ${typeof definition.default}, not ${value === null ? 'null' : `a ${typeof value}`}.`,
    );
  }
  if (typeof value === 'number') {
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = definition;
    if (!Number.isFinite(value) || value < min || value > max) {
      throw new RangeError(`${name} takes a number from ${min} to ${max}.`);
    }
  }
  if (typeof value === 'string' && !REGION.test(value))
    throw new RangeError(`${name} takes the name of a Region, or nothing.`);
}

/** The settings of one world as a person reads them. */
export function describeSettings(values: Readonly<WorldValues>): readonly WorldSetting[] {
  return (Object.keys(SETTINGS) as WorldSettingName[]).map((name) => ({
    name,
    ...SETTINGS[name],
    value: values[name],
  }));
}
