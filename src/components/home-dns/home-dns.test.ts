import { describe, expect, it } from 'vitest';
import { asker, asking, compiledWith } from '../../../tests/requirements/asking.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { withoutGateway } from '../../../tests/variants.ts';
import { type Private, privateNamed } from '../../config/private.ts';
import type { Deployment, NetworkPolicy } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';
import type { NameRequirement } from '../contract/requirements.ts';

const values = {
  WIKI: 'wiki.example.org',
  SHOP: 'shop.example.org',
  INTERNAL: '192.0.2.242',
  SIDE: '192.0.2.243',
  PUBLIC: '203.0.113.7',
  DYNAMIC: 'home.example.net',
};
const handle = (name: keyof typeof values): Private => privateNamed(name);

const name = (
  host: keyof typeof values,
  target: NameRequirement['target'],
  from: NameRequirement['from'] = 'home',
): NameRequirement => ({
  kind: 'name',
  requester: { ...asker, instance: host.toLowerCase() },
  host: handle(host),
  from,
  target,
});
const at = (address: keyof typeof values) => ({ address: handle(address) });

function compiled(...names: readonly NameRequirement[]) {
  return compiledWith(
    [asking(...names)],
    {
      example: 'platform',
      cluster(value: ConfigData) {
        withoutGateway(value);
        value.homeDns = {};
      },
      privateFile: withoutGateway,
    },
    values,
  );
}

