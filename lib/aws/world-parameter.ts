/**
 * The account that one tab looks at: `?world=444455550010` in its address. It stands above the connection in the
 * session's cookie, which all tabs share, and points at the embedded emulator. Links inside the console don't repeat it:
 * the proxy carries it on from the page that a request comes from. `?world=` alone leaves it.
 */

export const WORLD_PARAMETER = 'world';
/** How the proxy tells pages and actions; what a client sends under this name is thrown away. */
export const WORLD_HEADER = 'x-console-world';

/** The account that an address names; empty where it leaves, undefined where it says nothing. */
export function worldOf(parameters: URLSearchParams): string | undefined {
  const value = parameters.get(WORLD_PARAMETER);
  return value === null || value === '' || /^\d{12}$/.test(value) ? (value ?? undefined) : undefined;
}

/** The account of the page that a request comes from, if that is a page of this console. */
export function worldOfReferer(referer: string | null, host: string): string | undefined {
  const url = URL.parse(referer ?? '');
  return url?.host === host ? worldOf(url.searchParams) : undefined;
}

/** An address of the console with its world. */
export function inWorld(path: string, world: string): string {
  const [address = '', hash] = path.split('#');
  const query = `${WORLD_PARAMETER}=${world}`;
  return `${address}${address.includes('?') ? '&' : '?'}${query}${hash === undefined ? '' : `#${hash}`}`;
}
