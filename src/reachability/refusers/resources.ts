import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { decidingGroups } from '../invariants/structure.ts';

/** The resource of a kind, as the API and its rules name it: `networkpolicies`, `gateways`, `ingresses`. */
export function resourceOf({ kind }: Pick<KubernetesObject, 'kind'>): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/(?:s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/**
 * Whether an object restricts or applies others. If a policy of the cluster refuses one, something is open, or runs in
 * another form.
 */
export function protects(object: KubernetesObject): boolean {
  const group = groupOf(object);
  if (protectingGroups.has(group)) return true;
  return protectingKinds.has(`${group}/${object.kind}`);
}

const protectingGroups: ReadonlySet<string> = new Set([
  ...decidingGroups,
  'policy.networking.k8s.io',
  'crd.projectcalico.org',
  'projectcalico.org',
]);

const protectingKinds: ReadonlySet<string> = new Set([
  '/Namespace',
  '/ConfigMap',
  '/Secret',
  'networking.k8s.io/NetworkPolicy',
]);
