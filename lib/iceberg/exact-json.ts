/**
 * JSON whose integers keep every digit. Snapshot ids of other writers have 63 bits, a JavaScript number holds 53:
 * such integers are read as bigint and written back as they were.
 */

/** Members of `JSON` that Node has and the configured type library does not know yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above: the library does not know them yet
const json = JSON as unknown as SourceTextJson;

/** Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? json.rawJSON(member.toString()) : member,
  );
}
