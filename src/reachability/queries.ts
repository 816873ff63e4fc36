import { fieldsAt, isFields, listAt, textAt, valueAt } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import { type AnswerPart, createBlockAnswerer } from './blockAnswers.ts';
import { type AddressSet, parseBlock } from './model/addresses.ts';
import type { Assumptions, Evidence, Protocol, Reach } from './model/analysis.ts';
import { buildModel } from './model/model.ts';
import type { ContainerPort, Workload } from './model/workload.ts';
import { createFlowEvaluator } from './policies/flow.ts';
import type { Party } from './policies/network.ts';

/**
 * Asks whether a connection is allowed. Both ends are `namespace/pod` or `namespace/kind/name`, and one of them may be
 * an address or a block of addresses.
 */
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
  /** The parts of a block whose answers differ. */
  parts?: readonly AnswerPart[];
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
  return items.filter(isFields).flatMap((item, at): readonly SourcedObject[] => {
    const inferred = isFields(valueAt(item, 'spec', 'podSelector')) ? 'NetworkPolicy' : listKind;
    const kind = textAt(item, 'kind') ?? inferred;
    const prefix = textAt(item, 'metadata', 'generateName');
    // The API server appends five letters or digits.
    const generated = prefix === undefined ? undefined : `${prefix}${String(at).padStart(5, '0')}`;
    const name = textAt(item, 'metadata', 'name') ?? generated;
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
 * Whether an API server has written a list: it gives each object a `uid`, among others, and each pod an address, which
 * nobody writes by hand. Such a list has every label that there is.
 */
export function areStored(objects: readonly SourcedObject[]): boolean {
  return objects.some(
    ({ object }) =>
      ['uid', 'resourceVersion', 'creationTimestamp'].some(
        (field) => textAt(object, 'metadata', field) !== undefined,
      ) ||
      (object.kind === 'Pod' && textAt(object, 'status', 'podIP') !== undefined),
  );
}

/** Answers queries one by one. */
export type Answerer = (query: Query) => Answer;

/**
 * Creates an evaluator of queries about the network between workloads, and between a workload and addresses. Equal
 * answers may be the same object.
 */
export function createAnswerer(objects: readonly SourcedObject[], assumptions: Assumptions): Answerer {
  const { stored = areStored(objects) } = assumptions;
  const { network, workloads } = buildModel(objects, { ...assumptions, stored });
  const flow = createFlowEvaluator(network);
  const find = finder(workloads);
  const portOf = portFinder(workloads);
  const ofBlock = createBlockAnswerer(network, flow);
  const askBlock = remembered(({ from: fromName, to: toName, protocol, port: wanted }: Query): Answer => {
    const [from, to] = [find(fromName), find(toName)];
    const workload = workloadIn(from) ?? workloadIn(to);
    const block = blockIn(from) ?? blockIn(to);
    if (from === undefined || to === undefined || block === undefined) return unanswered;
    if (workload === undefined) return outsideOnly(fromName, toName);
    const side = blockIn(from) === undefined ? 'to' : 'from';
    const port =
      typeof wanted === 'number' ? wanted : side === 'from' ? portOf(workload, protocol, wanted) : undefined;
    return port === undefined ? unanswered : ofBlock({ workload, block, side, protocol, port });
  });
  return (query) => {
    const { from: fromName, to: toName, protocol, port: wanted } = query;
    const from = find(fromName);
    const to = find(toName);
    if (from === undefined || to === undefined) return unanswered;
    if ('addresses' in from || 'addresses' in to) return askBlock(query);
    const port = typeof wanted === 'number' ? wanted : portOf(to.workload, protocol, wanted);
    return port === undefined ? unanswered : flow(from, to, protocol, port);
  };
}

function workloadIn(end: Party | undefined): Workload | undefined {
  return end !== undefined && 'workload' in end ? end.workload : undefined;
}

function blockIn(end: Party | undefined): AddressSet | undefined {
  return end !== undefined && 'addresses' in end ? end.addresses : undefined;
}

/** The number of answers about blocks that are remembered. */
const mostRemembered = 2 ** 16;

function remembered(answer: Answerer): Answerer {
  const known = new Map<string, Answer>();
  return (query) => {
    const key = `${query.from} ${query.to} ${query.protocol} ${typeof query.port} ${query.port}`;
    const found = known.get(key) ?? answer(query);
    if (known.size < mostRemembered) known.set(key, found);
    return found;
  };
}

const unanswered: Answer = { verdict: 'unknown', ingress: 'unknown', egress: 'unknown', because: [] };

function outsideOnly(from: string, to: string): Answer {
  const object = { kind: 'Query', name: `${from} to ${to}`, file: '' };
  return { ...unanswered, because: [{ object, rule: 'neither end is a pod, so no policy decides' }] };
}

/** Answers queries about the network between workloads, in their order. */
export function answerQueries(
  objects: readonly SourcedObject[],
  queries: readonly Query[],
  assumptions: Assumptions,
): readonly Answer[] {
  const answer = createAnswerer(objects, assumptions);
  return queries.map(answer);
}

/**
 * Finds workloads by `namespace/kind/name`, or by `namespace/name` if that is a Pod or the name is unique. Reads
 * addresses and blocks, which no namespace is called like.
 */
function finder(workloads: readonly Workload[]): (name: string) => Party | undefined {
  const full = new Map<string, Workload>();
  const short = new Map<string, Workload | undefined>();
  for (const workload of workloads) {
    const { kind, name } = workload.ref;
    const key = `${workload.namespace}/${name}`;
    full.set(`${workload.namespace}/${kind.toLowerCase()}/${name}`, workload);
    if (kind === 'Pod') short.set(key, workload);
    else if (short.get(key)?.ref.kind !== 'Pod') short.set(key, short.has(key) ? undefined : workload);
  }
  const known = new Map<string, Party | undefined>();
  const found = (workload: Workload | undefined): Party | undefined =>
    workload === undefined ? undefined : { workload };
  for (const [key, workload] of short) known.set(key, found(workload));
  return (text) => {
    const party = known.get(text);
    if (party !== undefined || known.has(text)) return party;
    const [namespace = '', kind = '', name = ''] = text.split('/');
    const addresses = parseBlock(text);
    const named =
      addresses !== undefined ? { addresses } : found(full.get(`${namespace}/${kind.toLowerCase()}/${name}`));
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
