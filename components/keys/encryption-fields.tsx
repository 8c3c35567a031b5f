'use client';

import { useState } from 'react';
import { Check, Choice } from '../ui/form';
import type { KeyOption } from './key-option';
import { KeyPicker } from './key-picker';

type Kind = 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS';

const NEEDS_OWN_KEY: Readonly<Record<'table' | 'directory', string>> = {
  table: 'Table buckets need a customer managed key',
  directory: 'Directory buckets need a customer managed key',
};

/** Choice of encryption with the key, by what the kind of bucket allows. */
export function EncryptionFields({
  bucket,
  keys,
  kind: initialKind = 'SSE-KMS',
  keyArn,
  bucketKey = true,
  legend = 'Default encryption',
  inherit,
}: {
  bucket: 'table' | 'directory' | 'general';
  keys: readonly KeyOption[];
  kind?: Kind;
  keyArn?: string | undefined;
  bucketKey?: boolean;
  legend?: string;
  /** Offers to take what the bucket has; the sentence says what that is. */
  inherit?: string;
}) {
  const [kind, setKind] = useState<Kind | 'inherit'>(inherit ? 'inherit' : initialKind);
  return (
    <>
      <Choice
        name="encryption"
        legend={legend}
        value={kind}
        onValue={(value) => setKind(value as Kind | 'inherit')}
        options={[
          ...(inherit ? [{ value: 'inherit', label: 'As the bucket', about: inherit }] : []),
          {
            value: 'SSE-KMS',
            label: 'SSE-KMS',
            about:
              bucket === 'directory'
                ? "One customer managed key for the life of the bucket. It can't be replaced later."
                : 'Encrypted with a KMS key whose policy and grants you control.',
          },
          { value: 'SSE-S3', label: 'SSE-S3', about: 'Encrypted with keys of S3. No key of yours, no KMS requests.' },
          ...(bucket === 'general'
            ? [
                {
                  value: 'DSSE-KMS',
                  label: 'DSSE-KMS',
                  about: 'Two layers with a KMS key. Bucket keys are not available: each object calls KMS.',
                },
              ]
            : []),
        ]}
      />
      {kind !== 'SSE-S3' && kind !== 'inherit' && (
        <KeyPicker
          name="keyId"
          label="KMS key"
          keys={keys}
          defaultArn={keyArn}
          rules={bucket === 'general' ? {} : { managedRefused: NEEDS_OWN_KEY[bucket] }}
          hint={
            bucket === 'general'
              ? 'Empty takes the AWS managed key aws/s3. For a key of another account, enter its ARN.'
              : 'The key must lie in the same Region. For a key of another account, enter its ARN.'
          }
        />
      )}
      {bucket === 'general' && kind === 'SSE-KMS' && (
        <Check
          name="bucketKey"
          label="Bucket key"
          about="S3 keeps a key for the bucket for a while and asks KMS less often. KMS then sees the bucket's ARN instead of each object's."
          defaultChecked={bucketKey}
        />
      )}
    </>
  );
}
