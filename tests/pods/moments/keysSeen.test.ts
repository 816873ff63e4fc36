import { expect, test } from 'vitest';
import { keySeen } from './keysSeen.ts';
import type { Seen, Watch } from './watch.ts';
import type { Answer } from './watched.ts';

const world = { kind: 'address', address: '203.0.113.9' } as const;
const watch = (name: string): Watch => ({
  ...{ name, from: world, to: world, verdict: 'allowed' },
  asked: { request: { url: 'https://x/' }, passes: [200] },
});
const [outside, inside] = [watch('outside'), watch('inside')];

/** Each answer was given once, a second after the one before. */
const seen = (of: Watch, ...answers: readonly Answer[]): Seen => ({
  ...{ watch: of, source: undefined, target: undefined, hasEnded: false },
  stretches: answers.map((answer, index) => ({
    ...{ answer, count: 1, answered: (index + 1) * 1_000 },
    ...{ first: (index + 1) * 1_000, last: (index + 1) * 1_000 },
  })),
});

test('a key passes once every watch with it has passed', () => {
  const first = seen(outside, 'status 401', 'open');
  expect(keySeen([outside, inside], [first, seen(inside, 'open')]).begins).toBe(2_000);
  expect(keySeen([outside, inside], [first, seen(inside, 'status 401')]).begins).toBe(Infinity);
});

test('a key ends once no watch with it passes, and each was refused after', () => {
  const first = seen(outside, 'open', 'status 401', 'open', 'status 401');
  expect(keySeen([outside, inside], [first, seen(inside, 'open', 'status 401')]).ends).toBe(3_000);
  expect(keySeen([outside, inside], [first, seen(inside, 'open')]).ends).toBe(Infinity);
});

test('a key that nobody asked with neither begins nor ends', () => {
  for (const watches of [[], [outside, inside]])
    expect(keySeen(watches, [seen(watch('another'), 'open', 'status 401')])).toEqual({
      begins: Infinity,
      ends: Infinity,
    });
  expect(keySeen([outside, inside], [seen(outside, 'open', 'status 401')])).toEqual({
    begins: Infinity,
    ends: Infinity,
  });
});
