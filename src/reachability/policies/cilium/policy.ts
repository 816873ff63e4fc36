import { type Fields, isFields, listAt, valueAt } from '../../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../../kubernetes/object.ts';
import { refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { type Direction, isDamagedList, type Peer, type Policy, type Rule, type Side } from '../policy.ts';
import { parsePeers } from './peers.ts';
import { parsePortRules } from './ports.ts';
import { parseSubject } from './selector.ts';

/** Fields of a rule of Cilium (cilium.io/v2) that are read; another one may change what it means. */
const fields = new Set([
  ...['endpointSelector', 'nodeSelector', 'ingress', 'ingressDeny', 'egress', 'egressDeny'],
  ...['enableDefaultDeny', 'labels', 'description', 'log'],
]);

/** True for the kinds that `parseCilium` reads. */
export function isCiliumPolicy(object: Fields): boolean {
  return (
    groupOf(object) === 'cilium.io' &&
    (object['kind'] === 'CiliumNetworkPolicy' || object['kind'] === 'CiliumClusterwideNetworkPolicy')
  );
}

/** A policy of Cilium: what it says of pods, and whether it says anything of nodes. */
export interface CiliumPolicy {
  policies: readonly Policy[];
  /** It selects nodes, so that what runs on their network may be kept out or in. */
  selectsNodes: boolean;
}

/**
 * Reads a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, each of its `spec` and `specs` as a policy of its own.
 * What Cilium would refuse is in doubt as a whole; what is not modelled admits and denies nobody for certain
 * (docs.cilium.io, "Network Policy", 1.18).
 */
export function parseCilium(source: SourcedObject): CiliumPolicy {
  const { object } = source;
  const namespace = object.kind === 'CiliumNetworkPolicy' ? namespaceOf(object) : undefined;
  const spec = object['spec'];
  const specs = listAt(object, 'specs');
  const rules: readonly (readonly [string, unknown])[] = [
    ...(spec === undefined || spec === null ? [] : [['', spec] as const]),
    ...specs.map((each, at) => [`specs[${at}].`, each] as const),
    ...(isDamagedList(object, 'specs') ? [['specs.', undefined] as const] : []),
  ];
  const selectsNodes = ([, rule]: readonly [string, unknown]): boolean =>
    isFields(rule) && isSet(rule['nodeSelector']);
  return {
    policies: rules
      .filter((each) => !selectsNodes(each))
      .map(([prefix, rule]) => ({ ref: refOf(source), namespace, ...parseRule(prefix, rule, namespace) })),
    selectsNodes: rules.some(selectsNodes),
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function parseRule(
  prefix: string,
  rule: unknown,
  namespace: string | undefined,
): Omit<Policy, 'ref' | 'namespace'> {
  if (!isFields(rule) || !isFields(rule['endpointSelector'])) {
    const subject = namespace === undefined ? {} : { namespace };
    const side = {
      isolates: true,
      rules: [{ name: `${prefix}spec`, peers: unknownPeers, ports: undefined }],
      denials: [],
    };
    return { subject, ingress: side, egress: side, doubt: 'it has no endpointSelector' };
  }
  const doubts = Object.keys(rule)
    .filter((field) => !fields.has(field))
    .map((field) => `its field ${field} is not known`);
  const context = { namespace, doubts };
  const ingress = parseSide(prefix, rule, 'ingress', context);
  const egress = parseSide(prefix, rule, 'egress', context);
  const [doubt] = doubts;
  return {
    subject: parseSubject(rule['endpointSelector'], namespace),
    ...{ ingress, egress },
    ...(doubt === undefined ? {} : { doubt }),
  };
}

const unknownPeers: readonly Peer[] = [{ kind: 'unknown' }];

/** Where a rule stands, and what makes it doubtful whether Cilium takes it at all: filled while it is read. */
export interface Context {
  namespace: string | undefined;
  doubts: string[];
}

/** Without `enableDefaultDeny` a direction with a rule, allowing or denying, keeps out whomever none allows. */
function parseSide(prefix: string, rule: Fields, direction: Direction, context: Context): Side | undefined {
  const allows = listAt(rule, direction);
  const denies = listAt(rule, `${direction}Deny`);
  const damaged = isDamagedList(rule, direction) || isDamagedList(rule, `${direction}Deny`);
  if (damaged) context.doubts.push(`its ${direction} is no list`);
  const said = valueAt(rule, 'enableDefaultDeny', direction);
  if (allows.length === 0 && denies.length === 0 && said !== true) return undefined;
  return {
    isolates: typeof said === 'boolean' ? said : true,
    rules: allows.flatMap((each, at) => parseOne(`${prefix}${direction}[${at}]`, each, direction, context)),
    denials: denies.flatMap((each, at) =>
      parseOne(`${prefix}${direction}Deny[${at}]`, each, direction, context).map(deniesNobody),
    ),
  };
}

/** What a denial without anybody in it denies, nobody says. */
function deniesNobody(rule: Rule): Rule {
  return rule.peers?.length === 0 ? { ...rule, peers: unknownPeers } : rule;
}

/** One entry of a direction, as a rule for each of its `toPorts`. One without anything in it admits nobody. */
function parseOne(name: string, rule: unknown, direction: Direction, context: Context): readonly Rule[] {
  if (!isFields(rule)) {
    context.doubts.push(`${name} is no rule`);
    return [{ name, peers: unknownPeers, ports: undefined }];
  }
  const { peers, layer7 } = parsePeers(name, rule, direction, context);
  const ports = parsePortRules(name, rule, direction, context);
  return ports.map((port) => {
    const asks = layer7 ?? port.layer7;
    return {
      name: port.name,
      peers: peers ?? (port.ports === undefined ? [] : undefined),
      ports: port.ports,
      ...(asks === undefined ? {} : { layer7: asks }),
    };
  });
}
