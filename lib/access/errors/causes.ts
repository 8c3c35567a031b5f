/** What an error likely means, the likeliest first, with the rule it rests on and where AWS says so. */

import type { ErrorParts } from './types.ts';

export interface Cause {
  /** In one sentence. */
  readonly title: string;
  readonly detail: string;
  /** Ids of the rules that the emulator follows. */
  readonly rules: readonly string[];
  /** AWS's page. */
  readonly source: string;
  /** What to look at or do. */
  readonly check: string;
}

const KMSDG = 'https://docs.aws.amazon.com/kms/latest/developerguide';
const S3UG = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';
const IAMUG = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const S3_ERRORS = 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html';

/** The causes of an error; never empty. */
export function causesOf(parts: ErrorParts): readonly Cause[] {
  const { code = '', message = '', status } = parts;
  const plain = code.replace(/^KMS\./, '');
  if (plain === 'DisabledException') return [DISABLED];
  if (/InvalidStateException/.test(plain))
    return message.includes('pending import') ? [IMPORT, PENDING] : [PENDING, IMPORT];
  if (plain === 'NotFoundException' || /Invalid keyId|Invalid arn|does not exist/.test(message))
    return notFound(message);
  if (plain === 'InvalidKeyUsageException') return [USAGE];
  if (plain === 'SlowDown' || /Throttling|RequestLimit|TooManyRequests/.test(plain)) return [THROTTLED];
  if (plain === 'LimitExceededException') return [GRANTS_FULL];
  if (/InvalidCiphertext|IncorrectKey/.test(plain)) return [CIPHERTEXT];
  if (/ExpiredToken|TokenExpired/.test(plain)) return [EXPIRED];
  if (/The ciphertext refers to a customer master key/.test(message)) return [OLD_FORM, ...hiddenCauses()];
  if (parts.how === 'hidden') return hiddenCauses();
  if (/Denied|NotAuthorized|Forbidden|Unauthorized|^403$/.test(code) || status === 403 || parts.action !== undefined)
    return refused(parts);
  return [UNKNOWN];
}

function refused(parts: ErrorParts): readonly Cause[] {
  const isKey = parts.action?.startsWith('kms:') === true || parts.resource?.includes(':kms:') === true;
  if (parts.how === 'deny') return [denyCause(parts)];
  switch (parts.layer) {
    case 'identity-policy':
      return isKey ? [NO_IAM, WRONG_RESOURCE, IAM_CONDITION] : [NO_IAM_S3, IAM_CONDITION];
    case 'resource-policy':
      return isKey ? [NO_KEY_STATEMENT, CONTEXT, GRANT_GONE] : [NO_BUCKET_STATEMENT];
    case 'session-policy':
      return [SESSION];
    case 'permissions-boundary':
      return [BOUNDARY];
    case 'service-control-policy':
    case 'resource-control-policy':
      return [ORGANIZATION];
    case 'vpc-endpoint-policy':
      return [ENDPOINT];
    default:
      return isKey ? [NO_KEY_STATEMENT, NO_IAM, CONTEXT] : [BARE, HEAD, DENIED_UPLOAD];
  }
}

function notFound(message: string): readonly Cause[] {
  if (message.includes('Invalid arn')) return [OTHER_REGION];
  return message.includes('Invalid keyId')
    ? [INVALID_ID, OTHER_ACCOUNT_ALIAS]
    : [NO_SUCH_KEY, OTHER_REGION, OTHER_ACCOUNT_ALIAS];
}

function hiddenCauses(): readonly Cause[] {
  return [CROSS_ACCOUNT, OTHER_REGION, NO_SUCH_KEY];
}

function denyCause({ layer, policyArn, action = 'the action' }: ErrorParts): Cause {
  const where = layer === undefined ? 'A policy' : NOUNS[layer];
  return {
    title: `${where} denies ${action}, and a deny outweighs every allow`,
    detail:
      policyArn === undefined
        ? 'Look for Deny statements whose conditions hold: a missing encryption header, another key id, another network or organization.'
        : `AWS names the policy: ${policyArn}.`,
    rules: ['ERR-05'],
    source: `${IAMUG}/reference_policies_evaluation-logic_policy-eval-denyallow.html`,
    check: 'Find the Deny statement, and decide whether this caller should be spared.',
  };
}

const NOUNS: Readonly<Record<NonNullable<ErrorParts['layer']>, string>> = {
  'service-control-policy': 'A service control policy',
  'resource-control-policy': 'A resource control policy',
  'permissions-boundary': 'The permissions boundary',
  'session-policy': 'A session policy',
  'identity-policy': 'An IAM policy',
  'resource-policy': 'The key or bucket policy',
  grant: 'A grant',
  'vpc-endpoint-policy': 'The VPC endpoint policy',
};

