import type { LiveQuestion } from '../../components/contract/checks.ts';
import { nameOf, type PrivateValues } from '../../config/private.ts';
import type { Answer, PlaceName } from '../check.ts';

/** A question with the private values in clear text; undefined where they are not known. */
export type Named<Question> = {
  [Key in keyof Question]: Question[Key] extends symbol | undefined ? string | undefined : Question[Key];
};

/** A question with the private values in clear text. */
export function named<Question extends LiveQuestion>(
  question: Question,
  values: PrivateValues,
): Named<Question> {
  const entries = Object.entries(question).map(([key, value]) => [
    key,
    typeof value === 'symbol' ? values.get(nameOf(value as Parameters<typeof nameOf>[0])) : value,
  ]);
  return Object.fromEntries(entries) as Named<Question>;
}

/** How long a server may take, in milliseconds. */
export const patience = 15_000;

export const unknownValues: Answer = {
  verdict: 'not checked',
  evidence: ['The private values are not known here'],
};

/** What the user calls a place. */
export function wordOf(from: PlaceName): 'outside' | 'home' {
  return from === 'internet' ? 'outside' : 'home';
}

/** The answer where this computer is not in the place from which it has to be asked. */
export function notThere(from: PlaceName): Answer {
  return {
    verdict: 'not checked',
    evidence: [`It has to be asked from ${wordOf(from)}, and this run is not there`],
    remedy: `gatehouse verify --from ${wordOf(from)}`,
  };
}
