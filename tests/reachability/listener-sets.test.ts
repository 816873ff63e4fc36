// Crosses the listeners, attachments, policies and controls of the Gateway analysis.
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { routeControls } from '../../src/reachability/gateways/routeControls.ts';
import { beside } from './gatewayCases.ts';

const listener = (name: string, hostname?: string, protocol = 'HTTP') => ({
  name,
  port: 8080,
  protocol,
  ...(protocol === 'HTTPS' ? { tls: { certificateRefs: [{ name: 'certificate' }] } } : {}),
  ...(hostname === undefined ? {} : { hostname }),
});
const gateway = (...listeners: readonly object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'edge', name: 'gate' },
  spec: { gatewayClassName: 'envoy', allowedListeners: { namespaces: { from: 'All' } }, listeners },
});
/** A set with one listener and a route on it. */
const set = (name: string, hostname?: string, age?: string): readonly KubernetesObject[] =>
  setOf(name, [listener('own', hostname)], age);
const setOf = (name: string, listeners: readonly object[], age?: string): readonly KubernetesObject[] => [
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'ListenerSet',
    metadata: { namespace: 'edge', name, ...(age === undefined ? {} : { creationTimestamp: age }) },
    spec: { parentRef: { name: 'gate' }, listeners },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { namespace: 'edge', name },
    spec: { hostnames: ['app.example.org'], parentRefs: [{ kind: 'ListenerSet', name }], rules: [{}] },
  },
];
const main = listener('main', 'main.example.org');
const accepted = (...objects: readonly KubernetesObject[]) =>
  routeControls([...beside(objects), ...objects].map((object) => ({ object, file: 'case.yaml' }))).map(
    ({ route, unknowns }) => `${route.name} ${unknowns.length}`,
  );

describe('ListenerSets with the same listener', () => {
  it('go to the older set, even if the younger comes first by name', () => {
    const [older, younger] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
    for (const hostname of [undefined, 'app.example.org'])
      expect(accepted(gateway(main), ...set('b', hostname, older), ...set('a', hostname, younger))).toEqual([
        'b 0',
      ]);
  });

  it('may go to either set in a repository, which has no creation times', () => {
    for (const hostname of [undefined, '*.example.org', 'app.example.org'])
      expect(accepted(gateway(main), ...set('a', hostname), ...set('b', hostname))).toEqual(['a 1', 'b 1']);
  });

  it('are rejected if the Gateway has the listener itself', () => {
    expect(accepted(gateway(listener('main')), ...set('a'), ...set('b'))).toEqual([]);
  });
});

describe('Envoy Gateway rejects on one port', () => {
  const [older, younger] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'];
  const tls = listener('tls', undefined, 'HTTPS');
  const elsewhere = { ...listener('else'), port: 8081 };

  it('HTTP and HTTPS of one set: the whole port of that set, but no other port', () => {
    expect(accepted(gateway(elsewhere), ...setOf('a', [listener('own'), tls]))).toEqual([]);
    expect(
      accepted(
        gateway(main),
        ...setOf('a', [
          { ...listener('own'), port: 8082 },
          { ...tls, port: 8083 },
        ]),
      ),
    ).toEqual(['a 0', 'a 0']);
    expect(accepted(gateway(elsewhere), ...setOf('a', [listener('own'), tls]), ...set('b'))).toEqual(['b 0']);
  });

  it('HTTPS of a set if the Gateway has HTTP, and the reverse', () => {
    expect(accepted(gateway(main), ...setOf('a', [listener('own'), tls]))).toEqual(['a 0']);
    expect(accepted(gateway(tls), ...setOf('a', [listener('own')]))).toEqual([]);
  });

  it('HTTPS of the younger set if the older has HTTP; without creation times either may have the port', () => {
    const both = (one?: string, other?: string) =>
      accepted(gateway(elsewhere), ...setOf('a', [listener('own')], one), ...setOf('b', [tls], other));
    expect(both(older, younger)).toEqual(['a 0']);
    expect(both(younger, older)).toEqual(['b 0']);
    expect(both()).toEqual(['a 1', 'b 1']);
  });

  it('every listener of both protocols if the Gateway itself has both', () => {
    expect(
      accepted(gateway(listener('one', 'a.test'), listener('two', 'b.test', 'HTTPS')), ...set('a')),
    ).toEqual([]);
  });

  it('a hostname that one set has twice, in every set but not on the Gateway', () => {
    const twice = [listener('one', 'app.example.org'), listener('two', 'app.example.org')];
    expect(
      accepted(gateway(main), ...setOf('a', twice, older), ...set('b', 'app.example.org', younger)),
    ).toEqual([]);
    const route = set('a')[1] as KubernetesObject;
    const onGateway = {
      ...route,
      spec: { hostnames: ['app.example.org'], parentRefs: [{ name: 'gate' }], rules: [{}] },
    };
    const own = listener('own', 'app.example.org');
    expect(accepted(gateway(own), ...setOf('b', twice), onGateway)).toEqual(['a 0']);
  });

  it('the second of two TCP listeners', () => {
    const raw = (name: string) => listener(name, undefined, 'TCP');
    const route = (sectionName: string): KubernetesObject => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'TCPRoute',
      metadata: { namespace: 'edge', name: sectionName },
      spec: { parentRefs: [{ name: 'gate', sectionName }], rules: [{}] },
    });
    expect(accepted(gateway(raw('one'), raw('two')), route('one'), route('two'))).toEqual(['one 0']);
  });
});
