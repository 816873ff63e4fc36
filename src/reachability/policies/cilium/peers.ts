import { type Fields, isFields, listAt } from '../../../kubernetes/fields.ts';
import { blockOf, isMalformedList, parseAddressBlock } from '../parsing.ts';
import type { Direction, Peer, PeerGroup } from '../policy.ts';
import type { ParseContext } from './parseContext.ts';
import { parseEndpoints, selectsBeyondPods } from './selector.ts';

const unknown: Peer = { kind: 'unknown' };
const beyondPods: Peer = { kind: 'group', group: 'some-beyond-pods' };

/** Fields of an entry of `ingress` or `egress` that do not select the other side. */
const others = new Set(['toPorts', 'icmps', 'authentication']);

const undocumented = /(?:FQDNs|Services|Groups)$/;

type Reader = (item: unknown, context: ParseContext) => readonly Peer[];

/** How each field that selects the other side is read, without its `from` or `to`. */
const readers: Readonly<Record<string, Reader>> = {
  Endpoints: (item, { namespace }) => [
    { kind: 'pods', ...parseEndpoints(item, namespace) },
    ...(selectsBeyondPods(item) ? [beyondPods] : []),
  ],
  CIDR: (item) => {
    const set = typeof item === 'string' ? blockOf(item) : undefined;
    return [set === undefined ? unknown : { kind: 'addresses', set }];
  },
  // The block of a group is in another object.
  CIDRSet: (item) => [isFields(item) && item['cidr'] !== undefined ? parseAddressBlock(item) : unknown],
  Entities: (item) => entityOf(item),
  // No policy contains the addresses of a name, the members of a group, the backends of a Service or the labels of a
  // node.
  FQDNs: () => [unknown],
  Services: () => [unknown],
  Groups: () => [unknown],
  Nodes: () => [{ kind: 'group', group: 'own-node' }, unknown],
};

/** What each entity of Cilium selects. */
const entities: ReadonlyMap<unknown, PeerGroup> = new Map([
  ['all', 'everyone'],
  ['world', 'outside'],
  ['cluster', 'cluster'],
  ['host', 'own-node'],
  ['remote-node', 'other-nodes'],
  ['kube-apiserver', 'api-server'],
  ['unmanaged', 'unmanaged-pods'],
  ['init', 'unmanaged-pods'],
]);

function entityOf(item: unknown): readonly Peer[] {
  // The health checks of Cilium are not a workload. Connections through its own Envoy are not modelled.
  if (item === 'none' || item === 'health') return [];
  const group = entities.get(item);
  return [group === undefined ? unknown : { kind: 'group', group }];
}

/** The peers of an entry; undefined if it names none, which means everyone if it has `toPorts`. */
export function parsePeers(
  name: string,
  rule: Fields,
  direction: Direction,
  context: ParseContext,
): { peers: readonly Peer[] | undefined; layer7: string | undefined } {
  const side = direction === 'ingress' ? 'from' : 'to';
  const members = Object.keys(rule).filter((field) => !others.has(field) && rule[field] !== null);
  const read = (field: string): Reader | undefined =>
    field.startsWith(side) && Object.hasOwn(readers, field.slice(side.length))
      ? readers[field.slice(side.length)]
      : undefined;
  for (const field of members) {
    if (field === `${side}Requires`) context.uncertainties.push(`${name} requires labels of the other side`);
    else if (read(field) === undefined || isMalformedList(rule, field))
      context.uncertainties.push(`${name} has the field ${field}`);
  }
  // Some versions reject several fields. Others select the union.
  if (members.length > 1) context.uncertainties.push(`${name} names the other side in several ways`);
  const found = members.flatMap((field): readonly Peer[] => {
    const reader = read(field);
    const items = listAt(rule, field);
    // An empty list selects nobody, if Cilium documents that of the field.
    if (reader === undefined || (items.length === 0 && undocumented.test(field))) return [unknown];
    return items.flatMap((item) => reader(item, context));
  });
  const has = (group: PeerGroup): boolean =>
    found.some((peer) => peer.kind === 'group' && peer.group === group);
  const nodes: readonly Peer[] =
    has('own-node') && has('other-nodes') ? [{ kind: 'group', group: 'nodes' }] : [];
  return {
    peers: members.length === 0 ? undefined : [...found, ...nodes],
    layer7: rule['authentication'] === undefined ? undefined : 'mutual authentication',
  };
}
