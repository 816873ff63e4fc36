import { fieldsAt, isFields, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Assumptions } from '../model/analysis.ts';
import { parseSelector } from '../model/selector.ts';
import { isCiliumPolicy, parseCilium } from './cilium/policy.ts';
import type { UnmodelledPolicy } from './network.ts';
import { isPolicy, type PodSelector, type Policy, parsePolicy } from './policy.ts';

/** What the objects say about the network, as whoever enforces it reads them. */
export interface Enforcement {
  policies: readonly Policy[];
  /** Policies of kinds that are not modelled. */
  unmodelled: readonly UnmodelledPolicy[];
  /** A policy of nodes. */
  nodePolicy: ObjectRef | undefined;
  /** Policies that have no effect, since whoever enforces policies does not read their kind. */
  ineffective: readonly ObjectRef[];
  enforced: boolean;
  /** Whether Cilium enforces policies, whose blocks of addresses leave out pods. */
  cilium: boolean;
}

/** Groups of policies that only some programs read. */
const readers: readonly (readonly [group: string, reader: RegExp])[] = [
  ['cilium.io', /cilium/],
  ['crd.projectcalico.org', /calico|canal|tigera/],
  ['projectcalico.org', /calico|canal|tigera/],
  ['crd.antrea.io', /antrea/],
];

/** Programs that are known to read none of those groups but their own. */
const known =
  /^(?:kube-router|kube-network-policies|calico|canal|tigera|cilium|antrea|weave|ovn-kubernetes|romana)/;

/** Kinds of policy that are not modelled, and whether they reach beyond their namespace. */
const unmodelledKinds: ReadonlyMap<string, 'namespace' | 'cluster'> = new Map([
  ['policy.networking.k8s.io/AdminNetworkPolicy', 'cluster'],
  ['policy.networking.k8s.io/BaselineAdminNetworkPolicy', 'cluster'],
  ['policy.networking.k8s.io/ClusterNetworkPolicy', 'cluster'],
  ['crd.projectcalico.org/NetworkPolicy', 'namespace'],
  ['crd.projectcalico.org/GlobalNetworkPolicy', 'cluster'],
  ['projectcalico.org/NetworkPolicy', 'namespace'],
  ['projectcalico.org/GlobalNetworkPolicy', 'cluster'],
  ['crd.antrea.io/NetworkPolicy', 'namespace'],
  ['crd.antrea.io/ClusterNetworkPolicy', 'cluster'],
]);

/** Reads every policy among the objects as the named enforcer does. */
export function readEnforcement(
  objects: readonly SourcedObject[],
  { enforcer: named = 'none' }: Assumptions,
): Enforcement {
  const enforcer = named.toLowerCase();
  const policies: Policy[] = [];
  const unmodelled: UnmodelledPolicy[] = [];
  const ineffective: ObjectRef[] = [];
  let nodePolicy: ObjectRef | undefined;
  let spoken = enforcer.includes('cilium');
  for (const source of objects) {
    const { object } = source;
    if (isPolicy(object)) policies.push(parsePolicy(source));
    const scope = unmodelledKinds.get(`${groupOf(object)}/${object.kind}`);
    const isCilium = isCiliumPolicy(object);
    if (scope === undefined && !isCilium) continue;
    const reads = readsGroup(enforcer, groupOf(object));
    if (reads === 'no') ineffective.push(refOf(source));
    else if (scope !== undefined) unmodelled.push(cloudOf(source, scope));
    else {
      const read = parseCilium(source);
      policies.push(...read.policies.map((policy) => (reads === 'yes' ? policy : doubted(policy, named))));
      if (read.selectsNodes) nodePolicy ??= refOf(source);
      spoken = true;
    }
  }
  return {
    ...{ policies, unmodelled, nodePolicy, ineffective },
    enforced: enforcer !== 'none' && enforcer !== '',
    cilium: spoken,
  };
}

/** Policies of a list are taken as enforced where nobody is named, whatever their kind. */
function readsGroup(enforcer: string, group: string): 'yes' | 'no' | 'maybe' {
  const reader = readers.find(([own]) => own === group)?.[1];
  if (reader === undefined || enforcer === 'given' || enforcer === 'none' || enforcer === '') return 'yes';
  if (reader.test(enforcer)) return 'yes';
  return known.test(enforcer) ? 'no' : 'maybe';
}

function doubted(policy: Policy, enforcer: string): Policy {
  return { ...policy, doubt: policy.doubt ?? `whether ${enforcer} reads it is not known` };
}

function cloudOf(source: SourcedObject, scope: 'namespace' | 'cluster'): UnmodelledPolicy {
  const ref = refOf(source);
  const subject = scope === 'cluster' ? adminSubject(source) : { namespace: namespaceOf(source.object) };
  return { ref, subject, why: `a ${ref.kind} is not modelled and may select it` };
}

/** The pods that an AdminNetworkPolicy is about: all of some namespaces, or some of them. Others may be about every pod. */
function adminSubject({ object }: SourcedObject): PodSelector {
  if (groupOf(object) !== 'policy.networking.k8s.io') return {};
  const subject = fieldsAt(object, 'spec', 'subject');
  const { namespaces, pods } = subject;
  if (isFields(namespaces) && pods === undefined)
    return { namespaces: parseSelector(namespaces), inexact: true };
  if (!isFields(pods) || namespaces !== undefined) return {};
  return {
    namespaces: parseSelector(valueAt(pods, 'namespaceSelector')),
    pods: parseSelector(valueAt(pods, 'podSelector')),
    inexact: true,
  };
}
