import type { ConnectionsQuestion } from '../../components/contract/checks.ts';
import { numberAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../check.ts';
import { type LiveCluster, LiveError } from '../cluster.ts';
import { isReady, podName, podPath, podsOf } from './pods.ts';

/** How long the API server may take to reach a pod, in milliseconds: a policy may keep it away. */
const patience = 3_000;

/**
 * How many connections pods have. The page is read through the API server, and where a policy keeps that away, kubelet's
 * readiness says whether there is any.
 */
export async function askConnections(question: ConnectionsQuestion, cluster: LiveCluster): Promise<Answer> {
  const pods = await podsOf(question.of, cluster);
  if (pods.length === 0)
    return { verdict: 'broken', evidence: [`No such pod runs in ${question.of.namespace}`] };
  const states = await Promise.all(pods.map((pod) => stateOf(pod, question, cluster)));
  return {
    verdict: states.some(({ isConnected }) => isConnected) ? 'kept' : 'broken',
    evidence: states.map(({ sentence }) => sentence),
  };
}

async function stateOf(
  pod: KubernetesObject,
  { port, path, field }: ConnectionsQuestion,
  cluster: LiveCluster,
): Promise<{ isConnected: boolean; sentence: string }> {
  const name = podName(pod);
  // Whoever is not ready has none, or serves no page: what kubelet saw is enough.
  if (!isReady(pod))
    return { isConnected: false, sentence: `${name} is not ready: kubelet asks it for a connection` };
  const page = await pageOf(`${podPath(pod)}:${port}/proxy${path}`, cluster);
  const count = page === undefined ? undefined : numberAt(page, field);
  if (count === undefined)
    return {
      isConnected: true,
      sentence: `${name} is ready, so it has at least one connection; the API server cannot read how many`,
    };
  return { isConnected: count > 0, sentence: `${name} has ${count} connections` };
}

async function pageOf(path: string, cluster: LiveCluster): Promise<unknown> {
  try {
    return JSON.parse(await cluster.read(path, { patience }));
  } catch (error) {
    // Whoever may not use the proxy, and whoever is kept away by a policy, still sees the readiness.
    if (error instanceof LiveError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
