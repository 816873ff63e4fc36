// Crosses the model, the policies, the entry points and the invariants of the prover.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import type { InvariantId } from '../../src/reachability/invariants/registry.ts';
import type { Assumptions, Verdict } from '../../src/reachability/model/analysis.ts';
import { changed, home, homeText, readYaml } from './home.ts';

/** Renames every object, namespace and label of the model home consistently. */
function renamed(yaml: string, nameOf: (old: string) => string): string {
  return yaml
    .replace(/(?<=name: |app: |http:\/\/|tcp:\/\/)tunnel\b/g, nameOf)
    .replace(/\b(?:photos|edge|gate|album|store|cache|faces|dump|default-deny)\b/g, nameOf)
    .replace(/\bapp(?=: )|(?<=key: )app\b/g, nameOf);
}

/** One error, and the invariant that must notice it. */
type Mutation = [
  name: string,
  yaml: string,
  invariant: InvariantId,
  verdict: Exclude<Verdict, 'proved'>,
  assumptions?: Partial<Assumptions>,
];

const added = (documents: string) => `${homeText}---\n${documents}`;

/** Removes the policy of each `name namespace` from the model home or another text. */
function without(...policies: readonly string[]): string {
  const isPolicy = (policy: string) => /^[a-z-]+ [a-z]+$/.test(policy);
  const start = policies.find((policy) => !isPolicy(policy)) ?? homeText;
  return policies.filter(isPolicy).reduce((text, policy) => {
    const [name, namespace] = policy.split(' ');
    const documents = text.split('---\n');
    const kept = documents.filter(
      (each) =>
        !(each.includes('kind: NetworkPolicy') && each.includes(`{name: ${name}, namespace: ${namespace}}`)),
    );
    if (kept.length !== documents.length - 1) throw new Error(`no policy ${policy}`);
    return kept.join('---\n');
  }, start);
}

const pod = (name: string, namespace: string, spec: string, labels = `{app: ${name}}`) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}
spec: ${spec}
`;
// What Pod Security `restricted` of the namespace of the proxy demands.
const nonRoot = 'securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}';
const confined = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}';
const plain = `{${nonRoot}, containers: [{name: c, image: busybox, ${confined}}]}`;
const policy = (name: string, namespace: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
const service = (name: string, namespace: string, spec: string) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
const rule = (host: string, target: string, access = '') => `
      - hostname: ${host}
        service: ${target}${access}
      - service: http_status:404`;
const verified = '\n        originRequest: {access: {required: true, teamName: example, audTag: [bbbb]}}';
const lastRule = '\n      - service: http_status:404';
const accessBlock = `        originRequest:
          access:
            required: true
            teamName: example
            audTag: [aaaaaaaaaaaaaaaa]
