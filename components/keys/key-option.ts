/** A key as the picker shows it. Plain data: made on the server, shown in the browser. */
export interface KeyOption {
  readonly arn: string;
  readonly id: string;
  /** First alias, where there is one. */
  readonly alias?: string;
  readonly state: string;
  readonly managed: boolean;
  readonly region: string;
  readonly accountId: string;
}

/** How a person calls a key: its alias, else the end of its id. */
export function keyName(key: { readonly alias?: string | undefined; readonly id: string }): string {
  return key.alias ?? `…${key.id.slice(-12)}`;
}

/** Id at the end of a key's ARN, or the id itself. */
export function keyIdOf(reference: string): string {
  return reference.includes(':key/') ? reference.slice(reference.indexOf(':key/') + 5) : reference;
}
