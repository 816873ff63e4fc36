import { type Fields, isFields, listAt, valueAt } from '../../../kubernetes/fields.ts';
import { namespaceOf } from '../../../kubernetes/object.ts';
import { refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { isMalformedList } from '../parsing.ts';
import type { Action, Direction, Peer, Rule, Side } from '../policy.ts';
import type { PolicySystem, ReadPolicy, UntieredPolicy } from '../system.ts';
import type { ParseContext } from './parseContext.ts';
import { parsePeers } from './peers.ts';
import { parsePortRules } from './ports.ts';
import { parseSubject } from './selector.ts';

/** Fields of a rule of Cilium (cilium.io/v2) that are read. Another field may change the rule. */
const fields: ReadonlySet<string> = new Set([
  'endpointSelector',
  'nodeSelector',
  'ingress',
  'ingressDeny',
  'egress',
  'egressDeny',
  'enableDefaultDeny',
  'labels',
  'description',
  'log',
]);

/** Policies of Cilium. It evaluates them together with NetworkPolicy: a denial of either kind wins. */
export const ciliumPolicies: PolicySystem = {
  enforcers: /cilium/,
  kinds: [
    { kind: 'cilium.io/CiliumNetworkPolicy', tier: 'namespaced', read: parseCilium },
    { kind: 'cilium.io/CiliumClusterwideNetworkPolicy', tier: 'namespaced', read: parseCilium },
  ],
  semantics: {
    blocksMayOmitCluster: true,
    assumption:
      'Cilium runs with its defaults: what no policy selects is open, pods have the identity of their labels, and the node reaches its own pods',
  },
};

/**
 * Reads a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, each of its `spec` and `specs` as a policy of its own.
 * A policy that Cilium would reject is uncertain as a whole. A part that is not modelled matches nobody for certain
 * (docs.cilium.io, "Network Policy", 1.18).
 */
function parseCilium(source: SourcedObject): ReadPolicy {
  const { object } = source;
  const namespace = object.kind === 'CiliumNetworkPolicy' ? namespaceOf(object) : undefined;
  const spec = object['spec'];
  const specs = listAt(object, 'specs');
  const rules: (readonly [prefix: string, spec: unknown])[] = specs.map((each, at) => [
    `specs[${at}].`,
    each,
  ]);
  if (isSet(spec)) rules.unshift(['', spec]);
  if (isMalformedList(object, 'specs')) rules.push(['specs.', undefined]);
  const selectsNodes = ([, rule]: readonly [string, unknown]): boolean =>
    isFields(rule) && isSet(rule['nodeSelector']);
  return {
    policies: rules
      .filter((each) => !selectsNodes(each))
      .map(([prefix, rule]) => ({ ref: refOf(source), namespace, ...parseSpec(prefix, rule, namespace) })),
    selectsNodes: rules.some(selectsNodes),
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function parseSpec(
  prefix: string,
  spec: unknown,
  namespace: string | undefined,
): Omit<UntieredPolicy, 'ref' | 'namespace'> {
  if (!isFields(spec) || !isFields(spec['endpointSelector'])) {
    const rule: Rule = { name: `${prefix}spec`, action: 'allow', peers: unknownPeers, ports: undefined };
    const side = { isolates: true, rules: [rule] };
    return { subject: { namespace }, ingress: side, egress: side, uncertainty: 'it has no endpointSelector' };
  }
  const uncertainties = Object.keys(spec)
    .filter((field) => !fields.has(field))
    .map((field) => `its field ${field} is not known`);
  const context = { namespace, uncertainties };
  const ingress = parseSide(prefix, spec, 'ingress', context);
  const egress = parseSide(prefix, spec, 'egress', context);
  const [uncertainty] = uncertainties;
  return {
    subject: parseSubject(spec['endpointSelector'], namespace),
    ingress,
    egress,
    uncertainty,
  };
}

const unknownPeers: readonly Peer[] = [{ kind: 'unknown' }];

/** Without `enableDefaultDeny`, a direction with a rule of either action isolates. */
function parseSide(
  prefix: string,
  rule: Fields,
  direction: Direction,
  context: ParseContext,
): Side | undefined {
  const allows = listAt(rule, direction);
  const denies = listAt(rule, `${direction}Deny`);
  const malformed = isMalformedList(rule, direction) || isMalformedList(rule, `${direction}Deny`);
  if (malformed) context.uncertainties.push(`its ${direction} is no list`);
  const defaultDeny = valueAt(rule, 'enableDefaultDeny', direction);
  if (allows.length === 0 && denies.length === 0 && defaultDeny !== true) return undefined;
  const rulesIn = (list: readonly unknown[], field: string, action: Action): readonly Rule[] =>
    list.flatMap((each, at) => parseEntry(`${prefix}${field}[${at}]`, each, { direction, action }, context));
  return {
    isolates: typeof defaultDeny === 'boolean' ? defaultDeny : true,
    rules: [
      ...rulesIn(allows, direction, 'allow'),
      ...rulesIn(denies, `${direction}Deny`, 'deny').map(deniesUnknown),
    ],
  };
}

/** Cilium does not document which peers a denial without peers matches. */
function deniesUnknown(rule: Rule): Rule {
  return rule.peers?.length === 0 ? { ...rule, peers: unknownPeers } : rule;
}

/** One entry of a direction, as a rule for each of its `toPorts`. An empty entry matches nobody. */
function parseEntry(
  name: string,
  entry: unknown,
  { direction, action }: { direction: Direction; action: Action },
  context: ParseContext,
): readonly Rule[] {
  if (!isFields(entry)) {
    context.uncertainties.push(`${name} is no rule`);
    return [{ name, action, peers: unknownPeers, ports: undefined }];
  }
  const { peers, layer7 } = parsePeers(name, entry, direction, context);
  const ports = parsePortRules(name, entry, direction, context);
  return ports.map((port) => ({
    name: port.name,
    action,
    peers: peers ?? (port.ports === undefined ? [] : undefined),
    ports: port.ports,
    layer7: layer7 ?? port.layer7,
  }));
}
