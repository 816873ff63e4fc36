import { expect, test } from 'vitest';
import { type Found, type Recent, recall, remember } from './recent.ts';

const entry = (token: string, until = 1_000): Found => ({ token, email: `${token}@example.org`, until });

test('a token is recalled until its time, and no other', () => {
  const recent: Recent[] = [];
  remember(recent, entry('a'));
  expect(recall(recent, 'a', 999)?.email).toBe('a@example.org');
  expect(recall(recent, 'a', 1_000)).toBeUndefined();
  expect(recall(recent, 'b', 0)).toBeUndefined();
});

test('few are kept, the last ones, each once', () => {
  const recent: Recent[] = [];
  for (const token of ['a', 'b', 'c', 'b', 'd', 'e']) remember(recent, entry(token));
  expect(recent.map(({ token }) => token)).toEqual(['e', 'd', 'b', 'c']);
});

test('an entry that is remembered again has the later time', () => {
  const recent: Recent[] = [];
  remember(recent, entry('a', 10));
  remember(recent, entry('a', 20));
  expect(recall(recent, 'a', 15)).toBeDefined();
});

test('what nginx compares has a word before the token, so that no token never equals it', () => {
  const text = (found: Found) => Buffer.from(remember([], found).proof).toString();
  expect(text(entry('a.b.c'))).toBe('known:a.b.c a.b.c@example.org');
  expect(text({ ...entry('a.b.c'), email: '' })).toBe('known:a.b.c ');
});
