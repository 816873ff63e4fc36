import type { PodSelection } from '../../components/contract/checks.ts';
import { mapsAt, textAt, textMapAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveCluster } from '../cluster.ts';

/** The selected pods that have not ended and are not being removed. */
export async function podsOf(
  { namespace, labels }: PodSelection,
  cluster: LiveCluster,
): Promise<readonly KubernetesObject[]> {
  const pods = (await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace })) ?? [];
  return pods.filter((pod) => {
    const own = textMapAt(pod, 'metadata', 'labels');
    const hasEnded = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');
    const isGoing = textAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
    return !hasEnded && !isGoing && Object.entries(labels).every(([key, value]) => own.get(key) === value);
  });
}

export function isReady(pod: KubernetesObject): boolean {
  return mapsAt(pod, 'status', 'conditions').some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}

export function podName({ metadata: { name, namespace = 'default' } }: KubernetesObject): string {
  return `Pod ${namespace}/${name}`;
}

/** The path of a pod in the API. */
export function podPath({ metadata: { name, namespace = 'default' } }: KubernetesObject): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}
