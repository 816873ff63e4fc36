import { describeObject } from '../../manifests/sourcedObject.ts';
import type { Problem } from '../../problems/problem.ts';
import {
  type ResolvedBackends,
  resolve,
  resolvePort,
  servicePortOf,
} from '../../reachability/entrypoints/destinations.ts';
import { type AddressSet, parseBlock } from '../../reachability/model/addresses.ts';
import type { Protocol } from '../../reachability/model/analysis.ts';
import type { Model } from '../../reachability/model/model.ts';
import type { Service } from '../../reachability/model/service.ts';
import type { Truth } from '../../reachability/model/truth.ts';
import type { Workload } from '../../reachability/model/workload.ts';
import type { Party } from '../../reachability/policies/network.ts';
import { isPort, protocolNamed } from './queries.ts';

/** Where a question begins: outside, where the access map has the paths, or at a workload or address. */
export type Origin =
  | { kind: 'outside'; who: 'internet' | 'lan' }
  | { kind: 'party'; name: string; party: Party };

/** A port of a workload that a question may end at. */
export interface Target {
  workload: Workload;
  port: number;
  protocol: Protocol;
  /** `maybe` where the workload's labels or ports are not known. */
  truth: Truth;
  /** The Service that routes to it. */
  by: Service | undefined;
}

/** Where a question ends, and why there is no target, or no known one. */
export interface Destination {
  targets: readonly Target[];
  problem: ResolvedBackends['problem'];
}

/** Reads `namespace/pod`, `namespace/kind/name`, `internet`, `lan`, or a range of addresses. */
export function sourceOf(model: Model, text: string): Origin | Problem {
  if (text === 'internet' || text === 'lan') return { kind: 'outside', who: text };
  const addresses = parseBlock(text);
  if (addresses !== undefined) return { kind: 'party', name: text, party: partyAt(model, addresses) };
  const workload = workloadNamed(model, text);
  if (workload !== undefined)
    return { kind: 'party', name: describeObject(workload.ref), party: { workload } };
  return {
    code: 'query-invalid',
    message: `--from ${text} is nothing among the objects, or several`,
    expected: 'namespace/pod, namespace/kind/name, internet, lan or a range of addresses',
  };
}

/** The pod that has exactly this address, or the bare address. */
function partyAt(model: Model, addresses: AddressSet): Party {
  const [wanted] = addresses.intervals;
  const workload = model.workloads.find(({ addresses: own }) =>
    own?.intervals.some(
      ({ family, first, last }) =>
        family === wanted?.family && first === wanted.first && last === wanted.last && first === last,
    ),
  );
  return workload === undefined ? { addresses } : { workload };
}

function workloadNamed({ workloads }: Model, text: string): Workload | undefined {
  const [namespace, ...rest] = text.split('/');
  const [kind, name] = rest.length === 2 ? rest : [undefined, rest[0]];
  const found = workloads.filter(
    ({ ref, namespace: own }) =>
      own === namespace &&
      ref.name === name &&
      (kind === undefined || ref.kind.toLowerCase() === kind.toLowerCase()),
  );
  return found.find(({ ref }) => ref.kind === 'Pod') ?? (found.length === 1 ? found[0] : undefined);
}

/**
 * Reads `namespace/name:port` or `namespace/kind/name:port`, with `/udp` or `/sctp` where it is not TCP. A Service with
 * the port goes before a workload of its name, unless that is a Pod and the Service leads elsewhere: both have the name.
 */
export function destinationOf(model: Model, text: string): Destination | Problem {
  const refuse = (message: string): Problem => ({
    code: 'query-invalid',
    message: `--to ${text} ${message}`,
    expected: 'namespace/name:port, or namespace/kind/name:port, with /udp or /sctp where it is not TCP',
  });
  const parts = /^([^:]+):([^/:]+)(?:\/(\w+))?$/.exec(text);
  const protocol = protocolNamed(parts?.[3] ?? 'TCP');
  const [, name, asked] = parts ?? [];
  if (name === undefined || protocol === undefined || !isPort(asked)) return refuse('cannot be read');
  const port = /^\d+$/.test(asked) ? Number(asked) : asked;
  const workload = workloadNamed(model, name);
  const service = serviceNamed(model, name);
  if (service !== undefined && hasPort(service, port, protocol)) {
    const destination = destinationBy(model, service, port, protocol);
    return workload?.ref.kind !== 'Pod' || isOnly(destination, workload, port)
      ? destination
      : refuse(`is a Pod and a Service: say ${kindNamed(name, 'pod')} or ${kindNamed(name, 'service')}`);
  }
  if (service !== undefined && workload === undefined) return refuse('names a port that it does not have');
  if (workload === undefined) return refuse('is nothing among the objects, or several');
  const number =
    typeof port === 'number'
      ? port
      : workload.ports.find((own) => own.name === port && own.protocol === protocol)?.port;
  if (number === undefined) return refuse('names a port that it does not have');
  const target = { workload, port: number, protocol, truth: 'yes' as const, by: undefined };
  return { targets: [target], problem: undefined };
}

/** Whether both readings of a name end at the same port of the same Pod. */
function isOnly({ targets }: Destination, workload: Workload, port: number | string): boolean {
  return (
    targets.length > 0 &&
    targets.every(
      (target) =>
        target.workload === workload &&
        target.truth === 'yes' &&
        (typeof port === 'number' ? target.port === port : hasNamedPort(target, port)),
    )
  );
}

function hasNamedPort({ workload, port, protocol }: Target, name: string): boolean {
  return workload.ports.some((own) => own.name === name && own.port === port && own.protocol === protocol);
}

function kindNamed(name: string, kind: string): string {
  return name.replace('/', `/${kind}/`);
}

function serviceNamed({ services }: Model, text: string): Service | undefined {
  const [namespace, ...rest] = text.split('/');
  if (rest.length === 2 && rest[0]?.toLowerCase() !== 'service') return undefined;
  return services.find((each) => each.namespace === namespace && each.name === rest.at(-1));
}

/** An ExternalName has every port of what it names. */
function hasPort(service: Service, port: number | string, protocol: Protocol): boolean {
  return service.externalName !== undefined || servicePortOf(service, port, protocol) !== undefined;
}

function destinationBy(
  model: Model,
  service: Service,
  port: number | string,
  protocol: Protocol,
): Destination {
  const { externalName, namespace } = service;
  const {
    backends,
    problem,
    service: by = service,
  } = externalName === undefined
    ? resolvePort(model, service, port, protocol)
    : resolve(model, externalName, port, namespace, protocol);
  const targets = backends.map(({ workload, port: number, truth }) => ({
    workload,
    port: number,
    protocol,
    truth,
    by,
  }));
  return { targets, problem };
}
