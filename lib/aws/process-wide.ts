import 'server-only';

const store = globalThis as { [key: symbol]: unknown };

/**
 * State of which the process has one. A module variable is not enough: pages and route handlers are bundled apart, and
 * each bundle has its own copy of every module.
 */
export function processWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`sse-kms-console.${name}`);
  // Only this function writes under this key, always with what `make` gives.
  return (store[key] ??= make()) as T;
}
