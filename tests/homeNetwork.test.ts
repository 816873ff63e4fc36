// Crosses components, compile, operations and reachability.
import { describe, expect, it } from 'vitest';
import { mapsAt, valueAt } from '../src/kubernetes/fields.ts';
import { describeObject, refOf, type SourcedObject } from '../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../src/operations/assumptions.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';
import { type AddressSet, intersect, isEmpty, parseBlocks } from '../src/reachability/model/addresses.ts';
import { parseAddressBlock } from '../src/reachability/policies/parsing.ts';
import { createAnswerer } from '../src/reachability/queries.ts';
import { preparedHome } from './home.ts';
import { variants } from './variants.ts';

/** What the ranges of the configuration are, by their variables. */
function rangesOf({ configuration: { loaded } }: Prepared, variables: RegExp): string[] {
  return [...loaded.private].flatMap(([name, value]) => (variables.test(name) ? [value] : []));
}

interface Block {
  policy: string;
  cidr: string;
  set: AddressSet;
}

/** Every block of addresses that a policy of these objects lets its pods connect to. */
function blocksOut(objects: readonly SourcedObject[]): Block[] {
  return objects
    .filter(({ object }) => object.kind === 'NetworkPolicy')
    .flatMap((sourced) =>
      mapsAt(sourced.object, 'spec', 'egress')
        .flatMap((rule) => mapsAt(rule, 'to'))
        .flatMap((peer) => {
          const block = valueAt(peer, 'ipBlock');
          if (block === undefined) return [];
          const parsed = parseAddressBlock(block);
          if (parsed.kind !== 'addresses') throw new Error(JSON.stringify(block));
          return [
            { policy: describeObject(refOf(sourced)), cidr: String(valueAt(block, 'cidr')), set: parsed.set },
          ];
        }),
    );
}

describe.each(variants)('$name', (variant) => {
  it('lets no pod call the home network, the VPN or the cluster by an address', async () => {
    const prepared = await preparedHome(variant);
    const { pods, services } = prepared.configuration.loaded.cluster.cluster.network;
    const controlPlane = rangesOf(prepared, /^CONTROL_PLANE/);
    const own = [pods, services, ...rangesOf(prepared, /^(LAN|VPN|LOAD_BALANCER)_RANGE/), ...controlPlane];
    const blocks = blocksOut(prepared.repository.objects);
    expect(blocks.length).toBeGreaterThan(3);
    // The API server is called at the nodes: each such block is one of them.
    // The console of UniFi has the names at home, and who writes them there calls nothing else.
    const [console] = rangesOf(prepared, /^HOME_DNS_UNIFI_ADDRESS$/);
    const isWriter = ({ policy, cidr }: Block): boolean =>
      policy === 'NetworkPolicy home-dns/home-dns' && cidr === `${console}/32`;
    const others = blocks.filter((block) => !controlPlane.includes(block.cidr) && !isWriter(block));
    const reached = others.filter(({ set }) => !isEmpty(intersect(set, parseBlocks(own).set)));
    expect(reached.map(({ policy, cidr }) => `${policy}: ${cidr}`)).toEqual([]);
  });
});

it.each([
  '192.0.2.1',
  '192.0.2.0/24',
  '2001:db8:1::7',
  '2001:db8:2::/64',
  '192.168.7.7',
  '10.42.0.9',
  'fd00::1',
])('machine learning does not reach %s, and the prover says so', async (address) => {
  const answer = await machineLearning(address);
  expect(answer(443)).toMatchObject({ verdict: 'blocked', egress: 'blocked' });
});

it.each(['203.0.113.9', '2001:db8:3::1'])('machine learning fetches its models from %s', async (address) => {
  const answer = await machineLearning(address);
  expect(answer(443).verdict).toBe('allowed');
  expect(answer(80).verdict).toBe('blocked');
});

async function machineLearning(address: string) {
  const { configuration, repository } = await preparedHome(
    variants.find(({ name }) => name.startsWith('public addresses')),
  );
  const ask = createAnswerer(repository.objects, assumptionsOf(configuration));
  return (port: number) =>
    ask({ from: 'media/deployment/immich-machine-learning', to: address, protocol: 'TCP', port });
}
