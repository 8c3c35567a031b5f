/** Errors recorded on AWS, and the requests that should bring them about. */

import { readFileSync } from 'node:fs';
import type { TestEmulator } from './harness.ts';
import { type RawAnswer, type RawRequest, send, told } from './raw.ts';

export interface RecordedError {
  /** Name of the case, without its parameters. */
  readonly name: string;
  /** `RSA_2048`, `RSAES_OAEP_SHA_1` of `test[RSA_2048-RSAES_OAEP_SHA_1]`. */
  readonly parameters: readonly string[];
  readonly step: string;
  readonly code: string;
  /** Empty where it was not recorded. */
  readonly status: string;
  readonly message: string;
}

/** Reads `recorded-errors.tsv`. */
export function readRecorded(file: string): RecordedError[] {
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [test = '', step = '', code = '', status = '', message = ''] = line.split('\t');
    const [, name = '', parameters = ''] = /^([^[]*)(?:\[(.*)\])?$/.exec(test) ?? [];
    // An answer without a sentence was written down as None.
    return { name, parameters: parameters.split('-'), step, code, status, message: message === 'None' ? '' : message };
  });
}

/** Placeholders that stand for what differs from run to run. */
const PLACEHOLDER = /<[\w-]+(?::\d+)?>/;

/** Whether an answer (`400 Code Message`) is the recorded one, letter for letter outside of placeholders. */
export function isRecorded(answer: string, { code, status, message }: RecordedError): boolean {
  const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const words = message
    .trimEnd()
    .replaceAll('111111111111', '<account>')
    .split(new RegExp(PLACEHOLDER, 'g'))
    .map(literal)
    .join('.+?');
  // HEAD and 304 have no body: client libraries make up code and sentence from the status.
  if (code === status) return answer.startsWith(status);
  return new RegExp(
    `^${status === '' ? String.raw`\d{3}` : status} ${literal(code)}${words === '' ? '' : ` ${words}`}$`,
  ).test(answer);
}

/** A request of a case: resolves with `400 Code Message`. */
export type Step = () => Promise<string>;
/** What a case needs is made first; then its steps by name. */
export type Case = (parameters: readonly string[]) => Promise<Readonly<Record<string, Step>>>;
export type Cases = Readonly<Record<string, Case>>;

export type Wire = ReturnType<typeof wireOf>;

/** Short ways to say requests. */
export function wireOf(emulator: TestEmulator) {
  let counter = 0;
  const ask = async (request: RawRequest): Promise<string> => told(await send(emulator.url, request));
  const s3Answer = (method: string, target: string, more: RawRequest = {}): Promise<RawAnswer> =>
    send(emulator.url, { method, target, ...more });
  const kmsRequest = (operation: string, input: object, region = 'us-east-1'): RawRequest => ({
    method: 'POST',
    service: 'kms',
    region,
    headers: { 'x-amz-target': `TrentService.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(input),
  });
  const s3 = async (method: string, target: string, more: RawRequest = {}) =>
    told(await s3Answer(method, target, more));
  return {
    url: emulator.url,
    s3,
    s3Answer,
    put: (target: string, headers: Readonly<Record<string, string>> = {}, body: string | Uint8Array = 'test') =>
      s3('PUT', target, { headers, body }),
    get: (target: string, headers: Readonly<Record<string, string>> = {}) => s3('GET', target, { headers }),
    kms: (operation: string, input: object, region?: string) => ask(kmsRequest(operation, input, region)),
    /** The answer of KMS; throws when it refuses. */
    async kmsJson<Answer>(operation: string, input: object, region?: string): Promise<Answer> {
      const answer = await send(emulator.url, kmsRequest(operation, input, region));
      if (answer.status !== 200) throw new Error(told(answer));
      const parsed: Answer = JSON.parse(answer.body);
      return parsed;
    },
    /** Path of a new bucket. */
    async bucket(): Promise<string> {
      counter += 1;
      const target = `/recorded-${counter}`;
      const answer = await s3('PUT', target);
      if (answer !== '200') throw new Error(answer);
      return target;
    },
    /** Id of a new multipart upload of this object. */
    async upload(target: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
      const { body } = await s3Answer('POST', `${target}?uploads=`, { headers });
      return /<UploadId>([^<]+)/.exec(body)?.[1] ?? '';
    },
  };
}
