import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { asker, asking, compiledWith } from '../../../tests/requirements/asking.ts';
import { privateNamed } from '../../config/private.ts';
import type { ConfigMap, NetworkPolicy } from '../../kubernetes/types.ts';
import type { Backend } from '../contract/network.ts';
import type { TunnelRequirement } from '../contract/requirements.ts';

/** A Gateway that only the tunnel reaches, with its Service. */
const gateway: Backend = {
  workload: {
    directory: 'apps/network/gateways/app',
    namespace: 'network',
    name: 'envoy-tunnel',
    labels: { gateway: 'tunnel' },
  },
  service: 'envoy-tunnel',
  port: 80,
  targetPort: 10_080,
};

const tunnel = (host: string): TunnelRequirement => ({
  kind: 'tunnel',
  requester: { ...asker, instance: host.toLowerCase() },
  host: privateNamed(host),
  backend: gateway,
  access: { audience: privateNamed(`${host}_AUDIENCE`) },
});

it('leads several hosts to one Gateway, each with its own audience', () => {
  const { plan, problems } = compiledWith(
    [
      asking(
        { kind: 'namespace', requester: asker, name: 'network', podSecurity: 'restricted' },
        tunnel('SHOP'),
        tunnel('WIKI'),
      ),
    ],
    {},
    { SHOP: 'shop.example.org', WIKI: 'wiki.example.org', SHOP_AUDIENCE: 'a', WIKI_AUDIENCE: 'b' },
  );
  expect(problems).toEqual([]);
  const named = (kind: string, name: string) =>
    plan?.objects.find(({ object }) => object.kind === kind && object.metadata.name === name)?.object;
  const { ingress } = parse((named('ConfigMap', 'cloudflared') as ConfigMap).data?.['config.yaml'] ?? '');
  const service = 'http://envoy-tunnel.network.svc.cluster.local:80';
  expect(ingress).toMatchObject([
    { hostname: '${SHOP}', service, originRequest: { access: { audTag: ['${SHOP_AUDIENCE}'] } } },
    { hostname: '${WIKI}', service, originRequest: { access: { audTag: ['${WIKI_AUDIENCE}'] } } },
    { hostname: '${IMMICH_HOST}' },
    { service: 'http_status:404' },
  ]);
  const { spec } = named('NetworkPolicy', 'envoy-tunnel') as NetworkPolicy;
  expect(spec?.ingress).toHaveLength(1);
  expect(spec?.ingress?.[0]).toMatchObject({
    from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudflared' } } }],
    ports: [{ port: 10_080, protocol: 'TCP' }],
  });
});
