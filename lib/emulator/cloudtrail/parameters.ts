/**
 * requestParameters and responseElements: the input and output of an operation as CloudTrail prints them, names in
 * lower camel case, without anything secret, without bytes.
 */

/** Members that are never logged, whatever the operation (KMSDG ct-decrypt, ct-encrypt; IAMUG cloudtrail-integration). */
const SECRET: ReadonlySet<string> = new Set([
  'CiphertextBlob',
  'CiphertextForRecipient',
  'EncryptedKeyMaterial',
  'GrantToken',
  'GrantTokens',
  'ImportToken',
  'KeyStorePassword',
  'Mac',
  'Message',
  'Password',
  'Plaintext',
  'PrivateKeyCiphertextBlob',
  'PrivateKeyPlaintext',
  'PublicKey',
  'RawSecretAccessKey',
  'SecretAccessKey',
  'SessionToken',
  'SharedSecret',
  'Signature',
  'TokenCode',
]);

/** Members that are maps: their keys are data and keep their case. */
const MAPS: ReadonlySet<string> = new Set([
  'EncryptionContext',
  'SourceEncryptionContext',
  'DestinationEncryptionContext',
  'EncryptionContextEquals',
  'EncryptionContextSubset',
  'Metadata',
  'tags',
]);

const DEEPEST = 12;

/** Gives undefined where nothing is left to print. Never throws. */
export function lowerCamel(value: unknown, depth = 0): unknown {
  if (value === null || value === undefined || depth > DEEPEST) return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined;
  if (value instanceof Date) return printDate(value);
  if (Array.isArray(value)) {
    return value.map((item) => lowerCamel(item, depth + 1)).filter((item) => item !== undefined);
  }
  if (Symbol.asyncIterator in value) return undefined;
  const printed: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (SECRET.has(name)) continue;
    const shown = MAPS.has(name) ? member : lowerCamel(member, depth + 1);
    if (shown !== undefined) printed[lowerFirst(name)] = shown;
  }
  return printed;
}

/** As `lowerCamel`; null, as CloudTrail has it, where there is no member at all. */
export function elements(value: unknown): unknown {
  const printed = lowerCamel(value);
  const empty = printed === undefined || (isRecord(printed) && Object.keys(printed).length === 0);
  return empty ? null : printed;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an input or output, if it is a string. */
export function textOf(value: unknown, name: string): string | undefined {
  if (!isRecord(value)) return undefined;
  const member = value[name];
  return typeof member === 'string' ? member : undefined;
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mar 20, 2024, 11:16:09 PM`, the form of dates inside an event (S3UG s3-express-log-files). UTC. */
export function printDate(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const hours = date.getUTCHours();
  const two = (number: number) => String(number).padStart(2, '0');
  const clock = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