function cause(title: string, detail: string, check: string, rules: readonly string[], source: string): Cause {
  return { title, detail, check, rules, source };
}

const DISABLED = cause(
  'The key is disabled',
  'A key that is not enabled encrypts and decrypts nothing, for nobody. Uploads of unencrypted or SSE-S3 objects go on.',
  'Enable the key, or encrypt with another one.',
  ['ERR-01', 'KMS-04'],
  `${KMSDG}/key-state.html`,
);
const PENDING = cause(
  'The key waits to be deleted',
  'Between 7 and 30 days after ScheduleKeyDeletion the key and everything it encrypts are gone for good.',
  'Cancel the deletion, then enable the key: a cancelled deletion leaves it disabled.',
  ['ERR-02', 'KMS-04'],
  `${KMSDG}/deleting-keys.html`,
);
const IMPORT = cause(
  'The key has no material, or its key store is away',
  'Imported material that expired or was deleted leaves the key pending import; a disconnected key store makes it unavailable.',
  'Import the material again, or connect the key store.',
  ['ERR-02', 'KMS-04'],
  `${KMSDG}/key-state.html`,
);
const INVALID_ID = cause(
  'The key id is none',
  'S3 completes a bare UUID with the bucket’s Region and the requester’s account; anything else that is no ARN or alias is refused.',
  'Give the full key ARN.',
  ['ERR-03', 'GP-09'],
  S3_ERRORS,
);
const NO_SUCH_KEY = cause(
  'No key with this ARN exists',
  'It was deleted, or the account or Region in the ARN is another.',
  'Compare the ARN with the key list of that account and Region.',
  ['ERR-03'],
  `${KMSDG}/find-cmk-id-arn.html`,
);
const OTHER_REGION = cause(
  'The key is in another Region than the bucket',
  'S3 uses keys of the bucket’s own Region only.',
  'Use a key of the bucket’s Region, or a replica of a multi-Region key there.',
  ['ERR-04'],
  `${S3UG}/UsingKMSEncryption.html`,
);
const OTHER_ACCOUNT_ALIAS = cause(
  'An alias means the caller’s own account',
  'alias/… is looked up in the account of who asks. For a key in another account only the key ARN works.',
  'Replace the alias by the key ARN.',
  ['ERR-03'],
  `${S3UG}/specifying-kms-encryption.html`,
);
const USAGE = cause(
  'The key is not for encryption',
  'S3 needs a symmetric key for ENCRYPT_DECRYPT; this one signs or makes MACs.',
  'Use a symmetric encryption key.',
  ['ERR-11'],
  `${S3UG}/UsingKMSEncryption.html`,
);
const THROTTLED = cause(
  'KMS was asked too often',
  'Every object without a bucket key costs a KMS request, and the quota counts all callers of the account and Region.',
  'Switch the bucket key on, spread the load, or raise the quota.',
  ['ERR-08'],
  `${KMSDG}/requests-per-second.html`,
);
const GRANTS_FULL = cause(
  'The key holds as many grants as it may',
  'A key has at most 50,000 grants. Grants made without a name are new each time, even if they say the same.',
  'Retire grants that are not used, and give grants a name.',
  ['LIM-05'],
  `${KMSDG}/resource-limits.html`,
);
const CIPHERTEXT = cause(
  'The ciphertext was made with another key or context',
  'Decrypt needs the encryption context that Encrypt had, and the same key.',
  'Compare the encryption context: with a bucket key it is the bucket’s ARN, else the object’s.',
  ['GP-17'],
  `${KMSDG}/encrypt_context.html`,
);
const EXPIRED = cause(
  'The session has expired',
  'Directory bucket sessions last 5 minutes; role sessions as long as AssumeRole said.',
  'Open a new session.',
  ['DB-25'],
  `${S3UG}/s3-express-create-session.html`,
);
const OLD_FORM = cause(
  'KMS does not say which of three it is',
  'The key does not exist, is in another Region, or you may not use it: this older sentence hides which.',
  'Check the key ARN in the object’s headers, then the key policy.',
  ['ERR-07'],
  `${KMSDG}/troubleshooting.html`,
);
const CROSS_ACCOUNT = cause(
  'The key of another account does not let the caller in',
  'Across accounts both must allow: the key policy of the owner, and an IAM policy of the caller. KMS hides which is missing.',
  'Name the caller or its account in the key policy, and allow the key’s ARN in an IAM policy.',
  ['ERR-06', 'KMS-28'],
  `${KMSDG}/key-policy-modifying-external-accounts.html`,
);
const NO_IAM = cause(
  'No IAM policy of the caller allows it',
  'The key policy leaves the decision to IAM, and no policy of the user or role says yes.',
  'Allow the action on the key’s ARN in a policy of the caller, or let the key policy or a grant name it.',
  ['ERR-05', 'KMS-21'],
  `${KMSDG}/iam-policies.html`,
);
const WRONG_RESOURCE = cause(
  'The IAM policy names another resource',
  'In Resource stands an alias, a bare id, or the key of another Region: only the key’s ARN matches.',
  'Put the key’s ARN into Resource.',
  ['KMS-22'],
  `${KMSDG}/iam-policies.html`,
);
const IAM_CONDITION = cause(
  'A condition of the policy does not hold',
  'kms:ViaService, encryption context or network conditions are compared with what the request sent.',
  'Explain the request: it shows expected over sent.',
  ['KMS-25', 'KMS-27'],
  `${KMSDG}/conditions-kms.html`,
);
const NO_IAM_S3 = cause(
  'No IAM policy of the caller allows the S3 action',
  'In the caller’s own account an IAM policy or the bucket policy must allow it.',
  'Allow the action on the bucket or object ARN.',
  ['ERR-05'],
  `${S3UG}/troubleshoot-403-errors.html`,
);
const NO_KEY_STATEMENT = cause(
  'The key policy does not let the caller in',
  'No statement names it, and none leaves the decision to IAM: IAM policies alone can’t open a key.',
  'Add a statement for the caller to the key policy, or make a grant.',
  ['ERR-05', 'KMS-21'],
  `${KMSDG}/key-policies.html`,
);
const CONTEXT = cause(
  'A statement names the caller, but its condition does not hold',
  'With a bucket key S3 sends the bucket’s ARN as encryption context, without it the object’s. A pattern for one misses the other.',
  'Accept both: the bucket’s ARN and the bucket’s ARN with /*.',
  ['GP-17', 'KMS-27'],
  `${S3UG}/bucket-key.html`,
);
const GRANT_GONE = cause(
  'A grant that gave it is gone, or not known everywhere yet',
  'A new grant counts without its token after some minutes; a retired or revoked one not at all.',
  'Look at the key’s grants; pass the grant token while the grant is new.',
  ['KMS-44'],
  `${KMSDG}/grants.html`,
);
const NO_BUCKET_STATEMENT = cause(
  'The bucket or table policy does not let the caller in',
  'From another account the resource’s own policy must allow it too.',
  'Add the caller to the bucket or table policy.',
  ['ERR-05'],
  `${S3UG}/troubleshoot-403-errors.html`,
);
const SESSION = cause(
  'The session was made with a policy that does not allow it',
  'Credentials that S3 Access Grants, Lake Formation or an AssumeRole call with a policy hand out can do only what that policy says; kms actions are often left out.',
  'Give the session policy the kms actions, or use the role itself.',
  ['ERR-05'],
  `${IAMUG}/access_policies.html#policies_session`,
);
const BOUNDARY = cause(
  'The permissions boundary does not allow it',
  'A boundary gives nothing, but what is not in it can’t be given by any IAM policy.',
  'Add the action to the boundary.',
  ['ERR-05'],
  `${IAMUG}/access_policies_boundaries.html`,
);
const ORGANIZATION = cause(
  'A policy of the organization stands in the way',
  'Service and resource control policies limit whole accounts. Nobody in the account can change them.',
  'Ask who administers the organization.',
  ['ERR-05'],
  'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
);
const ENDPOINT = cause(
  'The VPC endpoint’s policy does not allow it',
  'The request came through an endpoint whose policy names other actions, keys or principals.',
  'Add the action to the endpoint policy.',
  ['ERR-05'],
  `${KMSDG}/vpce-policy-condition.html`,
);
const BARE = cause(
  'S3 does not say why',
  'To another account and to anonymous callers S3 says only Access Denied: the bucket policy, Block Public Access, or the key refuses.',
  'Ask from the bucket’s own account, or read its CloudTrail: KMS logs the refusal of the key there.',
  ['ERR-06', 'ERR-12'],
  `${S3UG}/troubleshoot-403-errors.html`,
);
const HEAD = cause(
  'A HEAD request has no body to say more',
  'The status is all there is: the SDK shows Forbidden or BadRequest.',
  'Repeat it as GET of the first byte; the error then has a code and a sentence.',
  ['ERR-09'],
  S3_ERRORS,
);
const DENIED_UPLOAD = cause(
  'The bucket policy demands a certain encryption',
  'Policies that deny uploads without a header, or with another key id, refuse a request that leaves it to the default.',
  'Send the headers that the policy expects, or let the policy accept the default.',
  ['ERR-12'],
  `${S3UG}/UsingKMSEncryption.html`,
);
const UNKNOWN = cause(
  'This text names no cause that is known here',
  'It may be an error of another service, or only a part of one.',
  'Paste the whole error with its code and request id.',
  [],
  S3_ERRORS,
);
