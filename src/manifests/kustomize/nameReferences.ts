import { type Fields, isFields, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { changeAt, concerns, refused } from './fieldPaths.ts';
import { type Referred, referred } from './referencePaths.ts';
import {
  asObject,
  type Id,
  idOf,
  idsOf,
  nowhere,
  originalId,
  type Resource,
  type Say,
  withObject,
} from './resource.ts';

/** An object that may be referred to, with what is asked of it again and again. */
interface Candidate {
  resource: Resource;
  id: Id;
  earlier: readonly Id[];
}

/**
 * Rewrites the names by which objects refer to others whose names have changed on the way: by prefixes, suffixes,
 * hashes and patches. Which object is meant follows from what it was called before, its kind and its namespace.
 */
export function withReferences(resources: readonly Resource[], say: Say): readonly Resource[] {
  const candidates = resources
    .filter(({ previous }) => previous.length > 0)
    .map((resource): Candidate => ({ resource, id: idOf(resource), earlier: idsOf(resource).slice(0, -1) }));
  if (candidates.length === 0) return resources;
  const byName = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    for (const name of new Set(candidate.earlier.map((id) => id.name)))
      byName.set(name, [...(byName.get(name) ?? []), candidate]);
  }
  const places = resources.map((resource) => ({ resource, id: idOf(resource), first: originalId(resource) }));
  const relevant = pathsIn(candidates);
  if (relevant.length === 0) return resources;
  return resources.map((resource) => {
    const first = originalId(resource);
    let object: unknown = resource.source.object;
    for (const target of relevant) {
      for (const path of target.from) {
        if (!concerns(path, first)) continue;
        const within = { referrer: resource, target, path: path.path, byName, places, say };
        const next = changeAt(object, path, (value) => renamed(within, value));
        if (next === refused)
          say(
            'refused',
            `a name in ${first.kind} ${first.name} stands where none is expected (${path.path})`,
          );
        else object = next;
      }
    }
    const changed = object === resource.source.object ? undefined : asObject(object);
    return changed === undefined ? resource : withObject(resource, changed);
  });
}

/** Maps also get the namespace of what they name, whether or not its name has changed. */
const mapped: ReadonlySet<string> = new Set(['subjects', 'webhooks/clientConfig/service']);

/** Where something may have to be rewritten: paths to kinds of which one has another name than before. */
function pathsIn(candidates: readonly Candidate[]): readonly Referred[] {
  const kinds = new Set<string>();
  const renamed = new Set<string>();
  for (const { id, earlier } of candidates)
    for (const { kind, name } of earlier) {
      kinds.add(kind);
      if (name !== id.name) renamed.add(kind);
    }
  return referred.flatMap((target): Referred[] => {
    if (renamed.has(target.kind)) return [target];
    if (!kinds.has(target.kind)) return [];
    const from = target.from.filter(({ path }) => mapped.has(path));
    return from.length === 0 ? [] : [{ ...target, from }];
  });
}

interface Reference {
  referrer: Resource;
  target: Referred;
  path: string;
  byName: ReadonlyMap<string, readonly Candidate[]>;
  /** Every object, with what it is called now and was called first. */
  places: readonly { resource: Resource; id: Id; first: Id }[];
  say: Say;
}

function renamed(reference: Reference, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => (Array.isArray(item) ? refused : renamed(reference, item)));
    if (items.includes(refused)) return refused;
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (isFields(value)) return renamedMap(reference, value);
  if (typeof value !== 'string') return value;
  const meant = select(reference, value, (candidates) => candidates, sameName);
  return meant === undefined ? value : meant.id.name;
}

/** A map with a name and a namespace, such as the subject of a binding. */
function renamedMap(reference: Reference, value: Fields): unknown {
  const { name, namespace } = value;
  if (name === undefined) return refused;
  if (typeof name !== 'string') return value;
  const meant = select(
    reference,
    name,
    (candidates) =>
      typeof namespace === 'string' ? inNamespace(reference, candidates, namespace) : candidates,
    (candidates) =>
      sameName(candidates) && same(candidates, ({ resource }) => resource.source.object.metadata.namespace),
  );
  if (meant === undefined) return value;
  const own = meant.resource.source.object.metadata.namespace;
  if (meant.id.name === name && (own === undefined || own === namespace)) return value;
  return { ...value, name: meant.id.name, ...(own === undefined ? {} : { namespace: own }) };
}

/** Those that stood in the namespace at first; where nothing at all did, those that stand there now. */
function inNamespace(
  { referrer, places }: Reference,
  candidates: readonly Candidate[],
  namespace: string,
): readonly Candidate[] {
  const id = idOf(referrer);
  const bound = bindingNamespaces(referrer);
  const any = places.some((place) => place.first.namespace === namespace && mayRefer(id, place, bound));
  return candidates.filter(({ id: now, earlier }) => (any ? earlier[0] : now)?.namespace === namespace);
}

function select(
  { referrer, target, path, byName, say }: Reference,
  name: string,
  narrow: (candidates: readonly Candidate[]) => readonly Candidate[],
  areOne: (candidates: readonly Candidate[]) => boolean,
): Candidate | undefined {
  const found = byName.get(name);
  if (found === undefined) return undefined;
  const id = idOf(referrer);
  const namespaces = bindingNamespaces(referrer);
  const role = path.endsWith('roleRef/name') ? roleOf(referrer) : undefined;
  const sieved = narrow(found.filter((candidate) => mayRefer(id, candidate, namespaces)))
    .filter(({ earlier }) => earlier.some((each) => concerns({ ...target, path }, each)))
    .filter(({ earlier }) => role === undefined || earlier.some((each) => concerns(role, each)))
    .filter(
      (candidate) =>
        id.namespace === nowhere ||
        candidate.id.namespace === nowhere ||
        candidate.id.kind === 'ServiceAccount' ||
        candidate.id.namespace === id.namespace,
    );
  if (sieved.length <= 1) return sieved[0];
  const alike = sieved.filter(({ resource }) => endAlike(resource, referrer, true));
  const closest =
    alike.length > 1 ? alike.filter(({ resource }) => endAlike(resource, referrer, false)) : alike;
  if (closest.length <= 1 || areOne(closest)) return closest[0];
  say('refused', `${id.kind} ${originalId(referrer).name} names ${name}, which several objects were called`);
  return undefined;
}

/** Objects of one namespace refer to one another, and to what has none; a binding also to accounts elsewhere. */
function mayRefer(
  id: Id,
  candidate: Pick<Candidate, 'id' | 'resource'>,
  namespaces: ReadonlySet<string>,
): boolean {
  return (
    id.namespace === nowhere ||
    candidate.id.namespace === nowhere ||
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
  // An empty group is any group to kustomize.
  return { path: '', kind, ...(group === '' ? {} : { group }) };
}

/** Whether two objects got the same prefixes and suffixes, as far as the one that got fewer goes. */
function endAlike(a: Resource, b: Resource, allowNone: boolean): boolean {
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
