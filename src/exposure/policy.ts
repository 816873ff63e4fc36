import { type AddressSet, parseBlock, subtract } from './addresses.ts';
import { type Fields, isFields, listAt, textAt, textsAt, valueAt } from './fields.ts';
import type { ObjectRef, Protocol, SourcedObject } from './judgement.ts';
import { parseSelector, type Selector } from './selector.ts';
import type { Truth } from './truth.ts';
import { namespaceOf, protocolOf, refOf, type Workload } from './workload.ts';

export type Direction = 'ingress' | 'egress';

/** A peer of a rule: pods by selectors (both must hold), a block of addresses, or something that no API accepts. */
export type Peer =
  | { kind: 'pods'; namespaces: Selector | undefined; pods: Selector | undefined }
  | { kind: 'addresses'; set: AddressSet }
  | { kind: 'damaged' };

/** Ports of a rule. Without `port`, all ports of the protocol; a name is resolved on each destination pod. */
export interface RulePort {
  protocol: Protocol;
  port?: number | string;
  endPort?: number;
}

export interface Rule {
  /** As a person finds it: `ingress[0]`. */
  name: string;
  /** Nothing admits everyone. */
  peers: readonly Peer[] | undefined;
  /** Nothing admits every port. */
  ports: readonly RulePort[] | undefined;
}

/** A NetworkPolicy (networking.k8s.io/v1) read into what it means. A direction without a list does not isolate. */
export interface Policy {
  ref: ObjectRef;
  namespace: string;
  selector: Selector;
  ingress: readonly Rule[] | undefined;
  egress: readonly Rule[] | undefined;
}

/**
 * Reads a NetworkPolicy with the API's defaults: without `policyTypes` it isolates ingress always, and egress
 * only where egress rules exist.
 */
export function parsePolicy(source: SourcedObject): Policy {
  const spec = valueAt(source.object, 'spec');
  const types = textsAt(spec, 'policyTypes');
  const defaulted = types.length === 0;
  const egress = listAt(spec, 'egress');
  const isolatesIngress = defaulted || types.includes('Ingress');
  const isolatesEgress = defaulted ? egress.length > 0 : types.includes('Egress');
  return {
    ref: refOf(source),
    namespace: namespaceOf(source.object),
    selector: parseSelector(valueAt(spec, 'podSelector')),
    ingress: isolatesIngress ? parseRules(spec, 'ingress', 'from') : undefined,
    egress: isolatesEgress ? parseRules(spec, 'egress', 'to') : undefined,
  };
}

function parseRules(spec: unknown, direction: Direction, side: 'from' | 'to'): readonly Rule[] {
  if (isDamagedList(spec, direction)) {
    return [{ name: direction, peers: [{ kind: 'damaged' }], ports: undefined }];
  }
  return listAt(spec, direction).map((rule, position) => {
    const peers = listAt(rule, side);
    const ports = listAt(rule, 'ports');
    return {
      name: `${direction}[${position}]`,
      peers: peers.length === 0 && !isDamagedList(rule, side) ? undefined : peers.map(parsePeer),
      ports: ports.length === 0 && !isDamagedList(rule, 'ports') ? undefined : ports.map(parsePort),
    };
  });
}

/** Something that is there and no list: it admits nobody that we could name, rather than everyone. */
function isDamagedList(rule: unknown, key: string): boolean {
  const value = valueAt(rule, key);
  return value !== undefined && value !== null && !Array.isArray(value);
}

function parsePeer(peer: unknown): Peer {
  if (!isFields(peer)) return { kind: 'damaged' };
  const block = peer['ipBlock'];
  const hasSelector = isSet(peer['podSelector']) || isSet(peer['namespaceSelector']);
  if (isSet(block)) return hasSelector ? { kind: 'damaged' } : parseAddresses(block);
  if (!hasSelector) return { kind: 'damaged' };
  return {
    kind: 'pods',
    namespaces: isSet(peer['namespaceSelector']) ? parseSelector(peer['namespaceSelector']) : undefined,
    pods: isSet(peer['podSelector']) ? parseSelector(peer['podSelector']) : undefined,
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function parseAddresses(block: unknown): Peer {
  const set = parseBlock(textAt(block, 'cidr') ?? '');
  if (set === undefined) return { kind: 'damaged' };
  let rest = set;
  for (const except of listAt(block, 'except')) {
    const hole = typeof except === 'string' ? parseBlock(except) : undefined;
    if (hole === undefined) return { kind: 'damaged' };
    rest = subtract(rest, hole);
  }
  return { kind: 'addresses', set: rest };
}

function parsePort(value: unknown): RulePort {
  const port = valueAt(value, 'port');
  const endPort = valueAt(value, 'endPort');
  return {
    protocol: protocolOf(valueAt(value, 'protocol')),
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
  rule: Rule,
  protocol: Protocol,
  port: number,
  destination: Pick<Workload, 'ports' | 'standing'> | undefined,
): Truth {
  if (rule.ports === undefined) return 'yes';
  let clouded = false;
  for (const candidate of rule.ports) {
    if (candidate.protocol !== protocol) continue;
    if (candidate.port === undefined) return 'yes';
    if (typeof candidate.port === 'number') {
      if (candidate.port <= port && port <= (candidate.endPort ?? candidate.port)) return 'yes';
    } else if (destination !== undefined) {
      const { port: name } = candidate;
      const named = destination.ports.some(
        (p) => p.name === name && p.protocol === protocol && p.port === port,
      );
      if (named) return 'yes';
      // Pods whose container ports nobody shows may well have one of that name.
      if (destination.standing !== 'object') clouded = true;
    }
  }
  return clouded ? 'maybe' : 'no';
}

/** True for the one kind of policy that `parsePolicy` reads. */
export function isPolicy(object: Fields): boolean {
  return (
    textAt(object, 'kind') === 'NetworkPolicy' && textAt(object, 'apiVersion') === 'networking.k8s.io/v1'
  );
}
