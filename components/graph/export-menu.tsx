'use client';

import { Download } from 'lucide-react';
import { type Palette, toMermaid, toSvg } from './model/export-text';
import { layoutGraph } from './model/layout';
import type { Graph } from './model/types';

const TOKENS: Readonly<Record<keyof Palette, string>> = {
  canvas: '--canvas',
  surface: '--surface',
  line: '--line-strong',
  text: '--text',
  muted: '--text-2',
  danger: '--danger-solid',
  warning: '--warning-fg',
  key: '--enc-kms-fill',
};

/** PNG and SVG as the graph looks now, Mermaid, and JSON with every row. */
export function ExportMenu({ graph, title, answer }: { graph: Graph; title: string; answer: string }) {
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const svg = () => toSvg(layoutGraph(graph), title, answer, readPalette());
  const close = () => document.getElementById('graph-export')?.hidePopover();
  const choices: readonly { label: string; run: () => void }[] = [
    { label: 'PNG', run: () => void savePng(svg(), `${name}.png`) },
    { label: 'SVG', run: () => save(dataUrl('image/svg+xml', svg()), `${name}.svg`) },
    { label: 'Mermaid', run: () => save(dataUrl('text/plain', toMermaid(graph)), `${name}.mmd`) },
    { label: 'JSON', run: () => save(`/api/access${location.search}`, `${name}.json`) },
  ];
  return (
    <>
      <button type="button" className="button export-button" popoverTarget="graph-export">
        <Download size={14} aria-hidden />
        Export
      </button>
      <div id="graph-export" popover="auto" className="menu export-menu" role="group" aria-label="Export">
        {choices.map(({ label, run }) => (
          <button
            key={label}
            type="button"
            className="menu-item"
            onClick={() => {
              close();
              run();
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </>
  );
}

function dataUrl(type: string, text: string): string {
  return `data:${type};charset=utf-8,${encodeURIComponent(text)}`;
}

function save(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}

/** Twice the size, for paper and slides. A canvas has limits, so a very tall graph is drawn smaller. */
async function savePng(svg: string, name: string): Promise<void> {
  const image = new Image();
  image.src = dataUrl('image/svg+xml', svg);
  await image.decode();
  const scale = Math.min(2, 16_000 / image.naturalHeight);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  save(canvas.toDataURL('image/png'), name);
}

/** The theme's colours as they are now, in the form that every program reads. */
function readPalette(): Palette {
  const probe = document.createElement('span');
  document.body.append(probe);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    if (context === null) return '#000000';
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  };
  const palette = Object.fromEntries(Object.entries(TOKENS).map(([part, token]) => [part, read(token)]));
  probe.remove();
  return palette as unknown as Palette;
}
