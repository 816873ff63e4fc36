// Crosses the Gateway analysis and the invariants: objects that look like a login, or like a denial, and are none.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { home, readYaml } from './home.ts';

const everyone = 'allowedRoutes: {namespaces: {from: All}}';
const web = `{name: web, protocol: HTTP, port: 80, ${everyone}}`;
const object = (version: string, kind: string, name: string, spec: string, namespace = 'apps') =>
  `apiVersion: ${version}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n${spec}\n---\n`;
const envoy = 'gateway.envoyproxy.io/v1alpha1';
const api = 'gateway.networking.k8s.io/v1';
const gatewayClass = `apiVersion: ${api}\nkind: GatewayClass\nmetadata: {name: envoy}\nspec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}\n---\n`;
const gateway = (listeners = web, rest = '') =>
  object(api, 'Gateway', 'gate', `spec: {gatewayClassName: envoy, ${rest}listeners: [${listeners}]}`, 'edge');
const certificate = object(
  'v1',
  'Secret',
  'cert',
  'type: kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}',
  'edge',
);
const on = (kind: string, name: string, section?: string) =>
  `targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}${section === undefined ? '' : `, sectionName: ${section}`}}]`;
const denying = object(
  envoy,
  'SecurityPolicy',
  'gate',
  `spec: {${on('Gateway', 'gate')}, authorization: {defaultAction: Deny}}`,
  'edge',
);
const route = object(
  api,
  'HTTPRoute',
  'notes',
  'spec: {parentRefs: [{name: gate, namespace: edge}], hostnames: [notes.example.org], rules: [{backendRefs: [{name: notes, port: 80}]}]}',
);
const login = (spec: string) =>
  object(envoy, 'SecurityPolicy', 'notes', `spec: {${on('HTTPRoute', 'notes')}, ${spec}}`);
const keys = 'remoteJWKS: {uri: "https://id.example/keys"}';
const token = (provider: string, rest = '') => `jwt: {${rest}providers: [{name: one, ${provider}}]}`;
const good = `issuer: "https://id.example", audiences: [notes], ${keys}`;
const [lan = ''] = home.lan;
const atHome = login(
  `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: [${lan}]}}]}`,
);
const claims = (principal: string) =>
  `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {jwt: {provider: one, ${principal}}}}]}`;

function proofsOf(invariant: string, ...texts: readonly string[]) {
  return analyse(readYaml(texts.join('')), home).proofs.filter((proof) => proof.invariant === invariant);
}
/** The verdicts about the route, in the order of the report. */
function gatedOf(...texts: readonly string[]): readonly string[] {
  return proofsOf('outside-gated', ...texts)
    .filter(({ claim }) => claim.includes('Route apps/notes'))
    .map(({ verdict }) => verdict);
}
const usual = [gatewayClass, gateway(), denying, route];

it('a login and an address of the home are proved without what follows', () => {
  expect(gatedOf(...usual, login(token(good)))).toEqual(['proved']);
  expect(gatedOf(...usual, atHome)).toEqual(['proved']);
});

describe('a token that is not for the app', () => {
  const anyAudience = token(`issuer: "https://id.example", ${keys}`);
  it.each([
    ['has claims', `${anyAudience}, ${claims('claims: [{name: email_verified, values: ["true"]}]')}`],
    ['has a scope', `${anyAudience}, ${claims('scopes: [openid]')}`],
    [
      'has claims, and none is demanded',
      `${token(`issuer: "https://id.example", ${keys}`, 'optional: true, ')}, ${claims('claims: [{name: sub, values: [a]}]')}`,
    ],
    ['is of any issuer', token(`issuer: "", audiences: [notes], ${keys}`)],
    ['is for an audience without a name', token(`issuer: "https://id.example", audiences: [""], ${keys}`)],
  ])('proves nothing where it %s', (_, spec) => {
    expect(gatedOf(...usual, login(spec))).toEqual(['unknown']);
  });

  it('is one for the app where a rule asks for the audience', () => {
    const spec = `${anyAudience}, ${claims('claims: [{name: aud, values: [notes], valueType: StringArray}]')}`;
    expect(gatedOf(...usual, login(spec))).toEqual(['proved']);
  });
});

