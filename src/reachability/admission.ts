import { groupOf } from '../kubernetes/object.ts';
import {
  describeObject,
  type ObjectRef,
  refOf,
  type SourcedObject,
  type Unknown,
} from '../manifests/sourcedObject.ts';
import { fallenGroups, whyFallen } from './fallenGroups.ts';
import {
  comparableIn,
  isOfOtherVersion,
  type ObjectRefusal,
  refusalOf,
  type Structure,
  unreadVersions,
  type ValidatedObject,
} from './invariants/structure.ts';
import { refusedByPolicies } from './refusers/admissionPolicies.ts';
import { refusedByLimits } from './refusers/quotas.ts';
import { removedLater } from './refusers/removals.ts';
import { withoutRights } from './refusers/serviceAccounts.ts';

/** What an API server holds of objects. */
export interface Admission {
  /** The objects that are there, and those that may be: the latter say in `uncertain` why. */
  objects: readonly SourcedObject[];
  /** What is refused or may be, each as a sentence. */
  refused: readonly string[];
  /** What Flux refuses. What schemas say is told by a proof of its own. */
  unknowns: readonly Unknown[];
  /** The objects that the sentences of uncertain objects are about, where that is known. */
  causes: ReadonlyMap<string, ObjectRef>;
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
 * - what a policy, a webhook or a quota among the objects may refuse;
 * - what the cluster may delete again, by its owners or its labels;
 * - what it may refuse, such as an object of a kind that the cluster may know in another version;
 * - what the Flux Kustomization of a refused object applies: Flux does a dry run of all objects first, and a cluster may
 *   still run what it applied before;
 * - what a release makes, if an object of its chart is refused;
 * - what an uncertain Flux Kustomization or HelmRelease applies, or one that needs something uncertain
 *   ({@link fallenGroups}).
 *
 * Calling it twice changes nothing.
 */
export function admit(objects: readonly SourcedObject[], structure?: Structure): Admission {
  const refusals = refusalsAmong(objects, structure);
  for (const [source, sentence] of [...refusedByPolicies(objects), ...refusedByLimits(objects)])
    if (!refusals.has(source))
      refusals.set(source, { sentence, certain: false, remedy: 'Exempt the object' });
  const doubts = new Map([
    ...removedLater(objects),
    ...withoutRights(withOutside(objects, structure)),
    ...unreadVersions(structure),
  ]);
  const isClean =
    refusals.size + doubts.size === 0 && !objects.some(({ uncertain }) => uncertain !== undefined);
  if (isClean) return { objects, refused: [], unknowns: [], causes: new Map() };
  const certainFirst = [...refusals].toSorted(
    ([, one], [, other]) => Number(other.certain) - Number(one.certain),
  );
  const fallen = fallenGroups(objects, structure, {
    refused: new Map(certainFirst.map(([source, { sentence }]) => [source, sentence])),
    uncertain: (source) => source.uncertain ?? doubts.get(source),
  });
  const causes = new Map<string, ObjectRef>();
  const admitted = objects.flatMap((source): readonly SourcedObject[] => {
    const refusal = refusals.get(source);
    if (refusal?.certain === true) return [];
    const own = source.uncertain ?? refusal?.sentence ?? doubts.get(source);
    const cause = own === undefined ? whyFallen(source, fallen) : undefined;
    if (cause !== undefined) causes.set(cause.sentence, cause.object);
    const uncertain = own ?? cause?.sentence;
    return [uncertain === undefined ? source : { ...source, uncertain }];
  });
  const unknowns = [...refusals].flatMap(([source, { sentence, remedy }]): readonly Unknown[] =>
    source.refused === undefined ? [] : [{ object: refOf(source), sentence, remedy }],
  );
  const refused = [...refusals.values()].map(({ sentence }) => sentence);
  return { objects: admitted, refused, unknowns, causes };
}

/** With the Flux objects that were validated beside them. */
function withOutside(
  objects: readonly SourcedObject[],
  structure: Structure | undefined,
): readonly SourcedObject[] {
  return [...new Set([...objects, ...(structure?.validated ?? []).map(({ source }) => source)])];
}

function refusalsAmong(
  objects: readonly SourcedObject[],
  structure: Structure | undefined,
): Map<SourcedObject, Refusal> {
  const refusals = new Map<SourcedObject, Refusal>();
  for (const source of objects) {
    if (source.refused === undefined) continue;
    refusals.set(source, { sentence: source.refused, certain: true, remedy: 'Fix the object' });
  }
  if (structure === undefined) return refusals;
  const comparable = comparableIn(structure.validated);
  for (const validated of structure.validated) {
    const { source } = validated;
    if (isOfUnknownVersion(validated) && !refusals.has(source)) {
      const sentence = `The API server may not know ${describeObject(refOf(source))} in version ${source.object.apiVersion}`;
      refusals.set(source, { sentence, certain: false, remedy: 'Use a version that Kubernetes serves' });
    }
    const refusal = comparable(validated)
      ? refusalOf(validated, structure)
      : (refusalByOwn(validated) ?? refusalOf(withKnownKeys(validated), { pinned: false }));
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

/** What the definition among the objects refuses. The cluster may run another one. */
function refusalByOwn({ source, own }: ValidatedObject): ObjectRefusal | undefined {
  return own === undefined ? undefined : refusalOf({ source, ...own }, { pinned: false });
}

/** Groups of Kubernetes itself. Without the version of an object there Flux applies nothing of its Kustomization. */
const groupsOfKubernetes =
  /^(?:|apps|batch|autoscaling|policy|(?:networking|rbac\.authorization|discovery|storage|scheduling|node|coordination|apiextensions|apiregistration|admissionregistration|certificates|flowcontrol\.apiserver)\.k8s\.io)$/;

function isOfUnknownVersion({ source, findings }: ValidatedObject): boolean {
  return groupsOfKubernetes.test(groupOf(source.object)) && isOfOtherVersion(findings);
}

/**
 * A definition among the objects counts, not ours. Its rules are not evaluated, and perhaps it could not be read: it may
 * accept what ours refuses, and so may have more fields, which is common, or refuse the same, such as a field that is
 * missing.
 */
function withKnownKeys(validated: ValidatedObject): ValidatedObject {
  return { ...validated, findings: validated.findings.filter(({ code }) => code !== 'unknown-key') };
}
