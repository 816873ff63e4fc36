import { numberAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Effect, possibleRestart } from './clusterChange.ts';
import { listed } from './listed.ts';
import { podTemplateOf, templateDifference } from './podTemplate.ts';
import { isHeld, partitionOf, rolloutOf } from './rollout.ts';
import type { TreeIndex } from './treeIndex.ts';

/** What a change of a workload does to its pods. What the API server refuses is not asked here. */
export function workloadChanges(
  before: KubernetesObject,
  after: KubernetesObject,
  index: TreeIndex,
): Effect[] {
  const [old, next] = [podTemplateOf(before), podTemplateOf(after)];
  if (old === undefined || next === undefined) return [];
  switch (after.kind) {
    case 'Job':
      return changesOfJob(before, after);
    // Their pods are not made again: those of the next run, or of the next pod, follow the template.
    case 'CronJob':
    case 'ReplicaSet':
    case 'ReplicationController':
      return [];
    case 'Pod':
      return changesOfPod(before, after);
    default:
      return [
        ...changesOfTemplate(before, after, index),
        ...changesOfHold(before, after),
        ...changesOfScale(before, after),
      ];
  }
}

function changesOfTemplate(before: KubernetesObject, after: KubernetesObject, index: TreeIndex): Effect[] {
  const [old, next] = [podTemplateOf(before) ?? {}, podTemplateOf(after) ?? {}];
  const { fields, parts } = templateDifference(old, next);
  if (fields.length === 0) return [];
  const { pods, gap, sentence, remedy } = rolloutOf(after, index);
  const does = pods === 'by-hand' ? 'its pods stay as they are' : 'its pods restart';
  // An order alone may or may not reach the pods: the API server merges these lists by their keys.
  const isOrder = fields.every((field) => field.endsWith(' (order)'));
  return [
    {
      risk: 'restart',
      certain: !isOrder,
      pods: isOrder && pods === 'replaced' ? 'may' : pods,
      gap,
      fields: fields.map((field) => `spec.template.${field}`),
      sentence: `${isOrder ? does.replace('restart', 'may restart') : does}, since its template changes (${parts.join('; ')}): ${sentence}`,
      ...(remedy === undefined ? {} : { remedy }),
    },
  ];
}

/** Pods that kept an older template until now get that of today, of which Git does not say whether they have it. */
function changesOfHold(before: KubernetesObject, after: KubernetesObject): Effect[] {
  const isFreed = isHeld(before) && (!isHeld(after) || partitionOf(after) < partitionOf(before));
  if (!isFreed) return [];
  const field = after.kind === 'Deployment' ? 'spec.paused' : 'spec.updateStrategy';
  return [
    {
      ...possibleRestart,
      fields: [field],
      sentence: `its pods may restart, since its ${field} no longer keeps them: those that have an older template get that of now`,
    },
  ];
}

function changesOfScale(before: KubernetesObject, after: KubernetesObject): Effect[] {
  if (after.kind === 'DaemonSet') return [];
  const [old, next] = [before, after].map((object) => numberAt(object, 'spec', 'replicas') ?? 1) as [
    number,
    number,
  ];
  if (next >= old) return [];
  const left = next === 0 ? 'all of its pods stop' : `${old - next} of its ${old} pods stop`;
  return [
    {
      risk: 'restart',
      certain: true,
      pods: 'stopped',
      gap: next === 0 ? 'until-ready' : 'none',
      fields: ['spec.replicas'],
      sentence: `its spec.replicas becomes ${next}: ${left}`,
    },
  ];
}

/** Fields of a Job that reach its pods while it runs, and what they do then. */
const ofRuns: readonly (readonly [field: string, effect: string])[] = [
  ['parallelism', 'pods start or stop'],
  ['activeDeadlineSeconds', 'its pods stop at the new deadline'],
  ['backoffLimit', 'it fails after another number of tries'],
  ['ttlSecondsAfterFinished', 'it is deleted after that time, and Flux makes it again: it runs once more'],
];

function changesOfJob(before: KubernetesObject, after: KubernetesObject): Effect[] {
  const [old, next] = [before, after].map((job) => valueAt(job, 'spec', 'suspend') === true);
  const base = { risk: 'restart', certain: false, pods: 'may', gap: 'none' } as const;
  const suspended = next
    ? 'it is suspended: its pods stop if it has not ended'
    : 'it is no longer suspended: it runs if it has not ended';
  return [
    ...(old === next ? [] : [{ ...base, fields: ['spec.suspend'], sentence: suspended }]),
    ...ofRuns.flatMap(([name, effect]): Effect[] => {
      const isChanged = valueAt(before, 'spec', name) !== valueAt(after, 'spec', name);
      const when = name === 'ttlSecondsAfterFinished' ? 'ended' : 'not ended';
      const sentence = `its spec.${name} changes: where it has ${when}, ${effect}`;
      return isChanged ? [{ ...base, fields: [`spec.${name}`], sentence }] : [];
    }),
  ];
}

/** The kubelet restarts a container of which the image changes, in place. */
function changesOfPod(before: KubernetesObject, after: KubernetesObject): Effect[] {
  const { fields, parts } = templateDifference(before, after);
  const images = fields.filter((field) => field.endsWith('.image'));
  if (images.length === 0) return [];
  const restarts = textAt(after, 'spec', 'restartPolicy') !== 'Never';
  return [
    {
      risk: 'restart',
      certain: restarts,
      pods: restarts ? 'replaced' : 'may',
      gap: 'until-ready',
      fields: images,
      sentence: `its containers restart in place, since ${listed(images)} changes (${parts.join('; ')})`,
    },
  ];
}
