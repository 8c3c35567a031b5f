/** What holding a key costs, apart from its requests. Pure. */
import { PRICES } from './prices.ts';

export interface KeyCost {
  /** US dollars for a month. */
  readonly month: number;
  readonly parts: readonly { readonly label: string; readonly usd: number; readonly published: boolean }[];
}

/** Rotations after these cost nothing more (COST-02). */
const BILLED_ROTATIONS = 2;

/** COST-01, COST-02, COST-04. @param rotations rotations so far */
export function keyCost(
  key: { readonly manager: 'CUSTOMER' | 'AWS'; readonly state: string },
  rotations: number,
): KeyCost {
  // Keys of AWS and keys that wait for their deletion are not charged.
  if (key.manager === 'AWS' || key.state === 'PendingDeletion') return { month: 0, parts: [] };
  const billed = Math.min(rotations, BILLED_ROTATIONS);
  const parts = [
    { label: 'The key', usd: PRICES.kmsKeyMonth.usd, published: PRICES.kmsKeyMonth.published },
    ...(billed > 0
      ? [
          {
            label: billed === 1 ? 'One rotation' : `${billed} rotations`,
            usd: billed * PRICES.kmsRotationMonth.usd,
            published: PRICES.kmsRotationMonth.published,
          },
        ]
      : []),
  ];
  return { month: parts.reduce((sum, { usd }) => sum + usd, 0), parts };
}
