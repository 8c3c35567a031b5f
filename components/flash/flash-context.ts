'use client';

import { createContext, use } from 'react';
import type { Outcome } from '../ui/outcome';

export type Tell = (outcome: Outcome) => void;

export const FlashContext = createContext<Tell>(() => undefined);

/** Tells the person what came of what they did. */
export function useFlash(): Tell {
  return use(FlashContext);
}
