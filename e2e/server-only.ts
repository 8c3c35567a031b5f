/** Stands in for `server-only`, which throws outside React's server build: the tests are a server. */
export const SERVER = true;
