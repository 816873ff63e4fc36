import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  numberAt,
  textAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Protocol } from './analysis.ts';
import { matches, parseEqualities, type Selector } from './selector.ts';
import { type ServedFamilies, servedFamilies } from './servedFamilies.ts';
import { type Truth, truthOf } from './truth.ts';
import { protocolOf, type Workload } from './workload.ts';

export interface ServicePort {
  name?: string | undefined;
  port: number;
  protocol: Protocol;
  targetPort: number | string;
  nodePort?: number | undefined;
}

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

export interface Service {
  ref: ObjectRef;
  namespace: string;
  name: string;
  type: ServiceType;
  /** Nothing where its endpoints are written by hand or by another controller. */
  selector: Selector | undefined;
  ports: readonly ServicePort[];
  headless: boolean;
  clusterIPs: readonly string[];
  externalIPs: readonly string[];
  externalName?: string | undefined;
  /** `Local` keeps the client's address, `Cluster` may replace it by a node's. */
  externalTrafficPolicy: 'Local' | 'Cluster';
  /** `Local` leads a pod to pods of its own node only. */
  internalTrafficPolicy: 'Local' | 'Cluster';
  /** The only sources that its load balancer may let in; every source where there are none. */
  sourceRanges: readonly string[];
  /** Whether each port is open on every node. */
  opensNodePorts: boolean;
  /** In which families of addresses it is served. */
  families: ServedFamilies;
}

/** One workload behind a port of a Service, and on which of its ports. */
export interface Backend {
  workload: Workload;
  /** `maybe` where the workload's labels or ports are not known. */
  truth: Truth;
  port: number;
  protocol: Protocol;
}

const types: readonly ServiceType[] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];

/** Reads a Service (core v1) with the API's defaults. */
export function parseService(source: SourcedObject): Service {
  const spec = fieldsAt(source.object, 'spec');
  const type = types.find((candidate) => candidate === spec['type']) ?? 'ClusterIP';
  const selector = fieldsAt(spec, 'selector');
  const externalName = textAt(spec, 'externalName');
  const clusterIPs = [...textsAt(spec, 'clusterIPs'), textAt(spec, 'clusterIP') ?? ''].filter(
    (ip) => ip !== '' && ip !== 'None',
  );
  return {
    ref: refOf(source),
    namespace: namespaceOf(source.object),
    name: textAt(source.object, 'metadata', 'name') ?? '',
    type,
    selector: Object.keys(selector).length === 0 ? undefined : parseEqualities(selector),
    ports: mapsAt(spec, 'ports').flatMap(parsePort),
    headless: textAt(spec, 'clusterIP') === 'None',
    clusterIPs,
    externalIPs: textsAt(spec, 'externalIPs'),
    externalName: type === 'ExternalName' ? externalName : undefined,
    externalTrafficPolicy: spec['externalTrafficPolicy'] === 'Local' ? 'Local' : 'Cluster',
    internalTrafficPolicy: spec['internalTrafficPolicy'] === 'Local' ? 'Local' : 'Cluster',
    sourceRanges: type === 'LoadBalancer' ? textsAt(spec, 'loadBalancerSourceRanges') : [],
    families: servedFamilies(spec),
    opensNodePorts:
      type === 'NodePort' || (type === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false),
  };
}

function parsePort(port: Fields): readonly ServicePort[] {
  const number = numberAt(port, 'port');
  if (number === undefined) return [];
  const name = textAt(port, 'name');
  const target = valueAt(port, 'targetPort');
  const nodePort = numberAt(port, 'nodePort');
  return [
    {
      port: number,
      protocol: protocolOf(valueAt(port, 'protocol')),
      targetPort: typeof target === 'number' || typeof target === 'string' ? target : number,
      name,
      nodePort: nodePort === 0 ? undefined : nodePort,
    },
  ];
}

/**
 * The workloads of a Service's namespace that are behind one of its ports. A named target resolves on each pod by
 * itself. Nothing is behind an ExternalName, whatever it selects.
 */
