import { describeObject } from '../../manifests/sourcedObject.ts';
import type { UnplacedService } from '../gateways/gatewayServices.ts';
import { everyAddress, isEmpty, noAddress, parseBlocks, subtract } from '../model/addresses.ts';
import type { Protocol } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { type Backend, backendsOf, resolveHost, type Service, type ServicePort } from '../model/service.ts';
import { type Effect, mayHave } from '../model/unmodelled.ts';

/** The destination of a host and a port: workloads, or the reason for which they are unknown. */
export interface ResolvedBackends {
  service: Service | undefined;
  backends: readonly Backend[];
  /** Set if nothing in the cluster answers, or if it is unknown what answers. */
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
    const perhaps = model.unplacedServices.find((each) => mayAnswer(each, found));
    if (perhaps !== undefined) {
      const why = `no Service among the objects answers to ${host}, and that of ${describeObject(perhaps.gateway)} may`;
      return { ...nothing, problem: { kind: 'unknown', why } };
    }
    const kind = mayBeUnseen(model, 'services') ? 'unknown' : 'missing';
    return { ...nothing, problem: { kind, why: `no Service among the objects answers to ${host}` } };
  }
  return resolvePort(model, found.service, port, protocol);
}

function mayAnswer(
  { name, isWhole, namespaces }: UnplacedService,
  asked: { name: string; namespace: string },
): boolean {
  return (
    namespaces.includes(asked.namespace) && (isWhole ? asked.name === name : asked.name.startsWith(name))
  );
}

function mayBeUnseen({ unmodelled }: Model, effect: Effect): boolean {
  return unmodelled.some((each) => mayHave(each, [effect]));
}

/** The backends of a port of a Service that is not an ExternalName, by number or name. */
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
  const written = model.writtenEndpoints.get(`${service.namespace}/${service.name}`);
  if (written !== undefined)
    return { service, backends: [], problem: writtenDestination(model, service, written) };
  if (service.selector === undefined) {
    const why = `${describeObject(service.ref)} has no selector, so something else writes its endpoints`;
    return { service, backends: [], problem: { kind: 'unknown', why } };
  }
  const backends = backendsOf(model.inNamespace(service.namespace), service, servicePort);
  const why = `no workload among the objects is behind ${describeObject(service.ref)}`;
  const problem =
    backends.length > 0
      ? undefined
      : { kind: mayBeUnseen(model, 'pods') ? ('unknown' as const) : ('missing' as const), why };
  return { service, backends, problem };
}

/** A Service that leads to addresses that someone wrote. They are outside unless they may be those of pods or nodes. */
function writtenDestination(
  { network, nonPodAddresses }: Model,
  { ref, selector }: Service,
  written: readonly string[],
): ResolvedBackends['problem'] {
  const { set } = parseBlocks(written);
  const inside = [network.pods ?? everyAddress, network.nodes ?? noAddress];
  const ownAddresses = nonPodAddresses.flatMap(({ addresses }) => addresses ?? []);
  const isOutside =
    selector === undefined &&
    !isEmpty(set) &&
    [...inside, ...ownAddresses].every((each) => isEmpty(subtract(set, subtract(set, each))));
  const named = written.length === 0 ? 'addresses that are not known' : written.slice(0, 3).join(', ');
  const why = `${describeObject(ref)} leads to ${named}, which someone wrote beside it`;
  return isOutside ? { kind: 'outside', why } : { kind: 'unknown', why: `${why}, and which may be pods` };
}

/** A headless Service forwards nothing: the client connects to the pod on the requested port. */
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
