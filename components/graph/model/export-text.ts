/** The graph as text for other tools. */

import type { Layout } from './layout';
import { COLUMN_NAMES, type EdgeStyle, type Graph } from './types';

const ARROWS: Readonly<Record<EdgeStyle, string>> = {
  policy: '-->',
  iam: '-.->',
  grant: '-.->',
  admin: '-->',
  deny: '--x',
  encrypts: '---',
};
const WORDS: Readonly<Record<EdgeStyle, string>> = {
  policy: '',
  iam: 'IAM',
  grant: 'grant',
  admin: 'administers',
  deny: 'deny',
  encrypts: '',
};

/** A Mermaid flowchart with the same nodes and edges, in the same order. */
export function toMermaid(graph: Graph): string {
  const ids = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const text = (value: string) =>
    value.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
  const lines = ['flowchart LR'];
  for (const { id, column, title, sub } of graph.nodes) {
    const label = `"${text(title)}<br/>${text(sub)}"`;
    const name = ids.get(id) ?? '';
    lines.push(`  ${name}${column === 1 ? `([${label}])` : column === 2 ? `[[${label}]]` : `[${label}]`}`);
  }
  for (const { from, to, style, conditional } of graph.edges) {
    const word = [WORDS[style], conditional ? 'only if' : ''].filter(Boolean).join(', ');
    lines.push(`  ${ids.get(from) ?? ''} ${ARROWS[style]}${word === '' ? '' : `|${word}|`} ${ids.get(to) ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Colours of an exported picture, as `#rrggbb`. */
export interface Palette {
  readonly canvas: string;
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly danger: string;
  readonly warning: string;
  readonly key: string;
}

const DASHES: Readonly<Partial<Record<EdgeStyle, string>>> = { iam: '1 4.5', grant: '6 4', admin: '12 3 2 3' };

/** A drawing that stands by itself: no styles, fonts or scripts from elsewhere. */
export function toSvg(layout: Layout, title: string, answer: string, palette: Palette): string {
  const head = 64;
  const height = layout.height + head;
  const text = (value: string) =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const cut = (value: string, most: number) => (value.length > most ? `${value.slice(0, most - 1)}…` : value);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${layout.width}" height="${height}" viewBox="0 0 ${layout.width} ${height}" font-family="Geist, Inter, Helvetica, Arial, sans-serif">`,
    `<title>${text(title)}</title>`,
    `<rect width="100%" height="100%" fill="${palette.canvas}"/>`,
    `<text x="24" y="30" font-size="17" font-weight="600" fill="${palette.text}">${text(title)}</text>`,
    `<text x="24" y="50" font-size="13" fill="${palette.muted}">${text(answer)}</text>`,
    `<g transform="translate(0 ${head})">`,
    ...COLUMN_NAMES.map(
      (name, index) =>
        `<text x="${layout.columns[index]?.x ?? 0}" y="24" font-size="12" font-weight="500" fill="${palette.muted}">${name}</text>`,
    ),
  ];
  for (const { edge, path, middle, end } of layout.edges) {
    const colour = edge.style === 'deny' ? palette.danger : edge.style === 'encrypts' ? palette.line : palette.muted;
    const dash = DASHES[edge.style];
    parts.push(
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${edge.style === 'iam' ? 2 : 1.4}"${dash === undefined ? '' : ` stroke-dasharray="${dash}"`}/>`,
    );
    if (edge.style === 'deny')
      parts.push(`<path d="M${end.x} ${end.y - 5}v10" stroke="${colour}" stroke-width="2.5"/>`);
    if (edge.conditional)
      parts.push(
        `<rect x="${middle.x - 4.5}" y="${middle.y - 4.5}" width="9" height="9" rx="1.5" transform="rotate(45 ${middle.x} ${middle.y})" fill="${palette.surface}" stroke="${palette.warning}" stroke-width="1.6"/>`,
      );
  }
  for (const { node, x, y, width, height: high } of layout.nodes) {
    const radius = node.column === 1 ? high / 2 : 7;
    const stroke = node.column === 2 ? palette.key : node.kind === 'deny' ? palette.danger : palette.line;
    if (node.count > 1)
      parts.push(
        `<rect x="${x + 3}" y="${y + 4}" width="${width - 6}" height="${high}" rx="${radius}" fill="${palette.surface}" stroke="${palette.line}"/>`,
      );
    parts.push(
      `<rect x="${x}" y="${y}" width="${width}" height="${high}" rx="${radius}" fill="${palette.surface}" stroke="${stroke}"${node.column === 2 ? ' stroke-width="2"' : ''}/>`,
    );
    const left = x + (node.column === 1 ? 18 : 12);
    const most = Math.floor((width - 28) / 7.3);
    parts.push(
      `<text x="${left}" y="${y + 19}" font-size="12" font-weight="500" font-family="Geist Mono, Menlo, monospace" fill="${palette.text}">${text(cut(node.title, most))}</text>`,
    );
    parts.push(
      `<text x="${left}" y="${y + 34}" font-size="11.5" fill="${palette.muted}">${text(cut(node.sub, most + 6))}</text>`,
    );
    if (node.state !== undefined)
      parts.push(`<text x="${left}" y="${y + 56}" font-size="12" fill="${palette.text}">${text(node.state)}</text>`);
    if (node.warning !== undefined)
      parts.push(
        `<text x="${left}" y="${y + 76}" font-size="12" fill="${palette.warning}">${text(node.warning)}</text>`,
      );
  }
  parts.push('</g></svg>');
  return parts.join('\n');
}
