import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDocument, jsonLine, printable, printableLines, printableValues } from './printable.ts';

const acting = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

describe('printable text', () => {
  it('shows what a terminal would act on', () => {
    expect(printable('w\n::error::FORGED\u001b[8m\r\u009b1m\u202e')).toBe(
      String.raw`w\n::error::FORGED\u001b[8m\r\u009b1m\u202e`,
    );
    expect(printable('größe, 写真, é')).toBe('größe, 写真, é');
    expect(printable('\u{e0001}')).toBe(String.raw`\udb40\udc01`);
  });

  it('keeps line breaks and tabs of a text of several lines', () => {
    expect(printableLines('a\n\tb\r\u001b')).toBe('a\n\tb\\r\\u001b');
  });

  it('never holds a character that a terminal acts on', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !acting.test(printable(text))));
  });
});

describe('printable values', () => {
  it('keeps data without such characters as it is', () => {
    const data = { a: ['b', 1, null, { c: true }], d: undefined };
    expect(printableValues(data)).toBe(data);
  });

  it('changes texts at any depth', () => {
    expect(printableValues({ a: [{ b: '\u0007' }], c: 'd' })).toEqual({
      a: [{ b: String.raw`\u0007` }],
      c: 'd',
    });
  });
});

describe('JSON', () => {
  it('means the same data, and holds only characters that a terminal prints', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (data) => {
        for (const json of [jsonDocument(data), jsonLine(data)]) {
          expect(JSON.parse(json)).toEqual(data);
          expect(acting.test(json.replaceAll('\n', ''))).toBe(false);
        }
      }),
    );
  });
});
