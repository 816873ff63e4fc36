import { expect, test } from 'vitest';
import { type Found, type Recent, recall, remember } from './recent.ts';

const entry = (token: string, until = 1_000): Found => ({ token, email: `${token}@example.org`, until });

test('recalls only the token, until its time', () => {
  const recent: Recent[] = [];
  remember(recent, entry('a'));
  expect(recall(recent, 'a', 999)?.email).toBe('a@example.org');
  expect(recall(recent, 'a', 1_000)).toBeUndefined();
  expect(recall(recent, 'b', 0)).toBeUndefined();
});

test('keeps the last few tokens, each once', () => {
  const recent: Recent[] = [];
  for (const token of ['a', 'b', 'c', 'b', 'd', 'e']) remember(recent, entry(token));
  expect(recent.map(({ token }) => token)).toEqual(['e', 'd', 'b', 'c']);
});

test('extends the time of an entry that is remembered again', () => {
  const recent: Recent[] = [];
  remember(recent, entry('a', 10));
  remember(recent, entry('a', 20));
  expect(recall(recent, 'a', 15)).toBeDefined();
});

test('starts the proof with a prefix, so that an absent token never equals it', () => {
  const text = (found: Found) => Buffer.from(remember([], found).proof).toString();
  expect(text(entry('a.b.c'))).toBe('known:a.b.c a.b.c@example.org');
  expect(text({ ...entry('a.b.c'), email: '' })).toBe('known:a.b.c ');
});
