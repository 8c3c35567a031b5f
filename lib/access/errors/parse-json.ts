/** Errors that are JSON: of KMS and S3 Tables, CloudTrail events, decoded authorization messages. */

import type { ErrorForm, ErrorParts } from './types.ts';

type Loose = { -readonly [K in keyof ErrorParts]?: ErrorParts[K] | undefined };
type Json = { readonly [name: string]: unknown };

/** Undefined where the text is not such a JSON. */
export function parseJsonError(text: string): (Loose & { form: ErrorForm }) | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const found = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  if (!isObject(found)) return undefined;
  if (isObject(found['CloudTrailEvent'])) return event(found['CloudTrailEvent']);
  if (typeof found['CloudTrailEvent'] === 'string') return parseJsonError(found['CloudTrailEvent']);
  if (typeof found['DecodedMessage'] === 'string') return parseJsonError(found['DecodedMessage']);
  if (typeof found['eventName'] === 'string') return event(found);
  if ('explicitDeny' in found || 'matchedStatements' in found) return decoded(found);
  return service(found);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `{"__type":"DisabledException","message":"…"}`, `{"Error":{"Code":…}}` and what is like it. */
function service(found: Json): (Loose & { form: ErrorForm }) | undefined {
  const inner = isObject(found['Error']) ? found['Error'] : isObject(found['error']) ? found['error'] : found;
  const type =
    word(inner['__type']) ?? word(inner['code']) ?? word(inner['Code']) ?? word(inner['name']) ?? word(inner['type']);
  const message = word(inner['message']) ?? word(inner['Message']);
  if (type === undefined && message === undefined) return undefined;
  const metadata = isObject(inner['$metadata']) ? inner['$metadata'] : {};
  const status = metadata['httpStatusCode'] ?? inner['status'];
  return {
    form: 'json',
    code: type?.replace(/^.*#/, ''),
    message,
    status: typeof status === 'number' ? status : undefined,
    requestId: word(metadata['requestId']) ?? word(inner['RequestId']) ?? word(inner['requestId']),
  };
}

function event(found: Json): Loose & { form: ErrorForm } {
  const identity = isObject(found['userIdentity']) ? found['userIdentity'] : {};
  const parameters = isObject(found['requestParameters']) ? found['requestParameters'] : {};
  const context = isObject(parameters['encryptionContext']) ? parameters['encryptionContext'] : {};
  const resources = Array.isArray(found['resources']) ? (found['resources'] as readonly unknown[]) : [];
  const arns = resources.flatMap((one) => (isObject(one) ? (word(one['ARN']) ?? []) : []));
  const source = word(found['eventSource'])?.replace(/\.amazonaws\.com$/, '');
  return {
    form: 'cloudtrail',
    code: word(found['errorCode']),
    message: word(found['errorMessage']),
    operation: word(found['eventName']),
    service: source,
    action: source === 'kms' ? `kms:${word(found['eventName']) ?? ''}` : undefined,
    region: word(found['awsRegion']),
    requestId: word(found['requestID']),
    principal: word(identity['arn']) ?? word(identity['invokedBy']),
    bucket: word(parameters['bucketName']),
    key: arns.find((arn) => arn.includes(':kms:')) ?? word(parameters['keyId']),
    resource: arns[0],
    context: entries(context, 'kms:EncryptionContext:'),
  };
}

/** What `sts:DecodeAuthorizationMessage` gives. */
function decoded(found: Json): Loose & { form: ErrorForm } {
  const context = isObject(found['context']) ? found['context'] : {};
  const principal = isObject(context['principal']) ? context['principal'] : {};
  const conditions = isObject(context['conditions']) ? context['conditions'] : {};
  const items = Array.isArray(conditions['items']) ? (conditions['items'] as readonly unknown[]) : [];
  const values: Record<string, string> = {};
  for (const item of items) {
    if (!isObject(item)) continue;
    const list =
      isObject(item['values']) && Array.isArray(item['values']['items'])
        ? (item['values']['items'] as readonly unknown[])
        : [];
    const first = list.find(isObject)?.['value'];
    const key = word(item['key']);
    if (key !== undefined && typeof first === 'string') values[key] = first;
  }
  const action = word(context['action']);
  return {
    form: 'decoded-message',
    code: 'AccessDenied',
    how: found['explicitDeny'] === true ? 'deny' : 'silence',
    principal: word(principal['arn']),
    action,
    service: action?.split(':')[0],
    resource: word(context['resource']),
    context: values,
  };
}

function entries(of: Json, prefix: string): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(of).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`${prefix}${name}`, value] as const] : [],
  );
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
