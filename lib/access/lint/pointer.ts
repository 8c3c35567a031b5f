/** JSON Pointers (RFC 6901). */

/** The pointer to a member or item of what a pointer names. */
export function pointerTo(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The keys of a pointer, outermost first. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer to what holds it, and its own key. */
export function pointerParent(pointer: string): readonly [parent: string, key: string] {
  const slash = pointer.lastIndexOf('/');
  return [pointer.slice(0, Math.max(0, slash)), pointerKeys(pointer.slice(slash))[0] ?? ''];
}
