/** What can go wrong with the data directory, typed so that each is told in its own way. */

/** The emulator cannot start. `message` is one sentence for the person who started it; nothing was changed. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** The disk is full: what was being written is gone, what was acknowledged before is safe. */
export class StorageFullError extends Error {
  constructor(options?: ErrorOptions) {
    super('The disk that holds the data directory is full.', options);
    this.name = 'StorageFullError';
  }
}

/** Bytes on disk are not those that were written: changed, cut short, or opened with another key. */
export class BodyDamagedError extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} was changed on disk or belongs to another key.`, options);
    this.name = 'BodyDamagedError';
  }
}

/** SQLITE_FULL, result code 13. */
const SQLITE_FULL = 13;

/** The error as it should travel on: a full disk becomes `StorageFullError`, everything else stays what it is. */
export function storageError(error: unknown): unknown {
  const full = systemCode(error) === 'ENOSPC' || systemCode(error) === 'EDQUOT' || sqliteCode(error) === SQLITE_FULL;
  return full ? new StorageFullError({ cause: error }) : error;
}

/** `ENOENT` and the like of an error of the system, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Result code of an error of SQLite, or undefined. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** The reason in an error, without its class and without a final full stop. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
