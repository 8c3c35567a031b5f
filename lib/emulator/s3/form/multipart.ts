/** The body of a browser's form (RFC 7578): fields first, then one file that streams. What comes behind the file is not read. */

import { AwsError } from '../../wire/error.ts';

export interface Form {
  /** Names in lower case, in order. */
  readonly fields: ReadonlyMap<string, string>;
  /** Name of the file as the browser sent it, without directories. */
  readonly filename: string;
  /** Its content type, where the browser gave one. */
  readonly type: string | undefined;
  readonly file: AsyncIterable<Uint8Array>;
}

/** All that comes before the file (S3 API, ErrorResponses). */
const MAXIMUM_FIELDS = 20 * 1024;

const malformed = () =>
  new AwsError('MalformedPOSTRequest', 400, 'The body of your POST request is not well-formed multipart/form-data.');
const tooLarge = () =>
  new AwsError(
    'MaxPostPreDataLengthExceeded',
    400,
    'Your POST request fields preceding the upload file were too large.',
  );

/** The boundary in a Content-Type, or undefined where it is no form. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType?.toLowerCase().startsWith('multipart/form-data') !== true) return undefined;
  const [, quoted, bare] = /boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

/** Reads up to the file. Throws MalformedPOSTRequest, MaxPostPreDataLengthExceeded, InvalidArgument. */
export async function readForm(source: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> {
  const reader = new DelimitedReader(source, `\r\n--${boundary}`);
  await reader.text(MAXIMUM_FIELDS);
  const fields = new Map<string, string>();
  let size = 0;
  for (;;) {
    const head = await headOf(reader);
    if (head === undefined) throw oneFile();
    const disposition = head.get('content-disposition') ?? '';
    const name = parameter(disposition, 'name')?.toLowerCase();
    if (name === undefined) throw malformed();
    if (name === 'file') {
      const filename = (parameter(disposition, 'filename') ?? '').replace(/^.*[\\/]/, '');
      return { fields, filename, type: head.get('content-type'), file: reader.rest() };
    }
    const value = await reader.text(MAXIMUM_FIELDS - size);
    size += value.length + name.length;
    fields.set(name, value);
  }
}

function oneFile(): AwsError {
  return new AwsError('InvalidArgument', 400, 'POST requires exactly one file upload per request.', {
    members: { ArgumentName: 'file', ArgumentValue: '0' },
  });
}

/** Headers of the next part by lower-case name; undefined behind the last. */
async function headOf(reader: DelimitedReader): Promise<Map<string, string> | undefined> {
  const end = await reader.line();
  if (end.startsWith('--')) return undefined;
  if (end.trim() !== '') throw malformed();
  const head = new Map<string, string>();
  for (;;) {
    const line = await reader.line();
    if (line === '') return head;
    const colon = line.indexOf(':');
    if (colon < 1 || head.size > 16) throw malformed();
    head.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function parameter(disposition: string, name: string): string | undefined {
  const [, value] = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition) ?? [];
  return value?.replaceAll(/\\(["\\])/g, '$1');
}

const LONGEST_LINE = 4096;

class DelimitedReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** The first delimiter stands at the beginning, without the line break before it. */
  #buffer: Buffer = Buffer.from('\r\n');
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>, delimiter: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(delimiter, 'latin1');
  }

  async #pull(): Promise<void> {
    if (this.#ended) throw malformed();
    const next = await this.#source.next();
    if (next.done === true) this.#ended = true;
    else this.#buffer = Buffer.concat([this.#buffer, next.value]);
  }

  /** Text up to the next delimiter, which is passed. */
  async text(limit: number): Promise<string> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      if (at > limit || (at < 0 && this.#buffer.length > limit + this.#delimiter.length)) throw tooLarge();
      if (at >= 0) {
        const text = this.#buffer.subarray(0, at).toString('utf8');
        this.#buffer = this.#buffer.subarray(at + this.#delimiter.length);
        return text;
      }
      await this.#pull();
    }
  }

  /** One line of a part's head, without its break. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#buffer.indexOf('\r\n');
      if (at >= 0 && at <= LONGEST_LINE) {
        const text = this.#buffer.subarray(0, at).toString('utf8');
        this.#buffer = this.#buffer.subarray(at + 2);
        return text;
      }
      if (this.#buffer.length > LONGEST_LINE) throw malformed();
      if (this.#ended && this.#buffer.toString('latin1').startsWith('--')) return '--';
      await this.#pull();
    }
  }

  /** Bytes up to the next delimiter, as they come. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      if (at >= 0) {
        if (at > 0) yield this.#buffer.subarray(0, at);
        return;
      }
      // What could be the beginning of a delimiter is kept back.
      const safe = this.#buffer.length - this.#delimiter.length + 1;
      if (safe > 0) {
        yield this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
      }
      await this.#pull();
    }
  }
}
