import { isFields, isTemplate, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { isFluxKustomization, nameOf } from './fields.ts';
import { ignoredPart } from './ignoreRules.ts';
import { reasonInSpec } from './kustomizationSpec.ts';
import { reasonInMetadata } from './objectMetadata.ts';

/** A Flux Kustomization that was built. */
export interface Built {
  source: SourcedObject;
  /** Why Flux refuses to apply it, or why it is not known what it applies. */
  refused: readonly string[];
}

/** Why a Flux Kustomization, by its `namespace/name`, may not be applied as it is; the names that led to it are in `by`. */
type ReasonOf = (name: string, by: readonly string[]) => string | undefined;

/**
 * Says of each object why the cluster may run another form of it, or none: by its own annotations, by the Flux
 * Kustomization that applies it, by what that one depends on, or by the Kustomization that applies that one.
 *
 * @param built every Flux Kustomization that was built, as it is applied
 * @param there names of Flux Kustomizations that are there besides, as `namespace/name`
 */
export function withCertainty(
  objects: readonly SourcedObject[],
  built: readonly Built[],
  there: ReadonlySet<string>,
): readonly SourcedObject[] {
  const byName = new Map<string, Built[]>();
  for (const each of built)
    byName.set(nameOf(each.source), [...(byName.get(nameOf(each.source)) ?? []), each]);
  const members = waitedFor(objects);
  const known = new Map<string, string | undefined>();
  const reasonOf: ReasonOf = (name, by) => {
    if (known.has(name)) return known.get(name);
    const reason = first(byName.get(name) ?? [], (each) =>
      reasonFor(each, [...by, name], reasonOf, { isThere, members }),
    );
    // Inside of a cycle the answer depends on where it was entered.
    if (by.length === 0 || reason === undefined) known.set(name, reason);
    return reason;
  };
  // A file may leave the namespace to the kustomization that lists it.
  const isThere = (name: string): boolean =>
    byName.has(name) || there.has(name) || there.has(name.slice(name.indexOf('/')));
  return objects.map((source) => {
    const { object, appliedBy } = source;
    const own = reasonInMetadata(object);
    const uncertain =
      own === undefined
        ? (first(appliedBy === undefined ? [] : [appliedBy], (name) => reasonOf(name, [])) ??
          first(byName.get(appliedBy ?? '') ?? [], (each) => ignoredPart(source, each.source)))
        : `${describeObject(refOf(source))} ${own}`;
    return uncertain === undefined ? source : { ...source, uncertain };
  });
}

function first<Item>(items: readonly Item[], find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function reasonFor(
  { source, refused }: Built,
  by: readonly string[],
  reasonOf: ReasonOf,
  { isThere, members }: Known,
): string | undefined {
  const self = describeObject(refOf(source));
  const own = reasonInSpec(source.object) ?? reasonInMetadata(source.object) ?? withoutNamespace(source);
  if (own !== undefined) return `${self} ${own}`;
  if (refused[0] !== undefined) return `${self} is not applied: ${refused[0]}`;
  const dependencies = mapsAt(source.object, 'spec', 'dependsOn');
  const waiting = first(dependenciesOf(source), (name) => {
    if (by.includes(name)) return `it depends on itself by way of ${name}`;
    if (!isThere(name)) return `it depends on ${name}, which is not among these objects`;
    return reasonOf(name, by) ?? whyNotReady(members.get(name) ?? [], by, reasonOf);
  });
  if (waiting !== undefined) return `${self} waits for what it depends on: ${waiting}`;
  const expression = dependencies.find((each) => valueAt(each, 'readyExpr') !== undefined);
  if (expression !== undefined)
    return `${self} waits until the readyExpr of ${textAt(expression, 'name') ?? 'a dependency'} is true, which is not known`;
  const { appliedBy } = source;
  return appliedBy === undefined || by.includes(appliedBy) ? undefined : reasonOf(appliedBy, by);
}

/** kubectl puts it into `default`, or where its user says; there its source is looked for. */
function withoutNamespace({ object, appliedBy }: SourcedObject): string | undefined {
  if (appliedBy !== undefined || object.metadata.namespace) return undefined;
  return textAt(object, 'spec', 'sourceRef', 'namespace') === undefined
    ? 'names no namespace and nothing here applies it, so whether its source is in its namespace is not known'
    : undefined;
}

/** What is known of all Flux Kustomizations of a cluster. */
interface Known {
  isThere: (name: string) => boolean;
  /** The Flux objects that a Kustomization waits for after it applied them, by its name. */
  members: ReadonlyMap<string, readonly SourcedObject[]>;
}

/** Objects of which the controller says whether they are ready, and which may be suspended. */
const fluxGroups = /^(?:kustomize|helm|source)\.toolkit\.fluxcd\.io$/;

/** A Kustomization waits for all that it applies with `wait`, and else for its `healthChecks`. */
function waitedFor(objects: readonly SourcedObject[]): ReadonlyMap<string, readonly SourcedObject[]> {
  const flux = objects.filter(({ object }) => fluxGroups.test(groupOf(object)));
  const applied = new Map<string, SourcedObject[]>();
  const called = new Map<string, SourcedObject>();
  for (const source of flux) {
    const { appliedBy = '', object } = source;
    const beside = applied.get(appliedBy);
    if (beside === undefined) applied.set(appliedBy, [source]);
    else beside.push(source);
    called.set(`${object.kind} ${nameOf(source)}`, source);
  }
  return new Map(
    flux.filter(isFluxKustomization).map((source) => {
      const { object } = source;
      const checks = mapsAt(object, 'spec', 'healthChecks').flatMap((check) => {
        const namespace = textAt(check, 'namespace') || (object.metadata.namespace ?? '');
        return called.get(`${textAt(check, 'kind')} ${namespace}/${textAt(check, 'name')}`) ?? [];
      });
      const waits = valueAt(object, 'spec', 'wait') === true;
      return [nameOf(source), waits ? (applied.get(nameOf(source)) ?? []) : checks];
    }),
  );
}

/** Why a Kustomization does not become ready, although it is applied: what it waits for does not. */
function whyNotReady(
  members: readonly SourcedObject[],
  by: readonly string[],
  reasonOf: ReasonOf,
): string | undefined {
  return first(members, (member) => {
    if (valueAt(member.object, 'spec', 'suspend') === true)
      return `it waits for ${describeObject(refOf(member))}, which is suspended`;
    const name = nameOf(member);
    return isFluxKustomization(member) && !by.includes(name) ? reasonOf(name, by) : undefined;
  });
}

/** The names of `dependsOn`. Flux applies nothing before they are ready in the same revision, so a suspended one is not. */
function dependenciesOf({ object }: SourcedObject): readonly string[] {
  return mapsAt(object, 'spec', 'dependsOn').flatMap((dependency) => {
    const name = textAt(dependency, 'name') ?? '';
    const namespace = textAt(dependency, 'namespace') || object.metadata.namespace || '';
    return isTemplate(name) || isTemplate(namespace) ? [] : [`${namespace}/${name}`];
  });
}

/** The Flux Kustomizations that the Flux Operator makes of a FluxInstance: `sync.name`, or the name of its namespace. */
export function syncedNames(objects: readonly SourcedObject[]): readonly string[] {
  return objects.flatMap(({ object }) => {
    const { namespace = '' } = object.metadata;
    return isInstance(object) ? [`${namespace}/${textAt(object, 'spec', 'sync', 'name') ?? namespace}`] : [];
  });
}

/**
 * The Flux Kustomization that the Flux Operator makes of `sync` in a FluxInstance, or in the values of its chart
 * `flux-instance`. Undefined where the object has none.
 */
export function syncNameOf(object: KubernetesObject): string | undefined {
  const { namespace = 'flux-system' } = object.metadata;
  const sync = isInstance(object)
    ? valueAt(object, 'spec', 'sync')
    : object.kind === 'HelmRelease'
      ? valueAt(object, 'spec', 'values', 'instance', 'sync')
      : undefined;
  return isFields(sync) ? `${namespace}/${textAt(sync, 'name') ?? namespace}` : undefined;
}

function isInstance(object: KubernetesObject): boolean {
  return object.kind === 'FluxInstance' && groupOf(object) === 'fluxcd.controlplane.io';
}