it.each([
  ['"http://id.example.net/keys"', 'unknown'],
  ['"http://keycloak.identity.svc:8080/keys"', 'proved'],
  ['"http://id.example.net/keys", backendRefs: [{name: notes, port: 80}]', 'proved'],
])('keys that come from outside without TLS prove nothing: %s', (uri, expected) => {
  const provider = `issuer: "https://id.example", audiences: [notes], remoteJWKS: {uri: ${uri}}`;
  const service = object('v1', 'Service', 'notes', 'spec: {selector: {app: notes}, ports: [{port: 80}]}');
  expect(gatedOf(...usual, service, login(token(provider)))).toEqual([expected]);
  const byClaim = `${token(provider, 'optional: true, ')}, ${claims('claims: [{name: sub, values: [a]}]')}`;
  expect(gatedOf(...usual, service, login(byClaim))).toEqual([expected]);
});

describe('keys with which anybody who reads the repository signs', () => {
  const shared = JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }] });
  const secretPart = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB' }] });
  const open = JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] });
  const local = (text: string) =>
    login(
      token(`issuer: "https://id.example", audiences: [notes], localJWKS: {type: Inline, inline: '${text}'}`),
    );
  const byName = login(
    token(
      'issuer: "https://id.example", audiences: [notes], localJWKS: {type: ValueRef, valueRef: {kind: ConfigMap, name: keys}}',
    ),
  );
  const stored = (text: string) => object('v1', 'ConfigMap', 'keys', `data: {jwks: '${text}'}`);

  it.each([shared, secretPart])('prove nothing: %s', (text) => {
    expect(gatedOf(...usual, local(text))).toEqual(['unknown']);
    expect(gatedOf(...usual, byName, stored(text))).toEqual(['unknown']);
  });
  it('are none where only the public part is there', () => {
    expect(gatedOf(...usual, local(open))).toEqual(['proved']);
    expect(gatedOf(...usual, byName, stored(open))).toEqual(['proved']);
  });
});

describe('an address of the home', () => {
  const secure = (name: string, hostname: string) =>
    `{name: ${name}, protocol: HTTPS, port: 443, hostname: ${hostname}, tls: {certificateRefs: [{name: cert}]}, ${everyone}}`;
  const two = gateway(`${secure('notes', 'notes.example.org')}, ${secure('other', 'other.example.org')}`);
  const told = (spec: string, section: string) =>
    object(
      envoy,
      'ClientTrafficPolicy',
      'told',
      `spec: {${on('Gateway', 'gate', section)}, ${spec}}`,
      'edge',
    );

  it.each(['proxyProtocol: {}', 'enableProxyProtocol: true'])(
    'is told by the client where a listener of the same port has %s',
    (spec) => {
      const objects = [gatewayClass, certificate, two, denying, route, atHome];
      expect(gatedOf(...objects)).toEqual(['proved']);
      expect(gatedOf(...objects, told(spec, 'other'))).toEqual(['unknown']);
    },
  );

  it('is its own where another listener of the port reads a header', () => {
    const header = told('clientIPDetection: {xForwardedFor: {numTrustedHops: 1}}', 'other');
    expect(gatedOf(gatewayClass, certificate, two, denying, route, atHome, header)).toEqual(['proved']);
  });

  it('is that of a node behind a program on the network of the node that forwards', () => {
    const pod = (image: string) =>
      object(
        'apps/v1',
        'DaemonSet',
        'front',
        `spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true, containers: [{name: a, image: "${image}"}]}}}`,
      );
    expect(gatedOf(...usual, atHome, pod('prom/node-exporter:v1'))).toEqual(['proved']);
    expect(gatedOf(...usual, atHome, pod('traefik:v3'))).toEqual(['unknown']);
  });
});

