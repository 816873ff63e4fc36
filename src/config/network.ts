import * as z from 'zod';
import { privateField, publicField } from './field.ts';
import type { ValueFinding } from './finding.ts';
import { cidr, contains, overlap } from './values/address.ts';

const addressRange = privateField('A range of addresses.', cidr);

/** Addresses that belong to nobody else, and how they are found. */
const apart = {
  announced: publicField(
    'How others learn where such an address is: arp answers whoever asks in the home network (and NDP for IPv6), bgp tells its router.',
    z.enum(['arp', 'bgp']).default('arp'),
  ),
  addresses: z
    .array(addressRange)
    .min(1)
    .meta({
      description: 'The ranges that are set apart. No router may give them out as well.',
      visibility: 'private',
      substitution: 'LOAD_BALANCER_RANGE',
      examples: [['192.168.1.240/28']],
    }),
};

const loadBalancer = z.discriminatedUnion('by', [
  z.strictObject({
    by: publicField('What asks for one waits for ever.', z.literal('none')),
  }),
  z.strictObject({
    by: publicField('Part of k3s: the addresses are those of the nodes.', z.literal('servicelb')),
  }),
  z.strictObject({
    by: publicField('Out of ranges that are set apart, where it is the network plugin.', z.literal('cilium')),
    ...apart,
  }),
  z.strictObject({
    by: publicField('Out of ranges that are set apart.', z.literal('metallb')),
    ...apart,
  }),
]);

const network = z.strictObject({
  pods: publicField(
    'The range that pods get their addresses from. k3s: 10.42.0.0/16, Talos: 10.244.0.0/16.',
    cidr,
    { example: '10.42.0.0/16' },
  ),
  services: publicField(
    'The range that Services get their addresses from. k3s: 10.43.0.0/16, Talos: 10.96.0.0/12.',
    cidr,
    { example: '10.43.0.0/16' },
  ),
  policyEnforcer: publicField(
    'Who enforces NetworkPolicy. Every statement about the network rests on it, and without one nothing about it can be proved. ' +
      'k3s brings kube-router, unless it runs with --disable-network-policy; flannel on Talos enforces nothing unless it was told to.',
    z.enum(['kube-router', 'cilium', 'calico', 'kube-network-policies', 'none']),
    { example: 'kube-router' },
  ),
  loadBalancer: loadBalancer
    .default({ by: 'none' })
    .meta({ description: 'Who gives a Service of the type LoadBalancer an address.' }),
  lan: z
    .array(addressRange)
    .min(1)
    .meta({
      description: 'The ranges of the home network from which people reach Immich directly.',
      visibility: 'private',
      substitution: 'LAN_RANGE',
      examples: [['192.168.1.0/24']],
    }),
  vpn: z
    .array(addressRange)
    .default([])
    .meta({
      description: 'The ranges from which people come over a VPN.',
      visibility: 'private',
      substitution: 'VPN_RANGE',
      examples: [['10.8.0.0/24']],
    }),
  controlPlane: z
    .array(addressRange)
    .default([])
    .meta({
      description:
        'The addresses of the nodes that run the control plane, as ranges of one address. Operators reach the API server there; Cilium knows them by itself.',
      visibility: 'private',
      substitution: 'CONTROL_PLANE',
      examples: [['192.168.1.10/32']],
    }),
});

type Network = z.output<typeof network>;
type RangeFinding = ValueFinding & { path: (string | number)[] };

/** The network of the cluster and around it, with ranges that do not get in each other's way. */
export const networkSchema = network.superRefine((value, context) => {
  // A path of its own: zod lengthens the one that it is given, and two findings may share theirs.
  for (const { path, ...finding } of [...admitted(value), ...servicesApart(value), ...setApart(value)])
    context.addIssue({ code: 'custom', path: [...path], message: finding.message, params: { finding } });
});

/** A range from which people come may hold no pod: each of them would be let in. */
function admitted({ lan, vpn, ...cluster }: Network): RangeFinding[] {
  const ranges = { lan, vpn };
  return (['lan', 'vpn'] as const).flatMap((list) =>
    ranges[list].flatMap((range, index) =>
      (['pods', 'services'] as const)
        .filter((name) => overlap(String(range), cluster[name]))
        .map(
          (name): RangeFinding => ({
            path: [list, index],
            code: 'ranges-overlap',
            message: `the range overlaps cluster.network.${name}, so that letting it in would let every one of them in`,
            expected: 'a range that holds the home network only',
          }),
        ),
    ),
  );
}

function servicesApart({ pods, services }: Network): RangeFinding[] {
  if (!overlap(pods, services)) return [];
  return [
    {
      path: ['services'],
      code: 'ranges-overlap',
      message: 'the range overlaps cluster.network.pods',
      expected: 'two ranges that share no address',
    },
  ];
}

/** An address that Services are given belongs to nobody else, and whoever looks for it finds it. */
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
            message: `the range overlaps cluster.network.${name}, so that an address could be given out twice`,
            expected:
              name === 'lan'
                ? 'a range outside of the home network, to which its router knows the way by BGP'
                : 'a range that is set apart for Services',
          }),
        ),
      ...(announced === 'arp' && !inLan && cidr.safeParse(range).success
        ? [
            {
              path,
              code: 'outside-the-lan' as const,
              message: 'the range is no part of cluster.network.lan, where alone somebody asks for it by ARP',
              expected: 'a part of a range of cluster.network.lan, or announced: bgp',
            },
          ]
        : []),
    ];
  });
}
