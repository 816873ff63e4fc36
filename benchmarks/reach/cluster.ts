import type {
  NaiveCluster,
  NaivePeer,
  NaivePod,
  NaivePolicy,
  NaiveRule,
} from '../../tests/reachability/naive.ts';
import { type Random, seededRandom } from '../scan/random.ts';

/** The size of a generated cluster. */
export interface Size {
  namespaces: number;
  workloads: number;
  policies: number;
}

type Ports = NonNullable<NaiveRule['ports']>;

const tiers = ['web', 'api', 'store', 'job'] as const;

/**
 * A cluster as a platform team has it: each namespace with workloads of a few tiers, a default denial, policies that
 * pick by label, by namespace, by named port, by range of ports and by block of addresses. The same on every machine.
 */
export function generateCluster({ namespaces, workloads, policies }: Size): NaiveCluster {
  const random = seededRandom(7);
  const names = Array.from({ length: namespaces }, (_, at) => `team-${at}`);
  return {
    namespaces: Object.fromEntries(
      names.map((name, at) => [name, { 'kubernetes.io/metadata.name': name, zone: `zone-${at % 5}` }]),
    ),
    pods: Array.from({ length: workloads }, (_, at) => pod(at, names[at % namespaces] ?? '')),
    policies: Array.from({ length: policies }, (_, at) =>
      policy(random, Math.floor(at / namespaces), names[at % namespaces] ?? '', names),
    ),
  };
}

function pod(at: number, namespace: string): NaivePod {
  return {
    name: `app-${at}`,
    namespace,
    labels: { app: `app-${at}`, tier: tiers[(at >> 3) % tiers.length] ?? 'web', release: `r${at % 3}` },
    ip: `10.42.${at >> 8}.${at & 255}`,
    ports: [
      { name: 'http', containerPort: 8080 + (at % 4), protocol: 'TCP' },
      { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
    ],
  };
}

function policy(random: Random, turn: number, namespace: string, names: readonly string[]): NaivePolicy {
  const name = `policy-${turn}`;
  if (turn === 0) return { name, namespace, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
  const podSelector =
    random.number(2) === 0
      ? { matchLabels: { tier: random.pick(tiers) } }
      : { matchExpressions: [{ key: 'tier', operator: 'NotIn' as const, values: [random.pick(tiers)] }] };
  const rules = Array.from({ length: 1 + random.number(3) }, () => rule(random, names));
  return random.number(2) === 0
    ? {
        name,
        namespace,
        spec: {
          podSelector,
          policyTypes: ['Ingress'],
          ingress: rules.map(({ peers, ports }) => ({ from: peers, ports })),
        },
      }
    : {
        name,
        namespace,
        spec: {
          podSelector,
          policyTypes: ['Egress'],
          egress: rules.map(({ peers, ports }) => ({ to: peers, ports })),
        },
      };
}

function rule(random: Random, names: readonly string[]): { peers: NaivePeer[]; ports: Ports } {
  const ports: readonly [Ports, ...Ports[]] = [
    [{ port: 'http' }],
    [{ port: 'metrics', protocol: 'TCP' }],
    [{ protocol: 'TCP', port: 8080, endPort: 8082 }],
    [{ port: 'http' }, { port: 'metrics' }],
  ];
  return {
    peers: Array.from({ length: 1 + random.number(3) }, () => peer(random, names)),
    ports: random.pick(ports),
  };
}

function peer(random: Random, names: readonly string[]): NaivePeer {
  const podSelector = { matchLabels: { tier: random.pick(tiers) } };
  switch (random.number(4)) {
    case 0:
      return { podSelector };
    case 1:
      return { namespaceSelector: { matchLabels: { zone: `zone-${random.number(5)}` } }, podSelector };
    case 2: {
      const name = names[random.number(names.length)] ?? '';
      return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
    }
    default:
      return {
        ipBlock: { cidr: `10.42.${random.number(4)}.0/24`, except: [`10.42.${random.number(4)}.0/26`] },
      };
  }
}
