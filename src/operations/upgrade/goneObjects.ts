import { heldData, isKept } from '../../compile/heldData.ts';
import { textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Effect, possibleRestart } from './clusterChange.ts';
import { mentions } from './configurationReaders.ts';
import { effectOfNew, harmlessBecause, isOfController } from './controllerChanges.ts';
import { titleOf } from './listed.ts';
import { renamedTo } from './networkChanges.ts';
import { isNetworkKind, isNetworkPolicy } from './networkKinds.ts';
import { isWorkload, podSpecOf } from './podTemplate.ts';
import { findObject, type TreeIndex } from './treeIndex.ts';

/** The trees before and after a change. */
export interface Trees {
  before: TreeIndex;
  after: TreeIndex;
}

/** What becomes of an object that is no longer applied. */
export function effectOfRemoval(
  source: SourcedObject,
  trees: Trees,
  created: readonly KubernetesObject[],
): Effect {
  const { object } = source;
  const why = whyItStays(source, trees.before);
  if (why !== undefined)
    return nothing(`it is no longer in the repository, and stays in the cluster: ${why}`);
  const certain = trees.after.isWhole;
  const gone = `it is no longer in the repository, and ${source.template === undefined ? 'Flux' : 'Helm'} deletes it`;
  const base = { certain, fields: [] };
  const held = heldData(object);
  if (held !== undefined) return { ...base, risk: 'data', sentence: `${gone}: with it goes ${held}` };
  if (makesBackups(object))
    return {
      ...base,
      risk: 'data',
      sentence: `${gone}: no more backups are made by it, and those that it made stay`,
    };
  if (object.kind === 'Job' || object.kind === 'CronJob')
    return { ...base, ...possibleRestart, sentence: `${gone}: its pods stop where a run has not ended` };
  if (isWorkload(object))
    return {
      ...base,
      risk: 'restart',
      pods: 'stopped',
      gap: 'until-ready',
      sentence: `${gone}: its pods stop`,
    };
  if (isNetworkKind(object)) {
    const next = renamedTo(object, created);
    const renamed =
      next === undefined ? '' : `. ${titleOf(next)} says the same: Flux makes it before it deletes this one`;
    const effect = isNetworkPolicy(object) && next === undefined ? ': who connects to whom changes' : '';
    return { ...base, risk: 'network', sentence: `${gone}${effect}${renamed}` };
  }
  if ((object.kind === 'Secret' || object.kind === 'ConfigMap') && isStillRead(object, trees.after))
    return {
      ...base,
      ...possibleRestart,
      sentence: `${gone}, and another object still names it: pods that start from then on may not`,
    };
  const reader = podsThatNeed(object, trees.after);
  if (reader !== undefined)
    return {
      ...base,
      ...possibleRestart,
      sentence: `${gone}, and ${titleOf(reader)} still names it: pods that start from then on are refused`,
    };
  if (isOfController(object) && !isForNewPods(object))
    return {
      ...base,
      ...possibleRestart,
      sentence: `${gone}: what its controller deletes with it is not known here`,
    };
  return nothing(gone);
}

/** Objects by which backups are made again and again. */
function makesBackups(object: KubernetesObject): boolean {
  return [
    'volsync.backube/ReplicationSource',
    'postgresql.cnpg.io/ScheduledBackup',
    'velero.io/Schedule',
  ].includes(`${groupOf(object)}/${object.kind}`);
}

/** What only new pods are asked for, so that none that runs minds when it is gone. */
function isForNewPods({ kind }: KubernetesObject): boolean {
  return ['LimitRange', 'ResourceQuota', 'PriorityClass'].includes(kind);
}

/** Objects without which the API server refuses pods, and the field of a pod that names one. */
const neededByPods: ReadonlyMap<string, string> = new Map([
  ['/ServiceAccount', 'serviceAccountName'],
  ['scheduling.k8s.io/PriorityClass', 'priorityClassName'],
  ['node.k8s.io/RuntimeClass', 'runtimeClassName'],
]);

/** A workload of which the pods need an object that is gone. */
function podsThatNeed(object: KubernetesObject, after: TreeIndex): KubernetesObject | undefined {
  const field = neededByPods.get(`${groupOf(object)}/${object.kind}`);
  if (field === undefined) return undefined;
  const { name, namespace } = object.metadata;
  const within =
    object.kind === 'ServiceAccount'
      ? (after.byNamespace.get(namespace ?? '') ?? [])
      : [...after.byNamespace.values()].flat();
  return within.find((workload) => textAt(podSpecOf(workload), field) === name);
}

function nothing(sentence: string): Effect {
  return { risk: 'nothing', certain: true, fields: [], sentence };
}

/** Why nothing deletes an object of which the manifest is gone. */
function whyItStays({ object, appliedBy, template }: SourcedObject, before: TreeIndex): string | undefined {
  if (template !== undefined)
    return object.metadata.annotations?.['helm.sh/resource-policy'] === 'keep'
      ? 'the annotation helm.sh/resource-policy keeps it'
      : undefined;
  if (isKept(object)) return 'Flux is told not to prune it, and nothing looks after it any more';
  if (appliedBy === undefined) return 'nothing here deletes what is applied by hand';
  const [namespace, name] = appliedBy.split('/');
  const kustomization = findObject(before, 'Kustomization', namespace, name);
  return kustomization !== undefined && valueAt(kustomization, 'spec', 'prune') !== true
    ? `Kustomization ${appliedBy} does not prune`
    : undefined;
}

function isStillRead({ metadata: { name, namespace = '' } }: KubernetesObject, after: TreeIndex): boolean {
  return (after.byNamespace.get(namespace) ?? []).some((object) => mentions(object['spec'], name));
}

/** What comes of an object that is new. */
export function effectOfCreation({ object }: SourcedObject): Effect {
  const base = { certain: true, fields: [] };
  if (isNetworkPolicy(object))
    return {
      ...base,
      risk: 'network',
      sentence: 'it is new: who connects to the pods that it selects changes',
    };
  if (isNetworkKind(object)) return { ...base, risk: 'network', sentence: 'it is new' };
  const effect = effectOfNew(object);
  if (effect !== undefined) return { ...base, ...possibleRestart, sentence: `it is new: ${effect}` };
  return nothing(isWorkload(object) ? 'it is new: its pods start' : 'it is new');
}

/**
 * What may happen to an object that another Flux Kustomization applies: the first one prunes what it applied, unless the
 * other one has taken the object over by then.
 */
export function effectOfMove(before: SourcedObject, after: SourcedObject, trees: Trees): Effect | undefined {
  const [from, to] = [before.appliedBy, after.appliedBy];
  if (from === to || before.template !== undefined || after.template !== undefined) return undefined;
  const moves = `another Flux Kustomization applies it (${from ?? 'none'} → ${to ?? 'none'})`;
  if (whyItStays(before, trees.before) !== undefined)
    return nothing(`${moves}, and the first does not prune it`);
  const sentence = `${moves}: the first one may prune it before the other one takes it over`;
  const { object } = before;
  const base = { certain: false, fields: [], sentence };
  const held = heldData(object);
  if (held !== undefined) return { ...base, risk: 'data', sentence: `${sentence}, and with it ${held}` };
  if (isNetworkKind(object)) return { ...base, risk: 'network' };
  return harmlessBecause(object) === undefined ? { ...base, ...possibleRestart } : nothing(sentence);
}
