/** Which situation in the emulator gives the same error, and what repairs it. */

import type { ErrorParts } from './types.ts';

/** A situation that can be rebuilt. */
export type Situation =
  | 'no-iam-policy'
  | 'no-key-statement'
  | 'key-policy-denies'
  | 'iam-policy-denies'
  | 'boundary'
  | 'session-policy'
  | 'other-account'
  | 'disabled'
  | 'pending-deletion'
  | 'unknown-key'
  | 'key-usage';

export interface Rebuild {
  readonly situation: Situation;
  /** KMS operation that is refused. */
  readonly operation: 'GenerateDataKey' | 'Decrypt' | 'Encrypt';
  /** Whether S3 asks for it, or the caller itself. */
  readonly through: 's3' | 'kms';
  /** Name of the role that stands for the caller. */
  readonly role: string;
}

/** What to rebuild; undefined where the emulator has no such situation, or the text does not tell enough. */
export function rebuildOf(parts: ErrorParts): Rebuild | undefined {
  const situation = situationOf(parts);
  if (situation === undefined) return undefined;
  const asked = parts.action?.slice(parts.action.indexOf(':') + 1) ?? '';
  const reads = /^(?:Get|Head|Select|Copy|Download)/.test(parts.operation ?? '') || asked === 'Decrypt';
  const operation = asked === 'Encrypt' ? 'Encrypt' : reads ? 'Decrypt' : 'GenerateDataKey';
  const direct = /^(?:GenerateDataKey|Decrypt|Encrypt)/.test(parts.operation ?? '') || asked === 'Encrypt';
  return { situation, operation, through: direct ? 'kms' : 's3', role: roleOf(parts.principal) };
}

function situationOf({ code = '', message = '', layer, how, action }: ErrorParts): Situation | undefined {
  const plain = code.replace(/^KMS\./, '');
  if (plain === 'DisabledException') return 'disabled';
  if (/InvalidStateException/.test(plain)) return 'pending-deletion';
  if (plain === 'NotFoundException' && (/[Kk]ey/.test(message) || message === '')) return 'unknown-key';
  if (plain === 'InvalidKeyUsageException') return 'key-usage';
  if (how === 'hidden' || /The ciphertext refers to a customer master key/.test(message)) return 'other-account';
  if (action?.startsWith('kms:') !== true) return undefined;
  if (how === 'deny')
    return layer === 'identity-policy'
      ? 'iam-policy-denies'
      : layer === 'resource-policy'
        ? 'key-policy-denies'
        : undefined;
  switch (layer) {
    case 'identity-policy':
      return 'no-iam-policy';
    case 'resource-policy':
      return 'no-key-statement';
    case 'permissions-boundary':
      return 'boundary';
    case 'session-policy':
      return 'session-policy';
    default:
      return undefined;
  }
}

/** Letters, digits and a few signs, as IAM takes them. */
function roleOf(principal: string | undefined): string {
  const name = /:(?:assumed-role|role|user)\/(?:[^/]+\/)*?([\w+=,.@-]+)(?:\/[^/]*)?$/.exec(principal ?? '')?.[1];
  const role = /:assumed-role\/([\w+=,.@-]+)\//.exec(principal ?? '')?.[1];
  return (role ?? name ?? 'Caller').slice(0, 64);
}
