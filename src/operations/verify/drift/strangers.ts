import { textAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import type { Dump } from '../dump.ts';
import { hasOwner } from '../madeObjects.ts';
import { nameOf, namespacesOf } from '../objectName.ts';
import { isOfProbe } from '../probe/probeObjects.ts';

/**
 * Objects in the namespaces of Git that Git does not have, that belong to no other object, and that Kubernetes does not put into
 * each namespace: somebody made them by hand. What a release of Helm made belongs to the release, if Git has that.
 */
export function strangersIn(
  { objects }: Dump,
  inGit: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const known = new Set(inGit.map(nameOf));
  const own = namespacesOf(inGit.map((object) => ({ object })));
  const releases = new Set(inGit.filter(({ kind }) => kind === 'HelmRelease').flatMap(releaseNames));
  return objects.filter((object) => {
    const namespace = textAt(object, 'metadata', 'namespace');
    if (namespace === undefined || !own.has(namespace)) return false;
    if (known.has(nameOf(object)) || hasOwner(object) || isOfKubernetes(object)) return false;
    // A probe of a run that was killed, or of one that goes on: it ends by itself.
    if (isOfProbe(object)) return false;
    return !isOfRelease(object, releases);
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

function releaseNames(release: KubernetesObject): readonly string[] {
  const { name, namespace = 'default' } = release.metadata;
  const target = textAt(release, 'spec', 'targetNamespace') ?? namespace;
  const own = textAt(release, 'spec', 'releaseName') ?? (target === namespace ? name : `${target}-${name}`);
  return [own];
}

function isOfRelease(
  { metadata: { annotations = {} } }: KubernetesObject,
  releases: ReadonlySet<string>,
): boolean {
  return releases.has(annotations['meta.helm.sh/release-name'] ?? '');
}
