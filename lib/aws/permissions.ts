/**
 * Which IAM permissions the API calls of this console need. Not server-only: a page that was refused says what would
 * have allowed it. Sources: the service authorization reference of each service.
 */

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*';
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Operations whose permission has another name than the operation. S3 names what is looked at, not the call. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:ListDirectoryBuckets': ['s3express:ListAllMyDirectoryBuckets'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:ListObjects': ['s3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:HeadObject': ['s3:GetObject'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:CreateMultipartUpload': ['s3:PutObject'],
  's3:UploadPart': ['s3:PutObject'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:CreateBucket': ['s3:CreateBucket', 's3express:CreateBucket'],
  's3:DeleteBucket': ['s3:DeleteBucket', 's3express:DeleteBucket'],
  's3:CreateSession': ['s3express:CreateSession'],
  's3:GetBucketEncryption': ['s3:GetEncryptionConfiguration', 's3express:GetEncryptionConfiguration'],
  's3:PutBucketEncryption': ['s3:PutEncryptionConfiguration', 's3express:PutEncryptionConfiguration'],
  's3:DeleteBucketEncryption': ['s3:PutEncryptionConfiguration', 's3express:PutEncryptionConfiguration'],
  's3:GetBucketPolicy': ['s3:GetBucketPolicy', 's3express:GetBucketPolicy'],
  's3:PutBucketPolicy': ['s3:PutBucketPolicy', 's3express:PutBucketPolicy'],
  's3:DeleteBucketPolicy': ['s3:DeleteBucketPolicy', 's3express:DeleteBucketPolicy'],
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeletePublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeleteBucketTagging': ['s3:PutBucketTagging'],
  's3:GetBucketMetadataConfiguration': ['s3:GetBucketMetadataTableConfiguration'],
  's3:CreateBucketMetadataConfiguration': ['s3:CreateBucketMetadataTableConfiguration'],
  's3:DeleteBucketMetadataConfiguration': ['s3:DeleteBucketMetadataTableConfiguration'],
  's3tables:GetTableMetadataLocation': ['s3tables:GetTableMetadataLocation', 's3tables:GetTableData'],
  's3tables:UpdateTableMetadataLocation': ['s3tables:UpdateTableMetadataLocation', 's3tables:PutTableData'],
  // S3 Tables and S3 ask KMS in the caller's name.
  's3tables:GetTableData': ['s3tables:GetTableData', 'kms:Decrypt'],
  // Needs no permission; a policy that names it is still right.
  'sts:GetCallerIdentity': ['sts:GetCallerIdentity'],
};

/** What an operation's permission is called: `s3:GetBucketEncryption` gives `s3:GetEncryptionConfiguration` and more. */
export function actionsFor(operation: string): readonly string[] {
  return OTHER_NAMES[operation] ?? [operation];
}

const READS = /^(Get|List|Head|Describe|Lookup|Simulate|Select|BatchGet)/;
/** Neither changes anything; a directory bucket lets nobody list its objects without a session. */
const OTHER_READS: ReadonlySet<string> = new Set(['CreateSession', 'AssumeRole']);

/** Whether an operation leaves everything as it is, so that a locked connection may send it. Unknown ones are writes. */
export function isReadOperation(operation: string): boolean {
  return READS.test(operation) || OTHER_READS.has(operation);
}

/** A policy that allows these operations, one statement for each service. */
export function policyFor(operations: readonly string[]): PolicyDocument {
  const byService = new Map<string, Set<string>>();
  for (const action of operations.flatMap(actionsFor)) {
    const service = action.slice(0, action.indexOf(':'));
    const actions = byService.get(service) ?? new Set();
    actions.add(action);
    byService.set(service, actions);
  }
  return {
    Version: '2012-10-17',
    Statement: [...byService]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([service, actions]) => ({
        Sid: `Console${service[0]?.toUpperCase() ?? ''}${service.slice(1)}`,
        Effect: 'Allow',
        Action: [...actions].toSorted(),
        Resource: '*',
      })),
  };
}

/** Those operations that need no unlocked connection. */
export function readsOf(operations: readonly string[]): readonly string[] {
  return operations.filter((operation) => isReadOperation(operation.slice(operation.indexOf(':') + 1)));
}
