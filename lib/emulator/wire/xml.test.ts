import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeXml, parseXml, XmlFault } from './xml.ts';

function outcome(text: string): string {
  try {
    parseXml(text);
    return 'read';
  } catch (error) {
    return error instanceof XmlFault ? 'refused' : String(error);
  }
}

describe('reading', () => {
  test('elements, text, attributes, CDATA, comments, instructions and references', () => {
    const text =
      '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><a xmlns="urn:x" b=\'1 &lt; 2\'>t<?pi?><x:b><![CDATA[<&]]>&amp;&#65;&#x42;</x:b><!-- d --><c/></a>\n';
    const root = parseXml(text);
    expect(root.name).toBe('a');
    expect(root.text).toBe('t');
    expect(root.attributes?.get('b')).toBe('1 < 2');
    expect(root.children.map(({ name, text: content }) => [name, content])).toEqual([
      ['b', '<&&AB'],
      ['c', ''],
    ]);
  });

  test.each([
    [''],
    ['text'],
    ['<a>'],
    ['<a></b>'],
    ['<a/><b/>'],
    ['<a/>text'],
    ['<a'],
    ['<a b></a>'],
    ['<a b=c></a>'],
    ['<a b="1" b="2"/>'],
    ['<a b="1"c="2"/>'],
    ['<a b="<"/>'],
    ['<a>&nbsp;</a>'],
    ['<a>&</a>'],
    ['<a>&#0;</a>'],
    ['<a>&#xD800;</a>'],
    ['<a>&#x110000;</a>'],
    ['<a><![CDATA[</a>'],
    ['<a><!-- </a>'],
    ['<1/>'],
    ['<?xml <a/>'],
    ['<!DOCTYPE a><a/>'],
    ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['<a><!DOCTYPE a></a>'],
    ['<a>'.repeat(65) + '</a>'.repeat(65)],
    ['</a>'],
    ['<a>&constructor;</a>'],
  ])('refuses %s', (text) => {
    expect(() => parseXml(text)).toThrow(XmlFault);
  });

  test('any text is read or refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<a>', '</a>', '<', '&', ';', '<!--', ']]>', '"', '=', ' b="', 'x')),
        (parts) => {
          const text = parts.join('');
          expect(outcome(text)).toMatch(/^(?:read|refused)$/);
        },
      ),
    );
  });
});

describe('writing', () => {
  test('what is written is read as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const readable = text.replace(/[\0\ufffe\uffff]/g, '\ufffd');
        expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(readable);
        expect(parseXml(`<a b="${escapeXml(text)}"/>`).attributes?.get('b')).toBe(readable);
      }),
    );
  });

  test('markup and control characters are written as S3 writes them', () => {
    expect(escapeXml('a<b>&"c"\r\n\u0001')).toBe('a&lt;b&gt;&amp;&quot;c&quot;&#xD;&#10;&#x1;');
  });
});
