import { createHash } from 'node:crypto';
import { requiredNodePorts } from '../compile/nodePorts.ts';
import { catalogue } from '../components/catalogue.ts';
import { verifierProgram } from '../components/origin-proxy/verifier.generated.ts';
import { nameOf, type Private } from '../config/private.ts';
import { defined } from '../kubernetes/defined.ts';
import type { Configuration } from '../private-values/configuration.ts';
import type { Assumptions } from '../reachability/model/analysis.ts';

/**
 * What the configuration says about the network and the cluster, which no object tells.
 *
 * @param nodePorts the expected node ports, where the configuration is compiled already
 */
export function assumptionsOf(
  { loaded }: Configuration,
  nodePorts: readonly number[] = requiredNodePorts(loaded, catalogue),
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
    ipv6: network.ipv6,
    verifiers: [createHash('sha256').update(verifierProgram).digest('hex')],
  });
}