describe('a name at home', () => {
  const { plan } = compiled(name('WIKI', at('INTERNAL')), name('SHOP', at('DYNAMIC'), 'internet'));

  it('is in the list of the quickstart, and one from the internet is not', () => {
    const file = plan?.files.find(({ path }) => path === 'docs/quickstart.md');
    const [, step = ''] =
      /### \d+\. The names of routes from home[\s\S]*?\n\n([\s\S]*?)\n### /.exec(
        file === undefined ? '' : textOf(file),
      ) ?? [];
    expect(step).toContain('| `${WIKI}` | A | `${INTERNAL}` |');
    expect(step).not.toContain('${SHOP}');
  });

  it('is in no object: nothing of the cluster tells it to anybody', () => {
    expect(JSON.stringify(plan?.objects)).not.toMatch(/\$\{(?:WIKI|INTERNAL)\}/);
  });

  it('is asked for at home while the cluster runs', () => {
    expect(plan?.checks.filter(({ component }) => component === 'home-dns')).toMatchObject([
      {
        id: 'home-name-1',
        question: { kind: 'addresses', from: 'home', to: { ranges: ['${INTERNAL}'] } },
      },
    ]);
  });

  it.each<[string, NameRequirement['target']]>([
    ['a public address', at('PUBLIC')],
    ['a name', at('DYNAMIC')],
    ['a tunnel', { tunnel: handle('DYNAMIC') }],
  ])('does not lead to %s', (_, target) => {
    const { problems } = compiled(name('WIKI', target));
    expect(problems).toMatchObject([{ code: 'wrong-value', message: expect.stringContaining('at home') }]);
    for (const value of Object.values(values)) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it('does not lead to two places', () => {
    const { problems } = compiled(name('WIKI', at('INTERNAL')), name('WIKI', at('SIDE')));
    expect(problems).toMatchObject([{ code: 'taken' }]);
  });
});

describe('names in a UniFi console', () => {
  const console = { address: '192.0.2.1', name: 'unifi.example.org' };
  const apiKey = 'Tr5qWz8xKd2nVb7mJh4cLp9sGf3yRe6A';
  const written = (
    unifi: ConfigData | undefined,
    kind = 'unifi',
    names = [name('WIKI', at('INTERNAL')), name('SHOP', at('DYNAMIC'), 'internet')],
  ) =>
    compiledWith(
      [asking(...names)],
      {
        example: 'platform',
        cluster(value: ConfigData) {
          withoutGateway(value);
          value.homeDns = { kind };
        },
        privateFile(value: ConfigData) {
          withoutGateway(value);
          if (unifi) value.homeDns = { unifi };
        },
      },
      values,
    );
  const { plan } = written({ ...console, apiKey });
  const objects = (kind: string) =>
    plan?.objects
      .map(({ object }) => object)
      .filter((object) => object.kind === kind && object.metadata.namespace === 'home-dns') ?? [];
  const pod = (of = plan) =>
    of?.objects
      .map(({ object }) => object)
      .flatMap((object) =>
        object.kind === 'Deployment' && object.metadata.name === 'home-dns'
          ? [(object as unknown as Deployment).spec.template.spec]
          : [],
      )[0];
  const variables = (of = plan) =>
    Object.fromEntries(pod(of)?.containers[1]?.env?.map(({ name, value }) => [name, value]) ?? []);

  it('are those of routes from home, in a namespace of their own', () => {
    expect(objects('DNSEndpoint')).toMatchObject([
      {
        metadata: { name: 'home-names' },
        spec: { endpoints: [{ dnsName: '${WIKI}', recordType: 'A', targets: ['${INTERNAL}'] }] },
      },
    ]);
    expect(JSON.stringify(objects('DNSEndpoint'))).not.toContain('SHOP');
    expect(pod()?.containers[0]?.args).toEqual(
      expect.arrayContaining(['--namespace=home-dns', '--provider=webhook', '--source=crd']),
    );
    expect(objects('Role')).toHaveLength(1);
    expect(plan?.objects.filter(({ object }) => object.kind === 'ClusterRole')).toEqual([]);
  });

  it('are sent to the console alone, and outside of the pod nobody reaches the webhook', () => {
    const policy = objects('NetworkPolicy').find(({ metadata }) => metadata.name === 'home-dns');
    const { egress = [], ingress = [] } = (policy as unknown as NetworkPolicy).spec ?? {};
    const blocks = egress.flatMap(({ to = [], ports }) =>
      to.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [[ipBlock.cidr, ports?.[0]?.port]])),
    );
    expect(blocks).toContainEqual(['${HOME_DNS_UNIFI_ADDRESS}/32', 443]);
    expect(blocks.filter(([, port]) => port === 443)).toHaveLength(1);
    expect(ingress.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([7979]);
    expect(variables()).not.toHaveProperty('SERVER_HOST');
  });

  it('go to a console whose certificate is verified where it has a name', () => {
    expect(variables()).toMatchObject({
      UNIFI_HOST: 'https://${HOME_DNS_UNIFI_NAME}',
      UNIFI_SKIP_TLS_VERIFY: 'false',
      UNIFI_SITE: 'default',
    });
    expect(pod()?.hostAliases).toEqual([
      { ip: '${HOME_DNS_UNIFI_ADDRESS}', hostnames: ['${HOME_DNS_UNIFI_NAME}'] },
    ]);
    expect(plan?.warnings.filter(({ code }) => code === 'unverified-console')).toEqual([]);
    const { plan: other } = written({ address: '2001:db8::1', apiKey });
    expect(variables(other)).toMatchObject({
      UNIFI_HOST: 'https://[${HOME_DNS_UNIFI_ADDRESS}]',
      UNIFI_SKIP_TLS_VERIFY: 'true',
    });
    expect(other?.warnings).toContainEqual(expect.objectContaining({ code: 'unverified-console' }));
  });

  it('come with the key by a Secret, and wait for their definition', () => {
    expect(JSON.stringify(plan?.objects)).not.toContain(apiKey);
    expect(pod()?.containers[1]?.env).toContainEqual({
      name: 'UNIFI_API_KEY',
      valueFrom: { secretKeyRef: { name: 'unifi-api-key', key: 'api-key' } },
    });
    const flux = plan?.objects.find(
      ({ object }) => object.kind === 'Kustomization' && object.metadata.name === 'home-dns',
    );
    expect(flux?.object).toMatchObject({ spec: { dependsOn: [{ name: 'dns-endpoints' }] } });
  });

  it('are asked for, and so is who writes them', () => {
    const ids = plan?.checks.filter(({ component }) => component === 'home-dns').map(({ id }) => id);
    expect(ids).toEqual(['home-dns-pod', 'home-dns-read', 'home-name-1']);
  });

  it.each([
    ['a kind without its console', undefined, 'unifi', 'unifi does not say which'],
    ['a console that nothing is written into', { ...console, apiKey }, 'document', 'unifi is set'],
  ])('are not %s', (_, unifi, kind, message) => {
    expect(written(unifi, kind).problems).toMatchObject([
      { code: 'needs-another', message: expect.stringContaining(message) },
    ]);
  });
});

