import { groupOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Assumptions } from '../model/analysis.ts';
import { adminPolicies } from './admin/adminNetworkPolicy.ts';
import { antreaPolicies } from './antrea/antrea.ts';
import { calicoPolicies } from './calico/calico.ts';
import { ciliumPolicies } from './cilium/cilium.ts';
import { doesEnforce, enforcerNamed, givenEnforcer, noEnforcer } from './enforcers.ts';
import { kubernetesPolicies } from './kubernetes/networkPolicy.ts';
import type { UnmodelledPolicy } from './network.ts';
import type { Policy } from './policy.ts';
import type { PolicyKind, PolicySemantics, PolicySystem } from './system.ts';
import type { TierOrder } from './tiers.ts';

/** Every known policy system. */
const systems: readonly PolicySystem[] = [
  kubernetesPolicies,
  ciliumPolicies,
  adminPolicies,
  calicoPolicies,
  antreaPolicies,
];

/** The tiers of all systems. As in Kubernetes, a connection that no tier decides is allowed. */
export const tierOrder: TierOrder = {
  tiers: [
    { name: 'admin', order: 'priority' },
    { name: 'namespaced', order: 'unordered' },
    { name: 'baseline', order: 'priority' },
  ],
  otherwise: 'allowed',
};

/** The policies among the objects, as the enforcer reads them. */
export interface Enforcement {
  policies: readonly Policy[];
  /** Policies of kinds that are not modelled. */
  unmodelled: readonly UnmodelledPolicy[];
  /** A policy of nodes. */
  nodePolicy: ObjectRef | undefined;
  /** Policies without effect, because the enforcer does not read their kind. */
  ineffective: readonly ObjectRef[];
  enforced: boolean;
  /** The semantics of the systems in use: those of the enforcer, and those of the policies. */
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
  { enforcer: named = noEnforcer }: Assumptions,
): Enforcement {
  const enforcer = named.trim().toLowerCase();
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
        const uncertainty =
          policy.uncertainty ?? source.uncertain ?? (reads === 'yes' ? undefined : uncertaintyOf(named));
        policies.push({ ...policy, tier: kind.tier, uncertainty });
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
    enforced: doesEnforce(enforcer),
    semantics: [...inUse].flatMap(({ semantics }) => semantics ?? []),
  };
}

function kindOf({ object }: SourcedObject): KnownKind | undefined {
  const group = groupOf(object);
  const found = kinds.get(`${group}/${object.kind}`);
  const version = found?.kind.version;
  return version === undefined || object.apiVersion === `${group}/${version}` ? found : undefined;
}

/** Policies of every system count if no enforcer is named. */
function readsSystem(enforcer: string, { enforcers }: PolicySystem): 'yes' | 'no' | 'maybe' {
  if (enforcers === undefined || [givenEnforcer, noEnforcer, ''].includes(enforcer)) return 'yes';
  if (enforcers.test(enforcer)) return 'yes';
  return enforcerNamed(enforcer) === undefined ? 'maybe' : 'no';
}

function uncertaintyOf(enforcer: string): string {
  return `whether ${enforcer} reads it is not known`;
}

function unmodelledPolicy(source: SourcedObject, subject: UnmodelledPolicy['subject']): UnmodelledPolicy {
  const ref = refOf(source);
  return { ref, subject, why: `a ${ref.kind} is not modelled and may select it` };
}
