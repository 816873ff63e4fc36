import { type Fields, isFields, listAt, mapsAt, numberAt, valueAt } from '../../../kubernetes/fields.ts';
import type { Protocol } from '../../model/analysis.ts';
import { isMalformedList } from '../parsing.ts';
import type { Direction, RulePort } from '../policy.ts';
import type { ParseContext } from './parseContext.ts';

/** One entry of `toPorts`. */
interface PortRule {
  name: string;
  /** Undefined covers every port. */
  ports: readonly RulePort[] | undefined;
  layer7?: string | undefined;
}

const parts = new Set(['ports', 'rules', 'serverNames', 'listener', 'terminatingTLS', 'originatingTLS']);

/** The ports of an entry of `ingress` or `egress`, with the layer-7 conditions of each. */
export function parsePortRules(
  name: string,
  rule: Fields,
  direction: Direction,
  context: ParseContext,
): readonly PortRule[] {
  const list = listAt(rule, 'toPorts');
  if (isMalformedList(rule, 'toPorts')) context.uncertainties.push(`${name}.toPorts is no list`);
  // A rule about ICMP matches no other protocol.
  if (listAt(rule, 'icmps').length > 0) {
    if (list.length > 0) context.uncertainties.push(`${name} has both toPorts and icmps`);
    return [{ name, ports: [] }];
  }
  if (list.length === 0) return [{ name, ports: undefined }];
  return list.map((entry, at) => {
    const place = list.length === 1 ? name : `${name}.toPorts[${at}]`;
    return parsePortRule(place, entry, direction, context);
  });
}

function parsePortRule(name: string, entry: unknown, direction: Direction, context: ParseContext): PortRule {
  if (!isFields(entry) || isMalformedList(entry, 'ports')) {
    context.uncertainties.push(`${name} is no rule about ports`);
    return { name, ports: [{ protocol: 'unknown' }] };
  }
  for (const part of Object.keys(entry))
    if (!parts.has(part)) context.uncertainties.push(`${name} has the field ${part}`);
  const list = listAt(entry, 'ports');
  const ports = list.flatMap((port) => parsePort(port, direction));
  if (ports.some(({ protocol }) => protocol === 'unknown'))
    context.uncertainties.push(`${name} has an invalid port`);
  return {
    name,
    ports: list.length === 0 ? anyProtocol({ inexact: true }) : ports,
    layer7: layer7Of(entry),
  };
}

const protocols = ['TCP', 'UDP', 'SCTP', 'ANY', 'ICMP', 'ICMPV6', 'VRRP', 'IGMP'] as const;

type PortNumbers = Omit<RulePort, 'protocol'>;

/**
 * A port of Cilium: digits in a text, 0 for all ports, or a name. Without a protocol it covers any protocol. In egress
 * a name covers the numbers that it has anywhere in the cluster, so it may cover any port.
 */
function parsePort(value: unknown, direction: Direction): readonly RulePort[] {
  const written = valueAt(value, 'port');
  const text = typeof written === 'number' ? String(written) : written;
  const name = valueAt(value, 'protocol') ?? 'ANY';
  const protocol = protocols.find((each) => typeof name === 'string' && each === name.toUpperCase());
  if (typeof text !== 'string' || text === '' || protocol === undefined) return [{ protocol: 'unknown' }];
  // Only TCP, UDP and SCTP are modelled.
  if (protocol !== 'ANY' && !isAskedAbout(protocol)) return [];
  const numbers = /^\d+$/.test(text) ? parseNumber(text, value) : parseName(text, direction);
  if (numbers === undefined) return [{ protocol: 'unknown' }];
  return protocol === 'ANY' ? anyProtocol(numbers) : [{ protocol, ...numbers }];
}

function isAskedAbout(protocol: string): protocol is Protocol {
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP';
}

/** A port of every protocol. Whether they include SCTP depends on an option of Cilium. */
function anyProtocol(numbers: PortNumbers): readonly RulePort[] {
  return [
    { protocol: 'TCP', ...numbers },
    { protocol: 'UDP', ...numbers },
    { protocol: 'SCTP', ...numbers, inexact: true },
  ];
}

function parseNumber(text: string, value: unknown): PortNumbers | undefined {
  const port = Number(text);
  const endPort = numberAt(value, 'endPort') ?? 0;
  if (port > 65535) return undefined;
  if (port === 0) return {};
  return endPort > port ? { port, endPort } : { port };
}

/** Names are compared in lower case. */
function parseName(text: string, direction: Direction): PortNumbers {
  return direction === 'egress' || !/^[a-z0-9-]+$/i.test(text)
    ? { inexact: true }
    : { port: text.toLowerCase() };
}

/** The layer-7 conditions on the ports; undefined if every request passes. */
function layer7Of(entry: Fields): string | undefined {
  const conditions = [
    ...rulesOf(entry),
    ...(listAt(entry, 'serverNames').length > 0 ? ['server names'] : []),
    ...(['listener', 'terminatingTLS', 'originatingTLS'].filter((part) => isSet(entry[part])) as string[]),
  ];
  return conditions.length === 0 ? undefined : conditions.join(' and ');
}

function rulesOf(entry: Fields): readonly string[] {
  const rules = entry['rules'];
  if (!isSet(rules)) return [];
  if (!isFields(rules)) return ['rules that cannot be read'];
  return Object.keys(rules).flatMap((kind) => {
    if (kind === 'dns' && mapsAt(rules, kind).some(({ matchPattern }) => matchPattern === '*')) return [];
    const list = rules[kind];
    const isOpen =
      Array.isArray(list) &&
      (list.length === 0 || list.some((each) => isFields(each) && Object.keys(each).length === 0));
    return isOpen && kind !== 'l7' ? [] : [`${kind} rules`];
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
