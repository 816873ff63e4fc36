import type { Protocol } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { ServicePath } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import type { RulePort } from '../policies/policy.ts';
import { rulesOver } from '../policies/ruleOrder.ts';

/** A port that a workload is known to serve. */
export interface Served {
  protocol: Protocol;
  port: number;
}

/** The ports of a workload: those of its containers, of its Services, and of the servers of its proxy. */
export function servedPorts(model: Model, workload: Workload): readonly Served[] {
  const served = new Map<string, Served>();
  const note = (protocol: Protocol, port: number) => served.set(`${protocol}/${port}`, { protocol, port });
  for (const { protocol, port } of workload.ports) note(protocol, port);
  for (const { port } of servicePortsOf(model, workload)) note(port.protocol, port.port);
  const proxy = model.proxyOf(workload);
  for (const port of proxy?.routes.flatMap(({ ports }) => ports) ?? []) note('TCP', port);
  return [...served.values()];
}

/**
 * Ports that the policies of a workload name beyond those that it is known to serve. Its program may listen there all the
 * same: a container port that is not listed can be reached (Kubernetes 1.36, API reference, Container `ports`). Of ports
 * for which every rule says the same, one is returned.
 */
export function furtherPorts(model: Model, workload: Workload): readonly Served[] {
  const served = servedPorts(model, workload);
  // Of a workload that serves nothing, nothing is claimed.
  if (served.length === 0) return [];
  const rules = rulesOver(model.network, 'ingress', workload).map(({ rule }) => rule);
  const written = rules.flatMap(({ ports }) => (ports ?? []).flatMap(rangeOf));
  const isServed = ({ protocol, port }: Served): boolean =>
    served.some((each) => each.protocol === protocol && each.port === port);
  const named = rules
    .filter(({ action }) => action !== 'deny')
    .flatMap(({ ports }) => (ports ?? []).flatMap(rangeOf));
  const found = new Map<string, Served>();
  for (const { protocol, first, last } of written) {
    for (const start of [first, last + 1]) {
      let port = start;
      while (isServed({ protocol, port })) port++;
      const isNamed = named.some(
        (range) => range.protocol === protocol && range.first <= port && port <= range.last,
      );
      if (isNamed) found.set(`${protocol}/${port}`, { protocol, port });
    }
  }
  return [...found.values()];
}

interface PortRange {
  protocol: Protocol;
  first: number;
  last: number;
}

const lastPort = 65_535;

/** The name of a port is that of one that the workload is known to serve. */
function rangeOf({ protocol, port, endPort }: RulePort): readonly PortRange[] {
  if (protocol === 'unknown' || typeof port === 'string') return [];
  return [{ protocol, first: port ?? 1, last: endPort ?? port ?? lastPort }];
}

/** The Services that lead to a workload, with the port of the workload. */
export function servicePortsOf(model: Model, workload: Workload): readonly ServicePath[] {
  return model.servicePaths.get(workload) ?? [];
}
