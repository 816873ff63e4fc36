import * as z from 'zod';
import { privateField, publicField } from './field.ts';
import type { ValueFinding } from './finding.ts';
import { cidr, contains, overlap } from './values/address.ts';

const addressRange = privateField('An address range in CIDR notation.', cidr);

/** Address ranges that are reserved for load balancers, and how they are announced. */
const reserved = {
  announced: publicField(
    'How the addresses are announced: arp (NDP for IPv6) answers requests in the home network, bgp announces them to the router.',
    z.enum(['arp', 'bgp']).default('arp'),
  ),
  addresses: z
    .array(addressRange)
    .min(1)
    .meta({
      description: 'The reserved address ranges. The DHCP server of the router must not hand them out.',
      visibility: 'private',
      substitution: 'LOAD_BALANCER_RANGE',
      examples: [['192.168.1.240/28']],
    }),
};

const loadBalancer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: publicField('Services of the type LoadBalancer stay pending.', z.literal('none')),
  }),
  z.strictObject({
    kind: publicField('ServiceLB of k3s: Services use the addresses of the nodes.', z.literal('servicelb')),
  }),
  z.strictObject({
    kind: publicField(
      'Cilium assigns addresses from reserved ranges. Cilium must be the network plugin.',
      z.literal('cilium'),
    ),
    ...reserved,
  }),
  z.strictObject({
    kind: publicField('MetalLB assigns addresses from reserved ranges.', z.literal('metallb')),
    ...reserved,
  }),
  z.strictObject({
    kind: publicField(
      'kube-vip announces the addresses that Services ask for. The ranges say which these may be; with its cloud provider it assigns them too.',
      z.literal('kube-vip'),
    ),
    ...reserved,
  }),
]);

const network = z.strictObject({
  pods: publicField('The address range of pods. k3s: 10.42.0.0/16, Talos: 10.244.0.0/16.', cidr, {
    example: '10.42.0.0/16',
  }),
  services: publicField('The address range of Services. k3s: 10.43.0.0/16, Talos: 10.96.0.0/12.', cidr, {
    example: '10.43.0.0/16',
  }),
  policyEnforcer: publicField(
    'The program that enforces NetworkPolicy. Every proof about the network depends on it. Without one, nothing about the network can be proved. ' +
      'k3s includes kube-router, unless it runs with --disable-network-policy. Flannel on Talos does not enforce NetworkPolicy unless it is configured to.',
    z.enum(['kube-router', 'cilium', 'calico', 'kube-network-policies', 'none']),
    { example: 'kube-router' },
  ),
  ipv6: publicField(
    'Whether nodes have IPv6 addresses. A node port is open to the internet at a global address, without any forwarding by the router, unless a policy forbids it. Without this field, no node is assumed to have a global address.',
    z.enum(['none', 'private', 'global']).optional(),
    { example: 'none' },
  ),
  loadBalancer: loadBalancer
    .default({ kind: 'none' })
    .meta({ description: 'The program that assigns addresses to Services of the type LoadBalancer.' }),
  lan: z
    .array(addressRange)
    .min(1)
    .meta({
      description: 'The address ranges of the home network, from which users reach Immich directly.',
      visibility: 'private',
      substitution: 'LAN_RANGE',
      examples: [['192.168.1.0/24']],
    }),
  vpn: z
    .array(addressRange)
    .default([])
    .meta({
      description: 'The address ranges of VPN clients.',
      visibility: 'private',
      substitution: 'VPN_RANGE',
      examples: [['10.8.0.0/24']],
    }),
  controlPlane: z
    .array(addressRange)
    .default([])
    .meta({
      description:
        'The addresses of the control plane nodes, as ranges with one address each. Operators connect to the API server there. Cilium does not need them.',
      visibility: 'private',
      substitution: 'CONTROL_PLANE',
      examples: [['192.168.1.10/32']],
    }),
});

type Network = z.output<typeof network>;
type RangeFinding = ValueFinding & { path: (string | number)[] };

/** The address ranges of the cluster and of the home network. Ranges that must not overlap are checked. */
export const networkSchema = network.superRefine((value, context) => {
  // Copy the path: zod extends the array in place, and two findings may share one.
  for (const { path, ...finding } of [
    ...admitted(value),
    ...value.controlPlane.flatMap((range, index) => everyAddress('controlPlane', index, String(range))),
    ...servicesApart(value),
    ...setApart(value),
  ])
    context.addIssue({ code: 'custom', path: [...path], message: finding.message, params: { finding } });
});

/** The ranges of clients may not include pods or Services, because a rule for the clients would admit these too. */
function admitted({ lan, vpn, ...cluster }: Network): RangeFinding[] {
  const ranges = { lan, vpn };
  return (['lan', 'vpn'] as const).flatMap((list) =>
    ranges[list].flatMap((range, index) => [
      ...everyAddress(list, index, String(range)),
      ...(['pods', 'services'] as const)
        .filter((name) => overlap(String(range), cluster[name]))
        .map(
          (name): RangeFinding => ({
            path: [list, index],
            code: 'ranges-overlap',
            message: `the range overlaps cluster.network.${name}: a rule that allows this range would allow all ${name}`,
            expected: 'a range that contains clients only, such as 192.168.1.0/24',
          }),
        ),
    ]),
  );
}

/** All addresses of a family are no network at home: nothing would be left that is the internet. */
function everyAddress(list: string, index: number, range: string): RangeFinding[] {
  if (!range.endsWith('/0')) return [];
  return [
    {
      path: [list, index],
      code: 'ranges-overlap',
      message: 'the range is every address: a rule that allows this range would allow the whole internet',
      expected: 'a range that contains clients only, such as 192.168.1.0/24',
    },
  ];
}

function servicesApart({ pods, services }: Network): RangeFinding[] {
  if (!overlap(pods, services)) return [];
  return [
    {
      path: ['services'],
      code: 'ranges-overlap',
      message: 'the range overlaps cluster.network.pods',
      expected: 'a range that does not overlap, such as 10.43.0.0/16',
    },
  ];
}

/** The reserved ranges of load balancers may not be used by anybody else, and must be reachable as announced. */
function setApart({ loadBalancer: inputs, pods, services, lan, vpn, controlPlane }: Network): RangeFinding[] {
  if (!('addresses' in inputs)) return [];
  const { announced } = inputs;
  const others: Record<string, readonly unknown[]> = {
    pods: [pods],
    services: [services],
    vpn,
    controlPlane,
    ...(announced === 'bgp' ? { lan } : {}),
  };
  return inputs.addresses.flatMap((range, index): RangeFinding[] => {
    const path = ['loadBalancer', 'addresses', index];
    const inLan = lan.some((outer) => contains(String(outer), String(range)));
    return [
      ...Object.entries(others)
        .filter(([, ranges]) => ranges.some((other) => overlap(String(range), String(other))))
        .map(
          ([name]): RangeFinding => ({
            path,
            code: 'ranges-overlap',
            message: `the range overlaps cluster.network.${name}: an address could be assigned twice`,
            expected:
              name === 'lan'
                ? 'a range outside of the home network, to which the router learns the route by BGP'
                : 'a range that is reserved for Services',
          }),
        ),
      ...(announced === 'arp' && !inLan && cidr.safeParse(range).success
        ? [
            {
              path,
              code: 'outside-the-lan' as const,
              message: 'the range is not part of cluster.network.lan, and ARP works only in the home network',
              expected: 'a part of a range of cluster.network.lan, or "announced: bgp"',
            },
          ]
        : []),
    ];
  });
}
