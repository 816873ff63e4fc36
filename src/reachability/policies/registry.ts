import { groupOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Assumptions } from '../model/analysis.ts';
import { adminPolicies } from './admin/adminNetworkPolicy.ts';
import { antreaPolicies } from './antrea/antrea.ts';
import { calicoPolicies } from './calico/calico.ts';
import { ciliumPolicies } from './cilium/cilium.ts';
import { kubernetesPolicies } from './kubernetes/networkPolicy.ts';
import type { UnmodelledPolicy } from './network.ts';
import type { Policy } from './policy.ts';
import type { PolicyKind, PolicySemantics, PolicySystem } from './system.ts';
import type { TierOrder } from './tiers.ts';

/** Every system of policies that is known. */
const systems: readonly PolicySystem[] = [
  kubernetesPolicies,
  ciliumPolicies,
  adminPolicies,
  calicoPolicies,
  antreaPolicies,
];

/** The tiers of all systems. A connection that no tier decides is allowed, as in Kubernetes. */
export const tierOrder: TierOrder = {
  tiers: [
    { name: 'admin', order: 'priority' },
    { name: 'namespaced', order: 'unordered' },
    { name: 'baseline', order: 'priority' },
  ],
  otherwise: 'allowed',
};

/** Enforcers that are known to read the kinds of no system but their own. */
const known =
  /^(?:kube-router|kube-network-policies|calico|canal|tigera|cilium|antrea|weave|ovn-kubernetes|romana)/;

/** The policies among the objects, as the enforcer reads them. */
export interface Enforcement {
  policies: readonly Policy[];
  /** Policies of kinds that are not modelled. */
  unmodelled: readonly UnmodelledPolicy[];
  /** A policy of nodes. */
  nodePolicy: ObjectRef | undefined;
  /** Policies that have no effect, since the enforcer does not read their kind. */
  ineffective: readonly ObjectRef[];
  enforced: boolean;
  /** What the systems in use state: those of the enforcer, and those of the policies. */
  semantics: readonly PolicySemantics[];
}

interface KnownKind {
  system: PolicySystem;
  kind: PolicyKind;
}

const kinds: ReadonlyMap<string, KnownKind> = new Map(
  systems.flatMap((system) => system.kinds.map((kind) => [kind.kind, { system, kind }] as const)),
);

/** Reads every policy among the objects as the named enforcer does. */
export function readEnforcement(
  objects: readonly SourcedObject[],
  { enforcer: named = 'none' }: Assumptions,
): Enforcement {
  const enforcer = named.toLowerCase();
  const policies: Policy[] = [];
  const unmodelled: UnmodelledPolicy[] = [];
  const ineffective: ObjectRef[] = [];
  const inUse = new Set(systems.filter(({ enforcers }) => enforcers?.test(enforcer) === true));
  let nodePolicy: ObjectRef | undefined;
  for (const source of objects) {
    const found = kindOf(source);
    if (found === undefined) continue;
    const { system, kind } = found;
    const reads = readsSystem(enforcer, system);
    if (reads === 'no') ineffective.push(refOf(source));
    else if ('subjectOf' in kind) unmodelled.push(unmodelledPolicy(source, kind.subjectOf(source)));
    else {
      const { policies: read, selectsNodes } = kind.read(source);
      for (const policy of read) {
        const doubt = reads === 'yes' ? policy.doubt : (policy.doubt ?? doubtOf(named));
        policies.push({ ...policy, tier: kind.tier, doubt });
      }
      if (selectsNodes) nodePolicy ??= refOf(source);
      inUse.add(system);
    }
  }
  return {
    policies,
    unmodelled,
    nodePolicy,
    ineffective,
    enforced: enforcer !== 'none' && enforcer !== '',
    semantics: [...inUse].flatMap(({ semantics }) => semantics ?? []),
  };
}

function kindOf({ object }: SourcedObject): KnownKind | undefined {
  const group = groupOf(object);
  const found = kinds.get(`${group}/${object.kind}`);
  const version = found?.kind.version;
  return version === undefined || object.apiVersion === `${group}/${version}` ? found : undefined;
}

/** Where no enforcer is named, policies of every system count. */
function readsSystem(enforcer: string, { enforcers }: PolicySystem): 'yes' | 'no' | 'maybe' {
  if (enforcers === undefined || ['given', 'none', ''].includes(enforcer)) return 'yes';
  if (enforcers.test(enforcer)) return 'yes';
  return known.test(enforcer) ? 'no' : 'maybe';
}

function doubtOf(enforcer: string): string {
  return `whether ${enforcer} reads it is not known`;
}

function unmodelledPolicy(source: SourcedObject, subject: UnmodelledPolicy['subject']): UnmodelledPolicy {
  const ref = refOf(source);
  return { ref, subject, why: `a ${ref.kind} is not modelled and may select it` };
}