`;
const albumSources = `        - {ipBlock: {cidr: 192.168.1.0/24}}
`;

const mutations: readonly Mutation[] = [
  // The tunnel
  ['no Access', changed(accessBlock, ''), 'outside-gated', 'refuted'],
  [
    'Access at the top level',
    changed(
      accessBlock,
      '',
      '    ingress:\n',
      '    originRequest: {access: {required: true, teamName: example, audTag: [aaaa]}}\n    ingress:\n',
    ),
    'outside-gated',
    'refuted',
  ],
  ['required: false', changed('required: true', 'required: false'), 'outside-gated', 'refuted'],
  ['required as a text', changed('required: true', 'required: "true"'), 'ways-work', 'refuted'],
  ['required left out', changed('            required: true\n', ''), 'outside-gated', 'refuted'],
  ['empty audience', changed('audTag: [aaaaaaaaaaaaaaaa]', 'audTag: []'), 'ways-work', 'refuted'],
  ['audience of nothing', changed('audTag: [aaaaaaaaaaaaaaaa]', 'audTag: [""]'), 'ways-work', 'refuted'],
  [
    'audience as a text',
    changed('audTag: [aaaaaaaaaaaaaaaa]', 'audTag: aaaaaaaaaaaaaaaa'),
    'ways-work',
    'refuted',
  ],
  ['empty team', changed('teamName: example', 'teamName: ""'), 'ways-work', 'refuted'],
  [
    'an audience that Flux has yet to fill in',
    changed('[aaaaaaaaaaaaaaaa]', '["${AUDIENCE}"]'),
    'outside-gated',
    'unknown',
  ],
  [
    'a second rule straight to the app',
    changed(lastRule, rule('b.example.org', 'http://album.photos:2283', verified)),
    'outside-gated',
    'refuted',
  ],
  [
    'a second rule without Access',
    changed(lastRule, rule('b.example.org', 'http://gate:8080')),
    'outside-gated',
    'refuted',
  ],
  [
    'a rule to the database',
    changed(lastRule, rule('sql.example.org', 'tcp://store.photos:5432')),
    'outside-gated',
    'refuted',
  ],
  [
    'a rule to an address',
    changed(lastRule, rule('x.example.org', 'http://192.168.1.1:80')),
    'outside-gated',
    'refuted',
  ],
  ['a bastion', changed(lastRule, rule('ssh.example.org', 'bastion')), 'outside-gated', 'refuted'],
  [
    'a rule for every hostname',
    changed(lastRule, '\n      - service: http://gate:8080'),
    'outside-gated',
    'refuted',
  ],
  [
    'warp routing',
    changed('    ingress:\n', '    warp-routing: {enabled: true}\n    ingress:\n'),
    'outside-gated',
    'unknown',
  ],
  [
    'a token',
    changed('config/config.yaml, run]', 'config/config.yaml, run, --token, abc]'),
    'outside-gated',
    'unknown',
  ],
  [
    'a token in the environment',
    changed(
      '          args: [tunnel,',
      '          env: [{name: TUNNEL_TOKEN, valueFrom: {secretKeyRef: {name: t, key: t}}}]\n          args: [tunnel,',
    ),
    'outside-gated',
    'unknown',
  ],
  [
    'a configuration from elsewhere',
    changed('{name: config, configMap: {name: tunnel}}', '{name: config, configMap: {name: other}}'),
    'outside-gated',
    'unknown',
  ],
  ['a second tunnel to the app', added(secondTunnel('http://album.photos:2283')), 'outside-gated', 'refuted'],
  // The proxy
  [
    'no check of the header',
    changed('          if ($admitted = 0) { return 401; }\n', ''),
    'proxy-demands',
    'refuted',
  ],
  [
    'a check that lets everyone pass',
    changed('"" 0; }\n      map $http_upgrade', '"" 1; }\n      map $http_upgrade'),
    'proxy-demands',
    'refuted',
  ],
  [
    'a check the wrong way round',
    changed('if ($admitted = 0)', 'if ($admitted = 1)'),
    'proxy-demands',
    'refuted',
  ],
  [
    'another location without the check',
    changed(
      '        location / {',
      '        location /api { proxy_pass http://album.photos:2283; }\n        location / {',
    ),
    'proxy-demands',
    'refuted',
  ],
  [
    'auth_request that always says yes',
    changed(
      '          if ($admitted = 0) { return 401; }\n',
      '          auth_request /ok;\n',
      '        location / {',
      '        location = /ok { return 204; }\n        location / {',
    ),
    'proxy-demands',
    'refuted',
  ],
  [
    'an error page that hands on',
    changed(
      '        location / {',
      '        error_page 401 = @open;\n        location @open { proxy_pass http://album.photos:2283; }\n        location / {',
    ),
    'proxy-demands',
    'refuted',
  ],
  [
    'a broken configuration',
    changed('events { worker_connections 1024; }', 'events { worker_connections 1024;'),
    'proxy-demands',
    'unknown',
  ],
  [
    'an include from elsewhere',
    changed('include /etc/nginx/mime.types;', 'include /etc/nginx/extra/app.conf;'),
    'proxy-demands',
    'unknown',
  ],
  [
    'an upstream that the client picks',
    changed('proxy_pass http://album.photos.svc.cluster.local:2283;', 'proxy_pass http://$http_x_app;'),
    'proxy-demands',
    'unknown',
  ],
  [
    'LAN to the proxy',
    changed(
      '    - from: [{podSelector: {matchLabels: {app: tunnel}}}]',
      '    - from: [{podSelector: {matchLabels: {app: tunnel}}}, {ipBlock: {cidr: 192.168.1.0/24}}]',
    ),
    'proxy-clients',
    'refuted',
  ],
  [
    'all of the namespace to the proxy',
    changed('    - from: [{podSelector: {matchLabels: {app: tunnel}}}]', '    - from: [{podSelector: {}}]') +
      `---\n${pod('x', 'edge', plain)}---\n${policy('x', 'edge', '{podSelector: {matchLabels: {app: x}}, policyTypes: [Egress], egress: [{}]}')}`,
    'proxy-clients',
    'refuted',
  ],
  [
    'every namespace to the proxy',
    changed(
      '    - from: [{podSelector: {matchLabels: {app: tunnel}}}]',
      '    - from: [{namespaceSelector: {}}]',
    ),
    'proxy-clients',
    'refuted',
  ],
  [
    'everyone to the proxy',
    changed('    - from: [{podSelector: {matchLabels: {app: tunnel}}}]\n', '    -\n'),
    'proxy-clients',
    'refuted',
  ],
  [
    'the proxy on the network of its node',
    changed(
      '    spec:\n      containers:\n        - name: nginx',
      '    spec:\n      hostNetwork: true\n      containers:\n        - name: nginx',
    ),
    'proxy-clients',
    'refuted',
  ],
  // The application
  ['no policy of the app', without('album photos', 'default-deny photos'), 'backend-clients', 'refuted'],
  [
    'every address to the app',
    changed('cidr: 192.168.1.0/24', 'cidr: 0.0.0.0/0'),
    'backend-clients',
    'refuted',
  ],
  [
    'a wider range to the app',
    changed('cidr: 192.168.1.0/24', 'cidr: 192.168.0.0/16'),
    'backend-clients',
    'refuted',
  ],
  [
    'IPv6 to the app',
    changed(albumSources, `${albumSources}        - {ipBlock: {cidr: "::/0"}}\n`),
    'backend-clients',
    'refuted',
  ],
  [
    'a LAN that covers the pods',
    changed('cidr: 192.168.1.0/24', 'cidr: 10.0.0.0/8'),
    'backend-clients',
    'refuted',
  ],
  [
    'the tunnel to the app',
    changed(
      'podSelector: {matchLabels: {app: gate}}}\n        - {ipBlock',
      'podSelector: {}}\n        - {ipBlock',
      '  egress:\n    - to: [{podSelector: {matchLabels: {app: gate}}}]\n      ports: [{port: 8080, protocol: TCP}]',
      '  egress:\n    - {}',
    ),
    'backend-clients',
    'refuted',
  ],
  [
    'every namespace with the label of the proxy',
    changed('namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}', 'namespaceSelector: {}'),
    'backend-clients',
    'unknown',
  ],
  [
    'an OR in the place of an AND',
    changed(
      'edge}}, podSelector: {matchLabels: {app: gate}}}\n        - {ip',
      'edge}}}\n        - {podSelector: {matchLabels: {app: gate}}}\n        - {ip',
    ) +
      `---\n${pod('x', 'edge', plain)}---\n${policy('x', 'edge', '{podSelector: {matchLabels: {app: x}}, policyTypes: [Egress], egress: [{}]}')}`,
    'backend-clients',
    'refuted',
  ],
  [
    'a namespace that is not among the objects',
    changed(
      albumSources,
      `${albumSources}        - {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}\n`,
    ),
    'backend-clients',
    'unknown',
  ],
  [
    'a second policy that admits everyone to the app',
    added(policy('open', 'photos', '{podSelector: {matchLabels: {app: album}}, ingress: [{}]}')),
    'backend-clients',
    'refuted',
  ],
  [
    'the app on the network of its node',
    changed(
      '    spec:\n      containers:\n        - name: server',
      '    spec:\n      hostNetwork: true\n      containers:\n        - name: server',
    ),
    'backend-clients',
    'refuted',
  ],
  [
    'a port of the node at the app',
    changed(
      'ports: [{name: http, containerPort: 2283}]',
      'ports: [{name: http, containerPort: 2283, hostPort: 2283}]',
    ),
    'host-ports',
    'refuted',
  ],
  [
    'a pod on the network of the node',
    added(pod('agent', 'photos', '{hostNetwork: true, containers: [{name: c, image: busybox}]}')),
    'backend-clients',
    'refuted',
  ],
  [
    'a pod on the network of the node that Pod Security may refuse',
    added(pod('agent', 'edge', '{hostNetwork: true, containers: [{name: c, image: busybox}]}')),
    'backend-clients',
    'unknown',
  ],
  [
    'sources that are rewritten',
    changed('  externalTrafficPolicy: Local\n', ''),
    'backend-clients',
    'unknown',
  ],
  ['a chart in the namespace of the app', added(chart('photos')), 'backend-clients', 'unknown'],
  [
    'a policy of Cilium',
    added(
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: photos}\nspec: {endpointSelector: {}, ingress: [{fromEntities: [all]}]}\n',
    ),
    'backend-clients',
    'refuted',
    { enforcer: 'cilium' },
  ],
  [
    'a policy of Cilium for the whole cluster',
    added(
      'apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: c}\nspec: {endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}\n',
    ),
    'backend-clients',
    'refuted',
    { enforcer: 'cilium' },
  ],
  [
    'a policy of Cilium with an unknown field',
    added(
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: photos}\nspec: {endpointSelector: {}, ingress: [{fromMoon: [{}]}]}\n',
    ),
    'backend-clients',
    'unknown',
    { enforcer: 'cilium' },
  ],
  [
    'a policy of an administrator',
    added(
      'apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: c}\nspec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}\n',
    ),
    'backend-clients',
    'unknown',
  ],
  [
    'a label of the app with a typo',
    changed(
      'spec:\n  selector: {matchLabels: {app: album}}\n  template:\n    metadata: {labels: {app: album}}',
      'spec:\n  selector: {matchLabels: {app: albun}}\n  template:\n    metadata: {labels: {app: albun}}',
    ),
    'ways-work',
    'refuted',
  ],
  [
    'a policy whose selector has a typo',
    without(
      'default-deny photos',
      changed(
        '{name: album, namespace: photos}\nspec:\n  podSelector: {matchLabels: {app: album}}',
        '{name: album, namespace: photos}\nspec:\n  podSelector: {matchLabels: {app: album, tier: web}}',
      ),
    ),
    'backend-clients',
    'refuted',
  ],
  // The database, the cache, the helper
  [
    'the proxy to the database',
    changed(
      '    - from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [album, dump]}]}}]',
      '    - from: [{namespaceSelector: {}}]',
      '  egress:\n    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: photos}}, podSelector: {matchLabels: {app: album}}}]\n      ports: [{port: http, protocol: TCP}]',
      '  egress: [{}]',
    ),
    'internal-clients',
    'refuted',
  ],
  [
    'a wider selector at the database',
    changed('{key: app, operator: In, values: [album, dump]}', '{key: app, operator: Exists}') +
      `---\n${pod('x', 'photos', plain)}---\n${policy('x', 'photos', '{podSelector: {matchLabels: {app: x}}, policyTypes: [Egress], egress: [{}]}')}`,
    'internal-clients',
    'refuted',
  ],
  [
    'LAN to the database',
    changed('values: [album, dump]}]}}]', 'values: [album, dump]}]}}, {ipBlock: {cidr: 192.168.1.0/24}}]'),
    'internal-clients',
    'refuted',
  ],
  ['no policies at the cache', without('cache photos', 'default-deny photos'), 'internal-clients', 'refuted'],
  [
    'a policy that admits everyone to the helper',
    added(
      policy(
        'open',
        'photos',
        '{podSelector: {matchLabels: {app: faces}}, ingress: [{from: [{podSelector: {}}]}]}',
      ),
    ) +
      `---\n${pod('x', 'photos', plain)}---\n${policy('x', 'photos', '{podSelector: {matchLabels: {app: x}}, policyTypes: [Egress], egress: [{}]}')}`,
    'internal-clients',
    'refuted',
  ],
  // Exposed ports
  [
    'a second node port',
    changed('  selector: {app: store}\n', '  type: NodePort\n  selector: {app: store}\n'),
    'node-ports',
    'refuted',
  ],
  [
    'a second port on the node port',
    changed('nodePort: 30082}]', 'nodePort: 30082}, {name: m, port: 8081, nodePort: 30083}]'),
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer',
    changed('  selector: {app: gate}\n', '  type: LoadBalancer\n  selector: {app: gate}\n'),
    'load-balancers',
    'refuted',
  ],
  [
    'the node ports of a load balancer',
    changed('  selector: {app: gate}\n', '  type: LoadBalancer\n  selector: {app: gate}\n'),
    'node-ports',
    'refuted',
  ],
  [
    'a load balancer without node ports',
    changed(
      '  selector: {app: gate}\n',
      '  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n  selector: {app: gate}\n',
    ),
    'load-balancers',
    'refuted',
  ],
  [
    'an external address',
    changed('  selector: {app: gate}\n', '  externalIPs: [192.168.1.10]\n  selector: {app: gate}\n'),
    'load-balancers',
    'refuted',
  ],
  [
    'no node port',
    changed('  type: NodePort\n  externalTrafficPolicy: Local\n', ''),
    'node-ports',
    'refuted',
  ],
  [
    'a Service around the proxy',
    added(
      service(
        'side',
        'photos',
        '{type: NodePort, selector: {app: album}, ports: [{port: 2283, nodePort: 30099}]}',
      ),
    ),
    'backend-clients',
    'unknown',
  ],
  [
    'an Ingress',
    added(
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: photos}\nspec: {rules: [{host: a.example.org}]}\n',
    ),
    'ingresses',
    'refuted',
  ],
  [
    'a Gateway',
    added(
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: edge}\nspec: {gatewayClassName: x, listeners: []}\n',
    ),
    'load-balancers',
    'unknown',
  ],
  ['a chart', added(chart('other')), 'node-ports', 'unknown'],
  // Isolation and secrets
  ['no default denial', without('default-deny edge'), 'default-deny', 'refuted'],
  [
    'a default denial of ingress only',
    changed(
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}',
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {}}',
    ),
    'default-deny',
    'refuted',
  ],
  [
    'a default denial that allows',
    changed(
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}',
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{}]}',
    ),
    'default-deny',
    'refuted',
  ],
  [
    'a default denial of some pods',
    changed(
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {}',
      '{name: default-deny, namespace: edge}\nspec: {podSelector: {matchLabels: {a: b}}',
    ),
    'default-deny',
    'refuted',
  ],
  ['a namespace without policies', added(pod('x', 'third', plain)), 'default-deny', 'refuted'],
  [
    'a Secret in clear text',
    added(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: photos}\nstringData: {password: x}\n',
    ),
    'secrets-encrypted',
    'refuted',
  ],
  [
    'a Secret of which one value is in clear text',
    changed('stringData: {password:', 'stringData: {user: immich, password:'),
    'secrets-encrypted',
    'refuted',
  ],
  [
    'a Secret that only looks encrypted',
    changed('sops: {mac:', 'other: {mac:'),
    'secrets-encrypted',
    'refuted',
  ],
];

function chart(namespace: string): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: thing, namespace: ${namespace}}
spec: {chart: {spec: {chart: thing}}}
`;
}

