/** Every operation of the six services through the real SDK clients, both ways. */

import { describe, expect, test } from 'vitest';
import { read } from './decode.ts';
import { AwsError, encodeError, encodeOutput, route, SERVICES, wantsStream } from './index.ts';
import type { ServiceName } from './operation.ts';
import { operationModel, serviceModel } from './schema.ts';
import { sendWith, structureFor } from './testing/sdk.ts';
import { isRecord } from './text.ts';
import type { WireAnswer, WireRequest } from './types.ts';

const BUCKET = 'test-bucket';
const KEY = "dir//a b/../ü+*'()!~%&=?k";
const REQUEST_ID = '01234567-89ab-cdef-0123-456789abcdef';

/** Inputs that the SDK itself reads, computes or encodes before it sends. */
const SDK_OWN = /^(SSECustomerKey(MD5)?|CopySourceSSECustomerKey(MD5)?|ContentLength|ContentMD5|Checksum\w+)$/;

function inputFor(service: ServiceName, operation: string): Record<string, unknown> {
  const { input } = operationModel(service, operation);
  const values = structureFor(input);
  for (const name of Object.keys(values)) if (service === 's3' && SDK_OWN.test(name)) delete values[name];
  if (service === 's3' && values['Bucket'] !== undefined) values['Bucket'] = BUCKET;
  if (service === 's3' && input.members.get('Key')?.traits.httpLabel === 1) values['Key'] = KEY;
  if ('CopySource' in values) values['CopySource'] = `${BUCKET}/source%20key`;
  if ('RequestRoute' in values) values['RequestRoute'] = 'route';
  return values;
}

/** The payload that streams, and where it stands. */
function streamMember(service: ServiceName, name: string, side: 'input' | 'output'): string | undefined {
  const shape = operationModel(service, name)[side];
  return shape && [...shape.members].find(([, node]) => node.kind === 'stream')?.[0];
}

describe.each(SERVICES)('%s', (service) => {
  const names = [...serviceModel(service).operations.keys()];

  test.each(names)('WIRE-01 WIRE-02 WIRE-03 %s arrives as it was sent', async (name) => {
    const input = inputFor(service, name);
    let seen: { request: WireRequest; body: Uint8Array } | undefined;
    await sendWith(service, name, { ...input }, (request, body) => {
      seen = { request, body };
      throw new Error('seen');
    }).catch(() => undefined);
    if (seen === undefined) throw new Error('nothing was sent');
    const found = route(seen.request, seen.body);
    expect([found.service, found.operation]).toStrictEqual([service, name]);
    const decoded = read(operationModel(service, name), found, seen.request, seen.body);
    const stream = streamMember(service, name, 'input');
    expect(wantsStream(found)).toBe(stream !== undefined);
    const source = decoded[stream ?? ''];
    if (stream !== undefined && isRecord(source)) decoded[stream] = source['whole'];
    for (const member of Object.keys(decoded)) if (service === 's3' && SDK_OWN.test(member)) delete decoded[member];
    expect(decoded).toStrictEqual(input);
  });

  test.each(names.filter((name) => name !== 'SelectObjectContent'))(
    'WIRE-01 WIRE-02 WIRE-03 %s answers what the operation gave',
    async (name) => {
      const { output: shape } = operationModel(service, name);
      const output = shape === undefined ? {} : structureFor(shape);
      if (service === 's3') {
        for (const member of Object.keys(output))
          if (/^Checksum[A-Z]|^ContentLength$/.test(member)) delete output[member];
        if ('Expires' in output) delete output['ExpiresString'];
      }
      const stream = streamMember(service, name, 'output');
      const answer = (request: WireRequest, body: Uint8Array): WireAnswer =>
        encodeOutput(route(request, body), output, REQUEST_ID);
      const result = await sendWith(service, name, inputFor(service, name), answer);
      if (!isRecord(result)) throw new Error('no result');
      const { $metadata: metadata, ExpiresString: _string, ContentLength: _length, ...members } = result;
      expect(metadata).toMatchObject({ requestId: REQUEST_ID });
      if (stream !== undefined) {
        const body = members[stream];
        if (typeof body !== 'object' || body === null || !('transformToByteArray' in body)) throw new Error('no body');
        members[stream] = typeof body.transformToByteArray === 'function' && (await body.transformToByteArray());
        output[stream] = Buffer.from(new Uint8Array([0, 1, 2, 250, 255]));
        members[stream] = Buffer.from(members[stream] instanceof Uint8Array ? members[stream] : []);
      }
      expect(members).toEqual(output);
    },
  );

  const errors = [...serviceModel(service).errors].slice(0, 200);
  const [operation = ''] = names;
  test.each(errors)('WIRE-01 WIRE-02 WIRE-03 WIRE-04 %s is the exception of that name', async (name, { status }) => {
    const error = new AwsError(name, status, 'What went wrong: <&> "ü".');
    const failure = await sendWith(service, operation, inputFor(service, operation), ({ method }) =>
      encodeError({ service, operation, method }, error, REQUEST_ID),
    ).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name, message: error.message, $metadata: { requestId: REQUEST_ID } });
  });
});
