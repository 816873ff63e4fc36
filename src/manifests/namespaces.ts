import { isTemplate, textAt } from '../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from './sourcedObject.ts';

/** Groups of which every kind is in a namespace, but those that {@link clusterKinds} names. */
const namespacedGroups: ReadonlySet<string> = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'discovery.k8s.io',
  'coordination.k8s.io',
  'gateway.networking.k8s.io',
  'gateway.envoyproxy.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'source.toolkit.fluxcd.io',
  'notification.toolkit.fluxcd.io',
  'image.toolkit.fluxcd.io',
  'cert-manager.io',
  'external-secrets.io',
  'monitoring.coreos.com',
  'postgresql.cnpg.io',
  'volsync.backube',
  'traefik.io',
]);

const namespacedKinds: ReadonlySet<string> = new Set([
  'bitnami.com/SealedSecret',
  'cilium.io/CiliumEnvoyConfig',
  'cilium.io/CiliumLocalRedirectPolicy',
  'cilium.io/CiliumNetworkPolicy',
  'crd.projectcalico.org/NetworkPolicy',
  'projectcalico.org/NetworkPolicy',
  'snapshot.storage.k8s.io/VolumeSnapshot',
]);

/** Kinds of these groups that are in no namespace. A name that begins with `Cluster` says so. */
const clusterKinds =
  /^(?:Namespace|Node|PersistentVolume|ComponentStatus|PodSecurityPolicy|IngressClass|IPAddress|ServiceCIDR|GatewayClass|Cluster.+)$/;

/** Whether an object is of a kind that is in a namespace, as far as that is known. */
function isNamespaced(object: KubernetesObject, defined: ReadonlyMap<string, string>): boolean {
  const group = groupOf(object);
  const scope = defined.get(`${group}/${object.kind}`);
  if (scope !== undefined) return scope === 'Namespaced';
  if (namespacedKinds.has(`${group}/${object.kind}`)) return true;
  return namespacedGroups.has(group) && !clusterKinds.test(object.kind);
}

function definedScopes(objects: readonly SourcedObject[]): ReadonlyMap<string, string> {
  const scopes = new Map<string, string>();
  for (const { object } of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const kind = `${textAt(object, 'spec', 'group')}/${textAt(object, 'spec', 'names', 'kind')}`;
    scopes.set(kind, textAt(object, 'spec', 'scope') ?? '');
  }
  return scopes;
}

/**
 * Puts objects that name no namespace where they come: into `default` where kubectl applies them. Flux refuses them
 * ("namespace not specified", fluxcd/flux2#1939) and applies nothing of their Kustomization.
 *
 * @param usesFlux whether Flux may apply what no Flux Kustomization among the files applies
 */
export function withNamespaces(
  objects: readonly SourcedObject[],
  { usesFlux }: { usesFlux: boolean },
): readonly SourcedObject[] {
  const defined = definedScopes(objects);
  return objects.map((source) => {
    const { object, appliedBy } = source;
    if (object.metadata.namespace || isTemplate(object.kind) || !isNamespaced(object, defined)) return source;
    const name = describeObject(refOf(source));
    if (appliedBy !== undefined) {
      const refused = `${name} names no namespace, and the Flux Kustomization ${appliedBy} has no targetNamespace: Flux refuses it (namespace not specified)`;
      return { ...source, refused };
    }
    const placed = {
      ...source,
      object: { ...object, metadata: { ...object.metadata, namespace: 'default' } },
    };
    const uncertain = `${name} names no namespace: Flux refuses it, and kubectl puts it into default`;
    return usesFlux ? { ...placed, uncertain: source.uncertain ?? uncertain } : placed;
  });
}

/** Namespaces that every cluster has, and that of Flux. */
const builtIn: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'flux-system',
]);

/** What is assumed of namespaces that no object makes: the API server refuses their objects until somebody makes them. */
export function assumedNamespaces(objects: readonly SourcedObject[]): readonly string[] {
  const made = new Set(objects.flatMap(({ object }) => namesMadeBy(object)));
  const missing = new Set<string>();
  for (const { object } of objects) {
    const { namespace } = object.metadata;
    if (namespace && !made.has(namespace) && !builtIn.has(namespace) && !isTemplate(namespace))
      missing.add(namespace);
  }
  const names = [...missing].toSorted();
  const more = names.length > 5 ? `, and ${names.length - 5} more` : '';
  return names.length === 0
    ? []
    : [`These namespaces exist, although no object makes them: ${names.slice(0, 5).join(', ')}${more}`];
}

function namesMadeBy(object: KubernetesObject): readonly string[] {
  if (object.kind === 'Namespace' && groupOf(object) === '') return [object.metadata.name];
  const target = textAt(object, 'spec', 'targetNamespace');
  return object.kind === 'HelmRelease' && target !== undefined ? [target] : [];
}
