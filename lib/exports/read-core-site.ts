/** Reads a core-site.xml that somebody brings: safe against every other kind of XML. */

import { parseXml, XmlElement, XmlError } from '@rgrove/parse-xml';

/** One `<property>`. */
export interface HadoopProperty {
  readonly name: string;
  readonly value: string;
  readonly final: boolean;
  /** Line of its `<property>`, from 1. */
  readonly line: number;
}

export type ReadCoreSite =
  | {
      readonly ok: true;
      readonly properties: readonly HadoopProperty[];
      /** What else stands in the file and is not followed: `xi:include`. */
      readonly includes: readonly number[];
    }
  | { readonly ok: false; readonly reason: string; readonly line?: number };

/** Hadoop's own files have 3,000 lines; nobody writes a megabyte by hand. */
const MAX_BYTES = 1_048_576;
const MAX_PROPERTIES = 5000;

/** Reads the properties. Never throws, never follows an entity, an include or an address. */
export function readCoreSite(text: string): ReadCoreSite {
  if (new TextEncoder().encode(text).length > MAX_BYTES) return refused('The file is larger than 1 MiB.');
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') return refused('The file is empty.');
  if (!body.trimStart().startsWith('<')) {
    return refused('This is not XML. A core-site.xml begins with <?xml or <configuration>.');
  }
  // Entities and external files come with a document type; a Hadoop file has none.
  const doctype = /<!DOCTYPE/i.exec(withoutComments(body));
  if (doctype) {
    return refused('The file has a document type. Hadoop files have none, and entities are not followed here.', 1);
  }
  try {
    const { root } = parseXml(body, { includeOffsets: true });
    return root === null ? refused('The file has no element.') : fromRoot(root, body);
  } catch (error) {
    if (error instanceof XmlError) return refused(sentence(error), error.line);
    if (error instanceof RangeError) return refused('The file is nested too deeply.');
    throw error;
  }
}

function fromRoot(root: XmlElement, text: string): ReadCoreSite {
  const lineOf = lineCounter(text);
  if (root.name !== 'configuration') {
    return refused(
      `The file begins with <${root.name.slice(0, 40)}>. A core-site.xml begins with <configuration>.`,
      lineOf(root.start),
    );
  }
  const properties: HadoopProperty[] = [];
  const includes: number[] = [];
  for (const child of root.children) {
    if (!(child instanceof XmlElement)) continue;
    if (/^(?:\w+:)?include$/.test(child.name)) includes.push(lineOf(child.start));
    if (child.name !== 'property') continue;
    if (properties.length >= MAX_PROPERTIES) return refused(`The file has more than ${MAX_PROPERTIES} properties.`);
    // Hadoop takes name and value as elements, or since 2.8 as attributes.
    const name = partOf(child, 'name')?.trim() ?? '';
    if (name === '') return refused('A property has no name.', lineOf(child.start));
    properties.push({
      name,
      value: partOf(child, 'value') ?? '',
      final: partOf(child, 'final')?.trim() === 'true',
      line: lineOf(child.start),
    });
  }
  if (properties.length === 0 && includes.length === 0) return refused('The file sets no property.');
  return { ok: true, properties, includes };
}

function partOf(property: XmlElement, name: string): string | undefined {
  for (const child of property.children) if (child instanceof XmlElement && child.name === name) return child.text;
  return property.attributes[name];
}

const refused = (reason: string, line?: number): ReadCoreSite => ({
  ok: false,
  reason,
  ...(line === undefined ? {} : { line }),
});

function withoutComments(text: string): string {
  return text.replaceAll(/<!--[\s\S]*?-->/g, '');
}

/** The parser's sentence without the excerpt, which repeats the input. */
function sentence({ message }: XmlError): string {
  const [first = ''] = message.split(/ \(line \d+, column \d+\)|\n/);
  return `The XML is not well formed: ${first.charAt(0).toLowerCase()}${first.slice(1)}.`;
}

/** Offsets come in order, so that counting goes on where it stopped. */
function lineCounter(text: string): (offset: number) => number {
  let at = 0;
  let line = 1;
  return (offset) => {
    for (; at < offset; at += 1) if (text.charCodeAt(at) === 10) line += 1;
    return line;
  };
}
