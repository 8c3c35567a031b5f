import { Card } from '../ui/layout';

/** Another run on the same axes: a plain form, so that the address holds the choice. */
export function CompareForm({
  id,
  chosen,
  runs,
}: {
  id: string;
  chosen: string;
  runs: readonly { readonly id: string; readonly label: string }[];
}) {
  if (runs.length === 0) return null;
  return (
    <Card title="Compare" count="with another run, on the same axes">
      <form method="get" action={`/uploads/${id}/time`} className="flex flex-wrap items-center gap-2">
        <span className="select-box">
          <select name="with" defaultValue={chosen} aria-label="Run to compare with">
            <option value="">No other run</option>
            {runs.map((run) => (
              <option key={run.id} value={run.id}>
                {run.label}
              </option>
            ))}
          </select>
        </span>
        <button type="submit" className="button">
          Compare
        </button>
      </form>
    </Card>
  );
}
