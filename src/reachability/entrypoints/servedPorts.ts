import type { Protocol } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { ServicePath } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';

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

/** The Services that lead to a workload, with the port of the workload. */
export function servicePortsOf(model: Model, workload: Workload): readonly ServicePath[] {
  return model.servicePaths.get(workload) ?? [];
}
