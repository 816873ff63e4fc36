import type { GuardQuestion } from '../../components/contract/checks.ts';
import { type Fields, fieldsAt, mapsAt, numberAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Answer, type CheckVerdict, worstOf } from '../check.ts';
import { type LiveCluster, LiveError } from '../cluster.ts';
import { isReady, podName, podPath, podsOf } from './pods.ts';

interface Judged {
  verdict: CheckVerdict;
  sentence: string;
}

/** Whether a container that guards pods has let them start, and whether they are still ready. */
export async function askGuard(question: GuardQuestion, cluster: LiveCluster): Promise<Answer> {
  const pods = await podsOf(question.of, cluster);
  if (pods.length === 0)
    return { verdict: 'broken', evidence: [`No such pod runs in ${question.of.namespace}`] };
  const all = await Promise.all(pods.map((pod) => judgePod(pod, question, cluster)));
  return {
    verdict: worstOf(all.map(({ verdict }) => verdict)),
    evidence: all.map(({ sentence }) => sentence),
  };
}

async function judgePod(
  pod: KubernetesObject,
  question: GuardQuestion,
  cluster: LiveCluster,
): Promise<Judged> {
  const name = podName(pod);
  const status = mapsAt(pod, 'status', 'initContainerStatuses').find(
    (each) => each['name'] === question.container,
  );
  if (status === undefined)
    return {
      verdict: 'broken',
      sentence: `${name} has no container ${question.container}, or it has not begun`,
    };
  const failed = failureOf(status, question.exits);
  const lines = await linesOf(pod, question, cluster);
  if (failed !== undefined)
    return { verdict: 'broken', sentence: [`${name}: ${failed}`, ...lines.said.slice(-1)].join(': ') };
  if (numberAt(status, 'state', 'terminated', 'exitCode') !== 0)
    return { verdict: 'broken', sentence: `${name}: ${question.container} has not ended` };
  const isGood = lines.said.some((line) => line.startsWith(question.line));
  if (lines.isRead && lines.said.length > 0 && !isGood)
    return { verdict: 'broken', sentence: `${name}: the guard says ${lines.said.at(-1) ?? ''}` };
  if (!isReady(pod))
    return {
      verdict: 'broken',
      sentence: `${name}: the guard let it start, and it is not ready: its probes ask the guard too`,
    };
  const seen = isGood ? `the log says ${question.line}` : 'its log cannot be read any more';
  return { verdict: 'kept', sentence: `${name}: ${question.container} ended well, ${seen}, and it is ready` };
}

/** What a container that starts again and again ended with, or did not even begin because of. */
function failureOf(status: Fields, exits: GuardQuestion['exits']): string | undefined {
  const ended = [fieldsAt(status, 'state', 'terminated'), fieldsAt(status, 'lastState', 'terminated')];
  const code = ended.map((each) => numberAt(each, 'exitCode')).find((each) => each !== undefined);
  const waits = textAt(status, 'state', 'waiting', 'reason');
  if (code !== undefined && code !== 0)
    return `the guard ended with ${code} (${exits[code] ?? 'not one of its codes'})`;
  return waits === undefined ? undefined : `the guard has not begun: ${waits}`;
}

async function linesOf(
  pod: KubernetesObject,
  { container, prefix }: GuardQuestion,
  cluster: LiveCluster,
): Promise<{ isRead: boolean; said: readonly string[] }> {
  try {
    const path = `${podPath(pod)}/log?container=${encodeURIComponent(container)}&tailLines=50&limitBytes=65536`;
    const log = await cluster.read(path, { patience: 3_000 });
    return { isRead: true, said: log.split('\n').filter((line) => line.startsWith(prefix)) };
  } catch (error) {
    if (error instanceof LiveError) return { isRead: false, said: [] };
    throw error;
  }
}
