import { expect, it } from 'vitest';
import { home, readYaml } from '../../../tests/reachability/home.ts';
import { analyse } from '../analyse.ts';

const edge = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate, namespace: edge}
spec:
  gatewayClassName: envoy
  infrastructure: {parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: gate}}
  listeners:
    - {name: web, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}
    - {name: mail, protocol: TCP, port: 993, allowedRoutes: {namespaces: {from: All}}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyProxy
metadata: {name: gate, namespace: edge}
spec: {provider: {type: Kubernetes, kubernetes: {envoyService: {externalTrafficPolicy: Local, allocateLoadBalancerNodePorts: false}}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notes, namespace: apps}
spec:
  hostnames: [notes.example.org]
  parentRefs: [{name: gate, namespace: edge, sectionName: web}]
  rules: [{backendRefs: [{name: notes, port: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: notes, namespace: apps}
spec: {selector: {app: notes}, ports: [{port: 80, targetPort: 8080}]}
`;
const [lan = ''] = home.lan;
const rule = (principal: string) => `rules: [{action: Allow, principal: {${principal}}}]`;
const atHome = `authorization: {defaultAction: Deny, ${rule(`clientCIDRs: [${lan}]`)}}`;
const policy = (spec: string, kind = 'HTTPRoute', name = 'notes') => `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: ${name}, namespace: apps}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: ${kind}, name: ${name}}]
  ${spec}
`;
const mail = `---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: {name: mail, namespace: apps}
spec: {parentRefs: [{name: gate, namespace: edge, sectionName: mail}], rules: [{backendRefs: [{name: notes, port: 80}]}]}
`;
const clients = (spec: string) => `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: gate, namespace: edge}
spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gate}], ${spec}}
`;
const nodePort = (policy: string) => `---
apiVersion: v1
kind: Service
metadata: {name: around, namespace: edge}
spec:
  type: NodePort
  externalTrafficPolicy: ${policy}
  selector: {gateway.envoyproxy.io/owning-gateway-name: gate, gateway.envoyproxy.io/owning-gateway-namespace: edge}
  ports: [{port: 80, targetPort: 10080, nodePort: 30080}]
`;

const proofsOf = (yaml: string) =>
  analyse(readYaml(yaml), home).proofs.filter(
    ({ invariant, claim }) => invariant === 'outside-gated' && claim.includes('Route apps/'),
  );

it('a rule for addresses of the home network keeps the internet out, if nothing gives such an address', () => {
  const [proof] = proofsOf(edge + policy(atHome));
  expect(proof).toMatchObject({
    verdict: 'proved',
    sentence: 'notes.example.org: an address of the home network or the VPN',
  });
  expect(proof?.premises.join()).toContain('gives the connection of a client an address of the home network');
  expect(proofsOf(edge + mail + policy(atHome, 'TCPRoute', 'mail'))).toContainEqual(
    expect.objectContaining({ verdict: 'proved', claim: expect.stringContaining('TCPRoute apps/mail') }),
  );
});

it('what it rests on is among what the report rests on', () => {
  const found = analyse(readYaml(edge + policy(atHome)), home);
  for (const premise of [
    'Nothing in front of Gateway edge/gate gives the connection of a client an address of the home network',
    `Only the home network and the VPN use the LAN and VPN ranges: ${[...home.lan, ...home.vpn].join(', ')}`,
  ]) {
    const [proof] = found.proofs.filter(({ claim }) => claim.includes('Route apps/'));
    expect(proof?.premises).toContain(premise);
    expect(found.assumptions).toContain(premise);
  }
});

it.each([
  ['a range beyond the home network', policy(atHome.replace(lan, '0.0.0.0/0'))],
  [
    'a second rule for everybody',
    policy(
      atHome.replace(
        'rules: [',
        'rules: [{action: Allow, principal: {headers: [{name: x-home, values: [a]}]}}, ',
      ),
    ),
  ],
  ['who meets no rule being allowed', policy(atHome.replace('Deny', 'Allow'))],
  [
    'a rule by a header alone',
    policy(`authorization: {defaultAction: Deny, ${rule('headers: [{name: x-home, values: [a]}]')}}`),
  ],
  [
    'an address that a header tells',
    policy(atHome) + clients('clientIPDetection: {customHeader: {name: x-real-ip}}'),
  ],
  [
    'an address that X-Forwarded-For tells',
    policy(atHome) + clients('clientIPDetection: {xForwardedFor: {numTrustedHops: 1}}'),
  ],
  ['an address that the proxy protocol tells', policy(atHome) + clients('proxyProtocol: {optional: true}')],
  ['an older form of the proxy protocol', policy(atHome) + clients('enableProxyProtocol: true')],
  ['a Service that rewrites sources', policy(atHome) + nodePort('Cluster')],
])('it does not with %s', (_, more) => {
  expect(proofsOf(edge + more).map(({ verdict }) => verdict)).toEqual(['unknown']);
});

it('it does not where the Service of the Gateway rewrites sources', () => {
  const rewriting = edge.replace('externalTrafficPolicy: Local', 'externalTrafficPolicy: Cluster');
  expect(proofsOf(rewriting + policy(atHome)).map(({ verdict }) => verdict)).toEqual(['unknown']);
});

it.each([
  ['other settings of clients', clients('timeout: {http: {idleTimeout: 1h}}')],
  ['a Service that keeps them', nodePort('Local')],
])('it does with %s', (_, more) => {
  expect(proofsOf(edge + policy(atHome) + more).map(({ verdict }) => verdict)).toEqual(['proved']);
});

const token = (keys: string) =>
  `jwt: {providers: [{name: one, issuer: "https://id.example", audiences: [notes], remoteJWKS: {uri: "http://issuer.identity:8080/keys", ${keys}}}]}`;

it('a policy whose keys are at a Service that is not there answers 500, and demands a token once it is', () => {
  const missing = policy(token('backendRefs: [{name: issuer, port: 8080}]'));
  expect(proofsOf(edge + missing)).toMatchObject([
    { verdict: 'proved', sentence: expect.stringContaining('until then every request is answered 500') },
  ]);
  // It would let everybody in once the Service is there.
  const optional = missing.replace('providers', 'optional: true, providers');
  expect(proofsOf(edge + optional).map(({ verdict }) => verdict)).toEqual(['unknown']);
});
