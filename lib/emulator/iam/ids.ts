/** Names that IAM makes up: unique ids, access keys, secrets; and the ARNs of its entities. */

import { randomBytes } from 'node:crypto';
import { idBytes } from '../world/id-source.ts';
import type { EntityKind } from './entities.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function random32(length: number): string {
  let out = '';
  for (const byte of idBytes(length)) out += BASE32.charAt(byte & 31);
  return out;
}

/** Prefixes of unique ids (IAMUG reference_identifiers). */
const PREFIXES = { user: 'AIDA', role: 'AROA', group: 'AGPA', policy: 'ANPA' } as const;

/** `AIDA` and 17 characters. */
export const uniqueId = (kind: EntityKind | 'policy'): string => `${PREFIXES[kind]}${random32(17)}`;

/** `AKIA` for long-term, `ASIA` for temporary credentials, and 16 characters. */
export const accessKeyId = (prefix: 'AKIA' | 'ASIA'): string => `${prefix}${random32(16)}`;

/** 40 characters, as AWS's secrets are. */
export const secretAccessKey = (): string => randomBytes(30).toString('base64');

/** A session token: it means nothing but itself, and is compared with the one that was handed out. */
export const sessionToken = (): string => `IQoJ${randomBytes(264).toString('base64')}`;

/** `arn:aws:iam::ACCT:user/PATH/NAME` */
export function entityArn(accountId: string, kind: EntityKind | 'policy', path: string, name: string): string {
  return `arn:aws:iam::${accountId}:${kind}${path}${name}`;
}
