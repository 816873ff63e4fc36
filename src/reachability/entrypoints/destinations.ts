import { describeObject } from '../../manifests/sourcedObject.ts';
import type { Protocol } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { type Backend, backendsOf, resolveHost, type Service, type ServicePort } from '../model/service.ts';

/** Where a host and a port lead from a namespace: workloads, or a reason why that is not known. */
export interface ResolvedBackends {
  service: Service | undefined;
  backends: readonly Backend[];
  /** Set where nothing in the cluster answers, or it is not known what does. */
  problem: { kind: 'outside' | 'missing' | 'unknown'; why: string } | undefined;
}

/** Resolves a host and a port as a pod of the namespace would. */
export function resolve(
  model: Model,
  host: string,
  port: number | string,
  namespace: string,
  protocol: Protocol = 'TCP',
): ResolvedBackends {
  const nothing = { service: undefined, backends: [] };
  const found = resolveHost(model.services, host, namespace);
  if (found.kind === 'outside')
    return { ...nothing, problem: { kind: 'outside', why: `${host} is outside of the cluster` } };
  if (found.kind === 'missing') {
    const kind = model.unseen.length > 0 ? 'unknown' : 'missing';
    return { ...nothing, problem: { kind, why: `no Service among the objects answers to ${host}` } };
  }
  return resolvePort(model, found.service, port, protocol);
}

/** What is behind a port of a Service that is not an ExternalName, by its number or its name. */
export function resolvePort(
  model: Model,
  service: Service,
  port: number | string,
  protocol: Protocol,
): ResolvedBackends {
  const servicePort = servicePortOf(service, port, protocol);
  if (servicePort === undefined) {
    const named = `${port}${protocol === 'TCP' ? '' : `/${protocol}`}`;
    const why = `${describeObject(service.ref)} has no port ${named}`;
    return { service, backends: [], problem: { kind: 'missing', why } };
  }
  if (service.selector === undefined) {
    const why = `${describeObject(service.ref)} has no selector, so something else writes its endpoints`;
    return { service, backends: [], problem: { kind: 'unknown', why } };
  }
  const backends = backendsOf(model.inNamespace(service.namespace), service, servicePort);
  const why = `no workload among the objects is behind ${describeObject(service.ref)}`;
  const problem =
    backends.length > 0
      ? undefined
      : { kind: model.unseen.length > 0 ? ('unknown' as const) : ('missing' as const), why };
  return { service, backends, problem };
}

/** A headless Service forwards nothing: the client speaks to the pod on the port that it asked for. */
export function servicePortOf(
  service: Service,
  port: number | string,
  protocol: Protocol,
): ServicePort | undefined {
  if (service.headless && typeof port === 'number') return { port, protocol, targetPort: port };
  return service.ports.find(
    (candidate) => (candidate.port === port || candidate.name === port) && candidate.protocol === protocol,
  );
}
