/** Reading errors: from any text to its parts and what they likely mean. Pure. */

export { type Cause, causesOf } from './causes.ts';
export { parseError } from './parse.ts';
export { type Rebuild, rebuildOf } from './rebuild.ts';
export type * from './types.ts';
