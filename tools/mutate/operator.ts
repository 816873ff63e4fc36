import type { InvariantId } from '../../src/reachability/invariants/registry.ts';
import type { ConfigData } from '../../tests/testDirectory.ts';
import type { Document, Draft, Tree } from './tree.ts';

/** A promise that is false of a changed tree. */
export interface BrokenPromise {
  /** `clients` is whichever invariant says who connects to the subject; of `any`, one claim must fall, whichever. */
  invariant: InvariantId | 'clients' | 'any';
  /** What the claim names: a workload, or a namespace. Without it one claim of the invariant must fall. */
  subject?: string;
}

/** One change at one place. */
export interface Mutation {
  /** The place, for the list of survivors. */
  where: string;
  change: (draft: Draft) => void;
  /** What the cluster really gets, where a controller or the API server makes something else of the change. */
  really?: (draft: Draft) => void;
  /** What is broken beyond what the simulators see. */
  breaks?: readonly BrokenPromise[];
}

/** A way to open something. */
export interface Operator {
  id: string;
  /** What it does, as one phrase. */
  does: string;
  /** Where the effect is documented, for an effect that the simulators do not see. */
  source?: string | undefined;
  /** Why the tree is not more open at some places. */
  equivalent?: string | undefined;
  /** Why a promise stays proved although it is broken: a fault of the prover that is not fixed yet. */
  open?: string | undefined;
  /** Every place of a tree where it fits. */
  mutations: (tree: Tree) => readonly Mutation[];
}

/** Operators that change similar objects. */
export interface Family {
  title: string;
  operators: readonly Operator[];
}

const workloadKinds = new Set([
  ...['apps/v1 Deployment', 'apps/v1 StatefulSet', 'apps/v1 DaemonSet'],
  ...['batch/v1 Job', 'batch/v1 CronJob', 'v1 Pod'],
]);

export const isWorkload = ({ apiVersion, kind }: ConfigData): boolean =>
  workloadKinds.has(`${apiVersion} ${kind}`);

export function ofKind({ documents }: Tree, ...kinds: readonly string[]): readonly Document[] {
  return documents.filter(({ object }) => kinds.includes(object.kind));
}

export function workloadsOf({ documents }: Tree): readonly Document[] {
  return documents.filter(({ object }) => isWorkload(object));
}

/** The pod template of a workload, or the Pod itself. */
export function templateOf(workload: ConfigData): ConfigData {
  if (workload.kind === 'Pod') return workload;
  if (workload.kind === 'CronJob') return workload.spec.jobTemplate.spec.template;
  return workload.spec.template;
}

/** One document in each namespace with workloads: the place for objects that are added. */
export function namespacesOf(tree: Tree): readonly [namespace: string, place: Document][] {
  const found = new Map<string, Document>();
  for (const document of workloadsOf(tree)) {
    const { namespace = 'default' } = document.object.metadata;
    if (!found.has(namespace)) found.set(namespace, document);
  }
  return [...found];
}

/** A mutation of each document: its object is changed. */
export function eachChanged(
  documents: readonly Document[],
  change: (object: ConfigData, document: Document) => void,
  more: (document: Document) => Partial<Mutation> = () => ({}),
): readonly Mutation[] {
  return documents.map((document) => ({
    where: placeOf(document),
    change: (draft) => change(draft.get(document), document),
    ...more(document),
  }));
}

/** A mutation of each document: objects are added beside it. */
export function eachAdded(
  documents: readonly Document[],
  objects: (document: Document) => readonly ConfigData[],
  breaks: (document: Document) => readonly BrokenPromise[] = () => [],
): readonly Mutation[] {
  return documents.map((document) => ({
    where: placeOf(document),
    change: (draft) => draft.add(document, ...objects(document)),
    breaks: breaks(document),
  }));
}

export function placeOf({ file, object: { kind, metadata } }: Document): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name} (${file})`;
}

/** `Deployment namespace/name`. */
export function nameOfWorkload({ kind, metadata: { namespace = 'default', name } }: ConfigData): string {
  return `${kind} ${namespace}/${name}`;
}
