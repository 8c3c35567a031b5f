import { PolicyEditor } from '@/components/policy/policy-editor';
import { Card } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { getBucketPolicy } from '@/lib/aws/buckets';
import { workplace } from '@/lib/aws/session';
import { deleteBucketPolicy, saveBucketPolicy } from './bucket-actions';
import { lintContext } from './policy-lint';
import { readOnlyReason, writeTarget } from './reads';

/** Bucket policy of a general purpose or directory bucket; a new one starts with the usual encryption rule. */
export async function BucketPolicyTab({ bucket, arn, directory }: { bucket: string; arn: string; directory: boolean }) {
  const { aws } = await workplace();
  const [policy, lint, readOnly, target] = await Promise.all([
    getBucketPolicy(aws, bucket),
    lintContext(directory ? 'directory-bucket' : 'bucket'),
    readOnlyReason(),
    writeTarget(),
  ]);
  const example = directory
    ? {
        Sid: 'OnlyWithKms',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3express:CreateSession',
        Resource: arn,
        Condition: { StringNotEquals: { 's3express:x-amz-server-side-encryption': 'aws:kms' } },
      }
    : {
        Sid: 'OnlyWithKms',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `${arn}/*`,
        Condition: { StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      };
  return (
    <Card title="Bucket policy" count={policy.ok && policy.data === undefined ? 'none' : undefined} rule>
      <div className="pt-4">
        {!policy.ok ? (
          <Failure title="The bucket policy could not be read" error={policy.error} />
        ) : (
          <>
            {policy.data === undefined && (
              <p className="prose-line mb-3 text-ink-2">
                Without a policy, identity policies of this account alone decide. The example refuses what is not
                encrypted with SSE-KMS.
              </p>
            )}
            <PolicyEditor
              label="Bucket policy"
              policy={policy.data}
              limit={20_480}
              action={saveBucketPolicy}
              input={{ bucket }}
              removal={{
                action: deleteBucketPolicy,
              }}
              target={target}
              lint={lint}
              unavailable={readOnly}
              example={JSON.stringify({ Version: '2012-10-17', Statement: [example] }, null, 2)}
            />
          </>
        )}
      </div>
    </Card>
  );
}
