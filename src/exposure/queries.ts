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
  const find = finder(model);
  return queries.map((query) => answer(model, find, query));
}

type Find = (name: string) => Workload | undefined;

/** Finds workloads by `namespace/kind/name`, or by `namespace/name` where that is a Pod or no other is called so. */
function finder(model: Model): Find {
  const full = new Map<string, Workload>();
  const short = new Map<string, Workload | undefined>();
  for (const workload of model.workloads) {
    const { kind, name } = workload.ref;
    const key = `${workload.namespace}/${name}`;
    full.set(`${workload.namespace}/${kind.toLowerCase()}/${name}`, workload);
    if (kind === 'Pod') short.set(key, workload);
    else if (short.get(key)?.ref.kind !== 'Pod') short.set(key, short.has(key) ? undefined : workload);
  }
  const known = new Map<string, Workload | undefined>(short);
  return (text) => {
    if (known.has(text)) return known.get(text);
    const [namespace = '', kind = '', name = ''] = text.split('/');
    const found = full.get(`${namespace}/${kind.toLowerCase()}/${name}`);
    known.set(text, found);
    return found;
  };
}

function answer(model: Model, find: Find, query: Query): Answer {
  const from = find(query.from);
  const to = find(query.to);
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
