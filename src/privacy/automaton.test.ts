import { expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { buildAutomaton } from './automaton.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every end of a pattern, by a search at each position. */
function naive(patterns: readonly string[], text: string): string[] {
  const folded = text.toLowerCase();
  return Array.from({ length: text.length + 1 }, (_, end) =>
    patterns.flatMap((pattern, index) =>
      folded.slice(0, end).endsWith(pattern.toLowerCase()) ? [`${end}:${index}`] : [],
    ),
  ).flat();
}

function found(patterns: readonly string[], text: string): string[] {
  const hits: string[] = [];
  let last = 0;
  buildAutomaton(patterns.map((pattern) => ({ bytes: bytesOf(pattern) }))).run(
    bytesOf(text),
    (pattern, end) => {
      const beginningEnds = end - Math.max(0, (patterns[pattern] ?? '').length - 12);
      expect(beginningEnds).toBeGreaterThanOrEqual(last);
      last = beginningEnds;
      hits.push(`${end}:${pattern}`);
    },
  );
  return hits;
}

test('finds what a naive search finds, in order, in short and long texts', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '.', '\n');
  const text = (minLength: number, maxLength: number) =>
    fc.array(letters, { minLength, maxLength }).map((each) => each.join(''));
  fc.assert(
    fc.property(
      fc.uniqueArray(text(1, 6), { minLength: 1, maxLength: 8 }),
      text(0, 200),
      (patterns, body) => {
        expect(found(patterns, body).toSorted()).toEqual(naive(patterns, body).toSorted());
      },
    ),
    { numRuns: 500 },
  );
});

test('distinguishes patterns with a common prefix, and finds none beyond the end of the text', () => {
  const alike = fc.tuple(
    fc.constantFrom('0123456789ab', 'ababababab', ''),
    fc.stringMatching(/^[abA]{1,16}$/),
  );
  const text = fc
    .array(
      alike.map((parts) => parts.join('')),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.uniqueArray(
        alike.map((parts) => parts.join('')),
        { minLength: 1, maxLength: 8 },
      ),
      text,
      fc.nat(200),
      (patterns, body, end) => {
        const cut = body.slice(0, end);
        expect(found(patterns, cut).toSorted()).toEqual(naive(patterns, cut).toSorted());
      },
    ),
    { numRuns: 500 },
  );
});

test('finds a pattern at every position of a text', () => {
  const pattern = 'needle';
  for (const length of [100, 101]) {
    for (let at = 0; at + pattern.length <= length; at++) {
      const text = `${'.'.repeat(at)}${pattern}${'.'.repeat(length - at - pattern.length)}`;
      expect(found([pattern, 'x'], text)).toEqual([`${at + pattern.length}:0`]);
    }
  }
});
