import type { ConfigData } from '../../../tests/testDirectory.ts';
import { type BrokenPromise, type Mutation, namespacesOf, type Operator } from '../operator.ts';
import type { Tree } from '../tree.ts';

type Made = (namespace: string, tree: Tree) => readonly ConfigData[];

/** A mutation of each namespace with workloads: objects are added. */
export function eachNamespace(tree: Tree, made: Made, breaks: readonly BrokenPromise[]): readonly Mutation[] {
  return namespacesOf(tree).map(([namespace, place]) => ({
    where: namespace,
    change: (draft) => draft.add(place, ...made(namespace, tree)),
    breaks,
  }));
}

export const object = (apiVersion: string, kind: string, spec: ConfigData) => (namespace: string) => [
  { apiVersion, kind, metadata: { name: 'opened', namespace }, spec },
];
export const clusterObject = (apiVersion: string, kind: string, spec: ConfigData) => () => [
  { apiVersion, kind, metadata: { name: 'opened' }, spec },
];

export const loadBalancer: readonly BrokenPromise[] = [{ invariant: 'load-balancers' }];
export const nodePort: readonly BrokenPromise[] = [{ invariant: 'node-ports' }];
export const ingress: readonly BrokenPromise[] = [{ invariant: 'ingresses' }];
export const hostPort: readonly BrokenPromise[] = [{ invariant: 'host-ports' }];
export const anything: readonly BrokenPromise[] = [
  { invariant: 'load-balancers' },
  { invariant: 'node-ports' },
  { invariant: 'ingresses' },
  { invariant: 'host-ports' },
];
export const any: readonly BrokenPromise[] = [{ invariant: 'any' }];

export const kind = (
  id: string,
  does: string,
  made: Made,
  breaks: readonly BrokenPromise[],
  source: string,
): Operator => ({ id, does, source, mutations: (tree) => eachNamespace(tree, made, breaks) });

/** A kind that only one enforcer of policies reads. */
export const kindOf = (enforcer: string, { mutations, ...operator }: Operator): Operator => ({
  ...operator,
  equivalent: `another program than ${enforcer} enforces policies, and does not read it`,
  mutations: (tree) =>
    mutations(tree).map((mutation) =>
      tree.assumptions.enforcer === enforcer ? mutation : { ...mutation, breaks: [] },
    ),
});

export const loadBalancerService = {
  metadata: { name: 'opened' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
};

export const podSpec = { hostNetwork: true, containers: [{ name: 'c', image: 'example.org/tool:1.0.0' }] };

/** One node port may be open where no number is expected. */
export const oneNodePort = ({ mutations, ...operator }: Operator): Operator => ({
  ...operator,
  equivalent: 'one node port may be open',
  mutations: (tree) =>
    mutations(tree).map((mutation) =>
      tree.assumptions.expectedNodePorts === undefined ? { ...mutation, breaks: [] } : mutation,
    ),
});
