/**
 * Rows as CSV (RFC 4180), every cell quoted. A cell that a spreadsheet would take for a formula begins with an
 * apostrophe: names and messages come from other people.
 */
export function toCsv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

function cell(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${plain.replaceAll('"', '""')}"`;
}
