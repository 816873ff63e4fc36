import { expect, test } from 'vitest';
import { keepVerdict } from './verdicts.ts';

const identity = { email: 'a@example.org', expires: 10_000 };

/** The cache, and what another worker does right before or right after an entry is written. */
function cache(before = (): void => undefined, after = (): void => undefined) {
  const entries = new Map<string, [email: string, life: number]>();
  return {
    entries,
    set: (name: string, email: string, life: number) => {
      before();
      entries.set(name, [email, life]);
      after();
    },
    delete: (name: string) => entries.delete(name),
  };
}

test.each([
  [1_000_000, 600_000],
  [9_999_000, 1_000],
])(
  'keeps a verdict at %d ms for %d ms: as long as the token is valid, and ten minutes at most',
  (now, life) => {
    const verdicts = cache();
    keepVerdict(verdicts, 'token', identity, () => true, now);
    expect(verdicts.entries.get('token')).toEqual(['a@example.org', life]);
  },
);

test('keeps no verdict of a token that has expired', () => {
  const verdicts = cache();
  keepVerdict(verdicts, 'token', identity, () => true, 10_000_000);
  expect(verdicts.entries.size).toBe(0);
});

test.each(['before', 'after'] as const)(
  'keeps no verdict of a key that another worker withdraws right %s',
  (when) => {
    let isPublished = true;
    const withdraw = (): void => {
      isPublished = false;
      verdicts.entries.clear();
    };
    const verdicts = when === 'before' ? cache(withdraw) : cache(undefined, withdraw);
    keepVerdict(verdicts, 'token', identity, () => isPublished, 0);
    expect(verdicts.entries.size).toBe(0);
  },
);
