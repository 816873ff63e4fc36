import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProbeImage } from '../../../components/contract/component.ts';
import { fieldsAt, mapsAt, numberAt, textAt } from '../../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { type LiveCluster, LiveError, type LiveWriter } from '../../../live/cluster.ts';
import { liveNameOf } from '../../../live/questions/select.ts';
import {
  namespaceObject,
  type ProbeTask,
  probeJob,
  probeLabels,
  probeNamespace,
  probeSelector,
} from './probeObjects.ts';
import { answersIn, type ProbeAnswers } from './probeScript.ts';

/** What a probe runs with. */
export interface ProbeRun {
  cluster: LiveCluster;
  writer: LiveWriter;
  image: ProbeImage;
  signal?: AbortSignal | undefined;
  /** Milliseconds between two looks, and the time that a pod has until it has ended. */
  times?: { look: number; whole: number; empty: number };
}

/**
 * What came of a probe: its answers, or why there are none. `left` says what could not be removed, `doubt` why a refusal may be
 * of the place of the pod, and not of what it asked.
 */
export type Probed = { left: readonly string[] } & (
  | { answers: ProbeAnswers; doubt?: string | undefined }
  | { why: string }
);

const usualTimes = { look: 1_000, whole: 180_000, empty: 10_000 };

const job = { apiVersion: 'batch/v1', kind: 'Job' } as const;

/**
 * Runs one short-lived Job and reads what its pod found. Whatever happens, what was made is removed, and so is what an earlier
 * run left behind.
 */
export async function runProbe(run: ProbeRun, namespace: string, task: ProbeTask): Promise<Probed> {
  const left: string[] = [];
  const name = `gatehouse-probe-${randomBytes(4).toString('hex')}`;
  const isOwn = namespace === probeNamespace;
  let isMade = false;
  try {
    const making = (is: boolean): void => {
      isMade = is;
    };
    const why = isOwn ? await ownNamespace(run, making) : undefined;
    if (why !== undefined) return { left, why };
    isMade = true;
    await removeEarlier(run, namespace);
    if (run.signal?.aborted) return { left, why: 'it was interrupted' };
    await run.writer.create(probeJob(namespace, name, run.image, task));
    const found = await ended(run, namespace, name, task);
    return { left, ...found, doubt: isOwn ? await policyDoubt(run).catch(messageOf) : undefined };
  } catch (error) {
    if (error instanceof LiveError) return { left, why: error.message };
    throw error;
  } finally {
    // What another program has in a namespace of the same name is not ours.
    if (isMade) {
      await tidied({ ...job, name, namespace }, run, left);
      if (isOwn) await tidied({ apiVersion: 'v1', kind: 'Namespace', name: probeNamespace }, run, left);
    }
  }
}

async function tidied(
  object: { apiVersion: string; kind: string; name: string; namespace?: string },
  { writer }: ProbeRun,
  left: string[],
): Promise<void> {
  try {
    await writer.remove(object);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    const of = object.namespace === undefined ? '' : ` -n ${object.namespace}`;
    left.push(
      `${object.kind} ${object.name} could not be removed: ${error.message}; kubectl delete ${object.kind.toLowerCase()} ${object.name}${of}`,
    );
  }
}

function messageOf(error: unknown): string {
  if (error instanceof LiveError) return error.message;
  throw error;
}

/** Some clusters put policies into each new namespace: who is refused by one of these asked nobody. */
async function policyDoubt({ cluster }: ProbeRun): Promise<string | undefined> {
  for (const [apiVersion, kind] of [
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['cilium.io/v2', 'CiliumNetworkPolicy'],
  ] as const) {
    // With a selector, what was listed before this namespace was made is not taken for the answer.
    const fieldSelector = `metadata.namespace=${probeNamespace}`;
    const [first] =
      (await cluster.list({ apiVersion, kind, namespace: probeNamespace, fieldSelector })) ?? [];
    if (first !== undefined)
      return `${liveNameOf(first)} is there, so that a refusal may be its own: somebody puts policies into each new namespace`;
  }
  return undefined;
}

/**
 * Makes the namespace, if it is not there from a run that was killed. Returns why it cannot be used.
 *
 * @param making is told whether the namespace may have been made: an answer may be lost after it was
 */
