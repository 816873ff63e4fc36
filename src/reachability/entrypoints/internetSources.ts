import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import {
  type AddressSet,
  everyAddress,
  familyOf,
  intersect,
  isEmpty,
  parseBlock,
  parseBlocks,
  subtract,
  union,
} from '../model/addresses.ts';
import type { Assumptions } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { and, type Truth } from '../model/truth.ts';
import type { ExposedPort } from './exposedPorts.ts';

/** Addresses of the internet from which a node is reached without a router that forwards a port. */
export interface InternetSource {
  family: 4 | 6;
  set: AddressSet;
}

/** Ranges that no router of the internet forwards (RFC 6890, IANA's registries of special-purpose addresses). */
const privateRanges = parseBlocks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
]).set;

const globalRanges = union(subtract(familyOf(everyAddress, 4), privateRanges), parseBlocks(['2000::/3']).set);

/**
 * The families in which nodes have addresses on the internet: as the user says, or as a Node among the objects shows. A
 * node with such an address opens node ports, host ports and its own network to the internet.
 */
export function internetSources(model: Model, assumptions: Assumptions): readonly InternetSource[] {
  const shown = parseBlocks([...nodeAddresses(model), ...(assumptions.nodeAddresses ?? [])]).set;
  const home = parseBlocks([...assumptions.lan, ...assumptions.vpn]).set;
  return ([4, 6] as const).flatMap((family) => {
    const range = familyOf(globalRanges, family);
    const isSaid = family === 6 && assumptions.ipv6 === 'global';
    if (!isSaid && isEmpty(intersect(familyOf(shown, family), range))) return [];
    return [{ family, set: subtract(range, home) }];
  });
}

function nodeAddresses({ objects }: Model): readonly string[] {
  return objects
    .filter(({ object }) => object.kind === 'Node' && groupOf(object) === '')
    .flatMap(({ object }) => mapsAt(object, 'status', 'addresses'))
    .flatMap((address) => textAt(address, 'address') ?? [])
    .filter((address) => parseBlock(address) !== undefined);
}

/** Whether an exposed port is served at the addresses of nodes in a family. */
export function isServedIn(
  { kind, families }: ExposedPort,
  family: 4 | 6,
  { serviceRanges = [] }: Assumptions,
): Truth {
  const [first] = parseBlocks(serviceRanges.slice(0, 1)).set.intervals;
  const served = families[family];
  const truth =
    served !== 'default' ? served : first === undefined ? 'maybe' : first.family === family ? 'yes' : 'no';
  // Which address a load balancer gives, no object tells.
  return kind === 'LoadBalancer' || kind === 'externalIP' ? and(truth, 'maybe') : truth;
}
