import { mapsAt, textAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import type { Dump } from '../dump.ts';
import { isOfFlux } from '../flux.ts';
import { nameOf, namespacesOf } from '../objectName.ts';
import { isOfProbe } from '../probe/probeObjects.ts';
import { isHookOf, isOfRelease, nameOfRelease } from '../releases.ts';

/**
 * Objects in the namespaces of Git that Git does not have, that belong to no other object, and that Kubernetes does not put into
 * each namespace: somebody made them by hand. What a release of Helm made belongs to the release, if Git has that. So are
 * objects of Flux where Git has its own, which apply another repository, and bindings that let pods of these namespaces use the
 * API in the whole cluster.
 */
export function notInGit(
  { objects, byUid }: Dump,
  inGit: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const known = new Set(inGit.map(nameOf));
  const own = namespacesOf(inGit.map((object) => ({ object })));
  const delivered = new Set(inGit.filter(applies).map(({ metadata }) => metadata.namespace));
  const helmReleases = inGit.filter(({ kind }) => kind === 'HelmRelease');
  const releases = new Set(helmReleases.map(nameOfRelease));
  const withHooks = new Set(
    helmReleases.map(({ metadata: { namespace = 'default', name } }) => `${namespace}/${name}`),
  );
  return objects.filter((object) => {
    const namespace = textAt(object, 'metadata', 'namespace');
    const isAsked =
      namespace === undefined
        ? givesPods(object, own)
        : own.has(namespace) || (applies(object) && delivered.has(namespace));
    if (!isAsked || known.has(nameOf(object)) || isOfKubernetes(object)) return false;
    // A probe of a run that was killed, or of one that goes on: it ends by itself.
    return !(
      belongsToAnother(object, byUid) ||
      isOfProbe(object) ||
      isOfRelease(object, releases) ||
      isHookOf(object, withHooks)
    );
  });
}

/** Whether Flux applies or installs something because of it, or fetches that. */
function applies(object: KubernetesObject): boolean {
  return isOfFlux({ object }) && object.kind !== 'HelmChart';
}

/** The groups that the API server puts pods into, of all namespaces (Kubernetes, "Service account tokens"). */
const groupsOfPods = new Set(['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts']);

/** The bindings to these groups that Kubernetes makes, each to the ClusterRole of its name (Kubernetes 1.36, "Default roles"). */
const ofEverybody = new Set([
  ...['system:basic-user', 'system:discovery', 'system:public-info-viewer'],
  'system:service-account-issuer-discovery',
]);

/** Whether it gives rights in the whole cluster to pods of these namespaces. */
function givesPods(object: KubernetesObject, namespaces: ReadonlySet<string>): boolean {
  if (`${groupOf(object)}/${object.kind}` !== 'rbac.authorization.k8s.io/ClusterRoleBinding') return false;
  const { name } = object.metadata;
  const isUsual = ofEverybody.has(name) && textAt(object, 'roleRef', 'name') === name;
  return mapsAt(object, 'subjects').some((subject) => {
    const [kind, of, namespace] = ['kind', 'name', 'namespace'].map((field) => textAt(subject, field) ?? '');
    if (kind === 'ServiceAccount') return namespaces.has(namespace ?? '');
    if (groupsOfPods.has(of ?? '')) return !isUsual;
    return namespaces.has(/^system:serviceaccounts?:([^:]+)/.exec(of ?? '')?.[1] ?? '');
  });
}

/** Kinds of which no object makes others: who names one as the owner belongs to nobody. A pod of a Node is from a file there. */
const makesNothing = new Set([
  ...['/ConfigMap', '/Secret', '/ServiceAccount', '/Namespace', '/Node'],
  ...['networking.k8s.io/NetworkPolicy', 'rbac.authorization.k8s.io/Role'],
]);

/** Whether another object made it, with which it goes. */
function belongsToAnother(object: KubernetesObject, byUid: ReadonlyMap<string, KubernetesObject>): boolean {
  return mapsAt(object, 'metadata', 'ownerReferences').some((reference) => {
    const owner = byUid.get(textAt(reference, 'uid') ?? '');
    const kind = textAt(reference, 'kind') ?? '';
    const group = groupOf({ apiVersion: textAt(reference, 'apiVersion') ?? '' });
    return !makesNothing.has(owner === undefined ? `${group}/${kind}` : `${groupOf(owner)}/${owner.kind}`);
  });
}

/** What Kubernetes puts into a namespace, and what a user makes by the documents: Secrets. */
function isOfKubernetes(object: KubernetesObject): boolean {
  const { name } = object.metadata;
  switch (`${groupOf(object)}/${object.kind}`) {
    case '/ServiceAccount':
      return name === 'default';
    case '/ConfigMap':
      return name === 'kube-root-ca.crt';
    case '/Secret':
      return true;
    case '/Endpoints':
    case 'discovery.k8s.io/EndpointSlice':
    case 'coordination.k8s.io/Lease':
      return true;
    // Bound to a claim that Git has, or made for one.
    case '/PersistentVolumeClaim':
      return true;
    default:
      return false;
  }
}
