import { beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../../src/exposure/judge.ts';
import type { Assumptions, Invariant, SourcedObject, Verdict } from '../../src/exposure/judgement.ts';
import type { ConfigData } from '../folder.ts';
import { type Changing, changing, compiledHome, renamed } from './compiledHome.ts';

/** One thing that goes wrong with what was compiled, and which invariant must notice it. */
type Mutation = [
  name: string,
  change: (home: Changing) => void,
  invariant: Invariant,
  verdict: Exclude<Verdict, 'proved'>,
];

const config = ['cloudflared', 'config.yaml'] as const;
const nginx = ['immich-origin-proxy', 'nginx.conf'] as const;
const server = { 'app.kubernetes.io/name': 'immich', 'app.kubernetes.io/component': 'server' };
const noRoute = '- service: http_status:404';
const access = 'originRequest: {access: {required: true, teamName: example, audTag: [bbbb]}}';
const rule = (host: string, service: string, more = ''): string =>
  `- {hostname: ${host}, service: "${service}"${more === '' ? '' : `, ${more}`}}\n  ${noRoute}`;
const policyOf = (home: Changing, name: string): ConfigData => home.get('NetworkPolicy', name).spec;
const template = (home: Changing, name: string): ConfigData => home.get('Deployment', name).spec.template;

const service = (name: string, namespace: string, spec: ConfigData): ConfigData => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});
const pod = (namespace: string, spec: ConfigData = {}): ConfigData => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'visitor', namespace, labels: { visitor: 'yes' } },
  spec: { containers: [{ name: 'c', image: 'busybox:1' }], ...spec },
});
const opened = (namespace: string): ConfigData => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'visitor', namespace },
  spec: { podSelector: { matchLabels: { visitor: 'yes' } }, policyTypes: ['Egress'], egress: [{}] },
});
const gateway = (controls?: ConfigData): ConfigData[] => [
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'envoy' },
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'front', namespace: 'media' },
    spec: { gatewayClassName: 'envoy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'photos', namespace: 'media' },
    spec: {
      parentRefs: [{ name: 'front' }],
      rules: [{ backendRefs: [{ name: 'immich-server', port: 2283 }] }],
    },
  },
  ...(controls === undefined
    ? []
    : [
        {
          apiVersion: 'gateway.envoyproxy.io/v1alpha1',
          kind: 'SecurityPolicy',
          metadata: { name: 'photos', namespace: 'media' },
          spec: {
            targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'photos' }],
            ...controls,
          },
        },
      ]),
];

