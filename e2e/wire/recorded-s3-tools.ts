/** What the cases of S3 share. */

import type { Case, Step, Wire } from './recorded.ts';

/** A bucket that is not there. */
export const GONE = '/recorded-nothing-here';

export function toolsOf(wire: Wire) {
  const { put } = wire;
  const one =
    (step: string, ask: (bucket: string, parameters: readonly string[]) => Promise<string>): Case =>
    async (parameters) => {
      const bucket = await wire.bucket();
      return { [step]: () => ask(bucket, parameters) };
    };
  const steps =
    (
      make: (bucket: string, parameters: readonly string[]) => Promise<Record<string, Step>> | Record<string, Step>,
    ): Case =>
    async (parameters) =>
      make(await wire.bucket(), parameters);
  const copy = (target: string, source: string, headers: Record<string, string> = {}) =>
    put(target, { 'x-amz-copy-source': source.slice(1), ...headers }, '');
  const withObject = (step: string, ask: (target: string, bucket: string) => Promise<string>): Case =>
    one(step, async (bucket) => {
      await put(`${bucket}/x`);
      return ask(`${bucket}/x`, bucket);
    });

  return { one, steps, withObject, copy };
}
