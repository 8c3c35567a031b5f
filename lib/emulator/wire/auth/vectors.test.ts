import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../error.ts';
import { canonicalPath } from './canonical.ts';
import { readCredentials } from './credentials.ts';
import { sha256Hex } from './signature.ts';
import { parseRequest } from './testing.ts';
import { checkCredential, verify } from './verify.ts';

interface VectorContext {
  readonly credentials: { access_key_id: string; secret_access_key: string; token?: string };
  readonly normalize: boolean;
  readonly timestamp: string;
}

const folder = join(process.env['CONFORMANCE_DIR'] ?? join(process.cwd(), '../shared/conformance'), 'sigv4/cases');
const present = existsSync(folder);
if (!present) console.warn(`Signature vectors skipped: ${folder} is absent (set CONFORMANCE_DIR).`);
const cases = present ? readdirSync(folder).sort() : [];
const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');

/** Authenticates as the server does; throws what the client would be answered. */
function authenticate(text: string, context: VectorContext, form: 'header' | 'query'): void {
  const { request, body } = parseRequest(text);
  const auth = readCredentials(request);
  if (auth.kind === 'anonymous') throw new AwsError('MissingAuthenticationToken', 403, 'anonymous');
  if (auth.accessKeyId !== context.credentials.access_key_id)
    throw new AwsError('InvalidClientTokenId', 403, 'unknown');
  const { token } = context.credentials;
  checkCredential(auth, { active: true, ...(token === undefined ? {} : { sessionToken: token }) }, 0);
  verify(request, auth, context.credentials.secret_access_key, {
    machineNow: Date.parse(context.timestamp),
    bodyHash: sha256Hex(body),
    pathStyle: context.normalize ? 'normalised' : 'as-sent',
  });
  expect(auth.kind).toBe(form);
}

describe.skipIf(!present)('signature vectors', () => {
  test('all 38 cases are here', () => {
    expect(cases).toHaveLength(38);
  });

  for (const form of ['header', 'query'] as const) {
    test.each(cases)(`%s holds in its ${form} form, and fails with any byte changed`, (name) => {
      const context: VectorContext = JSON.parse(read(name, 'context.json'));
      const text = read(name, `${form}-signed-request.txt`)
        .trimEnd()
        .concat('\n\n')
        .replace(/\n\n\n+/, '\n\n');
      const whole = read(name, `${form}-signed-request.txt`);
      const source = whole.includes('\n\n') && parseRequest(whole).body.trim() !== '' ? whole : text;
      authenticate(source, context, form);
      expect(mutationsAccepted(source, context, form)).toEqual([]);
    });
  }
});

/** Changes every byte in turn and tells which changes were not refused although they change what the request means. */
function mutationsAccepted(text: string, context: VectorContext, form: 'header' | 'query'): string[] {
  const accepted: string[] = [];
  const original = parseRequest(text).request;
  const style = context.normalize ? 'normalised' : 'as-sent';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) continue;
    const changed = `${text.slice(0, at)}${String.fromCharCode(code === 0x7e ? 0x7d : code ^ 1)}${text.slice(at + 1)}`;
    const { request } = parseRequest(changed);
    const sameTarget =
      request.method === original.method &&
      request.rawQuery === original.rawQuery &&
      canonicalPath(request.rawPath, style) === canonicalPath(original.rawPath, style);
    // The protocol version is no part of the request's meaning, nor are two spellings of one path.
    if (sameTarget && at < text.indexOf('\n')) continue;
    // A header that nobody signed may say anything (content-length belongs to the transport).
    if (/^content-length:/i.test(text.slice(text.lastIndexOf('\n', at) + 1)) && !text.includes('content-length'))
      continue;
    try {
      authenticate(changed, context, form);
      accepted.push(`byte ${at}: ${JSON.stringify(changed.slice(Math.max(0, at - 20), at + 20))}`);
    } catch (error) {
      if (!(error instanceof AwsError) || error.status >= 500) accepted.push(`byte ${at}: ${String(error)}`);
    }
  }
  return accepted;
}
