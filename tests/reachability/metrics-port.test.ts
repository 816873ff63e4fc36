// Crosses the compiler, its rendering to files, the manifest loader and the prover.
import { beforeAll, expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import { preparedHome } from '../home.ts';
import type { ConfigData } from '../testDirectory.ts';
import { type Changing, changing } from './compiledHome.ts';

let objects: readonly SourcedObject[];
let assumptions: Assumptions;
beforeAll(async () => {
  const { configuration, repository } = await preparedHome({
    cluster(value) {
      value.monitoring = { enabled: true };
    },
  });
  objects = repository.objects;
  assumptions = assumptionsOf(configuration);
}, 60_000);

function clientsOfTheGate(change: (home: Changing) => void, assumed: Partial<Assumptions> = {}) {
  const home = changing(objects);
  change(home);
  return analyse(home.sources, { ...assumptions, ...assumed })
    .proofs.filter(({ invariant }) => invariant === 'proxy-clients')
    .map(({ verdict, sentence }) => ({ verdict, sentence }));
}

/** The rule of the origin proxy's policy that admits Prometheus. */
function scraping(home: Changing): ConfigData {
  const rules: ConfigData[] = home.get('NetworkPolicy', 'immich-origin-proxy').spec.ingress;
  const found = rules.find(({ ports }) => ports[0].port === 8081);
  if (found === undefined) throw new Error('no rule for port 8081');
  return found;
}
const selfService = { name: 'gate-status', namespace: 'networking' };

it('proves that only Prometheus may read the metrics of the origin proxy, and says so', () => {
  expect(clientsOfTheGate(() => {})).toEqual([
    {
      verdict: 'proved',
      sentence:
        'The policies of Deployment networking/immich-origin-proxy admit Deployment networking/cloudflared only, except for pods that they name on TCP 8081, where it forwards nothing',
    },
  ]);
});

it.each<[string, (home: Changing) => void, 'refuted' | 'unknown']>([
  ['to the port that hands on', (home) => (scraping(home).ports[0].port = 8080), 'unknown'],
  ['to every port', (home) => delete scraping(home).ports, 'unknown'],
  ['and every pod of its namespace', (home) => delete scraping(home).from[0].podSelector, 'unknown'],
  ['and its like of every namespace', (home) => (scraping(home).from[0].namespaceSelector = {}), 'unknown'],
  [
    'and the network at home',
    (home) => scraping(home).from.push({ ipBlock: { cidr: '192.168.0.0/16' } }),
    'refuted',
  ],
  ['and everybody', (home) => delete scraping(home).from, 'refuted'],
  [
    'where the server of the metrics hands on',
    (home) =>
      home.rewrite(
        'immich-origin-proxy',
        'nginx.conf',
        /location = \/metrics \{/,
        'location /all { proxy_pass http://immich-server.media.svc.cluster.local:2283; }\n    location = /metrics {',
      ),
    'unknown',
  ],
  [
    'where the port is opened on every node',
    (home) =>
      home.add({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: selfService,
        spec: {
          type: 'NodePort',
          selector: home.get('Service', 'immich-origin-proxy').spec.selector,
          ports: [{ port: 8081, targetPort: 'status' }],
        },
      }),
    'unknown',
  ],
])('proves nothing if Prometheus is admitted %s', (_how, change, verdict) => {
  expect(clientsOfTheGate(change).map((proof) => proof.verdict)).toEqual([verdict]);
});

it('proves nothing without a policy enforcer', () => {
  expect(clientsOfTheGate(() => {}, { enforcer: 'none' }).map(({ verdict }) => verdict)).toEqual(['unknown']);
});
