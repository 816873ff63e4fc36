import { isFields, listAt, mapsAt, numberAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import type { FluxObject } from './fluxObject.ts';

/** Kinds of which a Kustomization waits for pods or volumes. */
const looked = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'PersistentVolumeClaim', 'Pod']);

/**
 * What a Kustomization has applied and is not ready, each with what its pods say, in full or by its reason. One request for each kind in a namespace,
 * and one for the pods of each namespace in which something is not ready.
 */
export async function unreadyOf(
  cluster: LiveCluster,
  { inventory }: FluxObject,
  withMessages = true,
): Promise<string[]> {
  const wanted = inventory.filter(({ kind, namespace }) => looked.has(kind) && namespace !== undefined);
  const groups = new Map<string, typeof wanted>();
  for (const entry of wanted) {
    const key = `${entry.group} ${entry.version} ${entry.kind} ${entry.namespace}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const lists = await Promise.all(
    [...groups.values()].map(async (entries) => {
      const [first] = entries;
      if (first === undefined) return [];
      const { group, version, kind, namespace } = first;
      const apiVersion = group === '' ? version : `${group}/${version}`;
      const found = (await cluster.list({ apiVersion, kind, namespace })) ?? [];
      const names = new Set(entries.map(({ name }) => name));
      return found.filter(({ metadata }) => names.has(metadata.name));
    }),
  );
  return unreadyAmong(cluster, lists.flat(), withMessages);
}

/** Kinds of a chart that run pods. */
const workloads = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
];

/** What the chart of a release has made and is not ready: helm-controller labels all of it with the name of the release. */
export async function unreadyOfRelease(
  cluster: LiveCluster,
  { reference: { name, namespace } }: FluxObject,
): Promise<string[]> {
  const label = 'helm.toolkit.fluxcd.io';
  const labelSelector = `${label}/name=${name},${label}/namespace=${namespace}`;
  const lists = await Promise.all(workloads.map((kind) => cluster.list({ ...kind, labelSelector })));
  return unreadyAmong(
    cluster,
    lists.flatMap((list): readonly KubernetesObject[] => list ?? []),
    true,
  );
}

async function unreadyAmong(
  cluster: LiveCluster,
  objects: readonly KubernetesObject[],
  withMessages: boolean,
): Promise<string[]> {
  const unready = objects.flatMap((object) => {
    const why = whyUnready(object);
    return why === undefined ? [] : [{ object, why }];
  });
  const namespaces = [...new Set(unready.map(({ object }) => object.metadata.namespace ?? 'default'))];
  const pods = await Promise.all(
    namespaces.map((namespace) => cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace })),
  );
  const all = pods.flatMap((list): readonly KubernetesObject[] => list ?? []);
  return unready.map(({ object, why }) => {
    const words = [
      ...new Set(all.filter((pod) => isPodOf(pod, object)).flatMap((pod) => podTrouble(pod, withMessages))),
    ];
    const name = `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`;
    return `${name}: ${[why, ...words].join('; ')}`;
  });
}

/** Why an object is not ready, in a few words. */
function whyUnready(object: KubernetesObject): string | undefined {
  const count = (...path: string[]): number => numberAt(object, ...path) ?? 0;
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
      const updated = count('status', 'updatedReplicas');
      // In a rolling update an old pod stays until the new one is ready, and counts as a ready one.
      const surplus = count('status', 'replicas') > wanted ? count('status', 'replicas') - updated : 0;
      const ready = Math.max(Math.min(count('status', 'readyReplicas') - surplus, updated), 0);
      if (ready >= wanted) return undefined;
      return [`${ready} of ${wanted} ready`, ...conditionTrouble(object)].join('; ');
    }
    case 'DaemonSet': {
      const wanted = count('status', 'desiredNumberScheduled');
      const ready = count('status', 'numberReady');
      return ready >= wanted ? undefined : `${ready} of ${wanted} ready`;
    }
    case 'Job':
      return isTrue(object, 'Complete')
        ? undefined
        : isTrue(object, 'Failed')
          ? ['failed', ...conditionTrouble(object)].join('; ')
          : 'is not complete';
    case 'PersistentVolumeClaim': {
      const phase = textAt(object, 'status', 'phase') ?? 'Pending';
      return phase === 'Bound' ? undefined : phase;
    }
    case 'Pod':
      return isTrue(object, 'Ready') || textAt(object, 'status', 'phase') === 'Succeeded'
        ? undefined
        : 'not ready';
    default:
      return undefined;
  }
}

/** A quota, an admission webhook or Pod Security that lets no pod be made. */
function conditionTrouble(object: KubernetesObject): string[] {
  return mapsAt(object, 'status', 'conditions')
    .filter(({ type, status }) => (type === 'ReplicaFailure' || type === 'Failed') && status === 'True')
    .map((condition) => textAt(condition, 'message') ?? '');
}

function isTrue(object: KubernetesObject, type: string): boolean {
  return mapsAt(object, 'status', 'conditions').some(
    (condition) => condition['type'] === type && condition['status'] === 'True',
  );
}

function isPodOf(pod: KubernetesObject, owner: KubernetesObject): boolean {
  if (pod.metadata.namespace !== owner.metadata.namespace) return false;
  if (owner.kind === 'Pod') return pod.metadata.name === owner.metadata.name;
  const labels = textMapAt(pod.metadata, 'labels');
  const selected = [...textMapAt(owner, 'spec', 'selector', 'matchLabels')];
  return selected.length > 0 && selected.every(([name, value]) => labels.get(name) === value);
}

/** What keeps a pod from being ready, as `kubectl get pods` and its conditions say it. */
function podTrouble(pod: KubernetesObject, withMessages: boolean): string[] {
  if (isTrue(pod, 'Ready')) return [];
  const { name } = pod.metadata;
  const unscheduled = mapsAt(pod, 'status', 'conditions').find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled !== undefined)
    return [`pod ${name} is in no node: ${textAt(unscheduled, 'message') ?? 'Unschedulable'}`];
  const statuses = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ].filter(isFields);
  return statuses.flatMap((status) => {
    const container = textAt(status, 'name');
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting !== undefined && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating') {
      const said = withMessages ? textAt(status, 'state', 'waiting', 'message') : undefined;
      return [`pod ${name}, container ${container}: ${waiting}${said === undefined ? '' : ` (${said})`}`];
    }
    const code = numberAt(status, 'state', 'terminated', 'exitCode') ?? 0;
    return code === 0 ? [] : [`pod ${name}, container ${container}: ended with ${code}`];
  });
}