describe('a hostname that another listener takes', () => {
  const wide = `{name: wide, protocol: HTTP, port: 80, hostname: "*.example.org", ${everyone}}`;
  const set = (version: string, kind: string, namespace: string) =>
    object(
      version,
      kind,
      'set',
      'spec: {parentRef: {name: gate, namespace: edge, kind: Gateway, group: gateway.networking.k8s.io}, listeners: [{name: exact, protocol: HTTP, port: 80, hostname: notes.example.org, allowedRoutes: {namespaces: {from: Same}}}]}',
      namespace,
    );
  const admitting = (from: string) => gateway(wide, `allowedListeners: {namespaces: ${from}}, `);

  it('is that of the route nevertheless where it is not known whether the listener is there', () => {
    const some = admitting('{from: Selector, selector: {matchLabels: {lend: "yes"}}}');
    expect(gatedOf(gatewayClass, some, route, set(api, 'ListenerSet', 'elsewhere'))).toEqual(['unknown']);
  });

  it('is that of the route nevertheless where Envoy Gateway does not read the kind', () => {
    const old = set('gateway.networking.x-k8s.io/v1alpha1', 'XListenerSet', 'elsewhere');
    expect(gatedOf(gatewayClass, admitting('{from: All}'), route, old)).toEqual(['unknown']);
  });

  it('is not that of the route where the listener is there', () => {
    expect(
      gatedOf(gatewayClass, admitting('{from: All}'), route, set(api, 'ListenerSet', 'elsewhere')),
    ).toEqual([]);
  });
});

describe('a Gateway that denies by default', () => {
  const patch = object(
    envoy,
    'EnvoyPatchPolicy',
    'patch',
    'spec: {targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: gate}, type: JSONPatch, jsonPatches: []}',
    'edge',
  );
  const balanced = (...texts: readonly string[]) =>
    proofsOf('load-balancers', gatewayClass, ...texts).map(({ verdict }) => verdict);

  it('denies nothing for certain where something changes Envoy, and nothing of UDP', () => {
    expect(balanced(gateway(), denying)).toEqual(['proved']);
    expect(balanced(gateway(), denying, patch)).toEqual(['unknown']);
    expect(balanced(gateway(`{name: udp, protocol: UDP, port: 53, ${everyone}}`), denying)).toEqual([
      'refuted',
    ]);
    expect(balanced(gateway(`${web}, {name: udp, protocol: UDP, port: 53, ${everyone}}`), denying)).toEqual([
      'refuted',
    ]);
  });
});

describe('credentials with which Envoy takes no configuration', () => {
  const key = 'W6ph5Mm5Pz8GgiULbPgzG37mj9g=';
  const users = (text: string) =>
    object('v1', 'Secret', 'users', `stringData: {.htpasswd: ${JSON.stringify(text)}}`);
  const password = login('basicAuth: {users: {name: users}}');
  const keysOf = (data: string) => object('v1', 'Secret', 'keys', `stringData: {${data}}`);
  const byKey = login('apiKeyAuth: {credentialRefs: [{name: keys}], extractFrom: [{headers: [x-key]}]}');

  it.each([
    [`a:{SHA}${key}`, 'proved'],
    [`a:{SHA}${key}\r\n\r\nb:{SHA}${key}\n`, 'proved'],
    [` a:{SHA}${key}`, 'unknown'],
    [`a:{SHA}${key}\n \n`, 'unknown'],
    [`:{SHA}${key}`, 'unknown'],
    [`a:{SHA}${key}\na:{SHA}${key}`, 'unknown'],
  ])('prove nothing of their listener: users %j', (text, expected) => {
    expect(gatedOf(...usual, password, users(text))).toEqual([expected]);
  });

  it.each([
    ['a: bcde', 'proved'],
    ['a: ""', 'unknown'],
  ])('prove nothing of their Envoy: keys %s', (data, expected) => {
    expect(gatedOf(...usual, byKey, keysOf(data))).toEqual([expected]);
    // The others keep what they had, too.
    const other = object(
      api,
      'HTTPRoute',
      'other',
      'spec: {parentRefs: [{name: gate, namespace: edge}], hostnames: [other.example.org], rules: [{backendRefs: [{name: notes, port: 80}]}]}',
    );
    const found = proofsOf('outside-gated', ...usual, byKey, keysOf(data), other).filter(({ claim }) =>
      claim.includes('apps/other'),
    );
    expect(found).toMatchObject([{ verdict: expected }]);
  });
});

