// Crosses the generators of clusters, the prover and a literal reading of NetworkPolicy with the enforcer of a real cluster.
import { expect, test } from 'vitest';
import fc, { seed } from '../fastCheck.ts';
import { blocksAround, labels, policyIn } from '../reachability/clusters.ts';
import type { NaivePod } from '../reachability/naive.ts';
import { podSuite } from './cluster/suite.ts';
import { ask, listenAt } from './fixtures/ask.ts';
import { disagreements, type Flow, livePods, summaryOf } from './fixtures/liveClusters.ts';
import type { Outcome } from './fixtures/questions.ts';
import { pausePod } from './fixtures/settled.ts';

const namespaces = ['policies-x', 'policies-y', 'policies-z'];

/** How many clusters of policies are tried. */
const clusters = 30;

/** Nine pods, with ports whose names mean other numbers on other pods. */
function podsOfSeed(): readonly Omit<NaivePod, 'ip'>[] {
  const drawn = fc.sample(labels, { numRuns: 9, seed });
  return namespaces.flatMap((namespace, one) =>
    ['a', 'b', 'c'].map((name, other) => ({
      ...{ namespace, name, labels: drawn[one * 3 + other] ?? {} },
      ports: [
        { name: other === 0 ? 'web' : 'other', containerPort: 80, protocol: 'TCP' },
        { name: other === 0 ? 'other' : 'web', containerPort: 82, protocol: 'TCP' },
        { name: 'datagrams', containerPort: 81, protocol: 'UDP' },
        { name: other === 1 ? 'web-udp' : 'other-udp', containerPort: 80, protocol: 'UDP' },
      ],
    })),
  );
}

podSuite('generated policies', (cluster) => {
  const clientAndServer = async (namespace: string) => {
    await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    return await Promise.all([
      pausePod(cluster, namespace, 'client'),
      pausePod(cluster, namespace, 'server'),
    ]);
  };

  test('hold for new flows of datagrams, and not for one that the kernel tracks already', async () => {
    const namespace = 'flows';
    const [client, server] = await clientAndServer(namespace);
    await using _ = await listenAt(server.network, [{ protocol: 'UDP', port: 81 }]);
    const outcome = async (fromPort: number, patience: number): Promise<Outcome | undefined> => {
      const question = { protocol: 'UDP' as const, host: server.address, port: 81, patience };
      return (await ask(client.network, [{ ...question, fromPort }]))[0];
    };
    const [old, first] = [20_000, 20_001];
    expect(await outcome(old, 60_000)).toBe('open');
    await cluster.client.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
    // Each question keeps the old flow in the kernel's table.
    let fresh = first;
    while ((await outcome(fresh, 1_500)) !== 'refused' && fresh < first + 200) {
      fresh += 1;
      await outcome(old, 1_500);
    }
    expect(fresh).toBeLessThan(first + 200);
    expect(await outcome(old, 60_000)).toBe('open');
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  // Why the watchers of the moments between two states never ask from one port twice.
  test('a node leads a connection that was never answered where it led it before', async () => {
    const namespace = 'tracked';
    const [client, server] = await clientAndServer(namespace);
    await using _ = await listenAt(server.network, [{ protocol: 'TCP', port: 80 }]);
    const ports = [{ port: 80, protocol: 'TCP' }];
    await cluster.client.apply({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'server', namespace } },
      spec: { ports: [{ port: 80 }] },
    });
    const leadTo = (address: string) =>
      cluster.client.apply({
        ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports },
        metadata: { name: 'server', namespace, labels: { 'kubernetes.io/service-name': 'server' } },
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
      });
    const { output: host } = await cluster.kubectl(
      ...['-n', namespace, 'get', 'service', 'server', '-o', 'jsonpath={.spec.clusterIP}'],
    );
    let port = 20_000;
    const asked = async (fromPort: number): Promise<Outcome | undefined> =>
      (await ask(client.network, [{ protocol: 'TCP', host, port: 80, fromPort, patience: 10_000 }]))[0];
    const first = async (outcome: Outcome): Promise<number> => {
      do port += 1;
      while ((await asked(port)) !== outcome && port < 20_200);
      return port;
    };
    // An address that no pod has.
    await leadTo('10.42.0.254');
    const lost = await first('unreachable');
    await leadTo(server.address);
    expect(await first('open')).toBeLessThan(20_200);
    expect(await asked(lost)).toBe('unreachable');
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  test(`are enforced as the prover says, in ${clusters} clusters`, { timeout: 1_800_000 }, async () => {
    await using live = await livePods(cluster, podsOfSeed());
    const policy = policyIn(fc.constantFrom(...namespaces), blocksAround(live.pods.map(({ ip }) => ip)));
    const drawn = fc.sample(
      fc.record({
        namespaces: fc.record(Object.fromEntries(namespaces.map((name) => [name, labels]))),
        policies: fc
          .array(policy, { minLength: 1, maxLength: 5 })
          .map((policies) => policies.map((each, at) => ({ ...each, name: `n${at}` }))),
      }),
      { numRuns: clusters, seed },
    );
    const flows: Flow[] = [];
    for (const rules of drawn) {
      const found = await live.measure(rules);
      expect({ rules, disagreements: disagreements(found) }).toEqual({ rules, disagreements: [] });
      flows.push(...found);
    }
    process.stdout.write(summaryOf(`${clusters} clusters of policies`, flows));
    const open = flows.filter(({ outcome }) => outcome === 'open').length;
    expect(open).toBeGreaterThan(500);
    expect(flows.length - open).toBeGreaterThan(500);
  });
});
