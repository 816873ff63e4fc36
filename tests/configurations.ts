import { fields, hex, id, image, label, maybe, must, size } from './arbitraries.ts';
import fc from './fastCheck.ts';
import { gatewaySections, withGateway } from './gatewaySections.ts';
import { platformSections, withPlatform } from './platformSections.ts';
import type { ConfigData } from './testDirectory.ts';

/** A configuration as the two files hold it. */
export interface Configuration {
  cluster: ConfigData;
  privateFile: ConfigData;
}

const directory = fc.array(label, { minLength: 2, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

const network = fc.constantFrom(
  { pods: '10.42.0.0/16', services: '10.43.0.0/16' },
  { pods: '10.244.0.0/16', services: '10.96.0.0/12' },
  { pods: '100.64.0.0/12', services: '198.18.0.0/16' },
);
const outside = fc
  .tuple(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 16, max: 31 }), fc.integer({ min: 1, max: 250 }))
  .map(([third, second, last]) => [
    `192.168.${third}.0/24`,
    `172.${second}.${last}.0/24`,
    `203.0.113.${last}/32`,
    `2001:db8:${third.toString(16)}::/48`,
  ]);

/** Who gives out addresses, where they fit the rest: those of `arp` lie in the first range of the home network. */
const loadBalancer = fc.record({
  kind: fc.constantFrom('none', 'servicelb', 'cilium', 'metallb', 'kube-vip'),
  announced: fc.constantFrom(undefined, 'arp', 'bgp'),
});

function loadBalancerFor(
  { kind, announced }: { kind: string; announced: string | undefined },
  cluster: { distribution: string; policyEnforcer: string },
  [lan = '']: readonly string[],
): Configuration {
  if (kind === 'none' || (kind === 'servicelb' && cluster.distribution === 'k3s'))
    return { cluster: { loadBalancer: { kind } }, privateFile: {} };
  if (kind === 'servicelb' || (kind === 'cilium' && cluster.policyEnforcer !== 'cilium'))
    return { cluster: {}, privateFile: {} };
  const addresses = [announced === 'bgp' ? '203.0.113.252/30' : lan.replace('.0/24', '.240/28')];
  return {
    cluster: { loadBalancer: { kind, ...(announced === undefined ? {} : { announced }) } },
    privateFile: { loadBalancer: { addresses } },
  };
}

const ground = fc
  .record({
    name: label,
    distribution: fc.constantFrom('k3s', 'talos'),
    nodes: fc.uniqueArray(label, { minLength: 1, maxLength: 4 }),
    network,
    policyEnforcer: fc.constantFrom('kube-router', 'cilium', 'calico', 'kube-network-policies'),
    loadBalancer,
    ranges: outside,
    lan: fc.integer({ min: 1, max: 2 }),
    vpn: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    kubernetes: maybe('kubernetes', fc.constantFrom('1.29.0', '1.34.2', 'v1.36.0', '1.36.1')),
  })
  .map(({ name, distribution, nodes, ranges, lan, vpn, kubernetes, ...rest }) => {
    const { policyEnforcer } = rest;
    const addresses = loadBalancerFor(rest.loadBalancer, { distribution, policyEnforcer }, ranges);
    return {
      nodes,
      talos: distribution === 'talos',
      kubernetes: kubernetes['kubernetes'] ?? '1.36.0',
      cluster: {
        name,
        distribution,
        ...kubernetes,
        nodes: Object.fromEntries(nodes.map((node) => [node, {}])),
        network: { ...rest.network, policyEnforcer, ...addresses.cluster },
      },
      privateFile: {
        network: {
          lan: ranges.slice(0, lan),
          ...(vpn === undefined ? {} : { vpn: ranges.slice(2, 2 + vpn) }),
          ...addresses.privateFile,
        },
      },
    };
  });

const repository = fields(
  must(
    'url',
    fc
      .tuple(
        fc.constantFrom('https://', 'ssh://git@'),
        label,
        label,
        fc.constantFrom('', '.git'),
        fc.constantFrom('', ':2222'),
      )
      .map(([scheme, host, name, end, port]) => `${scheme}${host}.test${port}/${name}/home-ops${end}`),
  ),
  maybe('branch', fc.constantFrom('main', 'live/home', 'v1.0_x')),
  maybe('interval', fc.constantFrom('1m', '1h30m', '90s')),
);

/** The library and the disk of the database, as the cluster allows them. */
function storage({
  talos,
  nodes,
}: {
  talos: boolean;
  nodes: readonly string[];
}): fc.Arbitrary<{ library: ConfigData; private: ConfigData; database: ConfigData }> {
  const node =
    nodes.length > 1 ? must('node', fc.constantFrom(...nodes)) : maybe('node', fc.constantFrom(...nodes));
  const guarded = fields(
    must('sentinel', fc.integer({ min: 16, max: 64 }).chain(hex)),
    maybe('uid', id),
    maybe('gid', id),
    maybe('fileSystems', fc.constantFrom(['nfs4'], ['cifs'], ['nfs', 'nfs4'])),
    maybe('checkSeconds', fc.integer({ min: 1, max: 30 })),
  );
  const onNode = fields(fc.constant({ kind: 'hostPath' }), node, guarded);
  const share = fields(fc.constant({ kind: 'nfs' }), maybe('size', size), guarded);
  const disk = fields(
    fc.constant({ kind: 'hostPath' }),
    node,
    talos
      ? must(
          'path',
          label.map((name) => `/var/mnt/${name}`),
        )
      : maybe('path', directory),
  );
  const volume = fields(fc.constant({ kind: 'volume' }), must('storageClass', label), maybe('size', size));
  return fc.record({
    library: talos ? share : fc.oneof(onNode, share),
    private: fields(
      must('path', directory),
      must('server', fc.constantFrom('192.0.2.20', '2001:db8::20', 'storage-of-ours.test')),
    ),
    database: fields(
      talos || nodes.length > 1
        ? must('storage', fc.oneof(disk, volume))
        : maybe('storage', fc.oneof(disk, volume)),
      maybe('uid', id),
      maybe('gid', id),
      maybe('disk', fc.constantFrom('ssd', 'hdd')),
    ),
  });
}

