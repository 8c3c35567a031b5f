'use client';

import { ShowApiCalls } from '@/components/ui/api-calls';
import { ActionButton } from '@/components/ui/form';
import { revokeGrantAction } from '../../keys/grant-actions';

/** Revoke the grant, and the call that does it. */
export function GrantButtons({
  keyArn,
  grantId,
  unavailable,
  target,
}: {
  keyArn: string;
  grantId: string;
  unavailable: string | undefined;
  target: string;
}) {
  const region = keyArn.split(':')[3] ?? '';
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <ActionButton
        action={revokeGrantAction}
        input={{ keyId: keyArn, keyArn, grantId }}
        size="small"
        unavailable={unavailable}
        target={target}
      >
        Revoke grant…
      </ActionButton>
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
