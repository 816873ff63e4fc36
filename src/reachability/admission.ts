import { groupOf } from '../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject, type Unknown } from '../manifests/sourcedObject.ts';
import {
  comparableIn,
  refusalOf,
  type Structure,
  unreadVersions,
  type ValidatedObject,
} from './invariants/structure.ts';

/** What an API server holds of objects. */
export interface Admission {
  /** The objects that are there, and those that may be: the latter say in `uncertain` why. */
  objects: readonly SourcedObject[];
  /** What is refused or may be, each as a sentence. */
  refused: readonly string[];
  /** What Flux refuses. What schemas say is told by a proof of its own. */
  unknowns: readonly Unknown[];
}

/** Why an object is not there, or perhaps not. */
interface Refusal {
  sentence: string;
  /** It is not there. Otherwise the cluster may accept it. */
  certain: boolean;
  remedy: string;
}

/**
 * The objects that an API server holds. One that it refuses for certain is not there: it neither protects nor opens
 * anything. Of the rest it is uncertain
 *
 * - what it may refuse, such as an object of a kind that the cluster may know in another version;
 * - what the Flux Kustomization of a refused object applies: Flux does a dry run of all objects first, and a cluster may
 *   still run what it applied before;
 * - what a release makes, if an object of its chart is refused;
 * - what an uncertain Flux Kustomization or HelmRelease applies.
 *
 * Calling it twice changes nothing.
 */
export function admit(objects: readonly SourcedObject[], structure?: Structure): Admission {
  const refusals = refusalsAmong(objects, structure);
  const unread = unreadVersions(structure);
  const isClean =
    refusals.size + unread.size === 0 && !objects.some(({ uncertain }) => uncertain !== undefined);
  if (isClean) return { objects, refused: [], unknowns: [] };
  const fallen = fallenGroups(makersOf(objects, structure), refusals, unread);
  const admitted = objects.flatMap((source): readonly SourcedObject[] => {
    const refusal = refusals.get(source);
    if (refusal?.certain === true) return [];
    const uncertain =
      source.uncertain ?? refusal?.sentence ?? unread.get(source) ?? whyFallen(source, fallen);
    return [uncertain === undefined ? source : { ...source, uncertain }];
  });
  const unknowns = [...refusals].flatMap(([source, { sentence, remedy }]): readonly Unknown[] =>
    source.refused === undefined ? [] : [{ object: refOf(source), sentence, remedy }],
  );
  const refused = [...refusals.values()].map(({ sentence }) => sentence);
  return { objects: admitted, refused, unknowns };
}

function refusalsAmong(
  objects: readonly SourcedObject[],
  structure: Structure | undefined,
): ReadonlyMap<SourcedObject, Refusal> {
  const refusals = new Map<SourcedObject, Refusal>();
  for (const source of objects) {
    if (source.refused === undefined) continue;
    refusals.set(source, { sentence: source.refused, certain: true, remedy: 'Fix the object' });
  }
  if (structure === undefined) return refusals;
  const comparable = comparableIn(structure.validated);
  for (const validated of structure.validated) {
    const { source } = validated;
    const refusal = comparable(validated)
      ? refusalOf(validated, structure)
      : refusalOf(withKnownKeys(validated), { pinned: false });
    if (refusal === undefined || refusals.has(source)) continue;
    const name = describeObject(refOf(source));
    const { certain, why } = refusal;
    const sentence = certain
      ? `The API server refuses ${name}: ${why}`
      : `The API server may refuse ${name}: ${why}`;
    refusals.set(source, {
      sentence,
      certain,
      remedy: 'Fix the field, or compare it with what your cluster runs',
    });
  }
  return refusals;
}

/**
 * A definition among the objects counts, not ours. It is not read: it may accept what ours refuses, and so may have more
 * fields, which is common, or refuse the same, such as a field that is missing.
 */
function withKnownKeys(validated: ValidatedObject): ValidatedObject {
  return { ...validated, findings: validated.findings.filter(({ code }) => code !== 'unknown-key') };
}

/** What is applied as a whole: a chart by its release, or what a Flux Kustomization builds. */
function groupOfSource({ appliedBy, template, file, line }: SourcedObject): string | undefined {
  if (template !== undefined) return `release ${file}:${line ?? 0}`;
  return appliedBy === undefined ? undefined : `kustomization ${appliedBy}`;
}

/** The group that an object makes, if it is a Flux Kustomization or a HelmRelease. */
function groupMadeBy({ object, file, line, template }: SourcedObject): string | undefined {
  const group = groupOf(object);
  if (group === 'helm.toolkit.fluxcd.io' && template === undefined) return `release ${file}:${line ?? 0}`;
  if (group !== 'kustomize.toolkit.fluxcd.io') return undefined;
  const { namespace = '', name } = object.metadata;
  return `kustomization ${namespace}/${name}`;
}

/** A Flux Kustomization or a HelmRelease, and the group that it makes. */
interface Maker {
  source: SourcedObject;
  made: string;
}

/** What was validated beside the objects may make groups too: a Flux Kustomization that is applied by hand. */
function makersOf(objects: readonly SourcedObject[], structure: Structure | undefined): readonly Maker[] {
  const validated = structure?.validated.map(({ source }) => source) ?? [];
  return [...new Set([...objects, ...validated])].flatMap((source) => {
    const made = groupMadeBy(source);
    return made === undefined ? [] : [{ source, made }];
  });
}

/** The groups of which something is refused, each with the reason, and those that they make in turn. */
function fallenGroups(
  makers: readonly Maker[],
  refusals: ReadonlyMap<SourcedObject, Refusal>,
  unread: ReadonlyMap<SourcedObject, string>,
): ReadonlyMap<string, string> {
  const fallen = new Map<string, string>();
  const fall = (group: string | undefined, sentence: string): void => {
    if (group === undefined || fallen.has(group)) return;
    fallen.set(group, `${sentence}, so that ${describeGroup(group)} may apply nothing`);
  };
  const certainFirst = [...refusals].toSorted(
    ([, one], [, other]) => Number(other.certain) - Number(one.certain),
  );
  for (const [source, { sentence }] of certainFirst) fall(groupOfSource(source), sentence);
  for (let before = -1; before !== fallen.size; ) {
    before = fallen.size;
    for (const { source, made } of makers) {
      const own = refusals.get(source)?.sentence ?? source.uncertain ?? unread.get(source);
      const why = own ?? whyFallen(source, fallen);
      if (why !== undefined && !fallen.has(made)) fallen.set(made, why);
    }
  }
  return fallen;
}

function describeGroup(group: string): string {
  return group.startsWith('release ')
    ? 'its release'
    : `Flux Kustomization ${group.slice('kustomization '.length)}`;
}

function whyFallen(source: SourcedObject, fallen: ReadonlyMap<string, string>): string | undefined {
  const group = groupOfSource(source);
  return group === undefined ? undefined : fallen.get(group);
}