describe('the configuration of Envoy Gateway', () => {
  const config = (text: string, namespace = 'envoy-gateway-system') =>
    object(
      'v1',
      'ConfigMap',
      'envoy-gateway-config',
      `data: {envoy-gateway.yaml: ${JSON.stringify(text)}}`,
      namespace,
    );
  const release = (values: string, rest = '') =>
    object(
      'source.toolkit.fluxcd.io/v1',
      'OCIRepository',
      'eg',
      'spec: {interval: 1h, url: "oci://docker.io/envoyproxy/gateway-helm"}',
      'edge',
    ) +
    object(
      'helm.toolkit.fluxcd.io/v2',
      'HelmRelease',
      'eg',
      `spec: {interval: 1h, chartRef: {kind: OCIRepository, name: eg}, ${rest}values: {config: {envoyGateway: ${values}}}}`,
      'edge',
    );
  const withLogin = [...usual, login(token(good))];

  it.each([
    [
      'provider: {type: Kubernetes}\nlogging: {level: {default: info}}\nextensionApis: {enableBackend: true}',
      'proved',
    ],
    ['proxyTopologyInjector: {disabled: true}', 'proved'],
    [
      'extensionManager: {hooks: {xdsTranslator: {post: [Route]}}, service: {fqdn: {hostname: a.b, port: 80}}}',
      'unknown',
    ],
    ['extensionManagers: [{name: a}]', 'unknown'],
    [
      'provider: {type: Kubernetes, kubernetes: {watch: {type: Namespaces, namespaces: [edge, apps]}}}',
      'unknown',
    ],
    ['provider: {type: Custom, custom: {resource: {type: File, file: {paths: [/a]}}}}', 'unknown'],
    [
      'envoyProxy: {filterOrder: [{name: envoy.filters.http.rbac, before: envoy.filters.http.jwt_authn}]}',
      'unknown',
    ],
    ['later: {}', 'unknown'],
    ['{', 'unknown'],
  ])('may let more in than the policies say: %s', (text, expected) => {
    expect(gatedOf(...withLogin, config(text))).toEqual([expected]);
  });

  it('has defaults for EnvoyProxy, which one of the Gateway replaces', () => {
    const defaults = config(
      'envoyProxy: {provider: {type: Kubernetes, kubernetes: {envoyService: {externalTrafficPolicy: Cluster}}}}',
    );
    const own = object(envoy, 'EnvoyProxy', 'own', 'spec: {provider: {type: Kubernetes}}', 'edge');
    const withOwn = gateway(
      web,
      'infrastructure: {parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: own}}, ',
    );
    expect(gatedOf(...usual, atHome, defaults)).toEqual(['unknown']);
    expect(gatedOf(gatewayClass, withOwn, own, denying, route, atHome, defaults)).toEqual(['proved']);
    const balanced = proofsOf('load-balancers', ...usual, defaults).map(({ verdict }) => verdict);
    expect(balanced).toEqual(['unknown']);
  });

  it('is in the values of its chart, and not known where others may hold more', () => {
    const known = (...texts: readonly string[]) => gatedOf(...withLogin, ...texts);
    expect(known(release('{logging: {level: {default: info}}}'))).toEqual(['proved']);
    expect(known(release('{extensionManager: {hooks: {}}}'))).toEqual(['unknown']);
    expect(known(release('{extensionManager: {hooks: {}}}').replace('gateway-helm', 'mirror'))).toEqual([
      'unknown',
    ]);
    expect(known(release('{}', 'valuesFrom: [{kind: ConfigMap, name: more}], '))).toEqual(['unknown']);
  });

  it.each([
    ['{kustomize: {patches: [{target: {kind: CustomResourceDefinition}, patch: a}]}}', 'proved'],
    ['{kustomize: {patches: [{target: {kind: ConfigMap}, patch: a}]}}', 'unknown'],
    ['{kustomize: {patches: [{target: {kind: Config.*}, patch: a}]}}', 'unknown'],
    ['{kustomize: {patches: [{patch: a}]}}', 'unknown'],
    ['{kustomize: {patchesStrategicMerge: [a]}}', 'unknown'],
  ])('is not known where a post renderer may change it: %s', (renderer, expected) => {
    expect(gatedOf(...withLogin, release('{}', `postRenderers: [${renderer}], `))).toEqual([expected]);
  });

  it('is assumed to be the default where it is not among the objects', () => {
    const assumed = (...texts: readonly string[]) =>
      analyse(readYaml(texts.join('')), home).assumptions.filter((each) =>
        each.includes('Envoy Gateway runs'),
      );
    expect(assumed(...withLogin)).toHaveLength(1);
    expect(assumed(...withLogin, config('logging: {}'))).toEqual([]);
    expect(assumed(route)).toEqual([]);
  });
});

