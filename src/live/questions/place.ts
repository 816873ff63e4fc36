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

const lookAtNetwork = 'Look at the network of this computer, and ask again';
const makeName =
  'Make the DNS record of the hostname, or correct the hostname in cluster.yaml; a name that was just made may take minutes to be known';

/** What to do where nothing came back, by the code of the system that a place tells in brackets. */
const remedies: Readonly<Record<string, string>> = {
  ENOTFOUND: makeName,
  EAI_AGAIN: lookAtNetwork,
  EHOSTUNREACH: lookAtNetwork,
  ENETUNREACH: lookAtNetwork,
};

/** The answer where nothing came back. The remedy of the check is for a promise that is broken, and would mislead here. */
export function unanswered(asked: string, failure: string): Answer & { remedy: string } {
  const code = /\((?<code>[A-Z][A-Z0-9_]+)\)/.exec(failure)?.groups?.['code'] ?? '';
  const isTls = /CERT|SIGN|TLS|SSL|EPROTO/.test(code);
  const usual = isTls
    ? 'Look who answers there, and with which certificate: a proxy in between, or the wrong host'
    : 'Look whether something answers there from this computer, and ask again';
  return {
    verdict: 'not checked',
    evidence: [`${asked}: ${failure}`],
    remedy: remedies[code] ?? usual,
  };
}
