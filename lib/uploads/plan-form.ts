/** A workload as text: the fields of the form, and the text of a link. */

import { fieldOf, LIMITS, NO_OPERATIONS, OPERATIONS } from './operations.ts';
import { contradictions, type PlanProblem, type Requester, type UploadPlan, uploadPlan } from './plan.ts';

/** Fields of the form by name. */
export type Fields = Readonly<Record<string, string | undefined>>;

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1_048_576 };

const LABELS: Readonly<Record<string, readonly [label: string, bounds: { min: number; max: number }]>> = {
  objects: ['Objects', LIMITS.objects],
  sessions: ['Sessions', LIMITS.sessions],
  concurrency: ['At once', LIMITS.concurrency],
  seconds: ['Span', LIMITS.seconds],
  revokeAfter: ['After', LIMITS.seconds],
  throttle: ['Throttled', LIMITS.throttle],
  latency: ['Delay', LIMITS.latency],
  quota: ['Quota', LIMITS.quota],
  weight: ['Weight', LIMITS.weight],
};

/** Reads the form. Either a plan, or what is wrong with it, each sentence at the field that can mend it. */
export function readPlanForm(
  fields: Fields,
):
  | { readonly plan: UploadPlan; readonly problems?: never }
  | { readonly problems: readonly PlanProblem[]; readonly plan?: never } {
  const problems: PlanProblem[] = [];
  const whole = (name: string, text: string | undefined, fallback: number, kind = name): number => {
    const [label, { min, max }] = LABELS[kind] ?? [name, { min: 0, max: Number.MAX_SAFE_INTEGER }];
    const say = (message: string) => problems.push({ field: name, message });
    if (text === undefined || text.trim() === '') return fallback;
    const value = Number(text);
    if (Number.isNaN(value)) say(`${label} takes a number.`);
    else if (!Number.isInteger(value)) say(`${label} takes a whole number.`);
    else if (value < min) say(`${label}: at least ${min}.`);
    else if (value > max) say(`${label}: at most ${max.toLocaleString('en-US')}.`);
    else return value;
    return fallback;
  };
  const count = whole('requesters', fields['requesters'], 1);
  if (count < LIMITS.requesters.min || count > LIMITS.requesters.max) {
    return { problems: [{ field: 'requesters', message: 'A workload has 1 to 8 requesters.' }] };
  }
  const requesters = Array.from({ length: count }, (_, index): unknown => {
    const name = (field: string) => fieldOf(index, field);
    const text = (field: string) => fields[name(field)];
    if (!text('target')) problems.push({ field: name('target'), message: 'Choose where to upload.' });
    if (!text('principal')) problems.push({ field: name('principal'), message: 'Choose as whom.' });
    if (!text('objects')) problems.push({ field: name('objects'), message: 'Objects takes a number.' });
    const targetOfField = targetOf(text('target') ?? '');
    const fallbackKind = targetOfField.kind === 'table' ? 'append' : 'put';
    const given = OPERATIONS.some((kind) => text(`mix.${kind}`) !== undefined);
    const mix = Object.fromEntries(
      OPERATIONS.map((kind) => [kind, whole(name(`mix.${kind}`), text(`mix.${kind}`), 0, 'weight')]),
    );
    return {
      target: targetOfField,
      principal: principalOf(text('principal') ?? ''),
      sessions: whole(name('sessions'), text('sessions'), 1, 'sessions'),
      scoped: text('scoped') === 'on',
      bucketKey: text('bucketKey') ?? 'default',
      objects: whole(name('objects'), text('objects'), 1, 'objects'),
      size: readSize(text('size'), text('unit'), (message) => problems.push({ field: name('size'), message })),
      sizes: text('sizes') ?? 'same',
      mix: given ? mix : { ...NO_OPERATIONS, [fallbackKind]: 1 },
    };
  });
  const paced = fields['pace'] === 'world';
  const revoked = fields['revoke'] ?? '';
  const faulty = ['throttle', 'latency', 'quota'].some((name) => Number(fields[name] ?? 0) !== 0);
  const draft = {
    name: (fields['name'] ?? '').trim(),
    requesters,
    concurrency: whole('concurrency', fields['concurrency'], 8),
    pace: paced ? { kind: 'world', seconds: whole('seconds', fields['seconds'], 1800) } : { kind: 'flat-out' },
    ...(revoked !== '' && {
      revoke: {
        requester: Number(revoked),
        after: whole('revokeAfter', fields['revokeAfter'], 60),
        what: fields['revokeWhat'] ?? 'kms',
      },
    }),
    ...(faulty && {
      faults: {
        throttle: whole('throttle', fields['throttle'], 0),
        latency: whole('latency', fields['latency'], 0),
        quota: whole('quota', fields['quota'], 0),
      },
    }),
    seed: whole('seed', fields['seed'], 7),
  };
  if (problems.length > 0) return { problems };
  const parsed = uploadPlan.safeParse(draft);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(({ path, message }) => {
        const [first, second, third] = path;
        if (first !== 'requesters') return { field: String(first ?? 'name'), message };
        const field = fieldOf(Number(second), String(third));
        if (third === 'target') return { field, message: 'Choose where to upload.' };
        if (third === 'principal') return { field, message: 'Choose as whom.' };
        return { field, message };
      }),
    };
  }
  const found = contradictions(parsed.data);
  return found.length > 0 ? { problems: found } : { plan: parsed.data };
}

