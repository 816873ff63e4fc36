import { defined } from '../../kubernetes/defined.ts';
import { type Fields, isFields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { appliesTo, changeAt, rejected } from './fieldPaths.ts';
import { type ReferenceTarget, referenceTargets } from './referencePaths.ts';
import {
  asObject,
  clusterScope,
  type Id,
  idOf,
  idsOf,
  originalId,
  type Report,
  type Resource,
  withObject,
} from './resource.ts';

/** An object that others may refer to, with its ids. */
interface Candidate {
  resource: Resource;
  id: Id;
  earlier: readonly Id[];
}

/**
 * Updates references to objects that a prefix, a suffix, a hash or a patch has renamed. The referenced object is found
 * by its previous names, its kind and its namespace.
 */
export function withNameReferences(resources: readonly Resource[], report: Report): readonly Resource[] {
  const candidates = resources
    .filter(({ previousIds }) => previousIds.length > 0)
    .map((resource): Candidate => ({ resource, id: idOf(resource), earlier: idsOf(resource).slice(0, -1) }));
  if (candidates.length === 0) return resources;
  const byName = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const name of new Set(candidate.earlier.map((id) => id.name)))
      byName.set(name, [...(byName.get(name) ?? []), candidate]);
  }
  const objects = resources.map((resource) => ({
    resource,
    id: idOf(resource),
    first: originalId(resource),
  }));
  const relevant = pathsIn(candidates);
  if (relevant.length === 0) return resources;
  return resources.map((resource) => {
    const first = originalId(resource);
    let object: unknown = resource.source.object;
    for (const target of relevant) {
      for (const path of target.from) {
        if (!appliesTo(path, first)) continue;
        const reference = { referrer: resource, target, path: path.path, byName, objects, report };
        const next = changeAt(object, path, (value) => updatedReference(reference, value));
        if (next === rejected)
          report('refused', `${first.kind} ${first.name} has an unexpected value at ${path.path}`);
        else object = next;
      }
    }
    const changed = object === resource.source.object ? undefined : asObject(object);
    return changed === undefined ? resource : withObject(resource, changed);
  });
}

/** References with a namespace. It is updated even if the name of the referenced object has not changed. */
const pathsWithNamespace: ReadonlySet<string> = new Set(['subjects', 'webhooks/clientConfig/service']);

/** The references that may need an update: those to a kind of which an object was renamed. */
function pathsIn(candidates: readonly Candidate[]): readonly ReferenceTarget[] {
  const kinds = new Set<string>();
  const renamedKinds = new Set<string>();
  for (const { id, earlier } of candidates)
    for (const { kind, name } of earlier) {
      kinds.add(kind);
      if (name !== id.name) renamedKinds.add(kind);
    }
  return referenceTargets.flatMap((target): ReferenceTarget[] => {
    if (renamedKinds.has(target.kind)) return [target];
    if (!kinds.has(target.kind)) return [];
    const from = target.from.filter(({ path }) => pathsWithNamespace.has(path));
    return from.length === 0 ? [] : [{ ...target, from }];
  });
}

interface Reference {
  referrer: Resource;
  target: ReferenceTarget;
  path: string;
  byName: ReadonlyMap<string, readonly Candidate[]>;
  /** Every object, with its current and its original id. */
  objects: readonly { resource: Resource; id: Id; first: Id }[];
  report: Report;
}

function updatedReference(reference: Reference, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => (Array.isArray(item) ? rejected : updatedReference(reference, item)));
    if (items.includes(rejected)) return rejected;
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (isFields(value)) return updatedMap(reference, value);
  if (typeof value !== 'string') return value;
  const referent = findReferent(reference, value, (candidates) => candidates, sameName);
  return referent === undefined ? value : referent.id.name;
}

/** A map with a name and a namespace, such as a subject of a RoleBinding. */
function updatedMap(reference: Reference, value: Fields): unknown {
  const { name, namespace } = value;
  if (name === undefined) return rejected;
  if (typeof name !== 'string') return value;
  const referent = findReferent(
    reference,
    name,
    (candidates) =>
      typeof namespace === 'string' ? inNamespace(reference, candidates, namespace) : candidates,
    (candidates) =>
      sameName(candidates) && same(candidates, ({ resource }) => resource.source.object.metadata.namespace),
  );
  if (referent === undefined) return value;
  const current = referent.resource.source.object.metadata.namespace;
  if (referent.id.name === name && (current === undefined || current === namespace)) return value;
  return { ...value, ...defined({ name: referent.id.name, namespace: current }) };
}

