import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import { type AddressSet, parseBlocks } from '../model/addresses.ts';
import type { Protocol } from '../model/analysis.ts';
import type { ServedFamilies } from '../model/servedFamilies.ts';
import { type Backend, backendsOf, isForwarded, type Service } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';

/** An entry point that bypasses every tunnel: a node port, a host port or an address of a Service. */
export interface ExposedPort {
  kind: 'NodePort' | 'LoadBalancer' | 'externalIP' | 'hostPort' | 'hostNetwork';
  object: ObjectRef;
  /** The port for clients; undefined if Kubernetes allocates it. */
  port: number | undefined;
  protocol: Protocol;
  backends: readonly Backend[];
  /** False if the address of a node may replace the client's. */
  keepsSource: boolean;
  /** In which families of addresses it is served. */
  families: ServedFamilies;
  /** The only sources that a load balancer may admit. */
  sources?: AddressSet;
}

/** Every exposed port of the objects. A LoadBalancer counts twice: with its address and with its node ports. */
export function readExposedPorts(
  services: readonly Service[],
  workloads: readonly Workload[],
  inNamespace: (namespace: string) => readonly Workload[],
): readonly ExposedPort[] {
  return [
    ...services.flatMap((service) => servicePortsExposed(service, inNamespace)),
    ...workloads.flatMap(hostPortsExposed),
  ];
}

function servicePortsExposed(
  service: Service,
  inNamespace: (namespace: string) => readonly Workload[],
): readonly ExposedPort[] {
  if (!isForwarded(service)) return [];
  if (!service.opensNodePorts && service.type !== 'LoadBalancer' && service.externalIPs.length === 0)
    return [];
  return service.ports.flatMap((servicePort) => {
    const base = {
      object: service.ref,
      protocol: servicePort.protocol,
      backends: backendsOf(inNamespace(service.namespace), service, servicePort),
      keepsSource: service.externalTrafficPolicy === 'Local',
      families: service.families,
    };
    const exposedPorts: ExposedPort[] = [];
    if (service.opensNodePorts) exposedPorts.push({ ...base, kind: 'NodePort', port: servicePort.nodePort });
    if (service.type === 'LoadBalancer') {
      const sources =
        service.sourceRanges.length === 0 ? {} : { sources: parseBlocks(service.sourceRanges).set };
      exposedPorts.push({ ...base, kind: 'LoadBalancer', port: servicePort.port, ...sources });
    }
    if (service.externalIPs.length > 0)
      exposedPorts.push({ ...base, kind: 'externalIP', port: servicePort.port });
    return exposedPorts;
  });
}

function hostPortsExposed(workload: Workload): readonly ExposedPort[] {
  // A process on the network of a node mostly listens on every address. The port of a pod needs one of the family.
  const ipv6 = workload.hostNetwork ? ('yes' as const) : ('maybe' as const);
  const base = { object: workload.ref, keepsSource: true, families: { 4: 'yes' as const, 6: ipv6 } };
  const ports = workload.hostNetwork
    ? workload.ports
    : workload.ports.filter(({ hostPort }) => hostPort !== undefined);
  const kind = workload.hostNetwork ? 'hostNetwork' : 'hostPort';
  const exposedPorts = ports.map(({ port, protocol, hostPort }): ExposedPort => {
    const backends = [{ workload, truth: 'yes' as const, port, protocol }];
    return { ...base, kind, port: hostPort ?? port, protocol, backends };
  });
  if (!workload.hostNetwork || exposedPorts.length > 0) return exposedPorts;
  return [{ ...base, kind, port: undefined, protocol: 'TCP', backends: [] }];
}
