import { describe, expect, it } from 'vitest';
import { asker, asking, compiledWith } from '../../../tests/requirements/asking.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { withoutGateway } from '../../../tests/variants.ts';
import { type Private, privateNamed } from '../../config/private.ts';
import type { Deployment, DNSEndpoint } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import type { NameRequirement } from '../contract/requirements.ts';

const values = {
  SHOP: 'shop.example.org',
  API: 'api.example.org',
  WIKI: 'wiki.example.org',
  ELSEWHERE: 'shop.example.com',
  PUBLIC: '203.0.113.7',
  PUBLIC_V6: '2001:db8:7::7',
  DYNAMIC: 'home.example.net',
  INTERNAL: '192.0.2.242',
  PRIVATE: '10.1.2.3',
};
const handle = (name: keyof typeof values): Private => privateNamed(name);

const name = (
  host: keyof typeof values,
  address: keyof typeof values,
  more: Partial<NameRequirement> = {},
): NameRequirement => ({
  kind: 'name',
  requester: { ...asker, instance: host.toLowerCase() },
  host: handle(host),
  from: 'internet',
  target: { address: handle(address) },
  ...more,
});

const externalDns = {
  example: 'platform',
  cluster(value: ConfigData) {
    withoutGateway(value);
    value.externalDns = {};
  },
  privateFile(value: ConfigData) {
    withoutGateway(value);
    value.externalDns = { zones: ['example.org'], token: 'Kd8nVq2xWt5RhZz4YcMp6LdBs1GwUe3AoI7xTyEq' };
  },
};

const compiled = (...names: readonly NameRequirement[]) =>
  compiledWith([asking(...names)], externalDns, values);

function objectsOf(...names: readonly NameRequirement[]) {
  const { plan, problems } = compiled(...names);
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan.objects.map(({ object }) => object);
}

function endpointsOf(...names: readonly NameRequirement[]) {
  return objectsOf(...names)
    .filter(({ kind }) => kind === 'DNSEndpoint')
    .flatMap((object) => (object as unknown as DNSEndpoint).spec?.endpoints ?? []);
}

const proxied = (value: string) => [{ name: 'external-dns.kubernetes.io/cloudflare-proxied', value }];

describe('a public name', () => {
  it('leads to the tunnel behind Cloudflare’s proxy, and to a Gateway without it', () => {
    expect(endpointsOf(name('SHOP', 'PUBLIC'), name('API', 'DYNAMIC'), name('SHOP', 'PUBLIC_V6'))).toEqual([
      { dnsName: '${SHOP}', recordType: 'A', targets: ['${PUBLIC}'], providerSpecific: proxied('false') },
      { dnsName: '${API}', recordType: 'CNAME', targets: ['${DYNAMIC}'], providerSpecific: proxied('false') },
      {
        dnsName: '${SHOP}',
        recordType: 'AAAA',
        targets: ['${PUBLIC_V6}'],
        providerSpecific: proxied('false'),
      },
      // The tunnel of the example.
      {
        dnsName: '${IMMICH_HOST}',
        recordType: 'CNAME',
        targets: ['${TUNNEL_ID}.cfargotunnel.com'],
        providerSpecific: proxied('true'),
      },
    ]);
  });

  it('is written once, whoever asks for it', () => {
    const again = name('SHOP', 'PUBLIC', { requester: { ...asker, instance: 'again' } });
    expect(endpointsOf(name('SHOP', 'PUBLIC'), again)).toHaveLength(2);
  });

  it('tells nobody which apps there are: all are in one object, whose name is published', () => {
    const objects = objectsOf(name('SHOP', 'PUBLIC'), name('API', 'DYNAMIC'));
    expect(
      objects.filter(({ kind }) => kind === 'DNSEndpoint').map(({ metadata }) => metadata),
    ).toMatchObject([
      { name: 'public-names', namespace: 'external-dns', labels: { 'k8s-gateway.dns/ignore': 'true' } },
    ]);
  });

  it('does not lead to two places', () => {
    const { problems } = compiled(name('SHOP', 'PUBLIC'), name('SHOP', 'DYNAMIC'));
    expect(problems).toMatchObject([{ code: 'taken' }]);
  });

  it('is in one of the zones, since external-dns says nothing of others', () => {
    const { problems } = compiled(name('ELSEWHERE', 'PUBLIC'));
    expect(problems).toMatchObject([{ code: 'outside-the-zones' }]);
    expect(JSON.stringify(problems)).not.toContain('example.com');
  });
});

describe('the public zone', () => {
  it.each(['INTERNAL', 'PRIVATE'] as const)('gets no private address: %s', (address) => {
    const { plan, problems } = compiled(name('SHOP', address));
    expect(plan).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'private-target' }]);
    expect(JSON.stringify(problems)).not.toContain(values[address]);
  });

  it('gets no name of the home network', () => {
    const home = name('WIKI', 'INTERNAL', { from: 'home' });
    const text = JSON.stringify(objectsOf(home, name('SHOP', 'PUBLIC')));
    expect(text).toContain('${SHOP}');
    expect(text).not.toContain('${WIKI}');
    expect(text).not.toContain('${INTERNAL}');
  });

  it('gets no private address in the cluster either, whatever is filled in there', () => {
    const deployment = objectsOf(name('SHOP', 'PUBLIC')).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'external-dns',
    ) as unknown as Deployment;
    const args = deployment.spec?.template.spec?.containers[0]?.args ?? [];
    for (const network of ['10.0.0.0/8', '192.168.0.0/16', '8000::/1', '10.244.0.0/16', '${LAN_RANGE}'])
      expect(
        args.some((arg) => arg.startsWith(`--exclude-target-net=${network.slice(0, -1)}`)),
        network,
      ).toBe(true);
    expect(args).toContain('--domain-filter=${DNS_ZONE_1}');
  });

  it('is written by one who reads names in one namespace, and nothing else', () => {
    const rules = objectsOf(name('SHOP', 'PUBLIC')).filter(
      ({ kind, metadata }) => /^(?:Cluster)?Role/.test(kind) && metadata.name === 'external-dns',
    );
    expect(rules.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'external-dns'],
      ['RoleBinding', 'external-dns'],
    ]);
    expect(JSON.stringify(rules)).not.toMatch(/services|ingresses|httproutes|\*/);
    const container = JSON.stringify(
      objectsOf().find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'external-dns'),
    );
    expect(container.match(/--source=\w+/g)).toEqual(['--source=crd']);
    expect(container).toContain('--namespace=external-dns');
  });
});

it('waits for the definition of its names', () => {
  const kustomization = objectsOf().find(
    ({ kind, metadata }) => kind === 'Kustomization' && metadata.name === 'external-dns',
  );
  expect(kustomization).toMatchObject({ spec: { dependsOn: [{ name: 'dns-endpoints' }] } });
  expect(objectsOf().filter(({ kind }) => kind === 'CustomResourceDefinition')).toHaveLength(1);
});

it('takes the hand from the user: the quickstart makes no record of the tunnel', () => {
  const quickstart = (change: Parameters<typeof compiledWith>[1]) => {
    const file = compiledWith([], change).plan?.files.find(({ path }) => path === 'docs/quickstart.md');
    return file === undefined ? '' : textOf(file);
  };
  expect(quickstart(externalDns)).toContain('external-dns writes its names');
  expect(quickstart(externalDns)).not.toContain('cloudflared tunnel route dns');
  expect(quickstart({ example: 'platform', cluster: withoutGateway, privateFile: withoutGateway })).toContain(
    'cloudflared tunnel route dns',
  );
});
