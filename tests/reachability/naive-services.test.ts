// Crosses the model, the policy systems and the flow evaluation of the prover.
import { expect, it } from 'vitest';
import { questionAnswerer } from '../../src/operations/reach/question.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import { readObjects } from '../../src/reachability/queries.ts';
import fc from '../fastCheck.ts';
import { cluster, namespace, portNumber, protocol, value } from './clusters.ts';
import {
  fromAddress,
  fromPod,
  type NaiveService,
  type ServiceCluster,
  serviceObjects,
} from './naive-services.ts';

const node = fc.constantFrom('one', 'two');
const address = '10.11.0.2';
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const traffic = fc.constantFrom('Local' as const, 'Cluster' as const, undefined);

const port = fc.record({
  port: portNumber,
  protocol,
  targetPort: optional(fc.oneof(portNumber, fc.constantFrom('web', 'other'))),
  nodePort: optional(fc.integer({ min: 30000, max: 30002 })),
});
const service = fc.record({
  namespace,
  shape: fc.constantFrom(
    ...(['ClusterIP', 'ClusterIP', 'headless', 'NodePort', 'LoadBalancer', 'LoadBalancer'] as const),
    'ExternalName' as const,
  ),
  selector: fc.option(
    fc.dictionary(fc.constantFrom('app', 'tier'), value, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    {
      nil: undefined,
      freq: 6,
    },
  ),
  ports: fc.uniqueArray(port, {
    minLength: 1,
    maxLength: 2,
    selector: ({ port: number, protocol: proto }) => `${number}/${proto}`,
  }),
  externalName: fc.constantFrom(
    ...['s0.x.svc.cluster.local', 's1.x.svc', 's1.y.svc.cluster.local', 's9.y.svc', 'example.org'],
  ),
  externalIPs: fc.option(fc.constant(['192.0.2.1']), { nil: undefined, freq: 2 }),
  externalTrafficPolicy: traffic,
  internalTrafficPolicy: traffic,
  allocateLoadBalancerNodePorts: optional(fc.boolean()),
  loadBalancerSourceRanges: fc.constantFrom(
    undefined,
    ['10.11.0.0/24'],
    ['10.10.0.0/16'],
    ['10.10.0.0/16', '10.11.0.2/32'],
  ),
});

function serviceOf(
  { shape, ...drawn }: typeof service extends fc.Arbitrary<infer Drawn> ? Drawn : never,
  at: number,
) {
  const name = `s${at}`;
  const type = shape === 'headless' ? 'ClusterIP' : shape;
  const isOpen = type === 'NodePort' || type === 'LoadBalancer';
  const { namespace: own, internalTrafficPolicy, externalIPs } = drawn;
  const ports = drawn.ports.map(({ nodePort, ...rest }, index) => ({
    name: `p${index}`,
    ...rest,
    ...(isOpen && nodePort !== undefined ? { nodePort: nodePort + 3 * index } : {}),
  }));
  const made = {
    ...{ name, namespace: own, type, ports, internalTrafficPolicy, externalIPs, selector: drawn.selector },
    ...(shape === 'headless' ? { clusterIP: 'None' as const } : {}),
    ...(type === 'ExternalName' ? { externalName: drawn.externalName } : {}),
    ...(isOpen ? { externalTrafficPolicy: drawn.externalTrafficPolicy } : {}),
    ...(type === 'LoadBalancer'
      ? {
          allocateLoadBalancerNodePorts: drawn.allocateLoadBalancerNodePorts,
          loadBalancerSourceRanges: drawn.loadBalancerSourceRanges,
        }
      : {}),
  };
  // As the API server stores it, without unset fields.
  return JSON.parse(JSON.stringify(made)) as NaiveService;
}

const placed: fc.Arbitrary<ServiceCluster> = fc
  .tuple(
    cluster,
    fc.array(node, { minLength: 5, maxLength: 5 }),
    fc.array(service, { minLength: 1, maxLength: 3 }),
  )
  .map(([base, nodes, services]) => ({
    ...base,
    pods: base.pods.map((pod, at) => ({ ...pod, node: nodes[at] ?? 'one' })),
    services: services.map(serviceOf),
  }));

const assumptions = { enforcer: 'given', lan: [`${address}/32`], vpn: [], stored: true };

it('the prover agrees with a literal reading of the documentation of Services about connections by name', () => {
  const seen = { allowed: 0, blocked: 0, unknown: 0, refused: 0 };
  fc.assert(
    fc.property(placed, (each) => {
      const objects = readObjects(serviceObjects(each), 'random');
      const answer = questionAnswerer({
        ...{ objects, assumptions, unseen: [], privateValues: new Map(), textOf: () => undefined },
      });
      for (const from of each.pods.slice(0, 2)) {
        for (const to of each.services) {
          for (const [asked, proto] of [
            [80, 'TCP'],
            [82, 'UDP'],
            ...to.ports.map((own) => [own.port, own.protocol]),
          ] as const) {
            const expected = fromPod(each, from, to, asked as number, proto as string);
            const outcome = answer({
              from: `${from.namespace}/${from.name}`,
              to: `${to.namespace}/${to.name}:${asked}/${proto}`,
            });
            if (expected === 'no such port') {
              seen.refused += 1;
              expect(outcome.ok).toBe(false);
              continue;
            }
            if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join());
            const { ways, verdict } = outcome.value;
            const lines = ways.map((way) => `${way.to.namespace}/${way.to.name}:${way.port} ${way.verdict}`);
            expect({ ways: lines.toSorted(), verdict }).toEqual(expected);
            seen[verdict] += 1;
          }
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
}, 120_000);

it('the prover agrees with it about the paths of a LAN address', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(placed, (each) => {
      const { entries } = analyse(readObjects(serviceObjects(each), 'random'), assumptions);
      const lines = entries
        .filter(({ who }) => who === 'lan')
        .map(
          ({ hops, to, verdict }) =>
            `${hops[0]?.at} ${to?.namespace}/${to?.name}:${hops.at(-1)?.port} ${verdict}`,
        );
      expect(lines.toSorted()).toEqual(fromAddress(each, address));
      for (const line of lines) {
        const kind = `${/\((\w+)/.exec(line)?.[1]} ${line.slice(line.lastIndexOf(' ') + 1)}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }),
    { numRuns: 1000 },
  );
  // Each kind of exposed port with each verdict. Services of every type have externalIPs.
  expect([...seen.keys()].toSorted()).toEqual(
    ['LoadBalancer', 'NodePort', 'externalIP'].flatMap((kind) =>
      ['allowed', 'blocked', 'unknown'].map((verdict) => `${kind} ${verdict}`),
    ),
  );
}, 120_000);