async function ownNamespace(
  { cluster, writer, signal, times = usualTimes }: ProbeRun,
  making: (isMade: boolean) => void,
): Promise<string | undefined> {
  const reference = { apiVersion: 'v1', kind: 'Namespace', name: probeNamespace };
  const find = async (): Promise<KubernetesObject | undefined> =>
    (
      await cluster.list({
        ...{ apiVersion: 'v1', kind: 'Namespace' },
        fieldSelector: `metadata.name=${reference.name}`,
      })
    )?.[0];
  const deadline = performance.now() + times.whole;
  for (;;) {
    const found = await find();
    if (found === undefined) {
      making(true);
      await writer.create(namespaceObject()).catch((error: unknown) => {
        // What was refused was not made, or by another.
        if (error instanceof LiveError && !['unreachable', 'overloaded'].includes(error.failure))
          making(false);
        throw error;
      });
      return undefined;
    }
    const labels = fieldsAt(found, 'metadata', 'labels');
    if (!Object.entries(probeLabels).every(([key, value]) => labels[key] === value))
      return `the namespace ${probeNamespace} is there and is not one of Gatehouse's: its labels are others`;
    if (textAt(found, 'metadata', 'deletionTimestamp') === undefined) return undefined;
    if (signal?.aborted || performance.now() > deadline)
      return `the namespace ${probeNamespace} of an earlier run is still being removed`;
    await pause(times.look, signal);
  }
}

async function removeEarlier({ cluster, writer }: ProbeRun, namespace: string): Promise<void> {
  const found = (await cluster.list({ ...job, namespace, labelSelector: probeSelector })) ?? [];
  for (const { metadata } of found) await writer.remove({ ...job, name: metadata.name, namespace });
}

type Ended = { answers: ProbeAnswers } | { why: string };

async function ended(
  { cluster, signal, times = usualTimes }: ProbeRun,
  namespace: string,
  name: string,
  task: ProbeTask,
): Promise<Ended> {
  const began = performance.now();
  const since = (): number => performance.now() - began;
  let last = 'its pod has not begun';
  while (since() < times.whole) {
    if (signal?.aborted) return { why: 'it was interrupted' };
    const [pod] = (await cluster.list({ ...podsOf(name), namespace })) ?? [];
    const state = pod === undefined ? undefined : stateOf(pod, task);
    if (state !== undefined && !('waits' in state)) return state;
    if (state !== undefined) last = state.waits;
    if (pod === undefined && since() > times.empty) {
      const why = await refusalOf(cluster, namespace, name);
      if (why !== undefined) return { why };
      const gone = (await cluster.list({ ...job, namespace, labelSelector: probeSelector })) ?? [];
      if (!gone.some(({ metadata }) => metadata.name === name)) return { why: 'somebody removed it' };
    }
    await pause(times.look, signal);
  }
  return { why: `it did not end within ${Math.round(times.whole / 1000)} s: ${last}` };
}

function podsOf(name: string) {
  return { apiVersion: 'v1', kind: 'Pod', labelSelector: `batch.kubernetes.io/job-name=${name}` };
}

/** Reasons that no waiting changes. */
const hopeless = new Set([
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

function stateOf(pod: KubernetesObject, { targets, names }: ProbeTask): Ended | { waits: string } {
  const [status] = mapsAt(pod, 'status', 'containerStatuses');
  const terminated = fieldsAt(status, 'state', 'terminated');
  const code = numberAt(terminated, 'exitCode');
  if (code !== undefined) {
    const answers = answersIn(textAt(terminated, 'message') ?? '', targets.length, names.length);
    const shown = textAt(terminated, 'reason') ?? 'no reason';
    return answers === undefined
      ? { why: `its program ended with ${code} and no result (${shown})` }
      : { answers };
  }
  const waiting = fieldsAt(status, 'state', 'waiting');
  const reason = textAt(waiting, 'reason');
  if (reason !== undefined && hopeless.has(reason))
    return { why: `its pod cannot run: ${[reason, textAt(waiting, 'message')].filter(Boolean).join(': ')}` };
  if (textAt(pod, 'status', 'phase') === 'Failed')
    return { why: `its pod failed: ${textAt(pod, 'status', 'reason') ?? 'no reason is given'}` };
  const unmet = mapsAt(pod, 'status', 'conditions').find(
    (condition) => condition['type'] === 'PodScheduled' && condition['status'] === 'False',
  );
  return { waits: textAt(unmet, 'message') ?? reason ?? 'its pod runs' };
}

/** Why no pod was made: Pod Security, a quota, or an admission policy said no. */
async function refusalOf(cluster: LiveCluster, namespace: string, name: string): Promise<string | undefined> {
  const events =
    (await cluster.list({
      ...{ apiVersion: 'v1', kind: 'Event', namespace },
      fieldSelector: `involvedObject.name=${name}`,
    })) ?? [];
  const failed = events.find((event) => textAt(event, 'reason') === 'FailedCreate');
  return failed === undefined
    ? undefined
    : `no pod was made: ${textAt(failed, 'message') ?? 'no reason is given'}`;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
