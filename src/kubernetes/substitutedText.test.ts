import { describe, expect, it } from 'vitest';
import recorded from './recordedSubstitutedTexts.json' with { type: 'json' };
import { readAgain } from './substitutedText.ts';

/** What is invisible, or a line break to some readers: Go keeps it in a few places, and we say that it is not known. */
const notKnown = /[\u2028\u2029\ufeff]/;

/**
 * Whether fluxcd/pkg/envsubst 1.7.0 between the writer and the reader of sigs.k8s.io/yaml 1.6.0 kept each value, which
 * is what `SubstituteVariables` of fluxcd/pkg kustomize 1.24 runs: every printable character of ASCII at the start, in
 * the middle and at the end of a value, and values that YAML takes for something else.
 */
describe('the recorded answers of Flux', () => {
  it.each(recorded.answers)('are those of the model for $text', ({ text, kept }) => {
    const { values } = recorded;
    const wrong = values.filter((value, index) => {
      const filled = text.replaceAll('${V}', () => value);
      const isKept = readAgain(text, filled)?.value === filled;
      // Whether a block that begins with white space stays one is left open.
      const isLeftOpen = notKnown.test(value) || (text.startsWith('${V}\n') && /^(?:\s|$)/.test(value));
      return isKept !== (kept[index] === '1') && (isKept || !isLeftOpen);
    });
    expect(kept).toHaveLength(values.length);
    expect(wrong).toEqual([]);
  });
});

describe('a text in which something was filled in', () => {
  it.each([
    ['${V}', '0123', 83],
    ['${V}', 'yes', true],
    ['${V}', '', null],
    ['${V}', '-_1', -1],
    ['${V}', "o'brien", "o'brien"],
    ['${V}', "'o'", 'o'],
    ['x-${V}', 'x-yes', 'x-yes'],
  ])('becomes what Go reads: %s, %s', (text, filled, value) => {
    expect(readAgain(text, filled)).toEqual({ value });
  });

  it.each([
    ['${V}', '*a'],
    ['${V}', '%a'],
    ['${V}', '`a'],
    ['${V}', 'a: b: c'],
    ['${V}', 'a\nb'],
    ['${V}', 'a\u2028b'],
    ['${V}', 'a\u0085b'],
    ['a: ${V}', "a: o'brien"],
    ['a\u0007${V}', 'a\u0007"'],
  ])('is not known, or refused: %j, %j', (text, filled) => {
    expect(readAgain(text, filled)).toBeUndefined();
  });
});
