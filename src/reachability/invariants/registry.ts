import { backendClients } from './backendClients.ts';
import { type Conclusion, doubted, unmodelledObjections, withRemedy } from './conclusion.ts';
import { defaultDeny } from './defaultDeny.ts';
import { hostPorts } from './hostPorts.ts';
import { ingresses } from './ingresses.ts';
import { internalClients } from './internalClients.ts';
import type { Invariant, InvariantContext } from './invariant.ts';
import { labelledRoutes } from './labelledRoutes.ts';
import { loadBalancers } from './loadBalancers.ts';
import { nodePorts } from './nodePorts.ts';
import { objectsValid } from './objectsValid.ts';
import { outsideGated } from './outsideGated.ts';
import { proxyClients } from './proxyClients.ts';
import { proxyDemands } from './proxyDemands.ts';
import { secretsEncrypted } from './secretsEncrypted.ts';
import { waysWork } from './waysWork.ts';

const all = [
  outsideGated,
  proxyDemands,
  nodePorts,
  loadBalancers,
  ingresses,
  hostPorts,
  backendClients,
  proxyClients,
  internalClients,
  waysWork,
  defaultDeny,
  labelledRoutes,
  secretsEncrypted,
  objectsValid,
] as const;

export type InvariantId = (typeof all)[number]['id'];

/** A conclusion about an invariant. */
export interface Proof extends Conclusion {
  /** Which invariant: stable, for programs. */
  invariant: InvariantId;
  /** Everything that it rests on and no object tells, as sentences. */
  premises: readonly string[];
}

/** Every invariant, in the order of the report. */
export const invariants: readonly (Invariant & { id: InvariantId })[] = all;

/** The invariant of an id. */
export function invariantOf(id: InvariantId): Invariant {
  const found = invariants.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no invariant is called ${id}`);
  return found;
}

/**
 * Proves every invariant.
 *
 * @param premisesOf what every proof of an invariant rests on
 */
export function proveInvariants(
  context: InvariantContext,
  premisesOf: (id: InvariantId) => readonly string[],
  isWanted: (id: InvariantId) => boolean = () => true,
): readonly Proof[] {
  const changed = unmodelledObjections(context.model, []);
  return invariants.flatMap(({ id, prove }) => {
    if (!isWanted(id)) return [];
    const common = premisesOf(id);
    return prove(context).map((proven) => {
      const { premises: own = [] } = proven;
      const conclusion = withRemedy(proven);
      return {
        invariant: id,
        ...(aboutFiles.has(id) ? conclusion : doubted(conclusion, changed)),
        premises: own.length === 0 ? common : [...new Set([...common, ...own])],
      };
    });
  });
}

/** Promises about what is in Git, which no change in the cluster can break. */
const aboutFiles: ReadonlySet<string> = new Set<InvariantId>(['secrets-encrypted', 'objects-valid']);
