import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';

/** Groups of which every kind says who reaches what, through what, or who may call the API server. */
const groups: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'cilium.io',
  'crd.antrea.io',
  'crd.projectcalico.org',
  'discovery.k8s.io',
  'externaldns.k8s.io',
  'gateway.envoyproxy.io',
  'gateway.networking.k8s.io',
  'gateway.networking.x-k8s.io',
  'metallb.io',
  'networking.istio.io',
  'networking.k8s.io',
  'policy.linkerd.io',
  'policy.networking.k8s.io',
  'projectcalico.org',
  'rbac.authorization.k8s.io',
  'security.istio.io',
  'tailscale.com',
  'traefik.containo.us',
  'traefik.io',
]);

const coreKinds: ReadonlySet<string> = new Set(['Service', 'Endpoints']);

/** Whether the objects of a kind decide about the network or about rights. */
export function isNetworkKind(object: KubernetesObject): boolean {
  const group = groupOf(object);
  return groups.has(group) || (group === '' && coreKinds.has(object.kind));
}

/** Whether an object decides who connects to pods. */
export function isNetworkPolicy({ kind }: Pick<KubernetesObject, 'kind'>): boolean {
  return /NetworkPolicy$|NetworkPolicySet$|^AuthorizationPolicy$|^SecurityPolicy$/.test(kind);
}
