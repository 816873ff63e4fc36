import type { InvariantId } from '../../../src/reachability/invariants/registry.ts';
import type { Verdict } from '../../../src/reachability/model/analysis.ts';
import type { ConfigData } from '../../testDirectory.ts';
import type { Changing } from '../compiledHome.ts';

/** One error in the compiled objects, and the invariant that must notice it. */
export type Mutation = [
  name: string,
  change: (home: Changing) => void,
  invariant: InvariantId,
  verdict: Exclude<Verdict, 'proved'>,
];

export const server = { 'app.kubernetes.io/name': 'immich', 'app.kubernetes.io/component': 'server' };

export const policyOf = (home: Changing, name: string): ConfigData => home.get('NetworkPolicy', name).spec;

export const template = (home: Changing, name: string): ConfigData =>
  home.get('Deployment', name).spec.template;

export const service = (name: string, namespace: string, spec: ConfigData): ConfigData => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});

/** A pod as Pod Security `restricted` demands it, unless `spec` says otherwise. */
export const pod = (namespace: string, spec: ConfigData = {}): ConfigData => {
  const { containers = [{ name: 'c', image: 'busybox:1' }], ...others } = spec;
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'visitor', namespace, labels: { visitor: 'yes' } },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...others,
      containers: containers.map((container: ConfigData) => ({ securityContext, ...container })),
    },
  };
};

export const opened = (namespace: string): ConfigData => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'visitor', namespace },
  spec: { podSelector: { matchLabels: { visitor: 'yes' } }, policyTypes: ['Egress'], egress: [{}] },
});
