// Crosses the listeners, attachments, policies and controls of the Gateway analysis.
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { routeControls } from '../../src/reachability/gateways/routeControls.ts';
import { beside } from './gatewayCases.ts';

interface Told {
  hostname?: string;
  port?: number;
  protocol?: string;
}

const listener = (name: string, { hostname, port = 8080, protocol = 'HTTP' }: Told = {}) => ({
  name,
  port,
  protocol,
  ...(protocol === 'HTTPS' ? { tls: { certificateRefs: [{ name: 'certificate' }] } } : {}),
  ...(hostname === undefined ? {} : { hostname }),
});
const gateway = (name: string, ...listeners: readonly object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'edge', name },
  spec: { gatewayClassName: 'envoy', allowedListeners: { namespaces: { from: 'All' } }, listeners },
});
const route = (name: string, hostnames: readonly string[], parent: object = {}): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace: 'edge', name },
  spec: { hostnames, parentRefs: [{ name: 'gate', ...parent }], rules: [{}] },
});
const merged: readonly KubernetesObject[] = [
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyProxy',
    metadata: { namespace: 'edge', name: 'merged' },
    spec: { mergeGateways: true },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'envoy' },
    spec: {
      controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
      parametersRef: {
        group: 'gateway.envoyproxy.io',
        kind: 'EnvoyProxy',
        namespace: 'edge',
        name: 'merged',
      },
    },
  },
];

const unknowns = (...objects: readonly KubernetesObject[]) =>
  routeControls([...beside(objects), ...objects].map((object) => ({ object, file: 'case.yaml' }))).map(
    (analysed) => analysed.unknowns,
  );
const isKnown = (...objects: readonly KubernetesObject[]) => unknowns(...objects).flat().length === 0;

const wide = listener('wide');
const below = listener('below', { hostname: '*.example.org' });
const app = 'app.example.org';

describe('a hostname on two listeners of a port', () => {
  it('makes every route of the Envoy unknown, also on other ports', () => {
    const other = listener('other', { port: 8081, hostname: 'other.example.org' });
    const unknownReasons = unknowns(
      gateway('gate', wide, below, other),
      route('app', [app], { port: 8080 }),
      route('other', ['other.example.org'], { sectionName: 'other' }),
    );
    const why = `hostname ${app} comes to port 8080 by listeners wide of edge/gate and below of edge/gate; Envoy refuses their routes, and keeps what it had`;
    expect(unknownReasons).toEqual([[why], [why], [why]]);
  });

  it('is a duplicate with two routes, and with a pattern', () => {
    const two = [
      route('one', [app], { sectionName: 'wide' }),
      route('two', [app], { sectionName: 'below' }),
    ] as const;
    expect(isKnown(gateway('gate', wide, below), ...two)).toBe(false);
    expect(isKnown(gateway('gate', wide, below), route('app', ['*.a.example.org']))).toBe(false);
  });

  it('is no duplicate if one listener has exactly this hostname, or is rejected', () => {
    const own = listener('own', { hostname: app });
    expect(isKnown(gateway('gate', wide, below, own), route('app', [app]))).toBe(true);
    expect(isKnown(gateway('gate', wide, own), route('app', [app]))).toBe(true);
    expect(isKnown(gateway('gate', wide, below), route('app', [app], { sectionName: 'wide' }))).toBe(true);
    // A route without a hostname has the hostname of each listener.
    expect(isKnown(gateway('gate', wide, below), route('app', []))).toBe(true);
    expect(isKnown(gateway('gate', wide, below), route('app', ['*.example.org', 'example.org']))).toBe(true);
  });

  it('is no duplicate with TLS, where each listener has its own route table, or on two different ports', () => {
    const elsewhere = listener('below', { hostname: '*.example.org', port: 8081 });
    expect(isKnown(gateway('gate', wide, elsewhere), route('app', [app]))).toBe(true);
    const tls = [wide, below].map((each) => ({
      ...each,
      protocol: 'HTTPS',
      tls: { certificateRefs: [{ name: 'certificate' }] },
    }));
    expect(isKnown(gateway('gate', ...tls), route('app', [app]))).toBe(true);
    // Port 80 is 10080 in the pod of Envoy.
    const low = listener('low', { port: 80 });
    const high = listener('high', { port: 10_080 });
    expect(isKnown(gateway('gate', low, high), route('app', [app]))).toBe(false);
  });

  it('is a duplicate across Gateways only if they share one Envoy', () => {
    const two = [
      gateway('gate', wide),
      gateway('late', below),
      route('app', [app]),
      route('late', [app], { name: 'late' }),
    ];
    expect(isKnown(...two)).toBe(true);
    expect(isKnown(...two, ...merged)).toBe(false);
    // The younger of two equal listeners is rejected, and the rest of the Envoy stays known.
    const same = [gateway('gate', wide, listener('side', { port: 8081 })), gateway('late', wide)];
    const side = unknowns(
      ...[...same, ...merged],
      route('app', [app], { sectionName: 'side' }),
      route('one', [app], { sectionName: 'wide' }),
      route('late', [app], { name: 'late' }),
    );
    expect(side.map(({ length }) => length)).toEqual([0, 1, 1]);
  });

  it('may be a duplicate if unseen labels decide', () => {
    const selecting = {
      ...below,
      allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { open: 'yes' } } } },
    };
    const [[why] = []] = unknowns(gateway('gate', wide, selecting), route('app', [app]));
    expect(why).toContain('may come to port 8080');
  });
});