function secondTunnel(target: string): string {
  return pod(
    't2',
    'edge',
    `{${nonRoot}, containers: [{name: c, image: cloudflare/cloudflared, args: [tunnel, --url, "${target}"], ${confined}}]}`,
  );
}

const verdictsOf = (yaml: string, assumptions: Assumptions = home) =>
  analyse(readYaml(yaml), assumptions).proofs;

describe('the model home', () => {
  it('is proved completely', () => {
    expect(verdictsOf(homeText).filter(({ verdict }) => verdict !== 'proved')).toEqual([]);
  });

  it('is proved completely with Cilium as the enforcer too', () => {
    const proofs = verdictsOf(homeText, { ...home, enforcer: 'cilium' });
    expect(proofs.filter(({ verdict }) => verdict !== 'proved')).toEqual([]);
  });

  it.each(mutations)('%s', (_name, yaml, invariant, verdict, assumptions) => {
    const proofs = verdictsOf(yaml, { ...home, ...assumptions });
    const concerned = proofs.filter((proof) => proof.invariant === invariant);
    const found = concerned.filter((proof) => proof.verdict !== 'proved');
    expect(found.map((proof) => proof.verdict)).toContain(verdict);
    for (const proof of found) expect(proof.sentence).not.toBe('');
  });

  it('has no proof about the network without an enforcer', () => {
    const network: readonly InvariantId[] = [
      'backend-clients',
      'proxy-clients',
      'internal-clients',
      'default-deny',
    ];
    for (const enforcer of [undefined, 'none', '']) {
      const { enforcer: _named, ...rest } = home;
      const proofs = verdictsOf(homeText, enforcer === undefined ? rest : { ...rest, enforcer });
      const concerned = proofs.filter(({ invariant }) => network.includes(invariant));
      expect(concerned.length).toBeGreaterThan(7);
      expect(concerned.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
    }
  });

  it('proves nothing from address blocks if the pod ranges are unknown', () => {
    const { podRanges: _named, ...rest } = home;
    const backend = verdictsOf(homeText, rest).find(({ invariant }) => invariant === 'backend-clients');
    expect(backend?.verdict).toBe('unknown');
  });

  const texts: [string, string, Partial<Assumptions>][] = [
    ['nothing', homeText, {}],
    ...mutations.map(([name, yaml, , , assumptions = {}]): [string, string, Partial<Assumptions>] => [
      ...([name, yaml, assumptions] as const),
    ]),
  ];

  it.each(texts)('gets the same verdicts under other names: %s', (_name, yaml, assumptions) => {
    const verdicts = (text: string) =>
      verdictsOf(text, { ...home, ...assumptions })
        .map(({ invariant, verdict }) => `${invariant} ${verdict}`)
        .toSorted();
    const expected = verdicts(yaml);
    const mirrored = (old: string) => `z${[...old].reverse().join('')}`;
    const numbered = (old: string) => `n${Buffer.from(old).toString('hex')}`;
    expect(verdicts(renamed(yaml, mirrored))).toEqual(expected);
    expect(verdicts(renamed(yaml, numbered))).toEqual(expected);
  });
});
