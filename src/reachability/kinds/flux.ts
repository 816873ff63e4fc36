import { isFields, textAt, valueAt } from '../../kubernetes/fields.ts';
import { type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import {
  harmless,
  type KindFamily,
  makesAll,
  makesAllAnywhere,
  makesPods,
  makesServices,
  modelled,
  type Reach,
  unread,
} from './kind.ts';

const flux = 'Flux 2.9, API reference';
const operator = 'flux-operator 0.58, docs/api/v1';
const everything: Reach['effects'] = ['pods', 'services', 'routes', 'policies'];

/** Flux, its operator, and others that apply what is in Git or in a chart. */
export const deliveryKinds: readonly KindFamily[] = [
  modelled('flux', 'kustomize.toolkit.fluxcd.io', 'Kustomization'),
  harmless(
    'It is read by kustomize, and never by the cluster',
    'kustomize 5.8, reference',
    'kustomize.config.k8s.io',
    '*',
  ),
  modelled('controllers', 'helm.toolkit.fluxcd.io', 'HelmRelease'),
  modelled('resourceSets', 'fluxcd.controlplane.io', 'ResourceSet'),
  harmless(
    'It names a source. What is built of it counts where a Kustomization or a HelmRelease builds it',
    flux,
    'source.toolkit.fluxcd.io',
    '*',
  ),
  harmless(
    'It composes a source. What is built of it counts where a Kustomization or a HelmRelease builds it',
    'source-watcher 2, ArtifactGenerator',
    'source.extensions.fluxcd.io',
    'ArtifactGenerator',
  ),
  harmless(
    'It sends messages out of the cluster',
    flux,
    'notification.toolkit.fluxcd.io',
    'Alert',
    'Provider',
  ),
  harmless(
    'It is a path of the webhook receiver of Flux. What leads to that Service from outside counts by itself',
    flux,
    'notification.toolkit.fluxcd.io',
    'Receiver',
  ),
  harmless(
    'It writes new versions of images to Git, where they are checked again',
    flux,
    'image.toolkit.fluxcd.io',
    '*',
  ),
  harmless(
    'It gives values to a ResourceSet, which counts by itself',
    operator,
    'fluxcd.controlplane.io',
    'ResourceSetInputProvider',
  ),
  harmless('It is a report of the operator', operator, 'fluxcd.controlplane.io', 'FluxReport'),
  unread(
    {
      effects: ['pods', 'services', 'policies'],
      scope: 'own',
      does: 'makes the controllers of Flux, and what its patches make of them',
      narrow: instanceReach,
    },
    `${operator}/fluxinstance.md`,
    'fluxcd.controlplane.io',
    'FluxInstance',
  ),
  unread(
    { ...makesAllAnywhere, does: 'makes whatever its Terraform module says' },
    'flux-iac/tofu-controller 0.16, API reference',
    'infra.contrib.fluxcd.io',
    'Terraform',
  ),
  unread(
    { ...makesAllAnywhere, does: 'makes whatever its program says' },
    'pulumi-kubernetes-operator 2, Stack',
    'pulumi.com',
    'Stack',
    'Program',
  ),
  harmless(
    'It says how the operator reaches other systems',
    'pulumi-kubernetes-operator 2',
    'auto.pulumi.com',
    '*',
  ),
  unread(
    { ...makesAll, does: 'installs a chart that is not rendered', narrow: fluxOneNamespace },
    'Helm Operator 1.4 of Flux 1',
    'helm.fluxcd.io',
    'HelmRelease',
  ),
  modelled('controllers', 'helm.cattle.io', 'HelmChart'),
  unread(
    {
      effects: ['pods', 'hostPorts', 'services', 'routes', 'policies'],
      scope: 'own',
      does: 'changes the values of a chart that k3s installs',
    },
    'K3s, docs, Helm: customizing packaged components with HelmChartConfig',
    'helm.cattle.io',
    'HelmChartConfig',
  ),
  harmless('It is a record of k3s', 'K3s, pkg/apis/k3s.cattle.io/v1', 'k3s.cattle.io', '*'),
  unread(
    { ...makesAllAnywhere, does: 'applies objects of another source' },
    'Rancher Fleet 0.13, docs',
    'fleet.cattle.io',
    'GitRepo',
    'Bundle',
    'HelmOp',
  ),
  unread(
    {
      effects: everything,
      scope: 'any',
      does: 'applies objects of a source that is not read',
      narrow: destinationOf,
    },
    'Argo CD 3.1, docs, Application specification',
    'argoproj.io',
    'Application',
  ),
  unread(
    { ...makesAllAnywhere, does: 'makes Applications, which apply objects of sources that are not read' },
    'Argo CD 3.1, docs, ApplicationSet',
    'argoproj.io',
    'ApplicationSet',
  ),
  harmless('It limits what Applications may do', 'Argo CD 3.1, docs, Projects', 'argoproj.io', 'AppProject'),
  unread(
    { effects: everything, scope: 'own', does: 'makes Argo CD, with a Service and an Ingress or a route' },
    'argocd-operator 0.15, docs, ArgoCD',
    'argoproj.io',
    'ArgoCD',
  ),
  unread(
    { ...makesPods, does: 'makes Jobs with all rights on the nodes' },
    'rancher/system-upgrade-controller 0.16, Plan',
    'upgrade.cattle.io',
    'Plan',
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs an operator, and what that makes' },
    'Operator Lifecycle Manager 0.34 and 1.5',
    'operators.coreos.com',
    '*',
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs an operator, and what that makes' },
    'Operator Lifecycle Manager 1.5',
    'olm.operatorframework.io',
    '*',
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs a program that makes objects' },
    'Crossplane 2, docs, Packages',
    'pkg.crossplane.io',
    '*',
  ),
  harmless(
    'It defines a kind. Objects of that kind count by themselves',
    'Crossplane 2, docs, Compositions',
    'apiextensions.crossplane.io',
    '*',
  ),
  harmless(
    'It describes a package that is not installed here',
    'Crossplane 2, docs, Packages',
    'meta.pkg.crossplane.io',
    '*',
  ),
  ...[
    'kubernetes.crossplane.io',
    'kubernetes.m.crossplane.io',
    'helm.crossplane.io',
    'helm.m.crossplane.io',
  ].map((group) =>
    unread(
      { ...makesAllAnywhere, does: 'makes the objects that it holds, or those of a chart' },
      'provider-kubernetes 1 and provider-helm 1 of Crossplane',
      group,
      'Object',
      'ObservedObjectCollection',
      'Release',
    ),
  ),
  ...['*.crossplane.io', '*.upbound.io'].map((group) =>
    harmless(
      'It says how a provider reaches its system',
      'Crossplane 2, docs, Managed resources',
      group,
      'ProviderConfig',
      'ClusterProviderConfig',
      'ProviderConfigUsage',
      'StoreConfig',
    ),
  ),
  harmless(
    'It defines a kind. Objects of that kind count by themselves',
    'kro 0.4, docs, ResourceGraphDefinition',
    'kro.run',
    'ResourceGraphDefinition',
  ),
  unread(
    { ...makesAllAnywhere, does: 'makes the objects of its ResourceGraphDefinition' },
    'kro 0.4, docs, Instances',
    'kro.run',
    '*',
  ),
  ...(
    [
      ['kapp-controller 0.58, docs', 'kappctrl.k14s.io', 'App'],
      ['kapp-controller 0.58, docs', 'packaging.carvel.dev', 'PackageInstall'],
      ['Kluctl 2.27, docs, GitOps', 'gitops.kluctl.io', 'KluctlDeployment'],
      ['KubeVela 1.10, docs, Application', 'core.oam.dev', 'Application'],
      ['gitopssets-controller 0.16, docs', 'templates.weave.works', 'GitOpsSet'],
    ] as const
  ).map(([source, group, kind]) =>
    unread({ ...makesAllAnywhere, does: 'applies objects that are not read' }, source, group, kind),
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs a program that makes objects' },
    'Cluster API operator 0.24',
    'operator.cluster.x-k8s.io',
    '*',
  ),
  unread(
    { ...makesAllAnywhere, does: 'applies objects to clusters, which may include this one' },
    'Cluster API 1.11, ClusterResourceSet; add-on provider for Helm 0.4',
    'addons.cluster.x-k8s.io',
    '*',
  ),
  unread(
    { ...makesServices, does: 'may run another cluster in pods of this one, with Services that lead to it' },
    'Cluster API providers of KubeVirt 0.10, vcluster 0.2 and Docker 1.11',
    'infrastructure.cluster.x-k8s.io',
    '*',
  ),
  unread(
    { ...makesServices, does: 'may run another cluster in pods of this one, with Services that lead to it' },
    'Cluster API providers of Kamaji 0.15 and k0smotron 1.9',
    'controlplane.cluster.x-k8s.io',
    '*',
  ),
  harmless(
    'It describes another cluster, of which other objects make the machines',
    'Cluster API 1.11',
    'cluster.x-k8s.io',
    '*',
  ),
  harmless(
    'It describes another cluster, of which other objects make the machines',
    'Cluster API 1.11',
    '*.cluster.x-k8s.io',
    '*',
  ),
  unread(
    { ...makesAllAnywhere, does: 'makes the objects that it holds' },
    'Open Cluster Management 1, ManifestWork',
    'work.open-cluster-management.io',
    'ManifestWork',
    'AppliedManifestWork',
  ),
];

/** `spec.destination` of an Application (Argo CD 3.1): what names no cluster of the API's own is another cluster. */
function destinationOf(object: KubernetesObject): readonly Partial<Reach>[] {
  // A chart or a directory may name other namespaces than that, and objects of the whole cluster.
  const namespace = textAt(object, 'spec', 'destination', 'namespace');
  return [{ namespace: namespace === '' ? undefined : namespace }];
}

/** Kinds of the manifests of Flux that decide nothing about what it syncs. */
const controllerKinds =
  /^(?:Deployment|Service|ServiceAccount|NetworkPolicy|Namespace|ResourceQuota|CustomResourceDefinition)$/;

/**
 * `spec.kustomize.patches` of a FluxInstance also change the source and the Kustomization of its `sync`
 * (flux-operator 0.58, docs/api/v1/fluxinstance.md, Kustomize patches). Those may change all that is synced.
 */
function instanceReach(object: KubernetesObject): readonly Partial<Reach>[] {
  const patches = valueAt(object, 'spec', 'kustomize', 'patches') ?? [];
  const isOfControllers =
    Array.isArray(patches) &&
    patches.every((patch) => controllerKinds.test(textAt(patch, 'target', 'kind') ?? ''));
  return isOfControllers ? [{}] : [{}, { effects: ['changes'], namespace: undefined }];
}

function fluxOneNamespace(object: KubernetesObject): readonly Partial<Reach>[] {
  const spec = valueAt(object, 'spec');
  const target = isFields(spec) ? textAt(spec, 'targetNamespace') : undefined;
  return [{ namespace: target ?? namespaceOf(object) }];
}