function readSize(text: string | undefined, unit: string | undefined, say: (message: string) => void): number {
  const value = Number(text ?? '16');
  const bytes = Math.round(value * (UNITS[unit ?? 'KiB'] ?? 1));
  if (Number.isNaN(value)) say('Size takes a number.');
  else if (value < 0) say('Size: at least 0.');
  else if (bytes > LIMITS.size.max) say('Size: at most 1 GiB for one object.');
  else return bytes;
  return 0;
}

/** `bucket NAME`, `directory-bucket NAME`, `table NAMESPACE NAME ARN`: how the form names a target. */
function targetOf(text: string): { readonly kind: string } {
  const [kind = '', first = '', second = '', third = ''] = text.split(' ');
  const named = kind === 'table' ? { namespace: first, name: second, tableBucketArn: third } : { bucket: first };
  return { kind, ...named };
}

/** `root`, or the ARN of a user or role. */
function principalOf(text: string): unknown {
  if (text === 'root') return { kind: 'root' };
  const user = /^arn:aws[a-z-]*:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(text);
  if (user) return { kind: 'user', userName: user[1] };
  return { kind: 'role', roleArn: text };
}

/** The fields of the form that describe a plan; `account` completes the ARNs of users. */
export function fieldsOf(plan: UploadPlan, account: string): Record<string, string> {
  const fields: Record<string, string> = {
    name: plan.name,
    requesters: String(plan.requesters.length),
    concurrency: String(plan.concurrency),
    pace: plan.pace.kind,
    seed: String(plan.seed),
  };
  if (plan.pace.kind === 'world') fields['seconds'] = String(plan.pace.seconds);
  if (plan.revoke) {
    fields['revoke'] = String(plan.revoke.requester);
    fields['revokeAfter'] = String(plan.revoke.after);
    fields['revokeWhat'] = plan.revoke.what;
  }
  for (const [name, value] of Object.entries(plan.faults ?? {})) fields[name] = String(value);
  plan.requesters.forEach((it, index) => {
    for (const [field, value] of Object.entries(requesterFields(it, account))) fields[fieldOf(index, field)] = value;
  });
  return fields;
}

function requesterFields(
  { target, principal, size, mix, ...rest }: Requester,
  account: string,
): Record<string, string> {
  const unit = size > 0 && size % 1_048_576 === 0 ? 'MiB' : size > 0 && size % 1024 === 0 ? 'KiB' : 'B';
  return {
    target:
      target.kind === 'table'
        ? `table ${target.namespace} ${target.name} ${target.tableBucketArn}`
        : `${target.kind} ${target.bucket}`,
    principal:
      principal.kind === 'root'
        ? 'root'
        : principal.kind === 'role'
          ? principal.roleArn
          : `arn:aws:iam::${account}:user/${principal.userName}`,
    sessions: String(rest.sessions),
    scoped: rest.scoped ? 'on' : '',
    bucketKey: rest.bucketKey,
    objects: String(rest.objects),
    size: String(size / (UNITS[unit] ?? 1)),
    unit,
    sizes: rest.sizes,
    ...Object.fromEntries(OPERATIONS.filter((kind) => mix[kind] > 0).map((kind) => [`mix.${kind}`, String(mix[kind])])),
  };
}
