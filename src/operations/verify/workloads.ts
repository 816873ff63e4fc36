import { fieldsAt, mapsAt, numberAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { type Answer, type CheckVerdict, worstOf } from '../../live/check.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Dump, isKnownAbsent, remedyOf } from './dump.ts';
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
export function workloadsReady(workloads: readonly SourcedObject[], dump: Dump): Answer {
  const { objects, byName, byUid } = dump;
  const pods = objects.filter((object) => object.kind === 'Pod' && groupOf(object) === '');
  const found = workloads.map((source) => {
    const object = byName.get(nameOf(source.object));
    if (object === undefined) return absent(source, dump);
    const own = pods.filter((pod) => topOwner(pod, byUid) === object);
    return stateOf(source, object, own);
  });
  const worst = worstOf(found.map(({ verdict }) => verdict));
  return {
    verdict: worst,
    ...(worst === 'not checked' ? remedyOf(dump.unread) : {}),
    evidence: found.flatMap(({ verdict, evidence }) => (verdict === worst ? evidence : [])),
  };
}

function absent(source: SourcedObject, dump: Dump): WorkloadState {
  const name = describeObject(refOf(source));
  if (!isKnownAbsent(source.object, dump))
    return { verdict: 'not checked', evidence: [`${name} could not be read`] };
  // It may have failed just as well.
  if (isOverJob(source.object))
    return {
      verdict: 'kept',
      evidence: [`${name} is not in the cluster: it is removed some time after its end`],
    };
  return { verdict: 'broken', evidence: [`${name} is not in the cluster`] };
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
  verdict: CheckVerdict;
  evidence: readonly string[];
}

function stateOf(
  source: SourcedObject,
  object: KubernetesObject,
  pods: readonly KubernetesObject[],
): WorkloadState {
  const name = describeObject(refOf(source));
  if (object.kind === 'Job') return jobState(name, object, pods);
  const { wanted, ready, updated, all } = countsOf(source.object, object);
  const isSeen =
    numberAt(object, 'status', 'observedGeneration') === numberAt(object, 'metadata', 'generation');
  // While a new pod does not get ready, the old one still is, and counts as ready.
  if (isSeen && ready >= wanted && updated >= wanted && all <= updated)
    return { verdict: 'kept', evidence: [`${name}: ${ready} of ${wanted} pods are ready`] };
  const old = all > updated ? `, ${all - updated} in an earlier one` : '';
  const summary = isSeen
    ? `${name}: ${ready} of ${wanted} pods are ready, ${updated} in the newest form${old}`
    : `${name}: its controller has not seen the last change yet`;
  return { verdict: 'broken', evidence: [summary, ...pods.flatMap(reasonsOf)] };
}

/** How many pods a workload is to have, and has: ready ones, those of its newest template, and all. */
function countsOf(
  inGit: KubernetesObject,
  object: KubernetesObject,
): { wanted: number; ready: number; updated: number; all: number } {
  const count = (field: string): number => numberAt(object, 'status', field) ?? 0;
  if (object.kind === 'DaemonSet') {
    const updated = count('updatedNumberScheduled');
    return { wanted: count('desiredNumberScheduled'), ready: count('numberReady'), updated, all: updated };
  }
  return {
    wanted: numberAt(inGit, 'spec', 'replicas') ?? numberAt(object, 'spec', 'replicas') ?? 1,
    ready: count('readyReplicas'),
    updated: count('updatedReplicas'),
    all: count('replicas'),
  };
}

function jobState(name: string, object: KubernetesObject, pods: readonly KubernetesObject[]): WorkloadState {
  const conditions = mapsAt(object, 'status', 'conditions').filter(({ status }) => status === 'True');
  const isType = (type: string) => conditions.find((condition) => condition['type'] === type);
  if (isType('Complete') !== undefined) return { verdict: 'kept', evidence: [`${name} has ended well`] };
  if (fieldsAt(object, 'spec')['suspend'] === true)
    return { verdict: 'broken', evidence: [`${name} is suspended`] };
  const failed = isType('Failed');
  if (failed !== undefined)
    return { verdict: 'broken', evidence: [`${name} has failed: ${textAt(failed, 'message') ?? ''}`] };
  return { verdict: 'broken', evidence: [`${name} has not ended yet`, ...pods.flatMap(reasonsOf)] };
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
