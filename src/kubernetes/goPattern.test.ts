import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { compileGoPattern, compileWholeGoPattern } from './goPattern.ts';

it('finds a pattern anywhere, and a whole pattern only as the whole text', () => {
  expect(compileGoPattern('a.c')?.('xabcx')).toBe(true);
  expect(compileGoPattern('abc')?.('xabcx')).toBe(true);
  expect(compileWholeGoPattern('a.c')?.('xabcx')).toBe(false);
  expect(compileWholeGoPattern('a.c|d')?.('d')).toBe(true);
  expect(compileWholeGoPattern('abc')?.('abc')).toBe(true);
  expect(compileWholeGoPattern('abc')?.('abcd')).toBe(false);
});

it('has the syntax of Go and not that of JavaScript', () => {
  expect(compileGoPattern('(?i)^ABC$')?.('abc')).toBe(true);
  expect(compileGoPattern('(?P<name>a)\\z')?.('ba')).toBe(true);
  for (const refused of ['(?=a)', '(?<!a)b', '(a)\\1', 'a{1001}', '(', '[b-a]', '*'])
    expect([refused, compileGoPattern(refused)]).toEqual([refused, undefined]);
});

it('takes linear time for a pattern with which JavaScript would need exponential time', () => {
  const text = `${'a'.repeat(50_000)}-b`;
  for (const pattern of ['(a+)+$', '(a|a)*$', '(a*)*b$x', '([a-z]+)*!'])
    expect(compileWholeGoPattern(pattern)?.(text)).toBe(false);
});

it('answers as RE2 does, whichever engine it takes', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '.',
    '.*',
    '.+',
    '^',
    '$',
    '-',
    '|',
    '(',
    ')',
    '*',
    '+',
    '?',
    'ab',
    '\\.',
    '[ab]',
  );
  const text = fc.oneof(
    fc.stringMatching(/^[ab.-]{0,8}$/),
    fc.constantFrom('a\nb', 'a\rb', '\u{1f600}', 'a\u2028b', ''),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), text, (parts, given) => {
      const pattern = parts.join('');
      const expected = (source: string): boolean | undefined => {
        try {
          return RE2JS.compile(source).test(given);
        } catch {
          return undefined;
        }
      };
      expect(compileGoPattern(pattern)?.(given)).toBe(expected(pattern));
      // A pattern such as `)(` is none by itself, and must not become one between the anchors.
      if (expected(pattern) !== undefined)
        expect(compileWholeGoPattern(pattern)?.(given)).toBe(expected(`^(?:${pattern})$`));
    }),
    { numRuns: 3000 },
  );
});
