import { type Fields, isFields, listAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type AddressSet, parseBlock, subtract } from '../model/addresses.ts';
import type { Protocol } from '../model/analysis.ts';
import { parseSelector, type Selector } from '../model/selector.ts';
import type { Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';

export type Direction = 'ingress' | 'egress';

/** Which pods: every part that is there must hold. */
export interface PodSelector {
  /** The one namespace that is meant. */
  namespace?: string;
  /** By the labels of the namespace. */
  namespaces?: Selector;
  /** By the name of the namespace, as a label `kubernetes.io/metadata.name` that nobody can take away. */
  names?: Selector;
  /** By the name of the service account, as a label `name`. */
  accounts?: Selector;
  pods?: Selector;
  /** Something in it is not understood: what it selects, it may select. */
  inexact?: true;
}

/** What Cilium calls the parts of the world that have no labels of their own. */
export type Entity =
  | ('all' | 'world' | 'cluster' | 'host' | 'remote-node' | 'kube-apiserver' | 'unmanaged' | 'init')
  /** Both `host` and `remote-node`. */
  | 'nodes';

/** A peer of a rule: pods, a block of addresses, an entity, or something of which nobody can say who it is. */
export type Peer =
  | ({ kind: 'pods' } & PodSelector)
  | { kind: 'addresses'; set: AddressSet }
  | { kind: 'entity'; entity: Entity }
  | { kind: 'unknown' };

/** Ports of a rule. Without `port`, all ports of the protocol; a name is resolved on each destination pod. */
export interface RulePort {
  /** `unknown` where no API accepts what is written. */
  protocol: Protocol | 'any' | 'unknown';
  port?: number | string;
  endPort?: number;
  /** What it covers, it may cover. */
  inexact?: true;
}

export interface Rule {
  /** As a person finds it: `ingress[0]`. */
  name: string;
  /** Nothing is everyone. */
  peers: readonly Peer[] | undefined;
  /** Nothing is every port. */
  ports: readonly RulePort[] | undefined;
  /** What is asked beyond address and port, so that nobody is let in for certain: `its HTTP rules`. */
  layer7?: string;
}

/** What a policy says about one direction. */
export interface Side {
  /** Whether nothing else is let through. */
  isolates: boolean;
  rules: readonly Rule[];
  /** Whom it keeps out, whatever any rule says. */
  denials: readonly Rule[];
}

/** A policy read into what it means. */
export interface Policy {
  ref: ObjectRef;
  /** Nothing for a policy of the whole cluster. */
  namespace: string | undefined;
  subject: PodSelector;
  /** Nothing where it says nothing about the direction. */
  ingress: Side | undefined;
  egress: Side | undefined;
  /** Why it may not be in force at all. */
  doubt?: string;
}

/**
 * Reads a NetworkPolicy (networking.k8s.io/v1) with the API's defaults: without `policyTypes` it isolates ingress
 * always, and egress only where egress rules exist.
 */
export function parsePolicy(source: SourcedObject): Policy {
  const spec = valueAt(source.object, 'spec');
  const types = textsAt(spec, 'policyTypes');
  const defaulted = types.length === 0;
  const namespace = namespaceOf(source.object);
  const side = (direction: Direction, isolates: boolean): Side | undefined =>
    isolates ? { isolates, rules: parseRules(spec, direction, namespace), denials: [] } : undefined;
  return {
    ref: refOf(source),
    namespace,
    subject: { namespace, pods: parseSelector(valueAt(spec, 'podSelector')) },
    ingress: side('ingress', defaulted || types.includes('Ingress')),
    egress: side('egress', defaulted ? listAt(spec, 'egress').length > 0 : types.includes('Egress')),
  };
}

function parseRules(spec: unknown, direction: Direction, namespace: string): readonly Rule[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  if (isDamagedList(spec, direction)) {
    return [{ name: direction, peers: [{ kind: 'unknown' }], ports: undefined }];
  }
  return listAt(spec, direction).map((rule, position) => {
    const peers = listAt(rule, side);
    const ports = listAt(rule, 'ports');
    return {
      name: `${direction}[${position}]`,
      peers:
        peers.length === 0 && !isDamagedList(rule, side)
          ? undefined
          : peers.map((peer) => parsePeer(peer, namespace)),
      ports: ports.length === 0 && !isDamagedList(rule, 'ports') ? undefined : ports.map(parsePort),
    };
  });
}

/** Something that is there and no list: it admits nobody that we could name, rather than everyone. */
export function isDamagedList(rule: unknown, key: string): boolean {
  const value = valueAt(rule, key);
  return value !== undefined && value !== null && !Array.isArray(value);
}

function parsePeer(peer: unknown, namespace: string): Peer {
  if (!isFields(peer)) return { kind: 'unknown' };
  const block = peer['ipBlock'];
  const hasSelector = isSet(peer['podSelector']) || isSet(peer['namespaceSelector']);
  if (isSet(block)) return hasSelector ? { kind: 'unknown' } : parseAddresses(block);
  if (!hasSelector) return { kind: 'unknown' };
  const pods = isSet(peer['podSelector']) ? { pods: parseSelector(peer['podSelector']) } : {};
  return isSet(peer['namespaceSelector'])
    ? { kind: 'pods', namespaces: parseSelector(peer['namespaceSelector']), ...pods }
    : { kind: 'pods', namespace, ...pods };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A block with what is left out of it: `cidr` and `except`. */
export function parseAddresses(block: unknown): Peer {
  const set = parseBlock(textAt(block, 'cidr') ?? '');
  if (set === undefined) return { kind: 'unknown' };
  let rest = set;
  for (const except of listAt(block, 'except')) {
    const hole = typeof except === 'string' ? parseBlock(except) : undefined;
    if (hole === undefined) return { kind: 'unknown' };
    rest = subtract(rest, hole);
  }
  return { kind: 'addresses', set: rest };
}

const protocols: readonly unknown[] = ['TCP', 'UDP', 'SCTP', undefined, null, ''];

function parsePort(value: unknown): RulePort {
  const written = valueAt(value, 'protocol');
  const port = valueAt(value, 'port') ?? undefined;
  const endPort = valueAt(value, 'endPort') ?? undefined;
  // A name has a letter in it, so digits as a text are none, and no range begins with a name.
  const isPort =
    port === undefined || typeof port === 'number' || (typeof port === 'string' && /[a-z]/i.test(port));
  const isRange =
    endPort === undefined || (typeof endPort === 'number' && typeof port === 'number' && port <= endPort);
  if (!isFields(value) || !protocols.includes(written) || !isPort || !isRange) return { protocol: 'unknown' };
  return {
    protocol: written === 'UDP' || written === 'SCTP' ? written : 'TCP',
    ...(typeof port === 'number' || typeof port === 'string' ? { port } : {}),
    ...(typeof endPort === 'number' ? { endPort } : {}),
  };
}

/**
 * Whether a rule's ports cover a port of a destination.
 *
 * @param destination the pod that serves; nothing for an address outside, which has no named ports.
 */
export function coversPort(
  { ports, layer7 }: Rule,
  protocol: Protocol,
  port: number,
  destination: Pick<Workload, 'ports' | 'provenance'> | undefined,
): Truth {
  const certain = layer7 === undefined ? 'yes' : 'maybe';
  if (ports === undefined) return certain;
  let clouded = false;
  for (const candidate of ports) {
    const covered = coveredBy(candidate, protocol, port, destination);
    if (covered === 'yes' && certain === 'yes') return covered;
    if (covered !== 'no') clouded = true;
  }
  return clouded ? 'maybe' : 'no';
}

function coveredBy(
  { protocol: own, port: first, endPort, inexact }: RulePort,
  protocol: Protocol,
  port: number,
  destination: Pick<Workload, 'ports' | 'provenance'> | undefined,
): Truth {
  if (own === 'unknown') return 'maybe';
  if (own !== protocol && own !== 'any') return 'no';
  // Whether SCTP is among any protocol depends on a switch of Cilium.
  const found = inexact === undefined && (own !== 'any' || protocol !== 'SCTP') ? 'yes' : 'maybe';
  if (first === undefined) return found;
  if (typeof first === 'number') return first <= port && port <= (endPort ?? first) ? found : 'no';
  if (destination === undefined) return inexact === undefined ? 'no' : 'maybe';
  for (const { name, protocol: served, port: number } of destination.ports)
    if (name === first && served === protocol && number === port) return found;
  // Pods whose container ports nobody shows may well have one of that name.
  return destination.provenance === 'object' && inexact === undefined ? 'no' : 'maybe';
}

/** True for the one kind of policy that `parsePolicy` reads. */
export function isPolicy(object: Fields): boolean {
  return (
    textAt(object, 'kind') === 'NetworkPolicy' && textAt(object, 'apiVersion') === 'networking.k8s.io/v1'
  );
}
