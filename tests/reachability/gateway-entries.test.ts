// Crosses the model, the policies, the entry points and the invariants of the prover.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { home, readYaml } from './home.ts';

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
  listeners: [{name: web, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notes, namespace: apps}
spec:
  hostnames: [notes.example.org]
  parentRefs: [{name: gate, namespace: edge}]
  rules: [{backendRefs: [{name: notes, port: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: notes, namespace: apps}
spec: {selector: {app: notes}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notes, namespace: apps}
spec: {template: {metadata: {labels: {app: notes}}, spec: {containers: [{name: main, image: notes}]}}}
`;
const policy = (spec: string) => `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: own, namespace: apps}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: notes}]
  ${spec}
`;
const tokens =
  'jwt: {providers: [{name: one, issuer: "https://id.example", audiences: [notes], remoteJWKS: {uri: "https://id.example/keys"}}]}';
const isolation = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: notes, namespace: apps}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}]}]}
`;
const entriesOf = (yaml: string) =>
  analyse(readYaml(yaml), home)
    .entries.filter(({ who }) => who !== 'cluster')
    .map(({ who, gate, verdict, to }) => `${who} ${verdict} ${to?.name ?? 'nothing'}, gate ${gate}`);

const gated = (yaml: string) =>
  analyse(readYaml(yaml), home).proofs.flatMap(({ invariant, verdict }) =>
    invariant === 'outside-gated' ? [verdict] : [],
  );

describe('the access check of a route', () => {
  it.each([
    ['proved', tokens],
    ['unknown', tokens.replace('providers', 'failOpen: true, providers')],
    ['unknown', tokens.replace('providers', 'optional: true, providers')],
    ['unknown', tokens.replace('audiences: [notes], ', '')],
    ['unknown', 'cors: {allowOrigins: ["https://example.org"]}'],
  ])('is %s with %s', (verdict, features) => {
    expect(gated(edge + policy(features))).toEqual([verdict]);
  });

  it('is not proved without a policy, or with one for another route', () => {
    expect(gated(edge)).toEqual(['unknown']);
    expect(gated(edge + policy(tokens).replace('name: notes}', 'name: note}'))).toEqual(['unknown']);
  });
});

describe('entries through a Gateway', () => {
  it('lead to the application with the demands of the route; no object tells whether the internet reaches it', () => {
    expect(entriesOf(edge)).toEqual([
      'lan allowed notes, gate none',
      'vpn allowed notes, gate none',
      'internet unknown notes, gate none',
    ]);
    expect(entriesOf(edge + policy(tokens))[0]).toBe('lan allowed notes, gate verified');
  });

  it('end if every request is answered with 500', () => {
    expect(entriesOf(edge + policy('basicAuth: {users: {name: gone}}'))[0]).toBe(
      'lan blocked nothing, gate verified',
    );
  });

  it('are unknown if policies decide about pods that are not among the objects', () => {
    expect(entriesOf(edge + isolation)[0]).toBe('lan unknown notes, gate none');
  });

  it('end if a backend is missing, or if no ReferenceGrant allows it', () => {
    expect(entriesOf(edge.replace('{name: notes, port: 80}', '{name: gone, port: 80}'))[0]).toBe(
      'lan blocked nothing, gate none',
    );
    expect(
      entriesOf(edge.replace('{name: notes, port: 80}', '{name: notes, namespace: other, port: 80}'))[0],
    ).toBe('lan blocked nothing, gate none');
  });
});
