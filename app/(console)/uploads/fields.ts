import 'server-only';
import type { TargetOption } from '@/components/uploads/upload-form';
import { workplace } from '@/lib/aws/session';
import { savedPlans } from '@/lib/aws/uploads';
import type { UploadPlan } from '@/lib/uploads/plan';
import { fieldsOf } from '@/lib/uploads/plan-form';
import { WORKLOAD_PRESETS, type WorkloadPreset } from '@/lib/uploads/presets';

type Query = Readonly<Record<string, string | string[] | undefined>>;

const MOST_FIELDS = 200;

/**
 * What the form shows at first: the workload of a link (`w`), a saved one (`saved`), a preset (`preset`), or single
 * fields by their names.
 */
export async function chosenFields(
  query: Query,
  targets: readonly TargetOption[],
  principals: readonly { readonly value: string }[],
  account: string,
): Promise<Readonly<Record<string, string>>> {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
  const linked = text('w');
  if (linked !== undefined) return Object.fromEntries(readLink(linked));
  const saved = text('saved');
  if (saved !== undefined) {
    const { aws } = await workplace();
    const kept = savedPlans(aws).find(({ id }) => id === saved);
    return kept ? { ...fieldsOf(kept.plan, account), saved } : {};
  }
  const preset = WORKLOAD_PRESETS.find(({ id }) => id === text('preset'));
  if (preset) return fieldsOfPreset(preset, targets, principals);
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** A first guess, which the form shows: names that speak of such work. */
const LIKELY_TARGET = /raw|event|log|ingest|lake/i;
const LIKELY_ROLES = {
  table: /iceberg|spark|stream|ingest/i,
  first: /ingest|write|load|log|spark/i,
  other: /ingest|write|read|analy/i,
};

function fieldsOfPreset(
  preset: WorkloadPreset,
  targets: readonly TargetOption[],
  principals: readonly { readonly value: string }[],
): Record<string, string> {
  const possible = targets.filter(({ value }) => value.startsWith(`${preset.target} `));
  const target = (possible.find(({ label }) => LIKELY_TARGET.test(label)) ?? possible[0])?.value ?? '';
  const roles = principals.filter(({ value }) => value.includes(':role/'));
  const plan: UploadPlan = {
    ...preset.plan,
    name: preset.name,
    seed: 7,
    requesters: preset.requesters.map((it) => ({
      ...it,
      target: { kind: 'bucket', bucket: '' },
      principal: { kind: 'root' },
    })),
  };
  const fields = fieldsOf(plan, '');
  preset.requesters.forEach((_, index) => {
    const prefix = index === 0 ? '' : `${index}.`;
    fields[`${prefix}target`] = target;
    const likely = LIKELY_ROLES[preset.target === 'table' ? 'table' : index === 0 ? 'first' : 'other'];
    const able = roles.filter(({ value }) => likely.test(value));
    fields[`${prefix}principal`] = able[index % Math.max(1, able.length)]?.value ?? 'root';
  });
  return fields;
}

/** The fields of a link; none where the text is not of ours. */
function readLink(text: string): [string, string][] {
  try {
    const fields = new URLSearchParams(Buffer.from(text, 'base64url').toString('utf8'));
    return [...fields].slice(0, MOST_FIELDS);
  } catch {
    return [];
  }
}

/** The text of a link to a workload. */
export function linkText(plan: UploadPlan, account: string): string {
  return Buffer.from(new URLSearchParams(fieldsOf(plan, account)).toString()).toString('base64url');
}
