import { describe, expect, it } from 'vitest';
import { routeControls } from '../../src/exposure/routes.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';

const listener = (name: string, hostname?: string) => ({
  name,
  port: 8080,
  protocol: 'HTTP',
  ...(hostname === undefined ? {} : { hostname }),
});
const gateway = (...listeners: readonly object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'edge', name: 'gate' },
  spec: { gatewayClassName: 'envoy', allowedListeners: { namespaces: { from: 'All' } }, listeners },
});
/** A set with one listener and a route on it. */
const set = (name: string, hostname?: string, age?: string): readonly KubernetesObject[] => [
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'ListenerSet',
    metadata: { namespace: 'edge', name, ...(age === undefined ? {} : { creationTimestamp: age }) },
    spec: { parentRef: { name: 'gate' }, listeners: [listener('own', hostname)] },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace: 'edge', name },
    spec: { hostnames: ['app.example.org'], parentRefs: [{ kind: 'ListenerSet', name }], rules: [{}] },
  },
];
const main = listener('main', 'main.example.org');
const said = (...objects: readonly KubernetesObject[]) =>
  routeControls(objects.map((object) => ({ object, file: 'case.yaml' }))).map(
    ({ route, unknowns }) => `${route.name} ${unknowns.length}`,
  );

describe('ListenerSets with the same listener', () => {
  it('the older has it, also where the younger comes first by name', () => {
    const [older, younger] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
    for (const hostname of [undefined, 'app.example.org'])
      expect(said(gateway(main), ...set('b', hostname, older), ...set('a', hostname, younger))).toEqual([
        'b 0',
      ]);
  });

  it('a repository does not tell which is older: either may have it', () => {
    for (const hostname of [undefined, '*.example.org', 'app.example.org'])
      expect(said(gateway(main), ...set('a', hostname), ...set('b', hostname))).toEqual(['a 1', 'b 1']);
  });

  it('a Gateway that has it itself leaves none of them a doubt', () => {
    expect(said(gateway(listener('main')), ...set('a'), ...set('b'))).toEqual([]);
  });
});
