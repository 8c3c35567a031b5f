import 'server-only';
import type { Route } from 'next';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import { describeCall } from '@/lib/aws/api-call';
import type { AwsFailure, Result } from '@/lib/aws/result';

interface Said {
  readonly title: string;
  readonly detail?: string;
  readonly goTo?: Route;
  readonly links?: NonNullable<Outcome['links']>;
  readonly once?: NonNullable<Outcome['once']>;
}

/**
 * The outcome of one or more calls that were made in order: the first failure counts.
 * @param said what to say when all succeeded
 * @param failed title for a failure: "The key was not created"
 */
export function outcomeOf(results: Result<unknown> | readonly Result<unknown>[], said: Said, failed: string): Outcome {
  const all = Array.isArray(results) ? (results as readonly Result<unknown>[]) : [results as Result<unknown>];
  const calls = all.flatMap((result) => (result.call ? [describeCall(result.call)] : []));
  const failure = all.find((result) => !result.ok);
  if (failure && !failure.ok) return { ...failureOutcome(failure.error, failed), calls };
  const requestId = all.findLast((result) => result.ok && result.requestId !== undefined);
  const id = requestId?.ok ? requestId.requestId : undefined;
  return {
    ok: true,
    calls,
    ...said,
    ...(id ? { requestId: id } : {}),
    links: [...(said.links ?? []), ...(calls.length > 0 ? [{ label: 'Audit trail', href: routes.audit() }] : [])],
  };
}

export function failureOutcome(error: AwsFailure, title: string): Outcome {
  const refused = /AccessDenied|Forbidden/.test(error.code);
  const next = nextStep(error);
  return {
    ok: false,
    title,
    detail: error.message,
    code: error.code,
    ...(error.requestId ? { requestId: error.requestId } : {}),
    ...(next ? { next } : {}),
    ...(refused && error.requestId
      ? { links: [{ label: 'Explain the decision', href: routes.decision(error.requestId) }] }
      : {}),
  };
}

/** What a person can do about AWS's code; nothing where the message says it already. */
function nextStep({ code }: AwsFailure): string | undefined {
  switch (code) {
    case 'Unreachable':
      return 'Start it with npm run emulator, or choose another connection under Settings.';
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'ForbiddenException':
      return 'The policies and grants behind the decision are one link away.';
    case 'BucketAlreadyExists':
    case 'BucketAlreadyOwnedByYou':
    case 'ConflictException':
    case 'AlreadyExistsException':
      return 'Choose another name, or open the one that exists.';
    case 'BucketNotEmpty':
      return 'Delete what is in it first.';
    case 'KMSInvalidStateException':
    case 'DisabledException':
    case 'KMS.DisabledException':
      return 'Enable the key or cancel its deletion, then try again.';
    case 'NotFoundException':
    case 'KMS.NotFoundException':
      return 'Check the key: it must exist in this Region, and another account needs its ARN.';
    case 'MalformedPolicyDocumentException':
    case 'MalformedPolicy':
      return 'Correct the policy; nothing was changed.';
    case 'ThrottlingException':
    case 'SlowDown':
      return 'Wait a few seconds, then try again.';
    case 'NoCredentials':
      return 'Choose a profile or sign in, then try again.';
    default:
      return undefined;
  }
}