describe('names by a name server in the cluster', () => {
  const server = { address: '192.0.2.244', zone: 'example.org' };
  interface Given {
    kind?: string;
    k8sGateway?: ConfigData | undefined;
    network?: ConfigData;
    addresses?: readonly string[];
    names?: readonly NameRequirement[];
  }
  const answered = ({ kind = 'k8s-gateway', k8sGateway, network, addresses, names }: Given = {}) =>
    compiledWith(
      [asking(...(names ?? [name('WIKI', at('INTERNAL')), name('SHOP', at('DYNAMIC'), 'internet')]))],
      {
        example: 'platform',
        cluster(value: ConfigData) {
          withoutGateway(value);
          value.homeDns = { kind };
          if (network) value.cluster.network.loadBalancer = network;
        },
        privateFile(value: ConfigData) {
          withoutGateway(value);
          if (addresses) value.cluster.network.loadBalancer = { addresses };
          else if (network && !('announced' in network)) delete value.cluster.network.loadBalancer;
          if (kind !== 'unifi') value.homeDns = { k8sGateway: k8sGateway ?? server };
        },
      },
      values,
    );
  const { plan } = answered();
  const objects = (kind: string, of = plan) =>
    of?.objects
      .map(({ object }) => object)
      .filter(
        (each) => each.kind === kind && each.metadata.labels?.['app.kubernetes.io/name'] === 'k8s-gateway',
      ) ?? [];

  it('are those of routes from home, an object for each', () => {
    const { plan: several } = answered({ names: [name('WIKI', at('INTERNAL')), name('SHOP', at('SIDE'))] });
    const endpoints = (host: string, target: string) => ({
      spec: { endpoints: [{ dnsName: host, recordType: 'A', targets: [target] }] },
    });
    expect(objects('DNSEndpoint', several)).toMatchObject([
      endpoints('${WIKI}', '${INTERNAL}'),
      endpoints('${SHOP}', '${SIDE}'),
    ]);
    expect(JSON.stringify(objects('DNSEndpoint'))).not.toContain('SHOP');
  });

  it('are answered for the zone alone, and nothing is forwarded', () => {
    const [config] = objects('ConfigMap');
    const corefile = (config as unknown as { data: Record<string, string> }).data['Corefile'] ?? '';
    expect(corefile).toMatch(/^\$\{HOME_DNS_K8S_GATEWAY_ZONE\}:1053 \{$/m);
    expect(corefile.match(/^\S/gm)).toEqual(['$', '}']);
    expect(corefile).toContain('resources DNSEndpoint\n');
    expect(corefile).not.toMatch(/forward|fallthrough/);
  });

  it('take no right but to read names and their definition', () => {
    expect(objects('ClusterRole')).toMatchObject([
      {
        rules: [
          { resources: ['dnsendpoints'], verbs: ['list', 'watch'] },
          { resourceNames: ['dnsendpoints.externaldns.k8s.io'], verbs: ['get'] },
        ],
      },
    ]);
    expect(objects('Role')).toEqual([]);
  });

  it('have an address of their own, which keeps that of the client', () => {
    expect(objects('Service')).toMatchObject([
      {
        metadata: { annotations: { 'lbipam.cilium.io/ips': '${HOME_DNS_K8S_GATEWAY_ADDRESS}' } },
        spec: {
          type: 'LoadBalancer',
          externalTrafficPolicy: 'Local',
          allocateLoadBalancerNodePorts: false,
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      },
    ]);
    expect(plan?.homeServices).toEqual(['home-dns/home-dns']);
  });

  it('are asked for by the home network and the VPN alone, and reach the API server alone', () => {
    const policy = plan?.objects.find(
      ({ object }) => object.kind === 'NetworkPolicy' && object.metadata.name === 'home-dns',
    )?.object;
    const { ingress = [] } = (policy as unknown as NetworkPolicy).spec ?? {};
    const asked = ingress.filter(({ ports = [] }) => ports.some(({ port }) => port === 1053));
    expect(asked).toMatchObject([
      {
        from: [{ ipBlock: { cidr: '${LAN_RANGE_1}' } }, { ipBlock: { cidr: '${VPN_RANGE_1}' } }],
        ports: [
          { port: 1053, protocol: 'UDP' },
          { port: 1053, protocol: 'TCP' },
        ],
      },
    ]);
    const open = plan?.objects
      .map(({ object }) => object)
      .filter(({ kind, metadata }) => /NetworkPolicy$/.test(kind) && metadata.namespace === 'home-dns')
      .map((object) => JSON.stringify(object));
    expect(open?.some((text) => text.includes('6443'))).toBe(true);
    expect(open?.join()).not.toMatch(/"port":"?53\b|"port":"?443\b/);
  });

  it('are on each node where any may be asked, and otherwise on two', () => {
    expect(objects('DaemonSet')).toHaveLength(1);
    expect(objects('Deployment')).toEqual([]);
    const { plan: other } = answered({
      network: { kind: 'metallb', announced: 'arp' },
      addresses: ['192.0.2.240/28'],
    });
    expect(objects('Deployment', other)).toMatchObject([{ spec: { replicas: 2 } }]);
    expect(objects('PodDisruptionBudget', other)).toHaveLength(1);
  });

  it('are asked for at home, and so is who answers', () => {
    const ids = plan?.checks.filter(({ component }) => component === 'home-dns').map(({ id }) => id);
    expect(ids).toEqual(['home-dns-pod', 'home-dns-address', 'home-name-1']);
  });

  it('are in the quickstart, with what becomes of other names', () => {
    const file = plan?.files.find(({ path }) => path === 'docs/quickstart.md');
    const text = file === undefined ? '' : textOf(file);
    expect(text).toContain('server=/${HOME_DNS_K8S_GATEWAY_ZONE}/${HOME_DNS_K8S_GATEWAY_ADDRESS}');
    expect(text).toContain('a name that is reached from the internet alone');
  });

  it.each<[string, Given, object]>([
    [
      'a kind without its name server',
      { kind: 'k8s-gateway', k8sGateway: {} },
      { code: 'missing-field', field: 'homeDns.k8sGateway.address' },
    ],
    [
      'a name server beside another kind',
      { kind: 'document' },
      { code: 'needs-another', message: /k8sGateway is set/ },
    ],
    [
      'ServiceLB',
      { network: { kind: 'servicelb' } },
      { code: 'needs-another', message: /ServiceLB|kind: ServiceLB/ },
    ],
    [
      'nobody who gives out addresses',
      { network: { kind: 'none' } },
      {
        code: 'needs-another',
        message: /nobody gives Services an address/,
        remedy: /install MetalLB or kube-vip/,
      },
    ],
    [
      'an address that nobody gives out',
      { k8sGateway: { ...server, address: '192.0.2.9' } },
      { code: 'wrong-value', message: /in none of the ranges of cluster\.network\.loadBalancer\.addresses/ },
    ],
    [
      'an address outside of the home network that is announced by ARP',
      {
        k8sGateway: { ...server, address: '10.9.0.5' },
        network: { kind: 'metallb', announced: 'arp' },
        addresses: ['10.9.0.0/24'],
      },
      { code: 'outside-the-lan' },
    ],
    [
      'the address of a Gateway',
      { k8sGateway: { ...server, address: values.INTERNAL } },
      { code: 'taken', message: /the address of a Gateway too/ },
    ],
    [
      'a host outside of the zone',
      { k8sGateway: { ...server, zone: 'example.net' } },
      { code: 'outside-the-zones', message: /is not in homeDns\.k8sGateway\.zone/ },
    ],
  ])('are not with %s', (_, given, problem) => {
    const { problems } = answered(given);
    const matching = Object.fromEntries(
      Object.entries(problem).map(([key, value]) => [
        key,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    );
    expect(problems).toContainEqual(expect.objectContaining(matching));
    for (const value of [...Object.values(values), ...Object.values(given.k8sGateway ?? {})])
      if (value !== undefined) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it('are with an address that is announced by BGP', () => {
    const { problems } = answered({
      k8sGateway: { ...server, address: '10.9.0.5' },
      network: { kind: 'metallb', announced: 'bgp' },
      addresses: ['10.9.0.0/24'],
    });
    expect(problems).toEqual([]);
  });

  it('and a kind without its section say what is missing', () => {
    const { problems } = written(undefined, 'k8s-gateway');
    expect(problems).toMatchObject([
      { code: 'needs-another', message: expect.stringContaining('k8sGateway does not say at which address') },
    ]);
  });
});

/** Names at home with a kind, and what a UniFi console needs where there is one. */
function written(unifi: ConfigData | undefined, kind: string) {
  return compiledWith(
    [asking(name('WIKI', at('INTERNAL')), name('SHOP', at('DYNAMIC'), 'internet'))],
    {
      example: 'platform',
      cluster(value: ConfigData) {
        withoutGateway(value);
        value.homeDns = { kind };
      },
      privateFile(value: ConfigData) {
        withoutGateway(value);
        if (unifi) value.homeDns = { unifi };
      },
    },
    values,
  );
}
