import type { KindEntry } from '../../kubernetes/schema.ts';
import type { Finding } from '../../kubernetes/validate.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import type { Invariant } from './invariant.ts';
import {
  comparableIn,
  fieldOf,
  isCertain,
  isFinal,
  isOfOtherVersion,
  qualifiedKind,
  type Structure,
} from './structure.ts';

/** What is encrypted, or filled in on the cluster, is left out. */
export const objectsValid = {
  id: 'objects-valid',
  title: 'Objects are valid',
  promise:
    'Each object has the structure of its kind: the API server accepts it and drops none of its fields',
  remedy: 'Fix the field: the API server rejects the object, or drops the field silently',
  brokenByPresence: true,
  prove: ({ structure }) => (structure === undefined ? [] : proveStructure(structure)),
} as const satisfies Invariant;

const mostNamed = 3;

function proveStructure({ validated, pinned }: Structure): readonly Conclusion[] {
  const compared = new Set(validated.filter(comparableIn(validated)));
  const refuted = validated.flatMap((each) => {
    if (each.source.refused !== undefined) return [concludeRefused(each.source, each.source.refused)];
    const { kind, findings: all } = each.own ?? each;
    if (kind === undefined || (each.own === undefined && !compared.has(each))) return [];
    const findings = all.filter((finding) => isFinal(finding, each.source.object));
    return findings.length === 0 ? [] : [concludeInvalid(each.source, findings, kind, pinned)];
  });
  const unread = unknownVersions(validated);
  if (refuted.length + unread.length > 0) return [...refuted, ...unread];
  const others = notCompared(validated.filter((each) => !compared.has(each)));
  const claim = `Every object ${others === '' ? '' : 'of a kind with a schema '}has the structure of its kind`;
  const sentence =
    compared.size === 0
      ? 'Nothing to prove: there is no definition of the kind of any object'
      : `${compared.size} objects were compared with the definitions of their kinds`;
  return [conclude(claim, [], { sentence: `${sentence}${others}`, evidence: [] })];
}

/** How many objects were not compared, by kind. */
function notCompared(left: Structure['validated']): string {
  if (left.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { source } of left) {
    const name = qualifiedKind(source.object);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const kinds = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `. Not compared, for want of a schema: ${kinds.map(([name, count]) => `${count} of kind ${name}`).join(', ')}`;
}

/** One conclusion for each kind of which objects have a version without a schema. */
function unknownVersions(validated: Structure['validated']): readonly Conclusion[] {
  const first = new Map<string, SourcedObject>();
  for (const { source, findings } of validated) {
    const { apiVersion, kind } = source.object;
    const name = `${kind} of ${apiVersion}`;
    if (isOfOtherVersion(findings) && !first.has(name)) first.set(name, source);
  }
  return [...first].map(([name, source]) => {
    const evidence = [{ object: refOf(source), rule: 'apiVersion' }];
    const sentence = `There is no schema for ${name}, so that its objects were not compared`;
    const remedy = 'Compare the objects of this version with the definition that your cluster runs';
    return conclude(
      `Each ${name} has the structure of its kind`,
      [{ certain: false, sentence, evidence, remedy }],
      {
        sentence: '',
        evidence: [],
      },
    );
  });
}

function whyPerhaps(findings: readonly Finding[], project: string, version: string): string {
  const unless = findings.find((finding) => finding.unless !== undefined)?.unless;
  return unless === undefined
    ? `by the definition of ${project} ${version}: another version may differ`
    : `the API server accepts it if ${unless}`;
}

/** What Flux or kubectl refuses before the API server sees the object. */
function concludeRefused(source: SourcedObject, sentence: string): Conclusion {
  const object = refOf(source);
  const objection = {
    certain: true,
    sentence,
    evidence: [{ object, rule: 'refused' }],
    remedy: 'Fix the object',
  };
  return conclude(`${describeObject(object)} is applied`, [objection], { sentence: '', evidence: [] });
}

function concludeInvalid(
  source: SourcedObject,
  findings: readonly Finding[],
  kind: KindEntry,
  pinned: boolean,
): Conclusion {
  const { source: project, version } = kind;
  const object = refOf(source);
  const sentences = findings
    .slice(0, mostNamed)
    .map(({ path, message, expected }) => `${fieldOf(path)}: ${message}, expected is ${expected}`);
  const more = findings.length > mostNamed ? `; and ${findings.length - mostNamed} more` : '';
  const certain = findings.some((finding) => isCertain(finding, kind, pinned));
  const where = certain ? '' : ` (${whyPerhaps(findings, project, version)})`;
  const evidence = findings.map(({ path }) => ({ object, rule: fieldOf(path) }));
  const objection = { certain, sentence: `${sentences.join('; ')}${more}${where}`, evidence };
  const remedy = 'Compare the field with the definition that your cluster runs';
  return conclude(
    `${describeObject(object)} has the structure of its kind`,
    [certain ? objection : { ...objection, remedy }],
    { sentence: '', evidence: [] },
  );
}
