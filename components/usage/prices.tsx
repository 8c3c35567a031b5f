'use client';

import type { Problems, Typed } from '@/lib/usage/description';
import { PRICES, type PriceName } from '@/lib/usage/prices';
import { Assumed } from '../ui/badge';
import { Card } from '../ui/layout';
import { NumberInput } from './fields';

/** Every price with its source, to be replaced by one's own. */
export function Prices({
  typed,
  problems,
  change,
}: {
  typed: Typed;
  problems: Problems;
  change: (name: string, value: string) => void;
}) {
  return (
    <Card title="Prices" count="US dollars, us-east-1">
      <details className="prices">
        <summary>Change prices</summary>
        <div className="form mt-3">
          {(Object.keys(PRICES) as PriceName[]).map((name) => {
            const price = PRICES[name];
            return (
              <NumberInput
                key={name}
                label={
                  <>
                    {price.label}, {price.per} {!price.published && <Assumed>Not confirmed</Assumed>}
                  </>
                }
                value={typed[`price.${name}`] ?? ''}
                placeholder={String(price.usd)}
                problem={problems[name]}
                hint={`From ${price.source}.`}
                onValue={(value) => change(`price.${name}`, value)}
              />
            );
          })}
        </div>
      </details>
    </Card>
  );
}
