import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { ServedKind } from '../../live/cluster.ts';
import { isMaker } from '../../reachability/kinds/liveKinds.ts';
import { readingOf } from '../../reachability/kinds/registry.ts';

/** Kinds that tell something beside what they are: the addresses of nodes, and who may use the API past every policy. */
const always = new Set([
  '/Node',
  '/ServiceAccount',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
]);

/** Records that controllers write all the time. kube-proxy reads EndpointSlices, which mirror Endpoints. */
const never = new Set(['/Event', '/Binding', '/ComponentStatus', '/Endpoints']);

/** Kinds that every Kubernetes serves, and without which a promise about ways in would be kept because nobody looked. */
const everywhere = [
  ...['/Pod', '/Service', 'apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet'],
  ...['batch/Job', 'batch/CronJob', 'networking.k8s.io/NetworkPolicy', 'networking.k8s.io/Ingress'],
];

/** The kinds of every Kubernetes that the API server does not let anybody list, as it says. */
export function kindsNotServed(listed: readonly ServedKind[]): readonly string[] {
  const names = new Set(listed.map(qualified));
  return everywhere.filter((name) => !names.has(name));
}

/**
 * The kinds to list, each in one version: those of the objects in Git, those on which a promise may depend, and those that
 * are not known. Of the others, kinds that are harmless and kinds that only make objects are left out: what they made is
 * listed itself.
 */
export function kindsToList(
  served: readonly ServedKind[],
  inGit: readonly KubernetesObject[],
): readonly ServedKind[] {
  const wanted = new Map(inGit.map((object) => [`${groupOf(object)}/${object.kind}`, object.apiVersion]));
  const chosen = new Map<string, ServedKind>();
  for (const kind of served) {
    const name = qualified(kind);
    const isOfGit = wanted.has(name);
    if (!kind.verbs.includes('list') || (never.has(name) && !isOfGit) || kind.resource.includes('/'))
      continue;
    if (!isOfGit && !mayMatter(kind) && !always.has(name)) continue;
    const isWanted = wanted.get(name) === kind.apiVersion;
    if (isWanted || (!chosen.has(name) && (kind.preferred || !wanted.has(name)))) chosen.set(name, kind);
    else if (kind.preferred && wanted.get(name) !== chosen.get(name)?.apiVersion) chosen.set(name, kind);
  }
  return [...chosen.values()];
}

function mayMatter({ apiVersion, kind }: ServedKind): boolean {
  if (isMaker({ apiVersion, kind, metadata: { name: '' } })) return false;
  return readingOf(groupOf({ apiVersion }), kind)?.state !== 'harmless';
}

function qualified({ apiVersion, kind }: ServedKind): string {
  return `${groupOf({ apiVersion })}/${kind}`;
}