const administrator = fc
  .record({
    oidc: fc.boolean(),
    way: fc.constantFrom('oidc', 'bootstrap'),
    done: maybe('done', fc.boolean()),
    mailbox: label,
  })
  .map(({ oidc, way, done, mailbox }) => ({
    cluster: { oidc: { enabled: oidc }, administrator: { kind: oidc ? way : 'bootstrap', ...done } },
    privateFile: oidc && way === 'oidc' ? { administrator: { email: `${mailbox}@people.test` } } : {},
  }));

const email = label.map((mailbox) => `${mailbox}+photos@people.test`);
const serviceToken = hex(32).map((token) => `${token}.access`);

/** Nobody is listed, or people are, with or without service tokens. */
const access = fields(
  // A number to YAML if all of its digits are decimal, as no real one ever is.
  must(
    'audience',
    hex(63).map((digits) => `f${digits}`),
  ),
  fc.oneof(
    fc.constant({}),
    fields(
      must('emails', fc.uniqueArray(email, { minLength: 1, maxLength: 3 })),
      maybe('serviceTokens', fc.uniqueArray(serviceToken, { maxLength: 2 })),
    ),
  ),
);

const immich = (where: { talos: boolean; nodes: readonly string[] }): fc.Arbitrary<Configuration> =>
  fc
    .record({
      storage: storage(where),
      administrator,
      shown: fields(
        maybe('enabled', fc.constant(true)),
        maybe('namespace', label),
        maybe('nodePort', fc.integer({ min: 30_000, max: 32_767 })),
        maybe('machineLearning', fields(maybe('enabled', fc.boolean()), maybe('cache', size))),
        maybe(
          'images',
          fields(
            maybe('server', image),
            maybe('machineLearning', image),
            maybe('postgres', image),
            maybe('redis', image),
          ),
        ),
      ),
      host: fc.tuple(label, label).map((labels) => `${labels.join('.')}.test`),
      access,
    })
    .map(({ storage: { library, private: hidden, database }, shown, host, access, ...rest }) => ({
      cluster: {
        ...shown,
        ...rest.administrator.cluster,
        library,
        ...(Object.keys(database).length > 0 ? { database } : {}),
      },
      privateFile: {
        host,
        access,
        ...rest.administrator.privateFile,
        library: library.kind === 'nfs' ? hidden : { path: hidden.path },
      },
    }));

/**
 * Valid configurations: every field of the schema, set or left to its default, on one node or several, on k3s and
 * Talos, half of them with object storage, backups and upgrades, half with Gateways and routes. Private values are long, so that none occurs by chance.
 *
 * @param recipients - the age recipients to choose from
 */
export function configurations(recipients: readonly string[]): fc.Arbitrary<Configuration> {
  return ground.chain((base) =>
    fc
      .record({
        repository,
        monitoring: maybe('monitoring', fields(must('enabled', fc.boolean()), maybe('namespace', label))),
        immich: immich(base),
        recipients: fc.subarray([...recipients]),
        hashKey: hex(64),
        team: label,
        proxy: fields(
          maybe('enabled', fc.constant(true)),
          maybe('uploads', fc.integer({ min: 1, max: 64 })),
          maybe('images', must('nginx', image)),
        ),
        tunnel: fc.uuid(),
        cloudflared: fields(maybe('enabled', fc.constant(true)), maybe('images', must('cloudflared', image))),
        platform: fc.option(platformSections(base, recipients), { nil: undefined, freq: 2 }),
        gateway: fc.option(gatewaySections, { nil: undefined, freq: 2 }),
      })
      .map(({ platform, gateway, ...inputs }) => ({
        cluster: {
          cluster: base.cluster,
          ...inputs.monitoring,
          repository: inputs.repository,
          secrets: { recipients: inputs.recipients },
          immich: inputs.immich.cluster,
          originProxy: inputs.proxy,
          cloudflared: inputs.cloudflared,
        },
        privateFile: {
          cluster: base.privateFile,
          secrets: { hashKey: inputs.hashKey },
          immich: inputs.immich.privateFile,
          originProxy: { team: inputs.team },
          cloudflared: { tunnel: inputs.tunnel },
        },
        platform,
        gateway,
      }))
      .map(({ platform, gateway, ...configuration }) => {
        const without = platform === undefined ? configuration : withPlatform(configuration, platform);
        return gateway === undefined ? without : withGateway(without, gateway, recipients);
      }),
  );
}