export function backendsOf(
  workloads: readonly Workload[],
  service: Service,
  port: ServicePort,
): readonly Backend[] {
  const { selector, type } = service;
  if (selector === undefined || type === 'ExternalName') return [];
  return workloads.flatMap((workload) => {
    const truth = matches(selector, workload.labels);
    if (truth === 'no') return [];
    return targetsOn(workload, port).map((target) => ({
      workload,
      truth,
      port: target,
      protocol: port.protocol,
    }));
  });
}

function targetsOn(workload: Workload, { targetPort, protocol }: ServicePort): readonly number[] {
  if (typeof targetPort === 'number') return [targetPort];
  if (/^\d+$/.test(targetPort)) return [Number(targetPort)];
  // Of several containers with a port of that name the first counts.
  const found = workload.ports.find((port) => port.name === targetPort && port.protocol === protocol);
  return found === undefined ? [] : [found.port];
}

/** Whether nodes forward what is sent to the Service: a headless one and an ExternalName are names only. */
export function isForwarded({ headless, type }: Service): boolean {
  return !headless && type !== 'ExternalName';
}

/** Whether a Service leads one workload to another: with `internalTrafficPolicy: Local`, where both are on one node. */
export function leads(service: Service, from: Workload, to: Workload): Truth {
  if (service.internalTrafficPolicy === 'Cluster' || !isForwarded(service)) return 'yes';
  if (from.nodeName === undefined || to.nodeName === undefined) return 'maybe';
  return truthOf(from.nodeName === to.nodeName);
}

/** The evidence of a hop at a Service that may not lead on. */
export const localTraffic = 'internalTrafficPolicy: Local leads to pods of the client’s node only';

/** A port of a Service that leads to a workload. */
export interface ServicePath {
  service: Service;
  servicePort: ServicePort;
  port: Backend;
}

/** The Services that lead to each workload. `inNamespace` gives the workloads of a namespace. */
export function indexServices(
  services: readonly Service[],
  inNamespace: (namespace: string) => readonly Workload[],
): ReadonlyMap<Workload, readonly ServicePath[]> {
  const paths = new Map<Workload, ServicePath[]>();
  for (const service of services) {
    for (const servicePort of service.ports) {
      for (const port of backendsOf(inNamespace(service.namespace), service, servicePort)) {
        const path = { service, servicePort, port };
        const found = paths.get(port.workload);
        if (found === undefined) paths.set(port.workload, [path]);
        else found.push(path);
      }
    }
  }
  return paths;
}

/** Where a host name or address leads as seen from a namespace. */
export type Destination =
  | { kind: 'service'; service: Service }
  /** A name that only the cluster's DNS could know, and does not. */
  | { kind: 'missing'; name: string; namespace: string }
  | { kind: 'outside' };

/**
 * Resolves a host name inside the cluster: `service`, `service.namespace`, `service.namespace.svc[.domain]`,
 * `pod.service.namespace.svc[.domain]`. ExternalName Services are followed.
 */
export function resolveHost(
  services: readonly Service[],
  host: string,
  namespace: string,
  depth = 0,
): Destination {
  const owner = services.find((service) => service.clusterIPs.includes(host));
  if (owner !== undefined) return { kind: 'service', service: owner };
  const parts = host.replace(/\.$/, '').toLowerCase().split('.');
  const candidate = namesOf(parts, namespace);
  const service = services.find((s) => s.name === candidate.name && s.namespace === candidate.namespace);
  const { name, namespace: of } = candidate;
  if (service === undefined)
    return candidate.certain ? { kind: 'missing', name, namespace: of } : { kind: 'outside' };
  if (service.externalName === undefined) return { kind: 'service', service };
  if (depth > 8) return { kind: 'missing', name, namespace: of };
  return resolveHost(services, service.externalName, service.namespace, depth + 1);
}

function namesOf(
  parts: readonly string[],
  namespace: string,
): { name: string; namespace: string; certain: boolean } {
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return { name: first, namespace, certain: true };
  if (parts[2] === 'svc') return { name: first, namespace: second, certain: true };
  if (parts[3] === 'svc') return { name: second, namespace: third, certain: true };
  return { name: first, namespace: parts.length === 2 ? second : '', certain: false };
}

/** True for a Service of the core group. */
export function isService(object: unknown): boolean {
  return isFields(object) && object['kind'] === 'Service' && object['apiVersion'] === 'v1';
}
