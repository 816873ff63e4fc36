import type { Workload } from '../contract/network.ts';

/** The labels of an application and of one of its parts, as Kubernetes recommends them. */
export function partLabels(application: string, part: string): Record<string, string> {
  return { 'app.kubernetes.io/name': application, 'app.kubernetes.io/component': part };
}

/** The labels of the objects of a workload: those that select its pods, and who wrote them. */
export function objectLabels(workload: Pick<Workload, 'labels'>): Record<string, string> {
  return { ...workload.labels, 'app.kubernetes.io/managed-by': 'gatehouse' };
}
