import { isTemplate, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Effect, Unmodelled } from '../model/unmodelled.ts';
import type { Reach, Unread } from './kind.ts';
import { readingOf } from './registry.ts';

/**
 * What the objects that are not read may bring: those of kinds that are known and not read, and those of kinds that are
 * not known. An object of a kind that is not known may make objects of every kind in its own namespace.
 */
export function unreadObjects(objects: readonly SourcedObject[]): readonly Unmodelled[] {
  const readings = new Map<string, ReturnType<typeof readingOf>>();
  const clusterKinds = new Set(
    objects.flatMap((source) => [...clusterScopedKind(source), ...composedKinds(source)]),
  );
  return objects.flatMap((source) => {
    const { object } = source;
    const kind = kindOf(object);
    if (isTemplate(kind)) return [];
    if (!readings.has(kind)) readings.set(kind, readingOf(groupOf(object), object.kind));
    const reading = readings.get(kind);
    if (reading === undefined) return [unknownKind(source, kind, clusterKinds.has(kind))];
    return reading.state === 'unread' ? knownEffects(source, kind, reading) : [];
  });
}

function kindOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

/** The kind that a definition defines for the whole cluster. */
function clusterScopedKind({ object }: SourcedObject): readonly string[] {
  if (object.kind !== 'CustomResourceDefinition' || textAt(object, 'spec', 'scope') !== 'Cluster') return [];
  return [`${textAt(object, 'spec', 'group') ?? ''}/${textAt(object, 'spec', 'names', 'kind') ?? ''}`];
}

/**
 * The kinds of which each object is made into others, of any namespace: of a ResourceGraphDefinition (kro 0.4, docs) and
 * of a CompositeResourceDefinition, with its claims (Crossplane 2, docs).
 */
function composedKinds({ object }: SourcedObject): readonly string[] {
  const spec = valueAt(object, 'spec');
  const kindsIn = (group: string, ...names: (string | undefined)[]): readonly string[] =>
    names.flatMap((name) => (name === undefined ? [] : [`${group}/${name}`]));
  switch (kindOf(object)) {
    case 'kro.run/ResourceGraphDefinition':
      return kindsIn(textAt(spec, 'schema', 'group') || 'kro.run', textAt(spec, 'schema', 'kind'));
    case 'apiextensions.crossplane.io/CompositeResourceDefinition':
      return kindsIn(
        textAt(spec, 'group') ?? '',
        textAt(spec, 'names', 'kind'),
        textAt(spec, 'claimNames', 'kind'),
      );
    default:
      return [];
  }
}

const remedy = 'Check what its controller makes, among the objects that kubectl get -A -o yaml prints';

function knownEffects(source: SourcedObject, family: string, unread: Unread): readonly Unmodelled[] {
  const object = refOf(source);
  const all: Reach = {
    effects: unread.effects,
    namespace: unread.scope === 'own' ? object.namespace : undefined,
  };
  const reaches =
    unread.narrow === undefined ? [all] : unread.narrow(source.object).map((each) => ({ ...all, ...each }));
  const sentence = `${describeObject(object)} ${unread.does}`;
  return reaches.map((reach) => ({ object, sentence, remedy, rule: 'not read', family, ...reach }));
}

const anything: readonly Effect[] = ['pods', 'services', 'routes', 'policies'];

/** A definition says whether a kind is of the whole cluster. Without one, an object without a namespace may be. */
function unknownKind(source: SourcedObject, family: string, isClusterScoped: boolean): Unmodelled {
  const object = refOf(source);
  const secrets: readonly Effect[] = source.encrypted === true ? [] : ['secrets'];
  const group = groupOf(source.object);
  return {
    object,
    effects: [...anything, ...secrets],
    namespace: isClusterScoped ? undefined : object.namespace,
    sentence: `${describeObject(object)} is of a kind that is not known (${group === '' ? 'v1' : group}), and may make pods, Services, routes, network policies and Secrets`,
    remedy,
    rule: 'its kind is not known',
    family,
  };
}
