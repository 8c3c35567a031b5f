'use client';

import { useState } from 'react';
import {
  type Description,
  readDescription,
  type Typed,
  toAssumptions,
  toSearch,
  toWorkload,
  typedOf,
} from '@/lib/usage/description';
import { forecast } from '@/lib/usage/forecast';
import { PRESETS } from '@/lib/usage/presets';
import { CopyLink } from '../ui/copy-link';
import { Card } from '../ui/layout';
import { CostTable } from './cost-table';
import { ForecastFigures } from './figures';
import { ForecastChart } from './forecast-chart';
import { Prices } from './prices';
import { QuotaCard } from './quota-card';
import { RequesterTable } from './requester-table';
import { WorkloadFields } from './workload-fields';

/** The whole page: what is typed is counted at once, and the address follows. */
export function ForecastView({ typed: first, base }: { typed: Typed; base: Description }) {
  const [typed, setTyped] = useState<Typed>({ ...typedOf(base), ...first });
  const { description, problems } = readDescription(typed, base);
  const workload = toWorkload(description);
  const assumptions = toAssumptions(description);
  const result = forecast(workload, assumptions, description.prices);

  const show = (next: Typed) => {
    setTyped(next);
    const search = toSearch(next);
    window.history.replaceState(null, '', search === '' ? '/usage' : `/usage?${search}`);
  };
  const change = (name: string, value: string) => show({ ...typed, [name]: value });
  const chosen = PRESETS.find(({ description: it }) => toSearch(typedOf(it)) === toSearch(typed));

  return (
    <div className="stack">
      <nav className="presets" aria-label="Workloads that people know">
        {PRESETS.map((preset) => (
          <button
            key={preset.id}
            type="button"
            aria-pressed={preset === chosen}
            onClick={() =>
              show(typedOf({ ...preset.description, lifetime: description.lifetime, regions: description.regions }))
            }
          >
            <span className="font-medium">{preset.name}</span>
            <span className="block text-ink-2">{preset.about}</span>
          </button>
        ))}
      </nav>
      <ForecastFigures result={result} description={description} />
      <div className="split with-side usage">
        <div className="stack">
          <ForecastChart workload={workload} assumptions={assumptions} />
          <QuotaCard result={result} />
          <CostTable result={result} days={description.days} />
          <RequesterTable result={result} requesters={description.requesters} />
        </div>
        <div className="stack">
          <Card title="Workload" end={<CopyLink size="small" />}>
            <WorkloadFields typed={typed} problems={problems} description={description} change={change} />
          </Card>
          <Prices typed={typed} problems={problems} change={change} />
        </div>
      </div>
    </div>
  );
}
