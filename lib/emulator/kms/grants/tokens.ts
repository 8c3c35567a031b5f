import { BoundedMap } from '../../bounded-map.ts';
import type { Vault } from '../../vault/vault.ts';
import { kmsError } from '../errors.ts';

const PURPOSE = 'kms grant token';
const NONE: ReadonlySet<string> = new Set();

/** Grant tokens: the grant's id sealed by the vault, different each time, all of one grant worth the same (KMS-43). */
export class GrantTokens {
  readonly #vault: Vault;
  readonly #opened = new BoundedMap<string, string>(10_000);

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  issue(grantId: string): string {
    return Buffer.from(this.#vault.wrap(Buffer.from(grantId, 'hex'), PURPOSE)).toString('base64');
  }

  /** Throws InvalidGrantTokenException when the token was not made here. */
  open(token: string): string {
    const known = this.#opened.get(token);
    if (known !== undefined) return known;
    let grantId: string;
    try {
      grantId = Buffer.from(this.#vault.unwrap(Buffer.from(token, 'base64'), PURPOSE)).toString('hex');
    } catch {
      throw kmsError('InvalidGrantTokenException', 'The specified grant token is not valid.');
    }
    this.#opened.set(token, grantId);
    return grantId;
  }

  openAll(tokens: readonly string[] | undefined): ReadonlySet<string> {
    if (tokens === undefined || tokens.length === 0) return NONE;
    return new Set(tokens.map((token) => this.open(token)));
  }
}
