import fc from '../fastCheck.ts';
import type { NaiveCluster, NaivePolicy } from './naive.ts';

export const key = fc.constantFrom('app', 'tier');
export const value = fc.constantFrom('a', 'b', 'c');
export const labels = fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true });
export const namespace = fc.constantFrom('x', 'y');
export const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const);
export const portNumber = fc.integer({ min: 80, max: 84 });
const address = fc
  .tuple(fc.constantFrom(10, 11), fc.nat(1), fc.nat(3))
  .map(([a, b, c]) => `10.${a}.${b}.${c}`);
const cidr = fc
  .tuple(address, fc.constantFrom(0, 8, 15, 16, 24, 30, 31, 32))
  .map(([base, length]) => `${base}/${length}`);

export const selector = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key,
          operator: fc.constantFrom('In' as const, 'NotIn' as const),
          values: fc.array(value, { minLength: 1, maxLength: 2 }),
        }),
        fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const ports = fc.array(
  fc.oneof(
    fc.record(
      { protocol, port: fc.oneof(portNumber, fc.constantFrom('web', 'other')) },
      { requiredKeys: [] },
    ),
    fc
      .tuple(protocol, portNumber, fc.nat(3))
      .map(([proto, first, more]) => ({ protocol: proto, port: first, endPort: first + more })),
  ),
  { maxLength: 2 },
);

/** Blocks of addresses around those of pods, with exceptions inside of them, as an API server demands. */
export function blocksAround(
  addresses: readonly string[],
): fc.Arbitrary<{ cidr: string; except?: string[] }> {
  const address = fc.constantFrom(...addresses);
  const length = fc.constantFrom(0, 8, 16, 24, 28, 30, 31, 32);
  const part = fc.tuple(address, fc.constantFrom(25, 29, 30, 31, 32));
  return fc.tuple(address, length, fc.array(part, { maxLength: 2 })).map(([base, size, parts]) => {
    const cidr = blockOf(base, size);
    const except = parts
      .filter(([inside, narrower]) => narrower > size && blockOf(inside, size) === cidr)
      .map(([inside, narrower]) => blockOf(inside, narrower));
    return except.length === 0 ? { cidr } : { cidr, except };
  });
}

/** The block of a length that holds an address. */
function blockOf(address: string, length: number): string {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / 2 ** (32 - length)) * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
}

/** Policies in namespaces, whose peers are selectors and blocks of addresses. */
export function policyIn(
  namespaces: fc.Arbitrary<string>,
  ipBlock: fc.Arbitrary<{ cidr: string; except?: string[] }>,
): fc.Arbitrary<NaivePolicy> {
  const peer = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ podSelector: selector, namespaceSelector: selector }),
    fc.record({ ipBlock }),
  );
  const peers = fc.array(peer, { maxLength: 3 });
  const ingress = fc.array(fc.record({ from: peers, ports }, { requiredKeys: [] }), { maxLength: 2 });
  const egress = fc.array(fc.record({ to: peers, ports }, { requiredKeys: [] }), { maxLength: 2 });
  return fc.record({
    name: fc.constant('p'),
    namespace: namespaces,
    spec: fc.record(
      {
        podSelector: selector,
        policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
        ingress,
        egress,
      },
      { requiredKeys: ['podSelector'] },
    ),
  });
}

const policy = policyIn(
  namespace,
  fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }, { requiredKeys: ['cidr'] }),
);
const pod = fc.record({
  namespace,
  labels,
  ip: address,
  ports: fc.array(fc.record({ name: fc.constantFrom('web', 'other'), containerPort: portNumber, protocol }), {
    maxLength: 3,
  }),
});
/** Clusters in which everything is known: namespaces, pods with addresses and named ports, policies. */
export const cluster: fc.Arbitrary<NaiveCluster> = fc.record({
  namespaces: fc.record({ x: labels, y: labels }),
  pods: fc
    .array(pod, { minLength: 2, maxLength: 5 })
    .map((pods) => pods.map((each, i) => ({ ...each, name: `p${i}` }))),
  policies: fc
    .array(policy, { maxLength: 4 })
    .map((policies): NaivePolicy[] => policies.map((each, i) => ({ ...each, name: `n${i}` }))),
});
