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
