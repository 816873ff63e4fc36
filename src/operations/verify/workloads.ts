import { fieldsAt, mapsAt, numberAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../../live/check.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Dump } from './dump.ts';
import { controllerOf } from './madeObjects.ts';
import { nameOf } from './objectName.ts';

/** The kinds whose pods are to run all the time. */
const running = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet']);

/** Whether an object stands for pods that are to run, or for one that is to end well. */
export function isWorkload({ object }: Pick<SourcedObject, 'object'>): boolean {
  const kind = `${groupOf(object)}/${object.kind}`;
  return running.has(kind) || kind === 'batch/Job';
}

/**
 * Whether all pods of workloads run in their newest form and are ready, and Jobs have ended well. What waits, or starts
 * again and again, is named with the reason that kubelet gives.
 */
export function workloadsReady(
  workloads: readonly SourcedObject[],
  { objects, byName, byUid }: Dump,
): Answer {
  const pods = objects.filter((object) => object.kind === 'Pod' && groupOf(object) === '');
  const found = workloads.map((source) => {
    const object = byName.get(nameOf(source.object));
    if (object === undefined) return { isReady: isOverJob(source.object), evidence: absent(source) };
    const own = pods.filter((pod) => topOwner(pod, byUid) === object);
    return stateOf(source, object, own);
  });
  const waiting = found.filter(({ isReady }) => !isReady);
  if (waiting.length > 0) return { verdict: 'broken', evidence: waiting.flatMap(({ evidence }) => evidence) };
  return { verdict: 'kept', evidence: found.flatMap(({ evidence }) => evidence) };
}

function absent(source: SourcedObject): readonly string[] {
  return [
    isOverJob(source.object)
      ? `${describeObject(refOf(source))} has ended, and was removed after its time`
      : `${describeObject(refOf(source))} is not in the cluster`,
  ];
}

function isOverJob(object: KubernetesObject): boolean {
  return object.kind === 'Job' && numberAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}

/** The controller of an object, or the controller of that, and so on: the last one, where there is any. */
export function topOwner(
  object: KubernetesObject,
  byUid: ReadonlyMap<string, KubernetesObject>,
): KubernetesObject | undefined {
  // Somebody may have written owners that lead in a circle.
  const seen = new Set<KubernetesObject>();
  let top = controllerOf(object, byUid);
  for (let above = top; above !== undefined && !seen.has(above); above = controllerOf(above, byUid)) {
    seen.add(above);
    top = above;
  }
  return top;
}

interface WorkloadState {
  isReady: boolean;
  evidence: readonly string[];
}

function stateOf(
  source: SourcedObject,
  object: KubernetesObject,
  pods: readonly KubernetesObject[],
): WorkloadState {
  const name = describeObject(refOf(source));
  if (object.kind === 'Job') return jobState(name, object, pods);
  const status = fieldsAt(object, 'status');
  const wanted =
    object.kind === 'DaemonSet'
      ? (numberAt(status, 'desiredNumberScheduled') ?? 0)
      : (numberAt(object, 'spec', 'replicas') ?? 1);
  const ready = numberAt(status, object.kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas') ?? 0;
  const updated =
    numberAt(status, object.kind === 'DaemonSet' ? 'updatedNumberScheduled' : 'updatedReplicas') ?? 0;
  const isSeen = numberAt(status, 'observedGeneration') === numberAt(object, 'metadata', 'generation');
  const isReady = isSeen && ready >= wanted && updated >= wanted;
  if (isReady) return { isReady, evidence: [`${name}: ${ready} of ${wanted} pods are ready`] };
  const why = pods.flatMap((pod) => reasonsOf(pod));
  const summary = isSeen
    ? `${name}: ${ready} of ${wanted} pods are ready, ${updated} in the newest form`
    : `${name}: its controller has not seen the last change yet`;
  return { isReady, evidence: [summary, ...why] };
}

function jobState(name: string, object: KubernetesObject, pods: readonly KubernetesObject[]): WorkloadState {
  const conditions = mapsAt(object, 'status', 'conditions').filter(({ status }) => status === 'True');
  const isType = (type: string) => conditions.find((condition) => condition['type'] === type);
  if (isType('Complete') !== undefined) return { isReady: true, evidence: [`${name} has ended well`] };
  if (object.kind === 'Job' && fieldsAt(object, 'spec')['suspend'] === true)
    return { isReady: false, evidence: [`${name} is suspended`] };
  const failed = isType('Failed');
  if (failed !== undefined)
    return { isReady: false, evidence: [`${name} has failed: ${textAt(failed, 'message') ?? ''}`] };
  return {
    isReady: false,
    evidence: [`${name} has not ended yet`, ...pods.flatMap((pod) => reasonsOf(pod))],
  };
}

/** What kubelet and the scheduler say of a pod that is not ready. */
function reasonsOf(pod: KubernetesObject): readonly string[] {
  const name = `Pod ${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
  const conditions = mapsAt(pod, 'status', 'conditions');
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (isReady || textAt(pod, 'status', 'phase') === 'Succeeded') return [];
  const containers = [
    ...mapsAt(pod, 'status', 'initContainerStatuses'),
    ...mapsAt(pod, 'status', 'containerStatuses'),
  ];
  const waiting = containers.flatMap((container) => {
    const state = fieldsAt(container, 'state', 'waiting');
    const ended = fieldsAt(container, 'lastState', 'terminated');
    const reason = textAt(state, 'reason');
    const exit = numberAt(ended, 'exitCode');
    if (reason === undefined || reason === 'PodInitializing') return [];
    const last = exit === undefined ? '' : `, its program ended with ${exit}`;
    return [`${name}: container ${textAt(container, 'name') ?? ''} waits: ${reason}${last}`];
  });
  if (waiting.length > 0) return waiting;
  const unmet = conditions.filter(({ status, type }) => status === 'False' && type !== 'Ready');
  const said = unmet.flatMap(
    (condition) => textAt(condition, 'message') ?? textAt(condition, 'reason') ?? [],
  );
  return [`${name} is not ready: ${said[0] ?? textAt(pod, 'status', 'phase') ?? 'no reason is given'}`];
}
