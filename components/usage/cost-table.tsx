import type { Forecast } from '@/lib/usage/forecast';
import { formatLarge, formatUsd, plural } from '../ui/format';
import { Card } from '../ui/layout';

/** The bill by component, beside the same workload without kept keys. */
export function CostTable({ result, days }: { result: Forecast; days: number }) {
  const without = new Map(result.costWithout.components.map((it) => [it.id, it.usd]));
  return (
    <Card
      title="Cost"
      count={`US dollars for ${plural(days, 'day')}, list prices of us-east-1 unless you changed them`}
      rule
      bare
    >
      <div className="scroll">
        <table aria-label="Cost by component">
          <thead>
            <tr>
              <th scope="col">Component</th>
              <th scope="col" className="num">
                Counted
              </th>
              <th scope="col" className="num">
                Cost
              </th>
              {result.keepsKeys && (
                <th scope="col" className="num">
                  Without kept keys
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {result.cost.components.map((it) => (
              <tr key={it.id}>
                <td>{it.label}</td>
                <td className="num text-ink-2">
                  {formatLarge(it.count)} {it.unit}
                </td>
                <td className="num">{formatUsd(it.usd)}</td>
                {result.keepsKeys && <td className="num">{formatUsd(without.get(it.id) ?? 0)}</td>}
              </tr>
            ))}
            <tr className="sum">
              <td colSpan={2}>Together</td>
              <td className="num">{formatUsd(result.cost.usd)}</td>
              {result.keepsKeys && <td className="num">{formatUsd(result.costWithout.usd)}</td>}
            </tr>
          </tbody>
        </table>
      </div>
    </Card>
  );
}
