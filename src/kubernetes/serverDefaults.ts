import { type Fields, fieldsAt, textAt, valueAt } from './fields.ts';
import { filled, mapped } from './filledFields.ts';
import { groupOf, type KubernetesObject } from './object.ts';
import { podWithDefaults } from './podDefaults.ts';

type Fill = (object: Fields) => Fields;

const ofSpec =
  (fill: Fill): Fill =>
  (object) => ({ ...object, spec: fill(fieldsAt(object, 'spec')) });

const ofTemplate: Fill = (spec) =>
  mapped(spec, 'template', (template) => mapped(template, 'spec', podWithDefaults));

/**
 * What the API server fills in where a manifest says nothing, for kinds of which a change restarts pods or is refused
 * (`pkg/apis/<group>/v1/defaults.go`, Kubernetes 1.36).
 */
const kinds: ReadonlyMap<string, Fill> = new Map<string, Fill>([
  ['apps/Deployment', ofSpec(deployment)],
  ['apps/StatefulSet', ofSpec(statefulSet)],
  ['apps/DaemonSet', ofSpec(daemonSet)],
  ['apps/ReplicaSet', ofSpec((spec) => ofTemplate(filled(spec, { replicas: 1, minReadySeconds: 0 })))],
  ['/ReplicationController', ofSpec((spec) => ofTemplate(filled(spec, { replicas: 1, minReadySeconds: 0 })))],
  ['batch/Job', ofSpec(job)],
  ['batch/CronJob', ofSpec(cronJob)],
  ['/Pod', ofSpec(podWithDefaults)],
  ['/Service', ofSpec(service)],
  ['/PersistentVolumeClaim', ofSpec((spec) => filled(spec, { volumeMode: 'Filesystem' }))],
  [
    '/PersistentVolume',
    ofSpec((spec) =>
      mapped(
        filled(spec, { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' }),
        'hostPath',
        (path) => filled(path, { type: '' }),
      ),
    ),
  ],
  ['/Secret', (secret) => filled(secret, { type: 'Opaque' })],
  [
    'storage.k8s.io/StorageClass',
    (storage) => filled(storage, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  ],
  [
    'scheduling.k8s.io/PriorityClass',
    (priority) => filled(priority, { preemptionPolicy: 'PreemptLowerPriority' }),
  ],
  ['rbac.authorization.k8s.io/RoleBinding', binding],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', binding],
  ['autoscaling/HorizontalPodAutoscaler', ofSpec((spec) => filled(spec, { minReplicas: 1 }))],
]);

/** An object as the API server stores it: to write a default out, or to leave it out, changes nothing that runs. */
export function withServerDefaults(object: KubernetesObject): KubernetesObject {
  const fill = kinds.get(`${groupOf(object)}/${object.kind}`);
  return fill === undefined ? object : { ...object, ...fill(object) };
}

function deployment(spec: Fields): Fields {
  const whole = filled(spec, {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    minReadySeconds: 0,
    paused: false,
    strategy: {},
  });
  const share = { maxSurge: '25%', maxUnavailable: '25%' };
  return ofTemplate(mapped(whole, 'strategy', (strategy) => withRollingUpdate(strategy, share)));
}

function statefulSet(spec: Fields): Fields {
  const whole = filled(spec, {
    replicas: 1,
    revisionHistoryLimit: 10,
    minReadySeconds: 0,
    podManagementPolicy: 'OrderedReady',
    serviceName: '',
    updateStrategy: {},
    persistentVolumeClaimRetentionPolicy: {},
  });
  const kept = mapped(whole, 'persistentVolumeClaimRetentionPolicy', (policy) =>
    filled(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
  );
  const updated = mapped(kept, 'updateStrategy', (strategy) => withRollingUpdate(strategy, { partition: 0 }));
  return ofTemplate(mapped(updated, 'volumeClaimTemplates', claimTemplate));
}

/** Claims of a set say their kind, whether the manifest does or not. */
function claimTemplate({ apiVersion: _, kind: __, status: ___, ...claim }: Fields): Fields {
  return { ...claim, spec: filled(fieldsAt(claim, 'spec'), { volumeMode: 'Filesystem' }) };
}

function daemonSet(spec: Fields): Fields {
  const whole = filled(spec, { revisionHistoryLimit: 10, minReadySeconds: 0, updateStrategy: {} });
  const rolling = { maxUnavailable: 1, maxSurge: 0 };
  return ofTemplate(mapped(whole, 'updateStrategy', (strategy) => withRollingUpdate(strategy, rolling)));
}

function withRollingUpdate(strategy: Fields, rolling: Fields): Fields {
  const typed = filled(strategy, { type: 'RollingUpdate' });
  if (textAt(typed, 'type') !== 'RollingUpdate') return typed;
  return { ...typed, rollingUpdate: filled(fieldsAt(typed, 'rollingUpdate'), rolling) };
}

function job(spec: Fields): Fields {
  const policy = isThere(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed';
  return filled(runs(spec), { completionMode: 'NonIndexed', podReplacementPolicy: policy });
}

/** What a Job has, and the template of a CronJob too. */
function runs(spec: Fields): Fields {
  const isCounted = isThere(spec, 'completions') || isThere(spec, 'parallelism');
  const counts = { parallelism: 1, ...(isCounted ? {} : { completions: 1 }) };
  return ofTemplate(filled(spec, { ...counts, backoffLimit: 6, suspend: false, manualSelector: false }));
}

function cronJob(spec: Fields): Fields {
  const whole = filled(spec, {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  return mapped(whole, 'jobTemplate', (template) => mapped(template, 'spec', runs));
}

function service(spec: Fields): Fields {
  const whole = filled(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  const isExternal = textAt(whole, 'type') === 'ExternalName';
  const routed = isExternal ? whole : filled(whole, { internalTrafficPolicy: 'Cluster' });
  return mapped(routed, 'ports', (port) => filled(port, { protocol: 'TCP', targetPort: port['port'] }));
}

function binding(object: Fields): Fields {
  const group = 'rbac.authorization.k8s.io';
  const bound = mapped(object, 'roleRef', (role) => filled(role, { apiGroup: group }));
  return mapped(bound, 'subjects', (subject) =>
    filled(subject, { apiGroup: textAt(subject, 'kind') === 'ServiceAccount' ? '' : group }),
  );
}

function isThere(fields: Fields, name: string): boolean {
  return (valueAt(fields, name) ?? undefined) !== undefined;
}
