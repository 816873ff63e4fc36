import {
  type Fields,
  fieldsAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { shellWord } from '../../system/shellWord.ts';
import type { Gap, PodEffect } from './clusterChange.ts';
import { containersOf, podSpecOf } from './podTemplate.ts';
import { findObject, type TreeIndex } from './treeIndex.ts';

/** How a controller replaces the pods of a workload. */
export interface Rollout {
  pods: PodEffect;
  gap: Gap;
  /** As the end of a sentence. */
  sentence: string;
  /** What has to be done by hand, where something has to. */
  remedy?: string;
}

/**
 * How the pods of a workload are replaced after its template changes, by the rules of the controllers of Kubernetes
 * 1.36 (`pkg/controller/deployment`, `statefulset` and `daemon`).
 *
 * @param after the workload as it will be: its controller reads the new strategy
 */
export function rolloutOf(after: KubernetesObject, index: TreeIndex): Rollout {
  if (after.kind === 'StatefulSet') return rolloutOfStatefulSet(after);
  if (after.kind === 'DaemonSet') return rolloutOfDaemonSet(after);
  return rolloutOfDeployment(after, index);
}

function rolloutOfDeployment(deployment: KubernetesObject, index: TreeIndex): Rollout {
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1;
  if (replicas === 0) return { pods: 'replaced', gap: 'none', sentence: 'it has no pod' };
  if (valueAt(deployment, 'spec', 'paused') === true)
    return {
      pods: 'by-hand',
      gap: 'none',
      sentence: 'it is paused, so that no pod is replaced until it goes on',
      remedy: 'let it go on: spec.paused: false',
    };
  if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate')
    return untilReady('its pods stop before the new ones start (Recreate)');
  const rolling = fieldsAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  const surge = countOf(rolling['maxSurge'] ?? '25%', replicas, Math.ceil);
  const unavailable = countOf(rolling['maxUnavailable'] ?? '25%', replicas, Math.floor);
  const missing = surge === 0 && unavailable === 0 ? 1 : unavailable;
  if (replicas - missing < 1) return untilReady('the old pod stops before the new one is ready');
  const obstacle = obstacleTo(deployment, index);
  if (obstacle !== undefined) return { pods: 'replaced', gap: 'unknown', sentence: obstacle };
  const pod = podSpecOf(deployment);
  const withoutProbe = mapsAt(pod, 'containers').filter(({ readinessProbe }) => readinessProbe === undefined);
  if (replicas === 1 && withoutProbe.length > 0) {
    const names = withoutProbe.map((container) => textAt(container, 'name') ?? '').join(', ');
    return {
      pods: 'replaced',
      gap: 'unknown',
      sentence: `the new pod counts as ready as soon as it runs, since ${names} has no readiness probe`,
    };
  }
  return { pods: 'replaced', gap: 'none', sentence: 'a new pod is ready before an old one stops' };
}

function untilReady(sentence: string): Rollout {
  return { pods: 'replaced', gap: 'until-ready', sentence };
}

/** A number of pods or a share of them, as `intstr.GetScaledValueFromIntOrPercent` reads it. */
function countOf(value: unknown, replicas: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(typeof value === 'string' ? value : '')?.[1];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
}

/** Why a second pod may not start beside the first. */
function obstacleTo(workload: KubernetesObject, index: TreeIndex): string | undefined {
  const pod = podSpecOf(workload);
  const ports = containersOf(pod).flatMap((container) => mapsAt(container, 'ports'));
  const takesPort = ports.some((port) => numberAt(port, 'hostPort') !== undefined);
  if (takesPort || (pod['hostNetwork'] === true && ports.length > 0))
    return 'a new pod needs the same port of a node as the old one, and starts beside it on another node only';
  const modes = claimsOf(pod).flatMap((claim) => {
    const found = findObject(index, 'PersistentVolumeClaim', workload.metadata.namespace, claim);
    return textsAt(found, 'spec', 'accessModes');
  });
  if (modes.includes('ReadWriteOncePod'))
    return 'the new pod cannot start beside the old one, since one pod alone may use its volume (ReadWriteOncePod)';
  if (modes.includes('ReadWriteOnce'))
    return 'the new pod starts beside the old one on the same node only, since one node alone may use its volume (ReadWriteOnce)';
  return undefined;
}

function claimsOf(pod: Fields): string[] {
  return mapsAt(pod, 'volumes').flatMap(
    (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [],
  );
}

function rolloutOfStatefulSet(set: KubernetesObject): Rollout {
  const replicas = numberAt(set, 'spec', 'replicas') ?? 1;
  if (replicas === 0) return { pods: 'replaced', gap: 'none', sentence: 'it has no pod' };
  if (textAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return onDelete(set);
  const partition = partitionOf(set);
  if (partition >= replicas)
    return {
      pods: 'by-hand',
      gap: 'none',
      sentence: 'its partition keeps every pod as it is',
      remedy: 'lower spec.updateStrategy.rollingUpdate.partition',
    };
  if (replicas === 1) return untilReady('its pod stops before the new one starts');
  const which = partition > 0 ? `its pods from ${partition} on stop` : 'its pods stop';
  return {
    pods: 'replaced',
    gap: 'none',
    sentence: `${which} one after another, each until it is ready again`,
  };
}

function rolloutOfDaemonSet(set: KubernetesObject): Rollout {
  if (textAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return onDelete(set);
  const surge = valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxSurge') ?? 0;
  return surge === 0 || surge === '0%'
    ? { pods: 'replaced', gap: 'per-node', sentence: 'on each node its pod stops before the new one starts' }
    : { pods: 'replaced', gap: 'none', sentence: 'on each node a new pod is ready before the old one stops' };
}

function onDelete(set: KubernetesObject): Rollout {
  return {
    pods: 'by-hand',
    gap: 'none',
    sentence: 'its pods keep the old template until you delete them (OnDelete)',
    remedy: deletionOfPods(set),
  };
}

/** How a user has pods made again that run as their template is, so that they read their environment. */
export function restartOf(workload: KubernetesObject): string {
  const { kind, metadata } = workload;
  const name = shellWord(metadata.name);
  if (kind === 'Pod') return `${kubectl(workload)} delete pod ${name}, and Flux makes it again`;
  // A new template replaces no pod of these: deleted pods come back with the one that they have.
  if (!restartable.has(kind) || isHeld(workload)) return deletionOfPods(workload);
  return `${kubectl(workload)} rollout restart ${kind.toLowerCase()}/${name}`;
}

/** What `kubectl rollout restart` knows. */
const restartable: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Whether pods keep their template although it changes. */
export function isHeld(workload: KubernetesObject): boolean {
  const { kind } = workload;
  if (kind === 'Deployment') return valueAt(workload, 'spec', 'paused') === true;
  if (textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') return true;
  return kind === 'StatefulSet' && partitionOf(workload) > 0;
}

/** The number of the first pod of a StatefulSet that gets a new template. */
export function partitionOf(set: KubernetesObject): number {
  return numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
}

function deletionOfPods(workload: KubernetesObject): string {
  const labels = [...textMapAt(workload, 'spec', 'selector', 'matchLabels')];
  const selector = labels.map(([name, value]) => `${name}=${value}`).join(',');
  return selector === '' ? 'delete its pods' : `${kubectl(workload)} delete pods -l ${shellWord(selector)}`;
}

function kubectl({ metadata: { namespace = 'default' } }: KubernetesObject): string {
  return `kubectl -n ${shellWord(namespace)}`;
}
