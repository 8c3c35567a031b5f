/** Client tokens of RenameObject: a request that is sent again after it succeeded does nothing and succeeds. */

import { BoundedMap } from '../../bounded-map.ts';
import { errors } from '../errors.ts';

const REMEMBERED = 10_000;

export class RenameTokens {
  /** What each token was used for, in memory: AWS does not say for how long it remembers. */
  readonly #used = new BoundedMap<string, string>(REMEMBERED);

  /** Whether the token was used for the same rename. Throws IdempotencyParameterMismatch where it was for another. */
  isRepeated(bucket: number, token: string, rename: readonly [from: string, to: string]): boolean {
    const before = this.#used.get(`${bucket} ${token}`);
    if (before === undefined) return false;
    if (before !== JSON.stringify(rename)) throw errors.idempotencyMismatch();
    return true;
  }

  remember(bucket: number, token: string, rename: readonly [from: string, to: string]): void {
    this.#used.set(`${bucket} ${token}`, JSON.stringify(rename));
  }
}
