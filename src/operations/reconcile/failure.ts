import type { LiveCluster } from '../../live/cluster.ts';
import { lastEvents, type SeenEvent } from './events.ts';
import type { FluxObject, FluxRole } from './fluxObject.ts';
import type { Followed } from './follow.ts';
import type { Judged } from './judge.ts';
import { firstToBlame } from './order.ts';
import { unreadyOf, unreadyOfRelease } from './unready.ts';

/** The object that is to blame. */
export interface Failure extends Judged {
  /** What it has applied, or its chart has made, and is not ready, with the words of the pods. */
  unready: readonly string[];
  events: readonly SeenEvent[];
  remedy: string;
}

/** Finds the object because of which a run did not end well, with what helps to understand it. */
export async function failureOf(
  cluster: LiveCluster,
  ended: Followed['ended'],
  judged: readonly Judged[],
): Promise<Failure | undefined> {
  const failed = judged.filter(({ state }) => state === 'failed');
  const late = ended === 'finished' ? [] : judged.filter(({ state }) => state === 'working');
  const stuck = judged.filter(({ state }) => state === 'waiting');
  const blamed = [failed, ended === 'interrupted' ? [] : late, stuck].find((some) => some.length > 0) ?? [];
  const first = firstToBlame(blamed.map(({ object }) => object));
  const found = blamed.find(({ object }) => object === first);
  if (found === undefined || ended === 'interrupted') return undefined;
  const { object } = found;
  // The object is named anyway, where the API server does not answer any more.
  const [unready, events] = await Promise.all([
    unreadyBehind(cluster, object).catch(() => []),
    lastEvents(cluster, object.reference).catch(() => []),
  ]);
  return { ...found, unready, events, remedy: remedyFor(found) };
}

async function unreadyBehind(cluster: LiveCluster, object: FluxObject): Promise<readonly string[]> {
  if (object.role === 'kustomization') return unreadyOf(cluster, object);
  return object.role === 'release' ? unreadyOfRelease(cluster, object) : [];
}

function remedyFor({ object, state, reason }: Judged): string {
  const { reference, role, stalled } = object;
  const place = `-n ${reference.namespace} ${reference.name}`;
  const resource = `${reference.kind.toLowerCase()}.${reference.apiVersion.split('/')[0]}`;
  if (state === 'waiting') return `Correct spec.dependsOn in Git, or push what is missing: ${reason}`;
  if (role === 'release' && stalled?.reason === 'RetriesExceeded')
    return 'Correct the chart or its values, push, and run "gatehouse reconcile"; what needs no change is tried again by "gatehouse reconcile --reset"';
  if (state === 'working')
    return `Run "gatehouse reconcile" again with a longer --timeout; if nothing moves, start its controller again: kubectl -n flux-system rollout restart deployment ${controllers[role]}`;
  return `Correct it in Git, push, and run "gatehouse reconcile"; "kubectl describe ${resource} ${place}" shows all of it`;
}

/** kustomize-controller and helm-controller finish waiting for one revision before they begin with the next. */
const controllers: Record<FluxRole, string> = {
  source: 'source-controller',
  chart: 'source-controller',
  kustomization: 'kustomize-controller',
  release: 'helm-controller',
};
