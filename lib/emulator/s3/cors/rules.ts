/** Rules of cross-origin requests: what S3 demands of them, and which one lets a request through (S3UG ManageCorsUsing). */

import type { CORSRule } from '@aws-sdk/client-s3';
import { errors } from '../errors.ts';

const MAXIMUM_RULES = 100;
const METHODS = new Set(['GET', 'PUT', 'HEAD', 'POST', 'DELETE']);

/** Throws MalformedXML, InvalidRequest. */
export function checkCorsRules(rules: readonly CORSRule[] | undefined): void {
  if (rules === undefined || rules.length === 0 || rules.length > MAXIMUM_RULES) throw errors.malformedXml();
  for (const rule of rules) {
    const { AllowedMethods: methods = [], AllowedOrigins: origins = [], AllowedHeaders: headers = [] } = rule;
    if (methods.length === 0 || origins.length === 0) throw errors.malformedXml();
    const unknown = methods.find((method) => !METHODS.has(method));
    if (unknown !== undefined) {
      throw errors.invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
    }
    for (const origin of origins) requireOneWildcard('AllowedOrigin', origin);
    for (const header of headers) requireOneWildcard('AllowedHeader', header);
    const exposed = rule.ExposeHeaders?.find((header) => header.includes('*'));
    if (exposed !== undefined) {
      throw errors.invalidRequest(
        `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
      );
    }
  }
}

function requireOneWildcard(name: string, text: string): void {
  if (text.split('*').length <= 2) return;
  throw errors.invalidRequest(`${name} "${text}" can not have more than one wildcard.`);
}

/** What a browser asks: with `headers` where it asks before it sends. */
export interface CrossOrigin {
  readonly origin: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: readonly string[];
}

/** The first rule that lets the request through. */
export function ruleFor(rules: readonly CORSRule[], asked: CrossOrigin): CORSRule | undefined {
  return rules.find(
    (rule) =>
      rule.AllowedMethods?.includes(asked.method) === true &&
      rule.AllowedOrigins?.some((origin) => matches(origin, asked.origin)) === true &&
      asked.headers.every((header) => rule.AllowedHeaders?.some((allowed) => matches(allowed.toLowerCase(), header))),
  );
}

/** Headers of the answer by which the browser knows that it may. */
export function headersOf(rule: CORSRule, asked: CrossOrigin): Record<string, string> {
  const everyone = rule.AllowedOrigins?.includes('*') === true;
  return {
    'access-control-allow-origin': everyone ? '*' : asked.origin,
    'access-control-allow-methods': (rule.AllowedMethods ?? []).join(', '),
    ...(asked.headers.length > 0 && { 'access-control-allow-headers': asked.headers.join(', ') }),
    ...(rule.ExposeHeaders !== undefined && { 'access-control-expose-headers': rule.ExposeHeaders.join(', ') }),
    ...(rule.MaxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
    ...(!everyone && { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}
