import { isFields, listAt, mapsAt, textAt, textsIn, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  harmless,
  type KindFamily,
  makesAll,
  makesAllAnywhere,
  makesPods,
  makesRoutes,
  makesServices,
  modelled,
  type Reach,
  type Unread,
  unread,
} from './kind.ts';

const kyverno = 'Kyverno 1.15, docs, policy types';
const gatekeeper = 'Gatekeeper 3.20, docs';
const argo = 'Argo Workflows 3.7 and Argo Rollouts 1.8, docs';
const tekton = 'Tekton Pipelines 1.5, docs';

const changes: Unread = {
  effects: ['changes'],
  scope: 'any',
  does: 'may change or make objects when others are applied',
};
const restricts = 'It refuses objects, and changes none. What it may refuse proves nothing';
const templates = 'It is a template of which nothing is made by itself';

/** Policies of admission, continuous integration, scaling, nodes and virtual machines. */
export const automationKinds: readonly KindFamily[] = [
  unread({ ...changes, narrow: kyvernoRules }, kyverno, 'kyverno.io', 'ClusterPolicy'),
  unread({ ...changes, scope: 'own', narrow: kyvernoRules }, kyverno, 'kyverno.io', 'Policy'),
  unread(
    { ...changes, scope: 'any' },
    kyverno,
    'policies.kyverno.io',
    'MutatingPolicy',
    'GeneratingPolicy',
    'NamespacedMutatingPolicy',
    'NamespacedGeneratingPolicy',
  ),
  unread(
    {
      effects: ['policies'],
      scope: 'any',
      does: 'deletes objects, which may be network policies',
      narrow: deletedKinds,
    },
    kyverno,
    'kyverno.io',
    'CleanupPolicy',
    'ClusterCleanupPolicy',
  ),
  unread(
    { effects: ['policies'], scope: 'any', does: 'deletes objects, which may be network policies' },
    kyverno,
    'policies.kyverno.io',
    'DeletingPolicy',
    'NamespacedDeletingPolicy',
  ),
  harmless(restricts, kyverno, 'policies.kyverno.io', '*'),
  harmless(
    'It exempts objects from a policy, or gives it data',
    kyverno,
    'kyverno.io',
    'PolicyException',
    'GlobalContextEntry',
    'UpdateRequest',
    'AdmissionReport',
    'ClusterAdmissionReport',
  ),
  harmless('It is a report', kyverno, 'reports.kyverno.io', '*'),
  unread(changes, `${gatekeeper}, mutation`, 'mutations.gatekeeper.sh', '*'),
  ...[
    'constraints.gatekeeper.sh',
    'templates.gatekeeper.sh',
    'config.gatekeeper.sh',
    'expansion.gatekeeper.sh',
    'status.gatekeeper.sh',
    'externaldata.gatekeeper.sh',
    'syncset.gatekeeper.sh',
  ].map((group) => harmless(restricts, gatekeeper, group, '*')),
  unread(
    { ...changes, narrow: ifMutating },
    'Kubewarden 1.29, reference',
    'policies.kubewarden.io',
    'ClusterAdmissionPolicy',
    'AdmissionPolicy',
    'ClusterAdmissionPolicyGroup',
    'AdmissionPolicyGroup',
  ),
  unread(
    { ...makesServices, scope: 'any' },
    'Kubewarden 1.29, reference',
    'policies.kubewarden.io',
    'PolicyServer',
  ),
  unread(
    { effects: ['policies'], scope: 'any', does: 'copies objects to other namespaces' },
    'Hierarchical Namespaces 1.1',
    'hnc.x-k8s.io',
    '*',
  ),
  // Argo, Tekton and runners.
  modelled('workloads', 'argoproj.io', 'Rollout'),
  unread(
    { ...makesAll, does: 'makes pods and other objects by its steps' },
    argo,
    'argoproj.io',
    'Workflow',
    'CronWorkflow',
  ),
  unread(
    { ...makesAll, does: 'makes Workflows, and what their steps make, when something asks' },
    'Argo Workflows 3.7, docs, events',
    'argoproj.io',
    'WorkflowEventBinding',
  ),
  unread(makesPods, argo, 'argoproj.io', 'AnalysisRun', 'Experiment'),
  unread(
    { ...makesPods, does: 'lets a Rollout make Jobs', narrow: analysisJobs },
    'Argo Rollouts 1.8, docs, job metrics',
    'argoproj.io',
    'AnalysisTemplate',
  ),
  unread(
    { ...makesPods, scope: 'any', does: 'lets a Rollout make Jobs', narrow: analysisJobs },
    'Argo Rollouts 1.8, docs, job metrics',
    'argoproj.io',
    'ClusterAnalysisTemplate',
  ),
  harmless(
    templates,
    argo,
    'argoproj.io',
    'WorkflowTemplate',
    'ClusterWorkflowTemplate',
    'WorkflowTaskSet',
    'WorkflowTaskResult',
    'WorkflowArtifactGCTask',
  ),
  unread(
    { ...makesAll, does: 'makes pods and Services, and objects when something happens' },
    'Argo Events 1.9, docs',
    'argoproj.io',
    'EventSource',
    'Sensor',
    'EventBus',
  ),
  unread(makesPods, tekton, 'tekton.dev', 'TaskRun', 'PipelineRun', 'Run', 'CustomRun'),
  harmless(templates, tekton, 'tekton.dev', '*'),
  unread(
    { ...makesServices, does: 'makes pods, Services, and runs when something asks' },
    'Tekton Triggers 0.34, docs',
    'triggers.tekton.dev',
    'EventListener',
  ),
  harmless(templates, 'Tekton Triggers 0.34, docs', 'triggers.tekton.dev', '*'),
  unread(makesAllAnywhere, 'Tekton operator 0.77', 'operator.tekton.dev', '*'),
  unread(
    { ...makesPods, does: 'makes pods that run programs of others' },
    'Actions Runner Controller 0.13, docs',
    'actions.github.com',
    '*',
  ),
  unread(
    { ...makesPods, does: 'makes pods that run programs of others' },
    'Actions Runner Controller 0.27, docs',
    'actions.summerwind.dev',
    '*',
  ),
  unread(
    { ...makesRoutes, does: 'makes pods, and a Service and a route for its webhook' },
    'renovate-operator 4, CRD',
    'renovate-operator.mogenius.com',
    '*',
  ),
  // Scaling and nodes.
  modelled('workloads', 'keda.sh', 'ScaledJob'),
  harmless(
    'It decides how many pods of a known template run',
    'KEDA 2.18, docs',
    'keda.sh',
    'ScaledObject',
    'TriggerAuthentication',
    'ClusterTriggerAuthentication',
  ),
  harmless('It sends events out of the cluster', 'KEDA 2.18, docs', 'eventing.keda.sh', '*'),
  harmless('It describes what nodes have', 'Node Feature Discovery 0.18, docs', 'nfd.k8s-sigs.io', '*'),
  harmless(
    'It describes what nodes have',
    'Node Feature Discovery operator 0.7',
    'topology.node.k8s.io',
    '*',
  ),
  ...[
    ['Intel device plugins 0.34, operator', 'deviceplugin.intel.com'],
    ['NVIDIA GPU operator 25.10', 'nvidia.com'],
    ['AMD GPU operator 1.4', 'amd.com'],
  ].map(([source = '', group = '']) =>
    unread({ ...makesPods, scope: 'any', does: 'makes pods on every node' }, source, group, '*'),
  ),
  modelled('controllers', 'tuppr.home-operations.com', 'TalosUpgrade', 'KubernetesUpgrade'),
  harmless(
    'It is an identity for the API of Talos',
    'Talos 1.13, docs, Talos API access',
    'talos.dev',
    'ServiceAccount',
  ),
  harmless('It orders or limits when pods start', 'Kueue 0.14, docs', 'kueue.x-k8s.io', '*'),
  unread(
    { ...changes, scope: 'own', does: 'adds containers to pods' },
    'OpenKruise 1.8, docs, SidecarSet',
    'apps.kruise.io',
    'SidecarSet',
  ),
  unread(makesPods, 'OpenKruise 1.8, docs', 'apps.kruise.io', '*'),
  // Virtual machines.
  modelled('controllers', 'kubevirt.io', 'VirtualMachine', 'VirtualMachineInstance'),
  unread(makesPods, 'KubeVirt 1.6, API reference', 'kubevirt.io', 'VirtualMachineInstanceReplicaSet'),
  unread({ ...makesServices, scope: 'own' }, 'KubeVirt 1.6, API reference', 'kubevirt.io', 'KubeVirt'),
  harmless(
    'It is a size, a copy or a move of a virtual machine, which counts by itself',
    'KubeVirt 1.6, API reference',
    'kubevirt.io',
    'VirtualMachineInstanceMigration',
    'VirtualMachineInstancePreset',
  ),
  unread(
    { ...makesPods, does: 'makes a virtual machine of another one or of a snapshot' },
    'KubeVirt 1.6, API reference',
    'clone.kubevirt.io',
    'VirtualMachineClone',
  ),
  unread(
    { ...makesPods, does: 'makes a virtual machine of another one or of a snapshot' },
    'KubeVirt 1.6, API reference',
    'snapshot.kubevirt.io',
    'VirtualMachineRestore',
  ),
  ...['instancetype.kubevirt.io', 'snapshot.kubevirt.io', 'clone.kubevirt.io', 'migrations.kubevirt.io'].map(
    (group) =>
      harmless(
        'It is a size, a copy or a move of a virtual machine, which counts by itself',
        'KubeVirt 1.6, API reference',
        group,
        '*',
      ),
  ),
  unread(makesPods, 'KubeVirt 1.6, API reference', 'pool.kubevirt.io', 'VirtualMachinePool'),
  unread(makesRoutes, 'KubeVirt 1.6, docs, Export API', 'export.kubevirt.io', '*'),
  unread(
    makesServices,
    'CDI 1.63, docs, data volumes and populators',
    'cdi.kubevirt.io',
    'CDI',
    'DataVolume',
    'DataImportCron',
    'VolumeImportSource',
    'VolumeUploadSource',
    'VolumeCloneSource',
    'OpenstackVolumePopulator',
    'OvirtVolumePopulator',
  ),
  harmless('It names a source or a profile of volumes', 'CDI 1.63, docs', 'cdi.kubevirt.io', '*'),
  unread(
    { ...makesPods, scope: 'any', does: 'makes pods on every node' },
    'Cluster Network Addons Operator 0.99',
    'networkaddonsoperator.network.kubevirt.io',
    'NetworkAddonsConfig',
  ),
];