/** Candidates that were originally in the namespace. If no object was, those that are in it now. */
function inNamespace(
  { referrer, objects }: Reference,
  candidates: readonly Candidate[],
  namespace: string,
): readonly Candidate[] {
  const id = idOf(referrer);
  const bound = bindingNamespaces(referrer);
  const byOriginal = objects.some(
    (object) => object.first.namespace === namespace && mayRefer(id, object, bound),
  );
  return candidates.filter(
    ({ id: current, earlier }) => (byOriginal ? earlier[0] : current)?.namespace === namespace,
  );
}

function findReferent(
  { referrer, target, path, byName, report }: Reference,
  name: string,
  narrow: (candidates: readonly Candidate[]) => readonly Candidate[],
  areOne: (candidates: readonly Candidate[]) => boolean,
): Candidate | undefined {
  const found = byName.get(name);
  if (found === undefined) return undefined;
  const id = idOf(referrer);
  const namespaces = bindingNamespaces(referrer);
  const role = path.endsWith('roleRef/name') ? roleOf(referrer) : undefined;
  const matching = narrow(found.filter((candidate) => mayRefer(id, candidate, namespaces)))
    .filter(({ earlier }) => earlier.some((each) => appliesTo({ ...target, path }, each)))
    .filter(({ earlier }) => role === undefined || earlier.some((each) => appliesTo(role, each)))
    .filter(
      (candidate) =>
        id.namespace === clusterScope ||
        candidate.id.namespace === clusterScope ||
        candidate.id.kind === 'ServiceAccount' ||
        candidate.id.namespace === id.namespace,
    );
  if (matching.length <= 1) return matching[0];
  const alike = matching.filter(({ resource }) => haveSameAffixes(resource, referrer, true));
  const closest =
    alike.length > 1 ? alike.filter(({ resource }) => haveSameAffixes(resource, referrer, false)) : alike;
  if (closest.length <= 1 || areOne(closest)) return closest[0];
  report(
    'refused',
    `${id.kind} ${originalId(referrer).name} refers to ${name}, which was the name of several objects`,
  );
  return undefined;
}

/** An object may refer to its own namespace and to cluster-scoped objects; a RoleBinding also to its subjects. */
function mayRefer(
  id: Id,
  candidate: Pick<Candidate, 'id' | 'resource'>,
  namespaces: ReadonlySet<string>,
): boolean {
  return (
    id.namespace === clusterScope ||
    candidate.id.namespace === clusterScope ||
    candidate.id.namespace === id.namespace ||
    namespaces.has(candidate.resource.source.object.metadata.namespace ?? '')
  );
}

function bindingNamespaces({ source: { object } }: Resource): ReadonlySet<string> {
  if (object.kind !== 'RoleBinding') return new Set();
  return new Set(
    mapsAt(object, 'subjects').flatMap((subject) =>
      textAt(subject, 'kind') === 'ServiceAccount' ? (textAt(subject, 'namespace') ?? []) : [],
    ),
  );
}

function roleOf({ source: { object } }: Resource) {
  const group = textAt(object, 'roleRef', 'apiGroup');
  const kind = textAt(object, 'roleRef', 'kind');
  if (group === undefined || kind === undefined) return undefined;
  // For kustomize an empty group matches every group.
  return defined({ path: '', kind, group: group || undefined });
}

/** Whether two objects got the same last prefixes and suffixes, counted by the object that has fewer. */
function haveSameAffixes(a: Resource, b: Resource, allowNone: boolean): boolean {
  const alike = (one: readonly string[], other: readonly string[]): boolean => {
    const count = Math.min(one.length, other.length);
    if (count === 0) return allowNone || one.length === other.length;
    return one.slice(-count).join('\0') === other.slice(-count).join('\0');
  };
  return alike(a.prefixes, b.prefixes) && alike(a.suffixes, b.suffixes);
}

function sameName(candidates: readonly Candidate[]): boolean {
  return same(candidates, ({ id }) => id.name);
}

function same(candidates: readonly Candidate[], of: (candidate: Candidate) => string | undefined): boolean {
  return new Set(candidates.map(of)).size === 1;
}
