import { type Change, threeTalosNodes } from './home.ts';
import type { ConfigData } from './testDirectory.ts';

interface Variant extends Change {
  name: string;
}

/** The sections of the gateway and of what needs one. */
const gatewaySections = ['envoyGateway', 'tokenIssuers', 'externalDns', 'homeDns', 'echo', 'routes'];

/** Takes the gateway away, where it cannot run. */
export function withoutGateway(value: ConfigData): void {
  for (const section of gatewaySections) delete value[section];
}

/** Configurations that together take every branch of the catalogue. A new branch gets its line here. */
export const variants: readonly Variant[] = [
  { name: 'the example home' },
  { name: 'three Talos nodes with an NFS library', ...threeTalosNodes },
  {
    name: 'sign-in with OpenID Connect',
    cluster(value) {
      value.immich.oidc = { enabled: true };
      value.immich.administrator = { kind: 'oidc' };
    },
    privateFile(value) {
      value.immich.administrator = { email: 'owner@example.org' };
    },
  },
  {
    name: 'three Talos nodes and sign-in with OpenID Connect',
    cluster(value) {
      threeTalosNodes.cluster(value);
      value.immich.oidc = { enabled: true };
    },
    privateFile: threeTalosNodes.privateFile,
  },
  {
    name: 'the first administrator has signed in',
    cluster(value) {
      value.immich.administrator = { kind: 'bootstrap', done: true };
    },
  },
  {
    name: 'nothing is encrypted: every value is given by hand',
    cluster(value) {
      value.secrets.recipients = [];
    },
  },
  {
    name: 'secrets are delivered in Git',
    cluster(value) {
      value.secrets.clusterRecipient = value.secrets.recipients[0];
      value.immich.database = { delivery: 'sops' };
      value.cloudflared = { delivery: 'sops' };
      value.immich.administrator = { kind: 'bootstrap', delivery: 'sops' };
      value.immich.oidc = { enabled: true, delivery: 'sops' };
    },
    privateFile(value) {
      value.immich.administrator = { email: 'owner@example.org', password: 'Kq4-vb7_Tz2.hR9x' };
      value.immich.oidc = { configuration: '{\n  "oauth": { "clientSecret": "b3V0IG9mIHNpZ2h0" }\n}' };
      value.immich.database = { password: 'q7Rz3mVx9KpL2sTn8WdY4fHb6JcG1aE5' };
      value.cloudflared.credentials =
        '{"AccountTag":"0123456789abcdef","TunnelSecret":"bm90IGEgc2VjcmV0IGF0IGFsbA==","TunnelID":"6ff42ae2-765d-4adf-8112-31c55c1551ef"}';
    },
  },
  {
    name: 'no machine learning, a service token, no VPN',
    cluster(value) {
      value.immich.machineLearning = { enabled: false };
      value.cluster.network.ipv6 = 'private';
    },
    privateFile(value) {
      delete value.cluster.network.vpn;
      value.immich.access.serviceTokens = [`${'ab'.repeat(16)}.access`];
    },
  },
  {
    name: 'public addresses of both families at home',
    cluster(value) {
      value.cluster.network.ipv6 = 'global';
    },
    privateFile(value) {
      value.cluster.network.lan = ['192.0.2.0/24', '2001:db8:1::/64', '192.168.0.0/16'];
      value.cluster.network.vpn = ['2001:db8:2::/64'];
    },
  },
  {
    name: 'a directory of one of two nodes',
    cluster(value) {
      value.cluster.nodes.beta = {};
      value.immich.database = { storage: { kind: 'hostPath', node: 'beta' } };
    },
  },
  { name: 'the example platform', example: 'platform' },
  {
    name: 'Talos 1.14, which takes the access of pods to its API as a document',
    example: 'platform',
    cluster(value) {
      value.cluster.talos = '1.14.7';
      value.cluster.kubernetes = '1.37.1';
      value.tuppr = {};
    },
  },
  {
    name: 'an upgrade from Talos 1.12 to 1.14, which its installer allows',
    example: 'platform',
    cluster(value) {
      value.cluster.talos = '1.12.6';
      value.cluster.kubernetes = '1.35.4';
      value.tuppr = { ...value.tuppr, talos: '1.14.7' };
      delete value.tuppr.kubernetes;
    },
  },
  {
    name: 'one k3s node with object storage, its volumes on a disk, and nobody who watches',
    example: 'platform',
    cluster(value) {
      value.cluster.distribution = 'k3s';
      delete value.cluster.talos;
      value.cluster.nodes = { alpha: {} };
      value.cluster.network = {
        pods: '10.42.0.0/16',
        services: '10.43.0.0/16',
        policyEnforcer: 'kube-router',
        loadBalancer: { kind: 'servicelb' },
      };
      value.cluster.storageClasses = { 'local-path': {} };
      value.monitoring = { enabled: false };
      withoutGateway(value);
      value.certManager = { issuer: { kind: 'own' } };
      value.rustfs = { layout: { kind: 'standalone', storageClass: 'local-path' } };
      value.immich.database.storage = { kind: 'volume', storageClass: 'local-path' };
      delete value.s3;
      delete value.talosBackup;
      delete value.tuppr;
      value.volsync = {
        stores: ['rustfs'],
        schedule: '*/30 * * * *',
        retain: { hourly: 24, yearly: 1 },
        pruneDays: 1,
        cache: { size: '2Gi', storageClass: 'local-path' },
        volumes: [{ ...value.volsync.volumes[0], storageClass: 'local-path' }],
      };
    },
    privateFile(value) {
      value.cluster.network.controlPlane = ['192.0.2.10/32'];
      withoutGateway(value);
      delete value.cluster.network.loadBalancer;
      delete value.certManager;
      delete value.s3;
    },
  },
  {
    name: 'object storage outside alone, and volumes that are cloned',
    example: 'platform',
    cluster(value) {
      delete value.rustfs;
      value.certManager.issuer.directory = 'staging';
      value.volsync.stores = ['s3'];
      value.volsync.copyMethod = 'Clone';
      value.volsync.bucketPrefix = 'example-backups';
    },
    privateFile(value) {
      delete value.rustfs;
      delete value.certManager.issuer.email;
      value.s3.keys = {
        'example-backups-media': value.s3.keys['volsync-media'],
        'example-backups-home-automation': value.s3.keys['volsync-home-automation'],
        'etcd-backups': value.s3.keys['etcd-backups'],
      };
    },
  },
  {
    name: 'Talos without copies of etcd',
    example: 'platform',
    cluster(value) {
      delete value.talosBackup;
      delete value.tuppr.ceph;
    },
  },
  {
    name: 'Talos without upgrades',
    example: 'platform',
    cluster(value) {
      delete value.tuppr;
    },
  },
  {
    name: 'public names by external-dns',
    example: 'platform',
    cluster(value) {
      value.externalDns = {};
    },
    privateFile(value) {
      value.externalDns = { zones: ['example.org'], token: 'Kd8nVq2xWt5RhZz4YcMp6LdBs1GwUe3AoI7xTyEq' };
    },
  },
  {
    name: 'names at home in a UniFi console',
    example: 'platform',
    cluster(value) {
      value.homeDns = { kind: 'unifi' };
    },
    privateFile(value) {
      value.homeDns = {
        unifi: {
          address: '192.0.2.1',
          name: 'unifi.example.org',
          apiKey: 'Tr5qWz8xKd2nVb7mJh4cLp9sGf3yRe6A',
        },
      };
    },
  },
  {
    name: 'names at home by a name server in the cluster, on each node',
    example: 'platform',
    cluster(value) {
      value.homeDns = { kind: 'k8s-gateway' };
    },
    privateFile(value) {
      value.homeDns = { k8sGateway: { address: '192.0.2.243', zone: 'example.org' } };
    },
  },
  {
    name: 'names at home by two pods of a name server, and no metrics of them',
    example: 'platform',
    cluster(value) {
      value.monitoring = { enabled: false };
      value.cluster.network.loadBalancer = { kind: 'metallb' };
      value.homeDns = { kind: 'k8s-gateway' };
    },
    privateFile(value) {
      value.homeDns = { k8sGateway: { address: '192.0.2.243', zone: 'example.org' } };
    },
  },
  {
    name: 'an issuer of tokens in the cluster, and metrics of the gateway by OpenTelemetry',
    example: 'platform',
    cluster(value) {
      value.envoyGateway.telemetry = {
        namespace: 'monitoring',
        service: 'collector',
        targetPort: 4317,
        labels: { app: 'collector' },
      };
      value.tokenIssuers.issuers.keycloak.keys = {
        service: {
          namespace: 'identity',
          name: 'keycloak',
          targetPort: 8080,
          path: '/realms/home/protocol/openid-connect/certs',
          labels: { app: 'keycloak' },
        },
      };
    },
    privateFile(value) {
      delete value.tokenIssuers.issuers.keycloak.keys;
    },
  },
  {
    name: 'addresses that kube-vip announces',
    example: 'platform',
    cluster(value) {
      value.cluster.network.loadBalancer = { kind: 'kube-vip' };
    },
  },
  {
    name: 'copies of etcd inside the cluster, and upgrades of Kubernetes at any time',
    example: 'platform',
    cluster(value) {
      value.cluster.network.policyEnforcer = 'kube-network-policies';
      value.cluster.network.loadBalancer = { kind: 'metallb', announced: 'bgp' };
      value.cluster.kubernetes = '1.35.4';
      value.monitoring = { enabled: false };
      value.talosBackup = { ...value.talosBackup, store: 'rustfs', bucket: 'example-etcd' };
      value.tuppr = { kubernetes: 'v1.36.1', windows: [], drain: false };
    },
    privateFile(value) {
      value.cluster.network.controlPlane = ['192.0.2.10/32', '192.0.2.11/32', '192.0.2.12/32'];
      value.cluster.network.loadBalancer = { addresses: ['203.0.113.0/28', '2001:db8:1::/112'] };
      value.envoyGateway.external.address = '203.0.113.2';
      value.envoyGateway.internal.address = '203.0.113.3';
      value.rustfs.keys['example-etcd'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
    },
  },
];

const own = {
  namespace: 'home-automation',
  service: 'pages',
  port: 80,
  targetPort: 8080,
  pods: { labels: { app: 'pages' } },
};
const tokens = {
  issuer: 'keycloak',
  audiences: ['pages'],
  allow: { groups: ['family'], scopes: ['pages:read'] },
};
const methods = [{ service: 'whoami.Whoami', method: 'Whoami' }];
const open = { kind: 'none', reason: 'a page for guests', until: '2027-06-30' };
const at = (name: string) => ({ host: `${name}.example.org` });
const ask = {
  audience: '0'.repeat(64),
  emails: ['owner@example.org'],
  serviceTokens: [`${'ab'.repeat(16)}.access`],
};

/** Every form of route with every login, of which some have no provider, so that they do not compile. */
const everyRoute = {
  http: {
    protocol: 'http',
    clients: 'browser',
    paths: ['/'],
    internet: { login: { kind: 'access' } },
    home: {},
  },
  tokens: { protocol: 'http', clients: 'machine', internet: { login: { kind: 'jwt', ...tokens } } },
  sessions: { protocol: 'http', clients: 'browser', home: { login: { kind: 'oidc', groups: ['family'] } } },
  asked: { protocol: 'http', clients: 'browser', home: { login: { kind: 'extauth', service: own } } },
  twice: {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'access-and', second: { kind: 'jwt', ...tokens } } },
  },
  'signed-in': {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'oidc', groups: ['family'] } },
  },
  'asked-outside': {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'extauth', service: own } },
  },
  'then-signed-in': {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'access-and', second: { kind: 'oidc', groups: ['family'] } } },
  },
  'then-asked': {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'access-and', second: { kind: 'extauth', service: own } } },
  },
  either: {
    protocol: 'http',
    clients: 'browser',
    internet: { login: { kind: 'oidc-or-jwt', oidc: { groups: ['family'] }, jwt: tokens } },
    home: { login: { kind: 'oidc-or-jwt', oidc: { groups: ['family'] }, jwt: tokens } },
  },
  grpc: {
    protocol: 'grpc',
    methods,
    health: true,
    reflection: true,
    internet: { login: { kind: 'jwt', ...tokens } },
    home: { login: { kind: 'jwt', ...tokens } },
  },
  raw: { protocol: 'tcp', gatewayPort: 7000, internet: { login: open }, home: { login: open } },
  sealed: { protocol: 'tls', internet: { login: open }, home: {} },
};
const everyHost = {
  http: { ...at('http'), internet: { login: ask } },
  tokens: { ...at('tokens'), internet: { login: { allow: { emails: ['owner@example.org'] } } } },
  sessions: at('sessions'),
  asked: at('asked'),
  twice: { ...at('twice'), internet: { login: { access: ask } } },
  'signed-in': at('signed-in'),
  'asked-outside': at('asked-outside'),
  'then-signed-in': { ...at('then-signed-in'), internet: { login: { access: ask } } },
  'then-asked': { ...at('then-asked'), internet: { login: { access: ask } } },
  either: at('either'),
  grpc: { ...at('grpc'), internet: { login: { allow: { emails: ['owner@example.org'] } } } },
  sealed: at('sealed'),
};

/** Configurations with fields whose provider is still to come. */
export const unprovided: readonly Variant[] = [
  {
    name: 'every form of route and login',
    cluster(value) {
      value.routes = Object.fromEntries(
        Object.entries(everyRoute).map(([name, route]) => [name, { ...route, backend: own }]),
      );
      value.echo = { instances: everyRoute };
    },
    privateFile(value) {
      value.routes = everyHost;
      value.echo = { instances: everyHost };
    },
  },
];
