'use client';

import { useState } from 'react';
import { Check, Choice } from '../ui/form';

/** Where the clients get the use of the key, and what they get besides. */
export function PolicyChoices({
  grantIn: initial,
  bucketAccess,
  bucketKey,
  general,
}: {
  grantIn: 'key' | 'iam';
  bucketAccess: boolean;
  bucketKey: boolean;
  general: boolean;
}) {
  const [grantIn, setGrantIn] = useState(initial);
  return (
    <>
      <Choice
        name="grantIn"
        legend="Where the clients are allowed to use the key"
        value={grantIn}
        onValue={(value) => setGrantIn(value === 'iam' ? 'iam' : 'key')}
        options={[
          {
            value: 'key',
            label: 'In the key policy',
            about: 'One document says who uses the key. Whoever looks at the key sees them all.',
          },
          {
            value: 'iam',
            label: 'In IAM policies of their own',
            about:
              'The key policy stays short. It must trust the IAM policies of the account, as the default policy does.',
          },
        ]}
      />
      <Check
        name="bucketAccess"
        label="Let the clients read and write the bucket too"
        about="An inline policy on each of them. Without it they need that access from elsewhere."
        defaultChecked={bucketAccess}
      />
      {general ? (
        <Check
          name="bucketKey"
          label="Bucket key"
          about="S3 asks KMS up to 99 % less often. A permission that is taken away then holds until the bucket key expires."
          defaultChecked={bucketKey}
        />
      ) : (
        <input type="hidden" name="bucketKey" value={bucketKey ? 'on' : ''} />
      )}
    </>
  );
}
