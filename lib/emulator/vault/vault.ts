/** Keeps key material wrapped by the root key (a file of mode 0600, or EMULATOR_ROOT_KEY). Implemented in `open.ts`. */
export interface Vault {
  /** Wraps secret bytes for storage; `purpose` binds them to their use and must be given again. */
  wrap(secret: Uint8Array, purpose: string): Uint8Array;
  /** Throws VaultError when the bytes were changed or the purpose differs. */
  unwrap(wrapped: Uint8Array, purpose: string): Uint8Array;
}
