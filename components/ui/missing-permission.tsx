import { actionsFor, policyFor } from '@/lib/aws/permissions';
import type { AwsFailure } from '@/lib/aws/result';
import { CopyButton } from './copy-button';

/** Whether a failure means that a permission is missing, and the operation was one of AWS's. */
export function lacksPermission(error: AwsFailure): boolean {
  return (
    /AccessDenied|NotAuthorized|Forbidden|UnauthorizedOperation/.test(error.code) && /^\w+:\w+$/.test(error.action)
  );
}

/** Which permission would have let a read through, and the policy that gives it. */
export function MissingPermission({ error }: { error: AwsFailure }) {
  const policy = JSON.stringify(policyFor([error.action]), null, 2);
  return (
    <details className="missing-permission">
      <summary>
        Missing permission: <span className="mono">{actionsFor(error.action).join(', ')}</span>
      </summary>
      <div className="relative">
        <pre className="code call">{policy}</pre>
        <span className="corner">
          <CopyButton text={policy} label="Copy policy" />
        </span>
      </div>
    </details>
  );
}
