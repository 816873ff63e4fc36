import { createHash } from 'node:crypto';
import { type Entrances, requiredEntrances } from '../compile/entrances.ts';
import { catalogue } from '../components/catalogue.ts';
import { verifierProgram } from '../components/origin-proxy/verifier.generated.ts';
import { nameOf, type Private } from '../config/private.ts';
import { defined } from '../kubernetes/defined.ts';
import type { Configuration } from '../private-values/configuration.ts';
import type { Assumptions } from '../reachability/model/analysis.ts';

/**
 * What the configuration says about the network and the cluster, which no object tells.
 *
 * @param entrances what it opens, where the configuration is compiled already
 */
export function assumptionsOf(
  { loaded }: Configuration,
  { nodePorts, homeServices }: Entrances = requiredEntrances(loaded, catalogue),
): Assumptions {
  const { network } = loaded.cluster.cluster;
  const value = (range: Private): string => loaded.private.get(nameOf(range)) ?? '';
  return defined({
    enforcer: network.policyEnforcer,
    lan: network.lan.map(value),
    vpn: network.vpn.map(value),
    podRanges: [network.pods],
    serviceRanges: [network.services],
    expectedNodePorts: nodePorts.length,
    homeServices,
    ipv6: network.ipv6,
    verifiers: [createHash('sha256').update(verifierProgram).digest('hex')],
  });
}
