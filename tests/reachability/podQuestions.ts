import { parse } from 'yaml';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { answerQueries, type Query, readObjects } from '../../src/reachability/queries.ts';

/** Pods web and near in namespace x, pods far and host in namespace y. */
const base = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {kubernetes.io/metadata.name: x, team: a}}}
- {apiVersion: v1, kind: Namespace, metadata: {name: y, labels: {kubernetes.io/metadata.name: y, team: b}}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: x, labels: {app: web, pod-template-hash: abc}}
  spec: {serviceAccountName: web, containers: [{name: c, ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]}
  status: {podIP: 10.42.0.1}
- apiVersion: v1
  kind: Pod
  metadata: {name: near, namespace: x, labels: {app: near}}
  spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
  status: {podIP: 10.42.0.2}
- apiVersion: v1
  kind: Pod
  metadata: {name: far, namespace: y, labels: {app: far}}
  spec: {containers: [{name: c}]}
  status: {podIP: 10.42.0.3}
- apiVersion: v1
  kind: Pod
  metadata: {name: host, namespace: y, labels: {app: host}}
  spec: {hostNetwork: true, nodeName: two, containers: [{name: c}]}
`;

/** A policy of Cilium in namespace x, from its spec, or from its `specs: …`. */
export function ciliumPolicy(spec: string, kind = 'CiliumNetworkPolicy'): string {
  const namespace = kind === 'CiliumNetworkPolicy' ? ', namespace: x' : '';
  return `- apiVersion: cilium.io/v2\n  kind: ${kind}\n  metadata: {name: p${namespace}}\n  ${spec.startsWith('specs') ? spec : `spec: ${spec}`}\n`;
}

/** The objects of the cluster, with policies. */
export const objectsOf = (...policies: string[]): readonly SourcedObject[] =>
  readObjects(parse(base + policies.join('')), 'list');

/** The answer to one question, as `ingress/egress`, and why. */
export function asked(
  policies: string | readonly string[],
  from: string,
  to: string,
  port: number | string = 80,
  { protocol = 'TCP', enforcer = 'cilium' }: { protocol?: Query['protocol']; enforcer?: string } = {},
): { reach: string; why: string } {
  const objects = objectsOf(...[policies].flat());
  const assumptions = { enforcer, lan: [], vpn: [] };
  const [answer] = answerQueries(objects, [{ from, to, protocol, port }], assumptions);
  return {
    reach: `${answer?.ingress}/${answer?.egress}`,
    why: answer?.because.map(({ object, rule }) => `${object.kind} ${rule}`).join('; ') ?? '',
  };
}

/** Selects pod x/web. */
export const web = 'endpointSelector: {matchLabels: {app: web}}';
export const clusterwide = 'CiliumClusterwideNetworkPolicy';
