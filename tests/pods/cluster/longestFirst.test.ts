import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { longestFirst, seconds } from './longestFirst.ts';

test('long files begin first, the shortest last, whatever the order was', () => {
  const files = ['cluster', 'guard', 'home', 'life'].map((name) => `/x/tests/pods/${name}.test.ts`);
  expect(longestFirst(files)).toEqual(files.toReversed());
  expect(longestFirst(files.toReversed())).toEqual(files.toReversed());
});

test('a file that is new begins before the short ones', () => {
  expect(longestFirst(['/cluster.test.ts', '/new.test.ts', '/home.test.ts'])).toEqual([
    '/home.test.ts',
    '/new.test.ts',
    '/cluster.test.ts',
  ]);
});

test('every file has its time', () => {
  const files = readdirSync(join(import.meta.dirname, '..')).filter((name) => name.endsWith('.test.ts'));
  expect(Object.keys(seconds).toSorted()).toEqual(files.toSorted());
});

test('no file is lost', () => {
  const files = readdirSync(join(import.meta.dirname, '..')).filter((name) => name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(5);
  expect(longestFirst(files).toSorted()).toEqual(files.toSorted());
});
