/** Browser forms whose refusals were recorded on AWS. */

import { formOf, post } from './forms.ts';
import type { Cases, Wire } from './recorded.ts';
import { toolsOf } from './recorded-s3-tools.ts';

const REDIRECT = 'http://localhost.test/random';

export function s3FormCases(wire: Wire): Cases {
  const { steps } = toolsOf(wire);
  const send = (bucket: string, form: FormData) => post(wire.url, bucket.slice(1), form);
  /** A form whose redirection must meet this condition. */
  const redirected = (bucket: string, condition: unknown) => () =>
    send(
      bucket,
      formOf(bucket.slice(1), {
        fields: { key: 'x', success_action_redirect: 'http://localhost.test/other' },
        conditions: [condition],
      }),
    );
  const version2 = (...names: string[]) => {
    const form = new FormData();
    for (const name of ['key', ...names, 'policy']) form.append(name, 'x');
    form.append('file', new Blob(['test']), 'x');
    return form;
  };
  const ALL = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'];
  const signed = (bucket: string, version: string, without: readonly string[]) =>
    send(
      bucket,
      version === 's3'
        ? version2(...['AWSAccessKeyId', 'signature'].filter((name) => !without.includes(name)))
        : formOf(bucket.slice(1), { without }),
    );

  return {
    's3:test_post_request_missing_signature': steps((bucket, [version = '']) => ({
      'exception-missing-signature': () => signed(bucket, version, ['x-amz-signature', 'signature']),
    })),
    's3:test_post_request_missing_fields': steps((bucket, [version = '']) => ({
      'exception-missing-fields': () => signed(bucket, version, ['x-amz-algorithm', 'AWSAccessKeyId']),
      'exception-no-sig-related-fields': () => signed(bucket, version, [...ALL, 'AWSAccessKeyId', 'signature']),
    })),
    's3:test_post_object_policy_validation_size': steps((bucket) => {
      const sized =
        (body: string, ...range: unknown[]) =>
        () =>
          send(bucket, formOf(bucket.slice(1), { body, conditions: [['content-length-range', ...range]] }));
      return {
        'invalid-content-length-too-big': sized('a'.repeat(12), 5, 10),
        'invalid-content-length-too-small': sized('a', 5, 10),
        'invalid-content-length-wrong-type': sized('a'.repeat(7), 'test', 10),
      };
    }),
    's3:test_post_object_policy_conditions_validation_eq': steps((bucket) => ({
      'invalid-condition-eq': redirected(bucket, ['eq', '$success_action_redirect', REDIRECT]),
      'invalid-condition-missing-prefix': redirected(bucket, ['eq', 'success_action_redirect', REDIRECT]),
      'invalid-condition-wrong-condition': redirected(bucket, { success_action_redirect: REDIRECT, other: 'x' }),
      'invalid-condition-wrong-value-casing': () =>
        send(
          bucket,
          formOf(bucket.slice(1), {
            fields: { key: 'x', success_action_redirect: REDIRECT },
            conditions: [['eq', '$success_action_redirect', REDIRECT.replace('http', 'HTTP')]],
          }),
        ),
    })),
    's3:test_post_object_policy_conditions_validation_starts_with': steps((bucket) => {
      const begins = (redirect: string) => () =>
        send(
          bucket,
          formOf(bucket.slice(1), {
            fields: { key: 'x', success_action_redirect: redirect },
            conditions: [['starts-with', '$success_action_redirect', 'http://localhost']],
          }),
        );
      return {
        'invalid-condition-starts-with': begins('http://wrong.test/random'),
        'invalid-condition-starts-with-casing': begins('HTTP://localhost.test/random'),
      };
    }),
  };
}
