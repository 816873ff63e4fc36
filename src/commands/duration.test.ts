import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['5m', 300_000],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['500ms', 500],
])('%s is a duration', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '5', 'm', '5 m', '-5m', '0s', '5d', '5m!', '700h'])('"%s" is none', (text) => {
  expect(() => parseDuration(text)).toThrow('is no duration');
});
