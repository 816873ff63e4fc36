import { groupOf } from '../kubernetes/object.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import type { InvariantId } from './invariants/registry.ts';

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job', 'CronJob']);
const makers = new Set(['Kustomization', 'HelmRelease', 'Gateway', 'EnvoyProxy']);

/**
 * Whether another form of an object may break a promise that nothing is open: what is suspended, or not applied for
 * another reason, runs as it was before, and a Service may have been of another type then.
 */
export function mayOpen({ object }: SourcedObject, invariant: InvariantId): boolean {
  const { kind } = object;
  if (makers.has(kind))
    return ['node-ports', 'load-balancers', 'ingresses', 'host-ports'].includes(invariant);
  if (kind === 'Service' && groupOf(object) === '')
    return invariant === 'node-ports' || invariant === 'load-balancers';
  if (workloads.has(kind)) return invariant === 'host-ports';
  return kind.startsWith('Ingress') && kind !== 'IngressClass' && invariant === 'ingresses';
}
