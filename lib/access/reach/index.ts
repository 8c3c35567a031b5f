/** Who reaches which key and which data, because of what: what the access graph shows. Pure. */

export { decideData, policiesOn, readAction } from './data-side.ts';
export { type Effect, effectsOf, type Removal } from './effects.ts';
export { everything, situation } from './situations.ts';
export type * from './types.ts';
export { waysTo } from './ways.ts';
