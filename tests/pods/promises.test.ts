// Crosses what configure shows and reach answers with a real cluster: who may connect, connects, and nobody else.
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { variants } from '../variants.ts';
import type { Cluster } from './cluster/cluster.ts';
import { dnsObjects } from './cluster/dns.ts';
import { dnsImage } from './cluster/images.ts';
import { podSuite } from './cluster/suite.ts';
import { edgeAddress, places } from './cluster/world.ts';
import { claimsOf, type Destination, differencesOfReports, type Report } from './fixtures/claims.ts';
import { enforcerDefects } from './fixtures/enforcerDefects.ts';
import type { Home } from './fixtures/home.ts';
import { homeOf, homes, otherClusters } from './fixtures/homes.ts';
import { measure } from './fixtures/measure.ts';
import { podsOf } from './fixtures/pods.ts';
import { differencesOf, type PromiseRow, promiseTable } from './fixtures/promiseTable.ts';
import { pausePodObject, startedPod } from './fixtures/settled.ts';

/** Where pods may want to go, and where whoever is outside comes from. */
const destinations = (node: string): readonly Destination[] => [
  ...[443, 80, 22].map((port) => ({ address: places.internet, port, protocol: 'TCP' as const })),
  { address: places.internet, port: 53, protocol: 'UDP' },
  { address: places.internet, port: 443, protocol: 'UDP' },
  { address: places.cloudflare, port: 443, protocol: 'TCP' },
  { address: places.cloudflare, port: 80, protocol: 'TCP' },
  { address: edgeAddress, port: 7_844, protocol: 'TCP' },
  { address: edgeAddress, port: 7_844, protocol: 'UDP' },
  ...[443, 22].map((port) => ({ address: places.lan, port, protocol: 'TCP' as const })),
  { address: places.lan, port: 53, protocol: 'UDP' },
  { address: places.vpn, port: 443, protocol: 'TCP' },
  { address: places.elsewhere, port: 443, protocol: 'TCP' },
  { address: node, port: 6_443, protocol: 'TCP' },
  { address: node, port: 10_250, protocol: 'TCP' },
  { address: '10.43.0.1', port: 443, protocol: 'TCP' },
];

/** A namespace without policies: what none of ours stops must pass. */
const elsewhere = 'elsewhere';

const rows: PromiseRow[] = [];

podSuite('promises', (cluster) => {
  const pods = podsOf(cluster);

  test.each(homes)('hold: $name', { timeout: 900_000 }, async (variant) => {
    await using home = await homeOf(pods, variant);
    await using others = await unknownPodsIn(cluster, [...home.namespaces, elsewhere]);
    const report = reportOf(home);
    const claims = claimsOf(report, others.objects, {
      sources: Object.values(places),
      destinations: destinations(cluster.node.address),
      node: cluster.node.address,
    });
    expect(differencesOfReports(report, claims)).toEqual([]);
    const { measured, silent } = await measure(cluster, claims);
    rows.push({ variant: variant.name, measured });
    expect(silent).toEqual([]);
    expect(differencesOf(measured)).toEqual([]);
    // A table of which one side is empty would prove nothing.
    expect(measured.filter(({ claim }) => claim.verdict === 'allowed').length).toBeGreaterThan(50);
    expect(measured.filter(({ claim }) => claim.verdict === 'blocked').length).toBeGreaterThan(250);
  });

  test('are measured in a table', async () => {
    const table = promiseTable(rows);
    process.stdout.write(`${table}\n`);
    expect(rows.flatMap(({ measured }) => measured).length).toBeGreaterThanOrEqual(500);
    await expect(documentOf(table)).toMatchFileSnapshot('../../docs/promises.md');
  });
});

test('every home is measured, or the bench says what it would need', () => {
  const names = variants.filter(({ example }) => example === undefined).map(({ name }) => name);
  expect([...homes.map(({ name }) => name), ...Object.keys(otherClusters)].toSorted()).toEqual(
    names.toSorted(),
  );
});

function reportOf({ prepared }: Home): Report {
  const { analysis, repository, configuration } = prepared;
  return {
    entries: analysis.entries,
    objects: repository.objects,
    assumptions: assumptionsOf(configuration),
  };
}

/** A pod of nobody in each namespace; with the cluster's DNS, what the report does not have and the cluster does. */
async function unknownPodsIn(
  cluster: Cluster,
  namespaces: readonly string[],
): Promise<{ objects: readonly KubernetesObject[] } & AsyncDisposable> {
  const namespace = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  });
  const visitors = namespaces.map((name) => pausePodObject(name, 'visitor', {}));
  await cluster.apply([namespace(elsewhere), ...visitors]);
  for (const name of namespaces) await startedPod(cluster, name, 'visitor');
  return {
    objects: [namespace(elsewhere), namespace('kube-system'), ...dnsObjects(dnsImage), ...visitors],
    [Symbol.asyncDispose]: async () => {
      await cluster.kubectl('delete', 'namespace', elsewhere, '--ignore-not-found');
    },
  };
}

function documentOf(table: string): string {
  const others = Object.entries(otherClusters).map(([name, needs]) => `- ${name}: ${needs}`);
  return `# Promises measured

\`npm run test:pods\` holds this file to what it measures, and \`npm run test:pods -- -u\` writes it. On a real cluster with the
policy controller of kube-router it brings up each home of
\`tests/variants.ts\` and asks, for every connection that the access map shows and every one that it does not, whether it passes:
between all workloads, a pod of nobody in each namespace and one in a namespace without policies, on every port and one that nobody
declares; through every Service; to addresses of the internet, Cloudflare, the LAN, the VPN and the node; and from them.

${table}

Asked is what \`reach\` answers for the same repository. "Refused" is a connection that does not open; in each case somebody listens.

Not measured here are homes that need another cluster:

${others.join('\n')}

Policies that are not those of a home are drawn at random, 30 clusters of them. There this
version of the enforcer (kube-router 2.1.0) does otherwise than the documentation of NetworkPolicy says, in two ways, which no
policy that Gatehouse writes touches. The sources are in its \`pkg/controllers/netpol\`:

${Object.values(enforcerDefects)
  .map((sentence) => `- ${sentence}`)
  .join('\n')}
`;
}
