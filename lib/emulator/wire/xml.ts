/** A small strict reader of XML and the escaping of the writer. No DOCTYPE, no entities but the five of XML itself. */

export interface Element {
  /** Local name: S3's clients differ in prefixes. */
  readonly name: string;
  readonly children: Element[];
  /** Character data directly inside, as written, white space included. */
  text: string;
  readonly attributes: ReadonlyMap<string, string> | undefined;
}

/** Text that is no well-formed XML document, or one that a server should not read. */
export class XmlFault extends Error {}

/** No document of AWS is deeper than about ten levels. */
const MAX_DEPTH = 64;
const NAME = /[A-Za-z_\u00c0-\uffff][\w.\-\u00b7-\uffff]*(?::[A-Za-z_\u00c0-\uffff][\w.\-\u00b7-\uffff]*)?/y;
const SPACE = /[ \t\r\n]*/y;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Parses a document. Throws XmlFault. Linear in the length of the text. */
export function parseXml(source: string): Element {
  const reader = new Reader(source.charCodeAt(0) === 0xfeff ? source.slice(1) : source);
  return reader.document();
}

class Reader {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  document(): Element {
    this.space();
    if (this.source.startsWith('<?xml', this.at)) this.skipTo('?>');
    this.misc();
    const root = this.tree();
    this.misc();
    if (this.at !== this.source.length) throw new XmlFault('content after the root element');
    return root;
  }

  /** Reads one element with everything in it, without recursion. */
  private tree(): Element {
    const stack: { element: Element; tag: string }[] = [];
    for (;;) {
      const inside = stack.at(-1)?.element;
      if (inside !== undefined) this.content(inside);
      if (this.source[this.at] !== '<') throw new XmlFault('an element is not closed');
      if (this.source[this.at + 1] === '/') {
        this.at += 2;
        const closed = stack.pop();
        if (closed === undefined || !this.source.startsWith(closed.tag, this.at))
          throw new XmlFault('tags do not match');
        this.at += closed.tag.length;
        if (this.source[this.at] !== '>') this.space();
        this.expect('>');
        if (stack.length === 0) return closed.element;
      } else {
        this.at += 1;
        const tag = this.name();
        const element: Element = { name: local(tag), children: [], text: '', attributes: this.attributes() };
        inside?.children.push(element);
        if (this.source[this.at] === '/') {
          this.at += 1;
          this.expect('>');
          if (stack.length === 0) return element;
        } else {
          this.expect('>');
          if (stack.push({ element, tag }) > MAX_DEPTH) throw new XmlFault('too deep');
        }
      }
    }
  }

  /** Character data, CDATA sections, comments and instructions up to the next tag. */
  private content(element: Element): void {
    for (;;) {
      const next = this.source.indexOf('<', this.at);
      if (next < 0) throw new XmlFault('an element is not closed');
      if (next > this.at) element.text += decodeText(this.source.slice(this.at, next));
      this.at = next;
      if (this.source.startsWith('<![CDATA[', next)) {
        this.at += 9;
        const end = this.source.indexOf(']]>', this.at);
        if (end < 0) throw new XmlFault('CDATA is not closed');
        element.text += this.source.slice(this.at, end);
        this.at = end + 3;
      } else if (this.source.startsWith('<!--', next)) this.skipTo('-->');
      else if (this.source.startsWith('<?', next)) this.skipTo('?>');
      else return;
    }
  }

  private attributes(): ReadonlyMap<string, string> | undefined {
    if (this.source[this.at] === '>') return undefined;
    let attributes: Map<string, string> | undefined;
    for (;;) {
      const before = this.at;
      this.space();
      const next = this.source[this.at];
      if (next === '>' || next === '/') return attributes;
      if (before === this.at) throw new XmlFault('a tag is not closed');
      const name = this.name();
      this.space();
      this.expect('=');
      this.space();
      const quote = this.source[this.at];
      if (quote !== '"' && quote !== "'") throw new XmlFault('an attribute without quotes');
      const end = this.source.indexOf(quote, this.at + 1);
      if (end < 0) throw new XmlFault('an attribute is not closed');
      const value = this.source.slice(this.at + 1, end);
      if (value.includes('<')) throw new XmlFault('< in an attribute');
      this.at = end + 1;
      attributes ??= new Map();
      if (attributes.has(name)) throw new XmlFault('an attribute came twice');
      attributes.set(name, decodeText(value));
    }
  }

  /** Comments, instructions and space around the root. A DOCTYPE is refused: it is how XML attacks its readers. */
  private misc(): void {
    for (;;) {
      this.space();
      if (this.source.startsWith('<!--', this.at)) this.skipTo('-->');
      else if (this.source.startsWith('<?', this.at)) this.skipTo('?>');
      else if (this.source.startsWith('<!', this.at)) throw new XmlFault('a document type');
      else return;
    }
  }

  private name(): string {
    NAME.lastIndex = this.at;
    const match = NAME.exec(this.source);
    if (match === null) throw new XmlFault('a name was expected');
    this.at = NAME.lastIndex;
    return match[0];
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.source);
    this.at = SPACE.lastIndex;
  }

  private expect(character: string): void {
    if (this.source[this.at] !== character) throw new XmlFault(`${character} was expected`);
    this.at += 1;
  }

  private skipTo(mark: string): void {
    const end = this.source.indexOf(mark, this.at);
    if (end < 0) throw new XmlFault(`${mark} was expected`);
    this.at = end + mark.length;
  }
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function decodeText(text: string): string {
  if (!text.includes('&')) return text;
  const [first = '', ...parts] = text.split('&');
  let result = first;
  for (const part of parts) {
    const end = part.indexOf(';');
    // The longest reference is `&#x10FFFF;` with leading zeros; anything longer is not one.
    if (end < 1 || end > 12) throw new XmlFault('& is not escaped');
    result += decodeEntity(part.slice(0, end)) + part.slice(end + 1);
  }
  return result;
}

function decodeEntity(entity: string): string {
  const named = Object.hasOwn(NAMED, entity) ? NAMED[entity] : undefined;
  if (named !== undefined) return named;
  const number = /^#(?:x([0-9a-f]{1,8})|(\d{1,8}))$/i.exec(entity);
  const code = number?.[1] === undefined ? Number(number?.[2]) : Number.parseInt(number[1], 16);
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw new XmlFault('an unknown entity');
  return String.fromCodePoint(code);
}

// All but what stands in character data as it is: the markup characters, line ends and control characters are escaped.
const SPECIAL = /[^\t !#-%'-;=?-~\u00a0-\u2027\u2029-\ufffd]/;
const SPECIALS = new RegExp(SPECIAL, 'g');
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#xD;',
};

/** Escapes character data and attribute values. Control characters become references, as S3 writes them. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  const escaped = ESCAPES[character];
  if (escaped !== undefined) return escaped;
  const code = character.charCodeAt(0);
  // NUL and non-characters have no place in XML, not even as a reference.
  return code === 0 || code > 0xfffd ? '\ufffd' : `&#x${code.toString(16)};`;
}
