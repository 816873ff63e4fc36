import { type Fields, fieldsAt, mapsAt, textAt, textMapAt, valueAt } from '../../../kubernetes/fields.ts';
import { type KubernetesObject, namespaceOf } from '../../../kubernetes/object.ts';
import { refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { knownLabels } from '../selector.ts';
import type { Unmodelled } from '../unmodelled.ts';
import { portsOf, type Workload } from '../workload.ts';

/** The pods and objects that a controller creates for one object, as far as they are known. */
export interface ControllerOutput {
  workloads: readonly Omit<Workload, 'index'>[];
  /** Services that the controller creates, as objects with the place of their owner. */
  services: readonly SourcedObject[];
  /** Ingresses and routes that it creates, in the same way. */
  routes?: readonly SourcedObject[];
  /** What the controller may create beyond that. */
  unmodelled?: Omit<Unmodelled, 'object'>;
}

export type Controller = (source: SourcedObject, objects: readonly SourcedObject[]) => ControllerOutput;

export function nameOf(source: SourcedObject): string {
  return textAt(source.object, 'metadata', 'name') ?? '';
}

/** A pod of a controller, with labels that are known, and the keys of others that it has. */
export function controllerPod(
  source: SourcedObject,
  labels: Readonly<Record<string, string>>,
  ports: readonly number[],
  uncertain: Iterable<string> = [],
): Omit<Workload, 'index'> {
  const namespace = namespaceOf(source.object);
  const ref = refOf(source);
  return {
    ref,
    name: `${namespace}/${ref.kind}/${ref.name}`,
    namespace,
    labels: knownLabels(new Map(Object.entries(labels)), new Set(uncertain)),
    ports: ports.map((port) => ({ port, protocol: 'TCP' as const })),
    hostNetwork: false,
    spec: {},
    provenance: 'controller',
  };
}

/** The same with what a pod template of the object adds: labels, the ports of its containers, the network of its node. */
export function templatedPod(
  source: SourcedObject,
  labels: Readonly<Record<string, string>>,
  ports: readonly number[],
  template: { labels?: unknown; spec: Fields; uncertain?: Iterable<string> },
): Omit<Workload, 'index'> {
  const added = Object.fromEntries(textMapAt(template, 'labels'));
  const pod = controllerPod(source, { ...added, ...labels }, ports, template.uncertain);
  const own = portsOf(template.spec);
  return {
    ...pod,
    ports: [...pod.ports.filter(({ port }) => !own.some((each) => each.port === port)), ...own],
    hostNetwork: valueAt(template.spec, 'hostNetwork') === true,
    spec: template.spec,
  };
}

/** An object that the controller creates, in the namespace of its owner and with the owner's place. */
export function made(
  source: SourcedObject,
  { apiVersion, kind, name, spec }: { apiVersion: string; kind: string; name: string; spec: Fields },
): SourcedObject {
  const object: KubernetesObject = {
    apiVersion,
    kind,
    metadata: { name, namespace: namespaceOf(source.object) },
    spec,
  };
  return { ...source, object };
}

/** A Service that the controller creates. Fields of a template win over what the controller sets by default. */
export function madeService(
  source: SourcedObject,
  name: string,
  selector: Readonly<Record<string, string>>,
  ports: readonly Fields[],
  template: Fields = {},
): SourcedObject {
  const own = mapsAt(template, 'ports');
  const rest = ports.filter(
    (port) => !own.some((each) => each['name'] === port['name'] || each['port'] === port['port']),
  );
  const spec = { type: 'ClusterIP', ...template, selector, ports: [...own, ...rest] };
  return made(source, { apiVersion: 'v1', kind: 'Service', name, spec });
}

/** A map of the object's spec. */
export function specOf(source: SourcedObject, ...path: readonly string[]): Fields {
  return fieldsAt(source.object, 'spec', ...path);
}