/** Rules that change or make objects (Kyverno 1.15): those that only refuse have neither. */
function kyvernoRules(object: KubernetesObject): readonly Partial<Reach>[] {
  const changing = mapsAt(object, 'spec', 'rules').filter(
    (rule) => isFields(rule['mutate']) || isFields(rule['generate']),
  );
  if (changing.length === 0 && mapsAt(object, 'spec', 'rules').length > 0) return [];
  return [{}];
}

/** A metric of an analysis may be a Job (Argo Rollouts 1.8); the other providers are asked. */
function analysisJobs(object: KubernetesObject): readonly Partial<Reach>[] {
  const metrics = mapsAt(object, 'spec', 'metrics');
  return metrics.some((metric) => valueAt(metric, 'provider', 'job') !== undefined) ? [{}] : [];
}

const harmlessWhenGone =
  /(?:^|\/)(?:Pod|Job|CronJob|ReplicaSet|Deployment|StatefulSet|PersistentVolumeClaim|ConfigMap|Secret|Lease|PolicyReport|EphemeralReport|UpdateRequest|Certificate|Order|Challenge)$/;

function deletedKinds(object: KubernetesObject): readonly Partial<Reach>[] {
  const kinds = ['any', 'all'].flatMap((part) =>
    mapsAt(object, 'spec', 'match', part).flatMap((each) =>
      listAt(each, 'resources', 'kinds').flatMap(textsIn),
    ),
  );
  return kinds.length > 0 && kinds.every((kind) => harmlessWhenGone.test(kind)) ? [] : [{}];
}

function ifMutating(object: KubernetesObject): readonly Partial<Reach>[] {
  const mutating = valueAt(object, 'spec', 'mutating');
  if (mutating !== true && textAt(object, 'spec', 'mutating') === undefined) return [];
  return [object.kind.startsWith('Cluster') ? {} : { namespace: textAt(object, 'metadata', 'namespace') }];
}
