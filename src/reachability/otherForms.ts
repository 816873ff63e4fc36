import { groupOf, namespaceOf } from '../kubernetes/object.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';
import { envoyGroup } from './gateways/objectIndex.ts';
import type { Proof } from './invariants/registry.ts';

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job', 'CronJob']);
const makers = new Set(['Kustomization', 'HelmRelease', 'Gateway', 'EnvoyProxy']);

/** Kinds of Envoy Gateway that have an effect on Gateways of every namespace: by a class, or by the name of a listener. */
const everywhere = new Set(['EnvoyProxy', 'EnvoyPatchPolicy']);

/**
 * Whether another form of an object may break a promise that nothing is open: what is suspended, or not applied for
 * another reason, runs as it was before. A Service may have been of another type then, and a policy of a Gateway may have
 * allowed what it denies here.
 *
 * @param gatewayNamespaces the namespaces of Gateways
 */
export function mayOpen(
  source: SourcedObject,
  { invariant, evidence }: Pick<Proof, 'invariant' | 'evidence'>,
  gatewayNamespaces: ReadonlySet<string>,
): boolean {
  const { object } = source;
  const { kind } = object;
  if (invariant === 'outside-gated' || invariant === 'load-balancers') {
    const own = evidence.map((each) => each.object.namespace);
    if (mayChangeGate(source, new Set([...gatewayNamespaces, ...own]))) return true;
  }
  if (makers.has(kind))
    return ['node-ports', 'load-balancers', 'ingresses', 'host-ports'].includes(invariant);
  if (kind === 'Service' && groupOf(object) === '')
    return invariant === 'node-ports' || invariant === 'load-balancers';
  if (workloads.has(kind)) return invariant === 'host-ports';
  return kind.startsWith('Ingress') && kind !== 'IngressClass' && invariant === 'ingresses';
}

/**
 * Whether another form of an object may change what a Gateway demands: a policy is in the namespace of what it is for.
 *
 * @param namespaces those of the Gateway and of the route
 */
export function mayChangeGate(
  { object }: SourcedObject,
  namespaces: ReadonlySet<string | undefined>,
): boolean {
  return (
    groupOf(object) === envoyGroup && (everywhere.has(object.kind) || namespaces.has(namespaceOf(object)))
  );
}
