/** What a set-up will do, as data: ordered API calls that can be shown, exported, made and undone. */

export type PlannedService = 'kms' | 's3' | 's3tables' | 'iam';

/** One API call. Strings of the input may hold `{{id.Path}}`: an output of an earlier call of the plan. */
export interface PlannedOperation {
  readonly service: PlannedService;
  /** As in the SDK: `PutKeyPolicy`. */
  readonly operation: string;
  /** JSON only: no bytes, no dates. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A call with what a person must know before it is made. */
export interface SetupCall extends PlannedOperation {
  /** Unique in the plan; other calls refer to its output by it. */
  readonly id: string;
  /** What it does, in one sentence. */
  readonly says: string;
  /** Why it can't be taken back, in one sentence; absent where it can. */
  readonly irreversible?: string;
  /** Calls that take it back, in order. Empty where nothing is left to take back, or nothing can be. */
  readonly undo: readonly PlannedOperation[];
}

/** Outputs of the calls made so far, by id. */
export type Outputs = ReadonlyMap<string, unknown>;

const REFERENCE = /\{\{([a-z][\w-]*)\.([\w.]+)\}\}/g;

/** Text that stands for an output of an earlier call: `outputOf('key', 'KeyMetadata.Arn')`. */
export function outputOf(id: string, path: string): string {
  return `{{${id}.${path}}}`;
}

/** A part of a text: as it is, or an output of a call. */
export type TextPart = { readonly text: string } | { readonly id: string; readonly path: string };

/** Splits a text at its references, in order; a text without any is one part. */
export function partsOf(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, id = '', path = ''] = match;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ id, path });
    end = match.index + whole.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end) });
  return parts;
}

/** The outputs that an input refers to. */
export function referencesIn(value: unknown): readonly { readonly id: string; readonly path: string }[] {
  if (typeof value === 'string') return partsOf(value).flatMap((part) => ('id' in part ? [part] : []));
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(referencesIn);
}

/**
 * An input with every reference replaced by the output that it names. Throws where an output is missing: the plan is
 * then wrong, and a half-filled call must not be sent.
 */
export function fillIn<T>(value: T, outputs: Outputs): T {
  return fill(value, outputs) as T;
}

function fill(value: unknown, outputs: Outputs): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (whole, id: string, path: string) => {
      const found = path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], outputs.get(id));
      if (typeof found !== 'string') throw new Error(`${whole} is not known: the call ${id} gave no such output.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, outputs));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner, outputs)]));
  }
  return value;
}
