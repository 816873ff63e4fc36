import type { PlannedObject, PlannedSecret } from '../compile/plan.ts';
import { fillIn, nameOf, type Private, type Vault } from '../config/private.ts';
import { judge } from '../exposure/judge.ts';
import type { Assumptions, Judgement, SourcedObject } from '../exposure/judgement.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Workspace } from './open.ts';

/** The objects as the cluster will have them: with every private value filled in. They exist in memory only. */
export function resolved(objects: readonly PlannedObject[], vault: Vault): (PlannedObject & SourcedObject)[] {
  return objects.map((planned) => ({
    ...planned,
    object: fillObject(planned.object, vault) as KubernetesObject,
  }));
}

function fillObject(value: unknown, vault: Vault): unknown {
  if (typeof value === 'string') return fillIn(value, vault);
  if (Array.isArray(value)) return value.map((item) => fillObject(item, vault));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillObject(item, vault)]));
}

/** What the configuration says about the surroundings, which no object tells. */
export function assumptionsOf({ loaded }: Workspace): Assumptions {
  const { network } = loaded.cluster.cluster;
  const value = (range: Private): string => loaded.private.get(nameOf(range)) ?? '';
  return {
    enforcer: network.policyEnforcer,
    lan: network.lan.map(value),
    vpn: network.vpn.map(value),
    podRanges: [network.pods],
    serviceRanges: [network.services],
    // The way in from home is the only one that opens a port of the nodes.
    expectedNodePorts: loaded.cluster.immich?.enabled ? 1 : 0,
  };
}

/** Judges the finished objects, as if a stranger had written them. */
export function prove(
  workspace: Workspace,
  objects: readonly SourcedObject[],
  encrypted: readonly PlannedSecret[],
): Judgement {
  const secrets = encrypted.map(({ path, object }) => ({ object, file: path, encrypted: true }));
  return judge([...objects, ...secrets], assumptionsOf(workspace));
}
