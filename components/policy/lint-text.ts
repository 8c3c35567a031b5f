/** Slips in a policy's text that are valid JSON and still never do what was meant. */
export interface TextProblem {
  readonly from: number;
  readonly to: number;
  readonly severity: 'warning' | 'error';
  readonly message: string;
}

const SLIPS: readonly { readonly find: RegExp; readonly message: string }[] = [
  {
    find: /"s3tables\.amazonaws\.com"/g,
    message: 'Wrong service principal. Maintenance of table buckets runs as maintenance.s3tables.amazonaws.com.',
  },
  {
    find: /"Version"\s*:\s*"2008-10-17"/g,
    message: 'Policy variables are not resolved in this version. Use 2012-10-17.',
  },
  {
    find: /"Principal"\s*:\s*"arn:[^"]*"/g,
    message: 'An ARN as Principal stands inside { "AWS": … }.',
  },
  {
    find: /"kms:EncryptionContext:[^"]*"\s*:\s*"arn:aws:s3:::[^"/]+\/\*"/g,
    message: 'With a bucket key on, S3 sends the ARN of the bucket, without /*. This condition then no longer matches.',
  },
  {
    find: /"Action"\s*:\s*"\*"/g,
    message: 'This allows every action of every service that reads this policy.',
  },
];

/** Finds known slips with their place in the text. */
export function lintPolicyText(text: string): TextProblem[] {
  const problems: TextProblem[] = [];
  for (const { find, message } of SLIPS) {
    for (const match of text.matchAll(find)) {
      problems.push({ from: match.index, to: match.index + match[0].length, severity: 'warning', message });
    }
  }
  return problems.toSorted((a, b) => a.from - b.from);
}
