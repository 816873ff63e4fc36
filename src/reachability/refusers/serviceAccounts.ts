import { isTemplate, mapsAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';

/** The role that may write every object, of a namespace or of the cluster by its binding. */
const wide = 'cluster-admin';

/** Accounts that `flux install` and the Flux Operator bind to cluster-admin. */
const ofFlux: ReadonlySet<string> = new Set([
  'flux-system/kustomize-controller',
  'flux-system/helm-controller',
  'flux-system/flux-operator',
]);

/** Where accounts may write everything: namespaces, or `*` for the whole cluster. */
type Rights = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Flux Kustomizations that apply their objects as a service account of which nothing here says that it may, each with the
 * reason. Without the right to one object Flux applies none (kustomize-controller 1.9, Role-based access control).
 */
export function withoutRights(objects: readonly SourcedObject[]): ReadonlyMap<SourcedObject, string> {
  const found = new Map<SourcedObject, string>();
  const limited = objects.filter(({ object }) => accountOf(object) !== undefined);
  if (limited.length === 0) return found;
  const rights = rightsAmong(objects);
  const namespaces = new Map<string, Set<string>>();
  for (const { appliedBy, template, object } of objects) {
    if (appliedBy === undefined || template !== undefined) continue;
    const written = namespaces.get(appliedBy) ?? new Set();
    namespaces.set(appliedBy, written.add(object.metadata.namespace ?? '*'));
  }
  for (const source of limited) {
    const account = accountOf(source.object) ?? '';
    const { namespace = '', name } = source.object.metadata;
    const allowed = rights.get(account) ?? new Set();
    if (ofFlux.has(account) || allowed.has('*')) continue;
    const written = [...(namespaces.get(`${namespace}/${name}`) ?? ['*'])];
    if (written.every((each) => allowed.has(each))) continue;
    found.set(
      source,
      `${describeObject(refOf(source))} applies as ServiceAccount ${account}, which no binding here allows to write all of it`,
    );
  }
  return found;
}

/** The account of a Kustomization. What a release makes is not certain anyway, unless its chart is rendered. */
function accountOf(object: KubernetesObject): string | undefined {
  if (groupOf(object) !== 'kustomize.toolkit.fluxcd.io') return undefined;
  const name = textAt(object, 'spec', 'serviceAccountName');
  return name === undefined || name === '' || isTemplate(name)
    ? undefined
    : `${object.metadata.namespace ?? ''}/${name}`;
}

function rightsAmong(objects: readonly SourcedObject[]): Rights {
  const rights = new Map<string, Set<string>>();
  for (const { object } of objects) {
    const isForCluster = object.kind === 'ClusterRoleBinding';
    if (!isForCluster && object.kind !== 'RoleBinding') continue;
    if (textAt(object, 'roleRef', 'name') !== wide) continue;
    for (const subject of mapsAt(object, 'subjects')) {
      const account = `${textAt(subject, 'namespace') || (object.metadata.namespace ?? '')}/${textAt(subject, 'name')}`;
      const allowed = rights.get(account) ?? new Set();
      rights.set(account, allowed.add(isForCluster ? '*' : (object.metadata.namespace ?? '')));
    }
  }
  return rights;
}
