import { fieldsAt, isFields, listAt, textAt, valueAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { Assumptions, Evidence, Protocol, Reach } from './model/analysis.ts';
import { buildModel } from './model/model.ts';
import type { ContainerPort, Workload } from './model/workload.ts';
import { createFlowEvaluator } from './policies/flow.ts';

/** Asks whether a connection is allowed. Both ends are `namespace/pod` or `namespace/kind/name`. */
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
  because: readonly Evidence[];
}

/**
 * Reads a list of objects: a `List`, a `…List` whose items have no kind, or an array. An item without a kind that has a
 * pod selector is a NetworkPolicy, as in a NetworkPolicyList.
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

/** Answers queries one by one. */
export type Answerer = (query: Query) => Answer;

/**
 * Creates an evaluator of queries about the network between workloads. The objects are those of an API server, so a
 * Namespace has exactly the labels that it shows. Equal answers may be the same object.
 */
export function createAnswerer(objects: readonly SourcedObject[], assumptions: Assumptions): Answerer {
  const { network, workloads } = buildModel(objects, { ...assumptions, stored: true });
  const flow = createFlowEvaluator(network);
  const find = finder(workloads);
  const portOf = portFinder(workloads);
  return ({ from: fromName, to: toName, protocol, port: wanted }) => {
    const from = find(fromName);
    const to = find(toName);
    if (from === undefined || to === undefined) return unanswered;
    const port = typeof wanted === 'number' ? wanted : portOf(to.workload, protocol, wanted);
    return port === undefined ? unanswered : flow(from, to, protocol, port);
  };
}

const unanswered: Answer = { verdict: 'unknown', ingress: 'unknown', egress: 'unknown', because: [] };

/** Answers queries about the network between workloads, in their order. */
export function answerQueries(
  objects: readonly SourcedObject[],
  queries: readonly Query[],
  assumptions: Assumptions,
): readonly Answer[] {
  const answer = createAnswerer(objects, assumptions);
  return queries.map(answer);
}

type FoundWorkload = { workload: Workload } | undefined;

/** Finds workloads by `namespace/kind/name`, or by `namespace/name` if that is a Pod or the name is unique. */
function finder(workloads: readonly Workload[]): (name: string) => FoundWorkload {
  const full = new Map<string, Workload>();
  const short = new Map<string, Workload | undefined>();
  for (const workload of workloads) {
    const { kind, name } = workload.ref;
    const key = `${workload.namespace}/${name}`;
    full.set(`${workload.namespace}/${kind.toLowerCase()}/${name}`, workload);
    if (kind === 'Pod') short.set(key, workload);
    else if (short.get(key)?.ref.kind !== 'Pod') short.set(key, short.has(key) ? undefined : workload);
  }
  const known = new Map<string, FoundWorkload>();
  const found = (workload: Workload | undefined): FoundWorkload =>
    workload === undefined ? undefined : { workload };
  for (const [key, workload] of short) known.set(key, found(workload));
  return (text) => {
    const party = known.get(text);
    if (party !== undefined || known.has(text)) return party;
    const [namespace = '', kind = '', name = ''] = text.split('/');
    const named = found(full.get(`${namespace}/${kind.toLowerCase()}/${name}`));
    known.set(text, named);
    return named;
  };
}

/** Finds the number of a named port on a workload. It keeps one row of all workloads for each name. */
function portFinder(
  workloads: readonly Workload[],
): (workload: Workload, protocol: Protocol, name: string) => number | undefined {
  const rows = { TCP: new Map(), UDP: new Map(), SCTP: new Map() } satisfies Record<
    Protocol,
    Map<string, Uint16Array>
  >;
  return ({ index }, protocol, name) => {
    let row: Uint16Array | undefined = rows[protocol].get(name);
    if (row === undefined) {
      const isSame = (port: ContainerPort): boolean => port.name === name && port.protocol === protocol;
      row = Uint16Array.from(workloads, ({ ports }) => ports.find(isSame)?.port ?? 0);
      rows[protocol].set(name, row);
    }
    const number = row[index] ?? 0;
    if (number > 0) return number;
    return /^\d+$/.test(name) ? Number(name) : undefined;
  };
}