const mutations: readonly Mutation[] = [
  // A policy that is gone
  ...(['media', 'networking'] as const).map(
    (namespace): Mutation => [
      `no default denial in ${namespace}`,
      (home) => home.remove('NetworkPolicy', 'default-deny', namespace),
      'default-deny',
      'refuted',
    ],
  ),
  ...['immich-server', 'immich-postgres', 'immich-redis', 'immich-machine-learning'].map(
    (name): Mutation => [
      `no policy of ${name}, and no default denial`,
      (home) => {
        home.remove('NetworkPolicy', name);
        home.remove('NetworkPolicy', 'default-deny', 'media');
      },
      name === 'immich-server' ? 'backend-clients' : 'internal-clients',
      'refuted',
    ],
  ),
  [
    'no policy of the proxy, and no default denial',
    (home) => {
      home.remove('NetworkPolicy', 'immich-origin-proxy');
      home.remove('NetworkPolicy', 'default-deny', 'networking');
    },
    'proxy-clients',
    'refuted',
  ],
  ...['immich-server', 'immich-origin-proxy', 'cloudflared', 'immich-postgres'].map(
    (name): Mutation => [
      `no policy of ${name}`,
      (home) => home.remove('NetworkPolicy', name),
      'ways-work',
      'refuted',
    ],
  ),
  [
    'a default denial of ingress only',
    (home) => {
      policyOf(home, 'default-deny').policyTypes = ['Ingress'];
    },
    'default-deny',
    'refuted',
  ],
  [
    'a default denial that lets everybody in',
    (home) => {
      policyOf(home, 'default-deny').ingress = [{}];
    },
    'default-deny',
    'refuted',
  ],
  [
    'a default denial of some pods',
    (home) => {
      policyOf(home, 'default-deny').podSelector = { matchLabels: server };
    },
    'default-deny',
    'refuted',
  ],
  // A selector that is wider
  [
    'every namespace to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ namespaceSelector: {} }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'every pod of the proxy’s namespace to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'networking' } } }],
      });
      home.add(pod('networking'));
      home.add(opened('networking'));
    },
    'backend-clients',
    'refuted',
  ],
  [
    'an OR in the place of an AND',
    (home) => {
      const rules: ConfigData[] = policyOf(home, 'immich-server').ingress;
      const found = rules.find((each) => JSON.stringify(each).includes('immich-origin-proxy'));
      const [both] = found.from;
      found.from = [{ namespaceSelector: both.namespaceSelector }, { podSelector: both.podSelector }];
      home.add(pod('networking'));
      home.add(opened('networking'));
    },
    'backend-clients',
    'refuted',
  ],
  [
    'everybody to the proxy',
    (home) => {
      policyOf(home, 'immich-origin-proxy').ingress = [{}];
    },
    'proxy-clients',
    'refuted',
  ],
  [
    'every address to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'every address of IPv6 to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '::/0' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a range that holds the pods to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a range to the database',
    (home) => {
      policyOf(home, 'immich-postgres').ingress.push({ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] });
    },
    'internal-clients',
    'refuted',
  ],
  [
    'every pod of its namespace to the database',
    (home) => {
      policyOf(home, 'immich-postgres').ingress.push({ from: [{ podSelector: {} }] });
      home.add(pod('media'));
      home.add(opened('media'));
    },
    'internal-clients',
    'refuted',
  ],
  [
    'a second policy that opens the cache',
    (home) =>
      home.add({
        ...opened('media'),
        spec: { podSelector: policyOf(home, 'immich-redis').podSelector, ingress: [{}] },
      }),
    'internal-clients',
    'refuted',
  ],
  [
    'a namespace that nobody knows to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      });
    },
    'backend-clients',
    'unknown',
  ],
  // A label that is misspelt
  [
    'a selector of the app’s policy that selects nothing, where nothing else isolates',
    (home) => {
      policyOf(home, 'immich-server').podSelector.matchLabels['app.kubernetes.io/component'] = 'sever';
      home.remove('NetworkPolicy', 'default-deny', 'media');
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a label of the app’s pods',
    (home) => {
      template(home, 'immich-server').metadata.labels['app.kubernetes.io/component'] = 'sever';
    },
    'ways-work',
    'refuted',
  ],
  [
    'a label of the proxy’s pods',
    (home) => {
      template(home, 'immich-origin-proxy').metadata.labels['app.kubernetes.io/component'] = 'gte';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the label of the peer',
    (home) => {
      const [first] = policyOf(home, 'immich-origin-proxy').ingress;
      first.from[0].podSelector.matchLabels['app.kubernetes.io/name'] = 'cloudflard';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the selector of the app’s Service',
    (home) => {
      home.get('Service', 'immich-server').spec.selector['app.kubernetes.io/component'] = 'sever';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the name of the namespace of a peer',
    (home) => {
      const rules: ConfigData[] = policyOf(home, 'immich-server').ingress;
      const found = rules.find((each) => JSON.stringify(each).includes('immich-origin-proxy'));
      found.from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] = 'netwrking';
    },
    'ways-work',
    'refuted',
  ],
  // Ports of the nodes, and addresses of their own
  [
    'a second node port',
    (home) => {
      home.get('Service', 'immich-postgres').spec.type = 'NodePort';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a second port of the node port',
    (home) => {
      home.get('Service', 'immich-server').spec.ports.push({ name: 'metrics', port: 8081 });
    },
    'node-ports',
    'refuted',
  ],
  [
    'no node port',
    (home) => {
      home.get('Service', 'immich-server').spec.type = 'ClusterIP';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer',
    (home) => {
      home.get('Service', 'immich-origin-proxy').spec.type = 'LoadBalancer';
    },
    'load-balancers',
    'refuted',
  ],
  [
    'the node ports of a load balancer',
    (home) => {
      home.get('Service', 'immich-origin-proxy').spec.type = 'LoadBalancer';
    },
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer without node ports',
    (home) => {
      Object.assign(home.get('Service', 'immich-origin-proxy').spec, {
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
      });
    },
    'load-balancers',
    'refuted',
  ],
  [
    'an address of its own',
    (home) => {
      home.get('Service', 'immich-redis').spec.externalIPs = ['192.0.2.80'];
    },
    'load-balancers',
    'refuted',
  ],
  [
    'sources that are rewritten',
    (home) => {
      home.get('Service', 'immich-server').spec.externalTrafficPolicy = 'Cluster';
    },
    'backend-clients',
    'unknown',
  ],
  [
    'a Service around the proxy',
    (home) =>
      home.add(
        service('side', 'media', {
          type: 'NodePort',
          selector: server,
          ports: [{ port: 2283, nodePort: 30099 }],
        }),
      ),
    'node-ports',
    'refuted',
  ],
  [
    'a Service around the proxy, seen from the app',
    (home) =>
      home.add(
        service('side', 'media', {
          type: 'NodePort',
          selector: server,
          ports: [{ port: 2283, nodePort: 30099 }],
        }),
      ),
    'backend-clients',
    'unknown',
  ],
  [
    'an Ingress',
    (home) =>
      home.add({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'photos', namespace: 'media' },
        spec: { rules: [{ host: 'b.example.org' }] },
      }),
    'ingresses',
    'refuted',
  ],
  // The network of the node
  ...(['immich-server', 'immich-origin-proxy', 'immich-redis', 'cloudflared'] as const).map(
    (name): Mutation => [
      `${name} on the network of its node`,
      (home) => {
        template(home, name).spec.hostNetwork = true;
      },
      'host-ports',
      'refuted',
    ],
  ),
  [
    'the app on the network of its node, seen from its clients',
    (home) => {
      template(home, 'immich-server').spec.hostNetwork = true;
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a port of the node',
    (home) => {
      template(home, 'immich-postgres').spec.containers[0].ports[0].hostPort = 5432;
    },
    'host-ports',
    'refuted',
  ],
  [
    'a stranger on the network of the node',
    (home) => home.add(pod('networking', { hostNetwork: true })),
    'backend-clients',
    'refuted',
  ],
  // The tunnel: behind it a program verifies as well, which is not read here
  [
    'Access at the top level',
    (home) => {
      home.rewrite(
        ...config,
        /\n\s+originRequest:\n(?:\s+(?:access:|required:|teamName:|audTag:|- ").*\n)+/,
        '\n',
      );
      home.rewrite(...config, 'ingress:', `${access}\ningress:`);
    },
    'outside-gated',
    'unknown',
  ],
  [
    'required: false',
    (home) => home.rewrite(...config, 'required: true', 'required: false'),
    'outside-gated',
    'unknown',
  ],
  [
    'required as a text',
    (home) => home.rewrite(...config, 'required: true', 'required: "true"'),
    'outside-gated',
    'unknown',
  ],
  [
    'required left out',
    (home) => home.rewrite(...config, 'required: true', 'optional: true'),
    'outside-gated',
    'unknown',
  ],
  [
    'an empty audience',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: []'),
    'outside-gated',
    'unknown',
  ],
  [
    'an audience of nothing',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: [""]'),
    'outside-gated',
    'unknown',
  ],
  [
    'an empty team',
    (home) => home.rewrite(...config, /teamName: .*/, 'teamName: ""'),
    'outside-gated',
    'unknown',
  ],
  [
    'an audience that is still to be filled in',
    (home) => home.rewrite(...config, /audTag:\n\s+- ".*"/, 'audTag: ["${AUDIENCE}"]'),
    'outside-gated',
    'unknown',
  ],
  [
    'a second rule straight to the app',
    (home) =>
      home.rewrite(...config, noRoute, rule('b.example.org', 'http://immich-server.media:2283', access)),
    'outside-gated',
    'refuted',
  ],
  [
    'a second rule without Access',
    (home) =>
      home.rewrite(...config, noRoute, rule('b.example.org', 'http://immich-origin-proxy.networking:8080')),
    'outside-gated',
    'unknown',
  ],
  [
    'a rule to the database',
    (home) => home.rewrite(...config, noRoute, rule('b.example.org', 'tcp://immich-postgres.media:5432')),
    'outside-gated',
    'refuted',
  ],
  [
    'a bastion',
    (home) => home.rewrite(...config, noRoute, rule('b.example.org', 'bastion')),
    'outside-gated',
    'refuted',
  ],
  [
    'a rule for whatever is left',
    (home) => home.rewrite(...config, noRoute, '- service: http://immich-origin-proxy.networking:8080'),
    'outside-gated',
    'unknown',
  ],
  [
    'private networks through the tunnel',
    (home) => home.rewrite(...config, 'ingress:', 'warp-routing: {enabled: true}\ningress:'),
    'outside-gated',
    'unknown',
  ],
  [
    'a token in the place of the credentials',
    (home) => {
      template(home, 'cloudflared').spec.containers[0].args.push('--token', 'abc');
    },
    'outside-gated',
    'unknown',
  ],
  [
    'a second tunnel straight to the app',
    (home) =>
      home.add(
        pod('networking', {
          containers: [
            {
              name: 'c',
              image: 'cloudflare/cloudflared:1',
              args: ['tunnel', '--url', 'http://immich-server.media:2283'],
            },
          ],
        }),
      ),
    'outside-gated',
    'refuted',
  ],
  // The proxy
  [
    'no verification',
    (home) => home.rewrite(...nginx, 'js_access gatehouse.authorize;', ''),
    'proxy-demands',
    'refuted',
  ],
  [
    'another location without verification',
    (home) =>
      home.rewrite(
        ...nginx,
        'location / {',
        'location /api { proxy_pass http://gatehouse_app; }\nlocation / {',
      ),
    'proxy-demands',
    'refuted',
  ],
  [
    'another server without verification',
    (home) =>
      home.rewrite(
        ...nginx,
        'server {\n    listen 8080;',
        'server {\n listen 8080;\n server_name open.example.org;\n location / { proxy_pass http://gatehouse_app; }\n}\nserver {\n    listen 8080;',
      ),
    'proxy-demands',
    'refuted',
  ],
  [
    'a presence check in the place of both verifications',
    (home) => {
      home.rewrite(...config, 'required: true', 'required: false');
      home.rewrite(
        ...nginx,
        'js_access gatehouse.authorize;',
        'if ($http_cf_access_jwt_assertion = "") { return 401; }',
      );
    },
    'outside-gated',
    'refuted',
  ],
  [
    'no verification at all',
    (home) => {
      home.rewrite(...config, 'required: true', 'required: false');
      home.rewrite(...nginx, 'js_access gatehouse.authorize;', '');
    },
    'outside-gated',
    'refuted',
  ],
  [
    'a configuration that is not whole',
    (home) => home.rewrite(...nginx, 'events {', 'events {{'),
    'proxy-demands',
    'unknown',
  ],
  [
    'an include from elsewhere',
    (home) => home.rewrite(...nginx, 'server_tokens off;', 'include /etc/nginx/other/*.conf;'),
    'proxy-demands',
    'unknown',
  ],
  // A gateway beside it
  ['a route without a policy', (home) => home.add(...gateway()), 'outside-gated', 'unknown'],
  [
    'a route whose verification fails open',
    (home) =>
      home.add(
        ...gateway({
          extAuth: {
            failOpen: true,
            http: { backendRefs: [{ name: 'immich-machine-learning', port: 3003 }] },
          },
        }),
      ),
    'outside-gated',
    'unknown',
  ],
  [
    'a route whose token is optional',
    (home) =>
      home.add(
        ...gateway({
          jwt: {
            optional: true,
            providers: [
              {
                name: 'a',
                issuer: 'https://id.example.org',
                remoteJWKS: { uri: 'https://id.example.org/keys' },
              },
            ],
          },
        }),
      ),
    'outside-gated',
    'unknown',
  ],
  ['a Gateway', (home) => home.add(...gateway()), 'load-balancers', 'unknown'],
  // What nobody sees, and what everybody sees
  [
    'a chart',
    (home) =>
      home.add({
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'plex', namespace: 'media' },
        spec: { chart: { spec: { chart: 'plex' } } },
      }),
    'backend-clients',
    'unknown',
  ],
  ['a namespace without policies', (home) => home.add(pod('other')), 'default-deny', 'refuted'],
  [
    'a Secret in the clear',
    (home) =>
      home.add({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a', namespace: 'media' },
        stringData: { password: 'x' },
      }),
    'secrets-encrypted',
    'refuted',
  ],
];

describe('what the example home compiles to', () => {
  let objects: readonly SourcedObject[];
  let assumptions: Assumptions;
  beforeAll(async () => {
    ({ objects, assumptions } = await compiledHome());
  }, 60_000);

  const proofsOf = (change: (home: Changing) => void) => {
    const home = changing(objects);
    change(home);
    return judge(home.sources, assumptions).proofs;
  };

  it.each<[string, (home: Changing) => void]>([
    ['nothing', () => {}],
    ...mutations.map(([name, change]): [string, (home: Changing) => void] => [name, change]),
  ])('is judged the same under other names, changed by %s', (_name, change) => {
    const home = changing(objects);
    change(home);
    const verdicts = (sources: readonly SourcedObject[]): string[] =>
      judge(sources, assumptions)
        .proofs.map(({ invariant, verdict }) => `${invariant} ${verdict}`)
        .toSorted();
    const mirrored = renamed(
      home.sources,
      (old) =>
        `z${[...old]
          .reverse()
          .join('')
          .replaceAll(/[^a-z0-9]/gi, '')}z`,
    );
    expect(JSON.stringify(mirrored)).not.toContain('immich-server.media');
    expect(verdicts(mirrored)).toEqual(verdicts(home.sources));
    const numbered = renamed(home.sources, (old) => `n${Buffer.from(old).toString('hex')}`);
    expect(verdicts(numbered)).toEqual(verdicts(home.sources));
  });

  it('is proved whole', () => {
    expect(proofsOf(() => {}).filter(({ verdict }) => verdict !== 'proved')).toEqual([]);
  });

  it('is changed in at least sixty ways', () => {
    expect(new Set(mutations.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(mutations)('is not proved with %s', (_name, change, invariant, verdict) => {
    const found = proofsOf(change).filter((proof) => proof.verdict !== 'proved');
    const concerned = found.filter((proof) => proof.invariant === invariant);
    expect(concerned.map((proof) => proof.verdict)).toContain(verdict);
    for (const proof of found) expect(proof.sentence).not.toBe('');
  });
});
