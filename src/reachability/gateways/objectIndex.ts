import { fieldsAt, mapsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { knownLabels, type Labels, matches, parseSelector } from '../model/selector.ts';
import { type Truth, truthOf } from '../model/truth.ts';
import { nameLabel } from '../policies/network.ts';

/** Objects by API group, kind, namespace and name. */
export interface ObjectIndex {
  objects: readonly SourcedObject[];
  /** Every object of a kind. */
  all: (group: string, kind: string) => readonly SourcedObject[];
  find: (group: string, kind: string, namespace: string, name: string) => SourcedObject | undefined;
  /** Labels of a namespace. If it is not among the objects, only its name is known. */
  labelsOf: (namespace: string) => Labels;
  /** What a function reads of the objects; it is called once. */
  once: <Found>(read: (index: ObjectIndex) => Found) => Found;
}

export const gatewayGroup = 'gateway.networking.k8s.io';
export const envoyGroup = 'gateway.envoyproxy.io';

export function indexObjects(objects: readonly SourcedObject[]): ObjectIndex {
  const kinds = new Map<string, SourcedObject[]>();
  const named = new Map<string, SourcedObject>();
  const namespaces = new Map<string, Labels>();
  for (const source of objects) {
    const { object } = source;
    const kind = `${groupOf(object)}/${object.kind}`;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [source]);
    else known.push(source);
    named.set(`${kind}/${namespaceOf(object)}/${object.metadata.name}`, source);
    if (kind !== '/Namespace') continue;
    const { name } = object.metadata;
    const labels = new Map([[nameLabel, name] as const, ...textMapAt(object, 'metadata', 'labels')]);
    namespaces.set(name, knownLabels(labels));
  }
  const found = new Map<unknown, unknown>();
  const index: ObjectIndex = {
    objects,
    all: (group, kind) => kinds.get(`${group}/${kind}`) ?? [],
    find: (group, kind, namespace, name) => named.get(`${group}/${kind}/${namespace}/${name}`),
    labelsOf: (namespace) =>
      namespaces.get(namespace) ?? { known: new Map([[nameLabel, namespace]]), uncertain: 'every' },
    once: <Found>(read: (index: ObjectIndex) => Found): Found => {
      if (!found.has(read)) found.set(read, read(index));
      return found.get(read) as Found;
    },
  };
  return index;
}

/**
 * Whether a `namespaces: {from, selector}` lets a namespace in (Gateway API's RouteNamespaces, ListenerNamespaces,
 * and Envoy Gateway's TargetSelector).
 *
 * @param absent the value of `from` if it is missing
 */
export function admitsNamespace(
  index: ObjectIndex,
  allowed: unknown,
  own: string,
  other: string,
  absent: 'Same' | 'None',
): Truth {
  switch (textAt(allowed, 'from') ?? absent) {
    case 'All':
      return 'yes';
    case 'Same':
      return truthOf(own === other);
    case 'Selector':
      return matches(parseSelector(valueAt(allowed, 'selector')), index.labelsOf(other));
    default:
      return 'no';
  }
}

/** A reference to an object by group, kind, namespace and name. */
export interface Reference {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Whether a ReferenceGrant in the namespace of the target allows a reference from another namespace. */
export function isGranted(index: ObjectIndex, from: Omit<Reference, 'name'>, to: Reference): boolean {
  if (from.namespace === to.namespace) return true;
  return index.all(gatewayGroup, 'ReferenceGrant').some(({ object }) => {
    if (namespaceOf(object) !== to.namespace) return false;
    const spec = fieldsAt(object, 'spec');
    const fromThere = mapsAt(spec, 'from').some(
      (each) =>
        (textAt(each, 'group') ?? '') === from.group &&
        textAt(each, 'kind') === from.kind &&
        textAt(each, 'namespace') === from.namespace,
    );
    const toThis = mapsAt(spec, 'to').some(
      (each) =>
        (textAt(each, 'group') ?? '') === to.group &&
        textAt(each, 'kind') === to.kind &&
        [undefined, '', to.name].includes(textAt(each, 'name')),
    );
    return fromThere && toThis;
  });
}
