// Crosses the loader of manifests and the precedence of policies by age.
import { expect, it } from 'vitest';
import { enforced, place } from './place.ts';

const edge = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate, namespace: apps}
spec: {gatewayClassName: envoy, listeners: [{name: web, protocol: HTTP, port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notes, namespace: apps}
spec: {parentRefs: [{name: gate}], hostnames: [notes.example.org], rules: [{backendRefs: [{name: notes, port: 80}]}]}
`;
const policy = (name: string, year: number, spec: string): string => `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: ${name}, namespace: apps, creationTimestamp: "${year}-01-01T00:00:00Z"}
spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: notes}], ${spec}}
`;
const token =
  'jwt: {providers: [{name: one, issuer: "https://id.example", audiences: [notes], remoteJWKS: {uri: "https://id.example/keys"}}]}';

it('of two policies the time in a file does not tell which is the older: the API server writes its own', async () => {
  const both = policy('a', 2020, token) + policy('b', 2021, 'authorization: {defaultAction: Allow}');
  const { stdout } = await place({ 'all.yaml': edge + both }).check('--json', ...enforced);
  const gated = JSON.parse(stdout).proofs.filter(
    ({ invariant }: { invariant: string }) => invariant === 'outside-gated',
  );
  expect(gated).toMatchObject([{ verdict: 'unknown', sentence: expect.stringContaining('created first') }]);
});
