/** Browser forms for POST Object, signed as a server of one's own would sign them. */

import { createHmac } from 'node:crypto';
import { type Credentials, ROOT } from './harness.ts';
import { amzDate, scopeKey } from './raw.ts';

export interface FormChoice {
  readonly credentials?: Credentials;
  /** Fields beside those of the signature, in order. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Conditions beside those that the signature's own fields need. */
  readonly conditions?: readonly unknown[];
  /** Milliseconds from now. */
  readonly expiresIn?: number;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly filename?: string;
  /** Fields that are left out after signing. */
  readonly without?: readonly string[];
}

/** Fields of a signed form, and the file behind them. */
export function formOf(bucket: string, choice: FormChoice = {}): FormData {
  const { credentials = ROOT, fields = { key: 'x' }, conditions = [], without = [] } = choice;
  const date = amzDate(new Date());
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const signing: Record<string, string> = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${credentials.accessKeyId}/${scope}`,
    'x-amz-date': date,
  };
  const document = {
    expiration: new Date(Date.now() + (choice.expiresIn ?? 60_000)).toISOString(),
    conditions: [
      { bucket },
      ['starts-with', '$key', ''],
      ...Object.entries(signing).map(([name, value]) => ({ [name]: value })),
      ...conditions,
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString('base64');
  const signature = createHmac('sha256', scopeKey(credentials.secretAccessKey, scope)).update(policy).digest('hex');
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...signing, policy, 'x-amz-signature': signature })) {
    if (!without.includes(name)) form.append(name, value);
  }
  form.append('file', new Blob([choice.body ?? 'test']), choice.filename ?? 'file.txt');
  return form;
}

/** Posts a form to a bucket: `204`, or `403 AccessDenied Sentence`. */
export async function post(url: string, bucket: string, form: FormData): Promise<string> {
  const answer = await fetch(`${url}/${bucket}`, { method: 'POST', body: form, redirect: 'manual' });
  const text = await answer.text();
  const tag = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  const message = tag('Message').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&#39;', "'");
  return `${answer.status} ${tag('Code')} ${message}`.trim();
}
