import { BlockList, isIP } from 'node:net';
import type { AddressesQuestion } from '../../components/contract/checks.ts';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import { textAt } from '../../kubernetes/fields.ts';
import type { Answer, Asking } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';
import { type Named, notThere, unanswered, unknownValues, wordOf } from './place.ts';
import { podsOf } from './pods.ts';

/** Whether a name leads to no other addresses than those that are meant, where this computer is. */
export async function askAddresses(
  { host, from, to: shown }: Named<AddressesQuestion>,
  { places, cluster }: Asking,
  values: PrivateValues,
): Promise<Answer> {
  const to = 'ranges' in shown ? { ...shown, ranges: filledRanges(shown.ranges, values) } : shown;
  if (host === undefined || ('ranges' in to && to.ranges === undefined)) return unknownValues;
  const place = places?.[from];
  if (place === undefined) return notThere(from);
  const expected = 'ranges' in to ? { ...to, ranges: to.ranges ?? [] } : await nodesOf(to.nodesOf, cluster);
  if ('verdict' in expected) return expected;
  const seen = await place.addresses(host);
  if ('failure' in seen) return unanswered(host, seen.failure);
  return judged({ host, where: wordOf(from), expected, seen });
}

interface Row {
  host: string;
  where: string;
  expected: { ranges: readonly string[]; name: string };
  seen: readonly string[];
}

/** One row: the name, where it was looked up, what is expected, and what was seen. */
function judged({ host, where, expected, seen }: Row): Answer {
  const isExpected = isWithin(expected.ranges);
  const shown = seen.length === 0 ? 'no address' : seen.join(', ');
  const row = `${host}, asked ${where === 'home' ? 'at home' : where}: ${expected.name} is expected, ${shown} was seen`;
  return { verdict: seen.length > 0 && seen.every(isExpected) ? 'kept' : 'broken', evidence: [row] };
}

async function nodesOf(
  of: Parameters<typeof podsOf>[0],
  cluster: LiveCluster | undefined,
): Promise<Answer | { ranges: readonly string[]; name: string }> {
  if (cluster === undefined)
    return {
      verdict: 'not checked',
      evidence: ['There is no cluster to ask on which node the pods run'],
    };
  const pods = await podsOf(of, cluster);
  const ranges = [...new Set(pods.flatMap((pod) => textAt(pod, 'status', 'hostIP') ?? []))].toSorted();
  if (ranges.length === 0)
    return { verdict: 'not checked', evidence: [`No pod in ${of.namespace} runs, so no node is expected`] };
  return { ranges, name: `the node (${ranges.join(', ')})` };
}

/** Ranges with their private values; undefined where one of these is not known. */
export function filledRanges(ranges: readonly string[], values: PrivateValues): string[] | undefined {
  const filled = ranges.map((range) => fillIn(range, values));
  return filled.some((range) => range.includes('${')) ? undefined : filled;
}

/** Whether an address is in one of the ranges, each an address or a CIDR. */
export function isWithin(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', length] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
