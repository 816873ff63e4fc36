import type { KubernetesObject } from '../kubernetes/object.ts';
import { fieldsAt, isFields, listAt, textAt, valueAt } from './fields.ts';
import type { Assumptions, Because, Protocol, Reach, SourcedObject } from './judgement.ts';
import { buildModel, type Model } from './model.ts';
import { flow } from './network.ts';
import { protocolOf, type Workload } from './workload.ts';

/** One question: may this connection be made? Both ends are `namespace/pod` or `namespace/kind/name`. */
export interface Query {
  from: string;
  to: string;
  protocol: Protocol;
  /** A number, or the name of a container port of the destination. */
  port: number | string;
}

export interface Answer {
  verdict: Reach;
  ingress: Reach;
  egress: Reach;
  because: readonly Because[];
}

/**
 * Reads a bare list of objects: a `List`, a `…List` whose items leave out their kind, or an array. An item
 * without a kind that has a pod selector is a NetworkPolicy, as in the items of a NetworkPolicyList.
 */
export function readObjects(value: unknown, file: string): readonly SourcedObject[] {
  const items = Array.isArray(value)
    ? value
    : isFields(value) && 'items' in value
      ? listAt(value, 'items')
      : [value];
  const listKind = (textAt(value, 'kind') ?? '').replace(/List$/, '');
  return items.filter(isFields).flatMap((item): readonly SourcedObject[] => {
    const inferred = isFields(valueAt(item, 'spec', 'podSelector')) ? 'NetworkPolicy' : listKind;
    const kind = textAt(item, 'kind') ?? inferred;
    const name = textAt(item, 'metadata', 'name');
    if (kind.endsWith('List')) return readObjects(item, file);
    if (name === undefined || kind === '') return [];
    const version = kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'v1';
    const metadata = { ...fieldsAt(item, 'metadata'), name };
    const object: KubernetesObject = {
      ...item,
      apiVersion: textAt(item, 'apiVersion') ?? version,
      kind,
      metadata,
    };
    return [{ object, file }];
  });
}

/**
 * Answers questions about the network between workloads, in their order. The objects are taken as an API server
 * returns them: a Namespace has the labels that it shows.
 */
export function answerQueries(
  objects: readonly SourcedObject[],
  queries: readonly Query[],
  assumptions: Assumptions,
): readonly Answer[] {
  const model = buildModel(objects, { ...assumptions, stored: true });
  const names = indexNames(model);
  return queries.map((query) => answer(model, names, query));
}

/** Workloads by every name that a question may use: `namespace/kind/name`, and `namespace/name` where it is one. */
function indexNames(model: Model): ReadonlyMap<string, readonly Workload[]> {
  const names = new Map<string, Workload[]>();
  for (const workload of model.workloads) {
    const { kind, name } = workload.ref;
    for (const key of [
      `${workload.namespace}/${name}`,
      `${workload.namespace}/${kind.toLowerCase()}/${name}`,
    ]) {
      names.set(key, [...(names.get(key) ?? []), workload]);
    }
  }
  return names;
}

function findWorkload(names: ReadonlyMap<string, readonly Workload[]>, text: string): Workload | undefined {
  const parts = text.split('/');
  const [namespace = '', kind = '', name = ''] = parts;
  const found = names.get(parts.length === 3 ? `${namespace}/${kind.toLowerCase()}/${name}` : text) ?? [];
  return found.find(({ ref }) => ref.kind === 'Pod') ?? (found.length === 1 ? found[0] : undefined);
}

function answer(model: Model, names: ReadonlyMap<string, readonly Workload[]>, query: Query): Answer {
  const from = findWorkload(names, query.from);
  const to = findWorkload(names, query.to);
  const unknown = { verdict: 'unknown', ingress: 'unknown', egress: 'unknown', because: [] } as const;
  if (from === undefined || to === undefined) return unknown;
  const protocol = protocolOf(query.protocol);
  const port = portNumber(to, protocol, query.port);
  return port === undefined
    ? unknown
    : flow(model.network, { workload: from }, { workload: to }, protocol, port);
}

function portNumber(workload: Workload, protocol: Protocol, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return workload.ports.find(({ name, protocol: own }) => name === port && own === protocol)?.port;
}