describe('a policy that Flux does not apply', () => {
  const clientTraffic = object(
    envoy,
    'ClientTrafficPolicy',
    'gate',
    `spec: {${on('Gateway', 'gate')}, path: {escapedSlashesAction: RejectRequest}}`,
    'edge',
  );
  const elsewhere = object(
    envoy,
    'SecurityPolicy',
    'other',
    `spec: {${on('HTTPRoute', 'other')}, authorization: {defaultAction: Deny}}`,
    'elsewhere',
  );
  const texts = [...usual, login(token(good)), clientTraffic, elsewhere].join('');
  /** The verdicts where Flux does not apply one of the objects: the cluster may run it in another form. */
  const without = (kind: string, name: string, namespace: string) => {
    const objects = readYaml(texts).map((source) => {
      const { metadata } = source.object;
      const isIt = source.object.kind === kind && metadata.name === name && metadata.namespace === namespace;
      return isIt ? { ...source, uncertain: `${kind} ${name} is not applied` } : source;
    });
    const { proofs, entries } = analyse(objects, home);
    const open = entries.filter(
      ({ hops, verdict }) => hops.some(({ object }) => object.name === 'notes') && verdict !== 'unknown',
    );
    const found = proofs.flatMap(({ invariant, claim, verdict }) =>
      (invariant === 'outside-gated' && claim.includes('Route apps/notes')) || invariant === 'load-balancers'
        ? [`${invariant} ${verdict}`]
        : [],
    );
    return { found, open };
  };

  it.each([
    ['of the route', 'SecurityPolicy', 'notes', 'apps'],
    ['of the Gateway', 'SecurityPolicy', 'gate', 'edge'],
    ['for the clients of the Gateway', 'ClientTrafficPolicy', 'gate', 'edge'],
  ])('may allow in the cluster what it denies in the repository: %s', (_, kind, name, namespace) => {
    const { found, open } = without(kind, name, namespace);
    expect(found).toContain('outside-gated unknown');
    expect(open).toEqual([]);
  });

  it('changes nothing where it is for other routes', () => {
    const { found, open } = without('SecurityPolicy', 'other', 'elsewhere');
    expect(found.toSorted()).toEqual(['load-balancers proved', 'outside-gated proved']);
    expect(open).not.toEqual([]);
  });
});
