'use client';

import { useState } from 'react';
import { changeSetting } from '@/app/_actions/environment';
import type { WorldSetting } from '@/lib/contract/world';
import { Assumed, Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { useAction } from '../ui/use-action';

const LABELS: Readonly<Record<string, string>> = {
  bucketKeyLifetime: 'Bucket key lifetime',
  tableKeyLifetime: 'Table key lifetime',
  maintenanceInterval: 'Table maintenance interval',
  sessionLifetime: 'Session lifetime',
  grantPropagationDelay: 'Grant delay',
  describeKeyAtCreateTable: 'CreateTable needs DescribeKey',
  tlsOnly: 'TLS only',
  kmsRequestQuota: 'KMS request quota',
  quotasEnforced: 'Quotas enforced',
  tableBucketQuota: 'Table bucket quota',
  faultLatency: 'Latency',
  faultThrottle: 'Throttling',
  faultKmsUnavailable: 'KMS unavailable',
  faultRegionCutOff: 'Region cut off',
};

function kindOf(value: WorldSetting['value']): 'number' | 'switch' | 'choice' {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'switch' : 'choice';
}

/** One thing about the world that can be turned, with its default, bounds and what it means. */
export function SettingRow({ setting }: { setting: WorldSetting }) {
  const [value, setValue] = useState(String(setting.value));
  const { run, pending } = useAction(changeSetting, { flashFailures: true });
  const kind = kindOf(setting.default);
  const label = LABELS[setting.name] ?? setting.name;
  const save = (next: string) => run({ name: setting.name, kind, value: next });
  const changed = String(setting.value) !== String(setting.default);
  return (
    <li className="setting">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{label}</span>
          {!setting.name.startsWith('fault') &&
            (setting.published ? <Badge tone="good">Published</Badge> : <Assumed />)}
          {changed && <Badge tone="info">Changed</Badge>}
        </div>
        <p className="text-ink-2">{setting.meaning}</p>
        <p className="text-xs text-ink-3">
          Default{' '}
          {setting.default === ''
            ? 'none'
            : setting.default === false
              ? 'off'
              : setting.default === true
                ? 'on'
                : String(setting.default)}
          {setting.unit && ` ${setting.unit}`}
          {setting.min !== undefined && `, ${setting.min} to ${setting.max ?? ''}`}
          {setting.rules.length > 0 && `, ${setting.rules.join(' ')}`}
        </p>
      </div>
      <div className="flex items-center gap-2 justify-self-end">
        {kind === 'switch' ? (
          <label className="check">
            <input
              type="checkbox"
              checked={setting.value === true}
              disabled={pending}
              onChange={(event) => save(String(event.target.checked))}
              aria-label={label}
            />
            <span>{setting.value === true ? 'On' : 'Off'}</span>
          </label>
        ) : setting.choices ? (
          <span className="select-box">
            <select
              aria-label={label}
              value={value}
              onChange={(event) => {
                setValue(event.target.value);
                save(event.target.value);
              }}
            >
              {setting.choices.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          </span>
        ) : (
          <form
            className="flex items-center gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              save(value);
            }}
          >
            <span className="field-box narrow">
              <input
                type={kind === 'number' ? 'number' : 'text'}
                aria-label={label}
                value={value}
                min={setting.min}
                max={setting.max}
                onChange={(event) => setValue(event.target.value)}
              />
              <span className="text-ink-3">{setting.unit}</span>
            </span>
            <Button
              type="submit"
              size="small"
              unavailable={value === String(setting.value) ? 'Nothing was changed' : undefined}
            >
              Set
            </Button>
          </form>
        )}
        {changed && (
          <Button size="small" kind="ghost" onClick={() => save(String(setting.default))}>
            Default
          </Button>
        )}
      </div>
    </li>
  );
}
