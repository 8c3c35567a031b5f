/** What a list shows: which rows its filter leaves and in which order. Pure, so that 10,000 rows can be proven fast. */

/** As much of a column as filtering and sorting need. */
export interface Queried<Row> {
  readonly id: string;
  readonly head: string;
  readonly sort?: (row: Row) => string | number;
  /** The value by which rows can be filtered. */
  readonly property?: (row: Row) => string;
}

/** How a property is compared, and how a person reads it. */
export const OPERATORS = {
  '=': 'is',
  '!=': 'is not',
  ':': 'contains',
  '!:': "doesn't contain",
  '>': 'is more than',
  '<': 'is less than',
} as const;
export type Operator = keyof typeof OPERATORS;

/** One removable condition of a filter. */
export interface Token {
  readonly property: string;
  readonly operator: Operator;
  readonly value: string;
}

const TOKEN = /^([A-Za-z][\w-]*)(!=|!:|=|:|>|<)([\s\S]*)$/;

/** A token as it stands in the address, `encryption=SSE-KMS`; undefined for what is none. */
export function parseToken(text: string): Token | undefined {
  const [, property, operator, value] = TOKEN.exec(text) ?? [];
  if (property === undefined || operator === undefined || value === undefined || value === '') return undefined;
  return { property, operator: operator as Operator, value };
}

export function formatToken(token: Token): string {
  return `${token.property}${token.operator}${token.value}`;
}

/**
 * A token that was typed as words into the search field: "Encryption = SSE-KMS", "state is not Enabled". Undefined
 * where it names no property of these columns.
 */
export function typedToken<Row>(text: string, columns: readonly Queried<Row>[]): Token | undefined {
  const lower = text.trim().toLowerCase();
  for (const column of columns) {
    if (!column.property) continue;
    for (const name of [column.head.toLowerCase(), column.id.toLowerCase()]) {
      if (name === '' || !lower.startsWith(name)) continue;
      const rest = text.trim().slice(name.length);
      const found = /^\s*(!=|!:|=|:|>|<)\s*(.+)$/.exec(rest) ?? /^\s+(is not|is|contains)\s+(.+)$/i.exec(rest);
      const [, said, value] = found ?? [];
      if (said === undefined || value === undefined) continue;
      return { property: column.id, operator: operatorOf(said.toLowerCase()), value };
    }
  }
  return undefined;
}

function operatorOf(said: string): Operator {
  if (said === 'is') return '=';
  if (said === 'is not') return '!=';
  return said === 'contains' ? ':' : (said as Operator);
}

function matches(token: Token, value: string): boolean {
  const [has, wanted] = [value.toLowerCase(), token.value.toLowerCase()];
  switch (token.operator) {
    case '=':
      return has === wanted;
    case '!=':
      return has !== wanted;
    case ':':
      return has.includes(wanted);
    case '!:':
      return !has.includes(wanted);
    default: {
      // Numbers as numbers, everything else (dates in ISO form) by its letters.
      const numeric = has !== '' && wanted !== '' && !Number.isNaN(Number(has)) && !Number.isNaN(Number(wanted));
      const order = numeric ? Number(has) - Number(wanted) : has < wanted ? -1 : has > wanted ? 1 : 0;
      return token.operator === '>' ? order > 0 : order < 0;
    }
  }
}

/** Which of the tokens in an address these columns know; the others are left out. */
export function knownTokens<Row>(texts: readonly string[], columns: readonly Queried<Row>[]): Token[] {
  return texts.flatMap((text) => {
    const token = parseToken(text);
    return token && columns.some((column) => column.id === token.property && column.property) ? [token] : [];
  });
}

/**
 * The rows that fit, in order. Several tokens of one property with "is" or "contains" are alternatives, as a person
 * means them; everything else must hold together.
 * @param texts what the free text is looked for in, one for each row, in lower case
 * @param order id of a column, with `-` before it for descending; anything else keeps the order of the rows
 */
export function runQuery<Row>(
  rows: readonly Row[],
  texts: readonly string[],
  query: { search: string; tokens: readonly Token[]; order: string },
  columns: readonly Queried<Row>[],
): readonly Row[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = groupsOf(query.tokens, columns);
  const matching =
    words.length === 0 && groups.length === 0
      ? rows
      : rows.filter(
          (row, index) =>
            words.every((word) => (texts[index] ?? '').includes(word)) &&
            groups.every(({ value, tokens }) => {
              const has = value(row);
              return tokens.some((token) => matches(token, has));
            }),
        );
  const by = columns.find((column) => column.id === query.order.replace(/^-/, ''))?.sort;
  if (!by) return matching;
  const way = query.order.startsWith('-') ? -1 : 1;
  // Each row's value is asked for once; `toSorted` is stable, so equal rows keep their order.
  return matching
    .map((row) => ({ row, value: by(row) }))
    .toSorted((left, right) => (left.value < right.value ? -way : left.value > right.value ? way : 0))
    .map(({ row }) => row);
}

function groupsOf<Row>(tokens: readonly Token[], columns: readonly Queried<Row>[]) {
  const groups = new Map<string, { value: (row: Row) => string; tokens: Token[] }>();
  tokens.forEach((token, index) => {
    const value = columns.find((column) => column.id === token.property)?.property;
    if (!value) return;
    const alternative = token.operator === '=' || token.operator === ':';
    const key = alternative ? token.property : `${token.property} ${index}`;
    const group = groups.get(key);
    if (group) group.tokens.push(token);
    else groups.set(key, { value, tokens: [token] });
  });
  return [...groups.values()];
}
