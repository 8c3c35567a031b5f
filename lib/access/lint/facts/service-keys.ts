/** The form in which condition keys of a service are written down. */

export const EVERY = 'every action';

export interface ServiceKeys {
  /** The prefix of its actions and keys. */
  readonly service: string;
  /** As people call it. */
  readonly name: string;
  /** Whether every key of the service is listed, so that another one does not exist. */
  readonly complete: boolean;
  /** Keys without prefix, those that go on after a colon with it; the actions that carry them, without prefix. */
  readonly keys: Readonly<Record<string, readonly string[] | typeof EVERY>>;
}
