'use client';

import { ShowApiCalls } from '@/components/ui/api-calls';
import { ConfirmButton } from '@/components/ui/confirm';
import { revokeGrantAction } from '../../keys/grant-actions';

/** Revoke the grant, and the call that does it. */
export function GrantButtons({
  keyArn,
  grantId,
  unavailable,
  target,
  one,
}: {
  keyArn: string;
  grantId: string;
  unavailable: string | undefined;
  target: string;
  /** It stands alone; else others allow the same. */
  one: boolean;
}) {
  const region = keyArn.split(':')[3] ?? '';
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <ConfirmButton
        label="Revoke grant…"
        size="small"
        unavailable={unavailable}
        title="Revoke this grant"
        consequence={{
          title: one ? 'Its grantee loses what only this grant gives' : 'Other grants allow the same',
          detail: one
            ? 'A revoked grant can’t be restored. S3 may go on for a while with bucket keys that it holds.'
            : 'Revoking one of a pile changes nothing while another one counts.',
        }}
        word="revoke"
        action={revokeGrantAction}
        input={{ keyId: keyArn, keyArn, grantId }}
        submit="Revoke grant"
        target={target}
      />
      <ShowApiCalls
        asLink
        label="API call"
        calls={[
          {
            title: 'kms:RevokeGrant',
            cli: `aws kms revoke-grant \\\n  --key-id ${keyArn} \\\n  --grant-id ${grantId} \\\n  --region ${region}`,
            typescript: `import { KMSClient, RevokeGrantCommand } from '@aws-sdk/client-kms';\n\nconst client = new KMSClient({ region: '${region}' });\nawait client.send(new RevokeGrantCommand({\n  KeyId: '${keyArn}',\n  GrantId: '${grantId}',\n}));`,
            http: `POST / HTTP/1.1\nhost: kms.${region}.amazonaws.com\ncontent-type: application/x-amz-json-1.1\nx-amz-target: TrentService.RevokeGrant\n\n${JSON.stringify({ KeyId: keyArn, GrantId: grantId }, null, 2)}`,
          },
        ]}
      />
    </div>
  );
}
