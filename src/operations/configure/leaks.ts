import { compile } from '../../compile/compile.ts';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { PrivateValues } from '../../config/private.ts';
import { type PrivateMatch, type PrivateMatcher, privateMatcher } from '../../privacy/matcher.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { namedValues } from '../../private-values/namedValues.ts';
import { textsOf } from '../../private-values/searchedValues.ts';
import type { Problem } from '../../problems/problem.ts';
import { parseRecipients } from '../../secrets/age/recipient.ts';
import { encryptDocument } from '../../secrets/sops/encrypt.ts';
import { kubernetesSecretRule } from '../../secrets/sops/rule.ts';

/** The text that a planned file adds to the repository. */
export function textOf(file: PlannedFile): string {
  return 'content' in file ? file.content : ('entries' in file ? file.entries : file.lines).join('\n');
}

/** Finds every private and secret value of a configuration. Compiling it takes longer than a search. */
export function matcherOf({ private: privates, secret, places }: Configuration['loaded']): PrivateMatcher {
  return privateMatcher(namedValues([...privates, ...secret], textsOf(places.cluster.value)));
}

/** A private value in a planned file. */
export interface PlannedMatch extends PrivateMatch {
  file: string;
}

/** What a search of the planned files finds. */
export interface SearchedPlan {
  /** Values that are in a file because they are private values: mistakes of Gatehouse. */
  leaked: readonly Problem[];
  /** Values that are words of these files, whatever the private values are. */
  words: readonly PlannedMatch[];
}

/**
 * Searches the planned files for every private and secret value, in each form that the scanner knows. The types already
 * keep private values out; this is the second lock.
 *
 * A value may also be a word of a document, or a path in a container. Then it is there with other private values too,
 * and tells nobody anything: the plan is compiled with such values, and what both plans have at one place is no leak.
 */
export async function searchPlan(
  configuration: Configuration,
  plan: Plan,
  files: readonly PlannedFile[],
  { matcher, now }: { matcher: PrivateMatcher; now: Date },
): Promise<SearchedPlan> {
  const matches = files.flatMap((file) =>
    matcher.search(textOf(file)).map((match): PlannedMatch => ({ ...match, file: file.path })),
  );
  if (matches.length === 0) return { leaked: [], words: [] };
  const isWord = await wordsOfPlan(configuration, plan, { matcher, now });
  return {
    leaked: matches.filter((match) => !isWord(match)).map(leak),
    words: matches.filter(isWord),
  };
}

function leak({ name, form, line, column, file }: PlannedMatch): Problem {
  return {
    code: 'private-in-output',
    file,
    at: { line, column },
    message: `the value of ${name} would be here (${form})`,
    expected: `\${${name}}, or nothing`,
    remedy: 'this is a mistake of Gatehouse: please report it, without the value',
  };
}

/** Whether a match is in the plan of other private values too. */
async function wordsOfPlan(
  { loaded }: Configuration,
  plan: Plan,
  { matcher, now }: { matcher: PrivateMatcher; now: Date },
): Promise<(match: PlannedMatch) => boolean> {
  const { plan: other } = compile(
    { ...loaded, private: masked(loaded.private), secret: masked(loaded.secret) },
    catalogue,
  );
  if (other === undefined) return () => false;
  const known = new Set<string>();
  for (const file of other.files)
    for (const match of matcher.search(textOf(file))) known.add(placeOf({ ...match, file: file.path }));
  const encrypted = new Set(plan.encrypted.map(({ path }) => path));
  const recipients = parseRecipients(loaded.cluster.secrets.recipients);
  for (const { path, object } of other.encrypted) {
    if (!recipients.ok) break;
    const request = {
      file: path,
      plaintext: object,
      recipients: recipients.value,
      rule: kubernetesSecretRule,
    };
    const text = await encryptDocument({ ...request, now });
    for (const { name, form } of text.ok ? matcher.search(text.value) : [])
      known.add(`${path}\0${name}\0${form}`);
  }
  const planned = new Set(plan.files.map(({ path }) => path));
  return (match) => {
    if (encrypted.has(match.file)) return known.has(`${match.file}\0${match.name}\0${match.form}`);
    // The rules of SOPS, which hold public keys only.
    if (!planned.has(match.file)) return true;
    return known.has(placeOf(match));
  };
}

const placeOf = ({ file, name, form, line, column }: PlannedMatch): string =>
  [file, name, form, line, column].join('\0');

/** Values that no template has: characters for private use. */
function masked(values: PrivateValues): PrivateValues {
  return new Map([...values.keys()].map((name, index) => [name, `\u{f0000}${index}`]));
}
