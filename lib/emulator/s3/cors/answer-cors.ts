/** Cross-origin requests of browsers: the question before a request (OPTIONS), and the headers of its answer. */

import type { CORSRule } from '@aws-sdk/client-s3';
import type { HttpRequest } from '../../http.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import { meaningOfHost } from '../../wire/host.ts';
import { AwsError, encodeError, type WireAnswer } from '../../wire/index.ts';
import { headersOf, ruleFor } from './rules.ts';

type Handler = (request: HttpRequest) => Promise<WireAnswer>;
/** The rules of a bucket, or undefined where it has none or there is no such bucket. */
type RulesOf = (bucket: string) => readonly CORSRule[] | undefined;

/** Answers what browsers ask; hands every other request to `answer` and tells the browser what it may see of it. */
export function answerCors(rulesOf: RulesOf, answer: Handler): Handler {
  return async (request) => {
    const { origin } = request.headers;
    if (request.method === 'OPTIONS') return preflight(rulesOf, request);
    if (origin === undefined) return answer(request);
    const answered = await answer(request);
    const asked = { origin, method: request.method, headers: [] };
    const rule = ruleFor(rulesOf(bucketOf(request)) ?? [], asked);
    return rule === undefined ? answered : { ...answered, headers: { ...answered.headers, ...headersOf(rule, asked) } };
  };
}

function preflight(rulesOf: RulesOf, request: HttpRequest): WireAnswer {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined) {
    return refused('BadRequest', 400, 'Insufficient information. Origin request header needed.');
  }
  if (method === undefined) return refused('BadRequest', 400, 'Invalid Access-Control-Request-Method: null');
  const rules = rulesOf(bucketOf(request));
  if (rules === undefined) {
    return refused('AccessForbidden', 403, 'CORSResponse: CORS is not enabled for this bucket.');
  }
  const headers = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const asked = { origin, method, headers };
  const rule = ruleFor(rules, asked);
  if (rule === undefined) {
    return refused(
      'AccessForbidden',
      403,
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    );
  }
  return {
    status: 200,
    headers: { ...headersOf(rule, asked), 'content-length': '0', 'x-amz-request-id': orderedId() },
  };
}

function bucketOf({ host, rawPath }: HttpRequest): string {
  const named = meaningOfHost(host).bucket ?? rawPath.split('/', 2)[1] ?? '';
  try {
    return decodeURIComponent(named);
  } catch {
    return '';
  }
}

function refused(code: string, status: number, message: string): WireAnswer {
  return encodeError({ service: 's3', method: 'OPTIONS' }, new AwsError(code, status, message), orderedId());
}
