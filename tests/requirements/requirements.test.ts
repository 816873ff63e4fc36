// Crosses components/contract, compile, private-values and the catalogue of components.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../../src/components/catalogue.ts';
import type { Component } from '../../src/components/contract/component.ts';
import type { AccessLogin, JwtLogin, Login, OidcLogin } from '../../src/components/contract/login.ts';
import type { Requirement } from '../../src/components/contract/requirements.ts';
import type { SecretKey } from '../../src/components/contract/secrets.ts';
import { requesterOf } from '../../src/components/shared/requesters.ts';
import { loadCluster } from '../../src/config/load.ts';
import { privateNamed } from '../../src/config/private.ts';
import type { ConfigMap, NetworkPolicy } from '../../src/kubernetes/types.ts';
import { type ConfigData, exampleDirectory } from '../testDirectory.ts';
import { sampleApps } from './sampleApps.ts';
import { sampleBackups, sampleDatabases, sampleProvider, sampleProviders } from './sampleProviders.ts';

type Compiled = ReturnType<typeof compile>;

/** The example home with more components. They have no fields: `hosts` has the private values of their handles. */
function compiled(
  components: readonly Component[],
  edit?: (value: ConfigData) => void,
  hosts: Readonly<Record<string, string>> = {},
): Compiled {
  using directory = exampleDirectory();
  if (edit) directory.edit('cluster.yaml', edit);
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  if (loaded === undefined) throw new Error('the example does not hold');
  const privateValues = new Map([...loaded.private, ...Object.entries(hosts)]);
  return compile({ ...loaded, private: privateValues }, [...catalogue, ...components]);
}

function planOf(components: readonly Component[]): Plan {
  const { plan, problems } = compiled(components);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

const access = (name: string): AccessLogin => ({
  kind: 'access',
  field: `samples.${name.toLowerCase()}.login`,
  audience: privateNamed(`${name}_AUDIENCE`),
  emails: [privateNamed(`${name}_OWNER`)],
  serviceTokens: [],
});
const jwt: JwtLogin = {
  kind: 'jwt',
  field: 'samples.login',
  issuer: 'issuer',
  audiences: ['apps'],
  allow: { emails: [], groups: [], scopes: [] },
};
const oidc: OidcLogin = { kind: 'oidc', groups: ['family'] };
const extauth: Login = {
  kind: 'extauth',
  service: {
    workload: { directory: 'apps/samples/auth', namespace: 'samples', name: 'auth', labels: { app: 'auth' } },
    service: 'auth',
    port: 80,
    targetPort: 8080,
  },
};

/** Every login that a route can have beside Access alone, which the origin proxy provides. */
const otherLogins: readonly Login[] = [
  jwt,
  oidc,
  extauth,
  { kind: 'access-and', access: access('BOTH'), second: jwt },
  { kind: 'access-and', access: access('BOTH'), second: oidc },
  { kind: 'oidc-or-jwt', oidc, jwt },
  { kind: 'none', field: 'samples.login', reason: 'a page for guests', until: '2027-01-01' },
];

/** Two components, one of them with two apps: three requesters of each kind. */
const samples = [
  sampleApps('samples', [
    { name: 'photos', login: access('PHOTOS'), limits: { bodyBytes: 1_000_000, uploads: 2 } },
    { name: 'paper', login: access('PAPER'), connectsTo: 'notes', reachedBy: 'notes' },
  ]),
  sampleApps('others', [{ name: 'notes', login: oidc }]),
];
const whole = [...samples, ...sampleProviders];

const object = (plan: Plan, kind: string, name: string): unknown =>
  plan.objects.find((planned) => planned.object.kind === kind && planned.object.metadata.name === name)
    ?.object;
const dataOf = (plan: Plan, name: string): Record<string, string> =>
  (object(plan, 'ConfigMap', name) as ConfigMap | undefined)?.data ?? {};

const textOf = (plan: Plan, path: string): string => {
  const file = plan.files.find((planned) => planned.path === path);
  return file !== undefined && 'content' in file ? file.content : '';
};

describe('several requesters of each kind', () => {
  const plan = planOf(whole);

  it('compile to files and objects that do not clash', () => {
    const paths = plan.files.map(({ path }) => path);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
    const names = plan.objects.map(
      ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const app of ['photos', 'paper', 'notes'])
      for (const kind of ['Database', 'Bucket', 'Cert', 'Item'])
        expect(
          object(plan, kind, kind === 'Cert' ? `${app}-tls` : kind === 'Item' ? `${app}-api` : app),
        ).toBeDefined();
  });

  it('get a host each from the origin proxy, with their own audience, allow list and limits', () => {
    const tunnel = parse(dataOf(plan, 'cloudflared')['config.yaml'] ?? '');
    const rules = tunnel.ingress.map(({ hostname, service, originRequest }: ConfigData) => [
      hostname,
      service,
      originRequest?.access.audTag,
    ]);
    const proxied = (name: string) => `http://${name}-origin-proxy.networking.svc.cluster.local:8080`;
    expect(rules).toEqual([
      ['${IMMICH_HOST}', proxied('immich'), ['${IMMICH_ACCESS_AUDIENCE}']],
      ['${PHOTOS_HOST}', proxied('samples--photos'), ['${PHOTOS_AUDIENCE}']],
      ['${PAPER_HOST}', proxied('samples--paper'), ['${PAPER_AUDIENCE}']],
      [undefined, 'http_status:404', undefined],
    ]);
    const nginx = (name: string): string => dataOf(plan, `samples--${name}-origin-proxy`)['nginx.conf'] ?? '';
    expect(nginx('photos')).toContain('${PHOTOS_AUDIENCE}');
    expect(nginx('photos')).toContain('${PHOTOS_OWNER}');
    expect(nginx('photos')).toContain('client_max_body_size 1000000;');
    expect(nginx('photos')).toContain('limit_conn gatehouse_uploads 2;');
    expect(nginx('photos')).not.toContain('PAPER');
    expect(nginx('paper')).toContain('${PAPER_OWNER}');
    expect(nginx('paper')).toContain('client_max_body_size 104857600;');
    expect(nginx('paper')).not.toContain('PHOTOS');
  });

  it('have documents that name their own fields', () => {
    const quickstart = textOf(plan, 'docs/quickstart.md');
    expect(quickstart).toContain('(`immich.access.audience`): `${IMMICH_ACCESS_AUDIENCE}`');
    expect(quickstart).toContain('(`samples.photos.login.audience`): `${PHOTOS_AUDIENCE}`');
    expect(textOf(plan, 'docs/troubleshooting.md')).toContain('`samples.paper.login.emails`');
  });

  it('have steps, hops and symptoms of their own in the documents', () => {
    for (const path of ['docs/quickstart.md', 'docs/troubleshooting.md']) {
      const titles = [...textOf(plan, path).matchAll(/^#+ (?:\d+\. |Hop \d+: )?(.+)$/gm)].map(
        ([, title = '']) => title,
      );
      expect(titles.length).toBeGreaterThan(0);
      expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    }
    expect(textOf(plan, 'docs/troubleshooting.md')).toContain(': Access asks who you are (`${PAPER_HOST}`)');
  });

  it('have each log in the documents once, with the command of each app, and no hop of another app to go on with', () => {
    const quickstart = textOf(plan, 'docs/quickstart.md');
    const logs = /## Logging\/audit expectations\n([\s\S]*?)\n## /.exec(quickstart)?.[1] ?? '';
    const names = [...logs.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(4);
    expect(new Set(names).size).toBe(names.length);
    for (const app of ['immich', 'samples--photos', 'samples--paper'])
      expect(logs).toContain(`logs deployment/${app}-origin-proxy`);
    expect(textOf(plan, 'docs/troubleshooting.md')).not.toMatch(/the (?:next hop|hop before)/);
  });

  it('have all of their namespaces in one sentence of the documents', () => {
    expect(textOf(plan, 'docs/decisions.md')).toContain(
      'The namespaces `media`, `networking`, and `samples` deny by default',
    );
  });

  it('get typed bindings from their providers', () => {
    const bound = (app: string): unknown => JSON.parse(dataOf(plan, app)['bound'] ?? '{}');
    expect(bound('paper')).toEqual({
      route: 'samples--paper-origin-proxy',
      database: {
        host: 'paper-db.samples.svc.cluster.local',
        port: 5432,
        database: 'paper',
        secret: { name: 'paper-db', keys: { username: 'username', password: 'password' } },
        fluxKustomization: 'sample-databases',
      },
      bucket: 'https://store.example',
      certificate: 'paper-tls',
      storeItem: 'paper-api',
      data: 'paper-data',
      cache: 'paper-cache',
      connectsTo: { host: 'notes.samples.svc.cluster.local', port: 80 },
    });
    expect(bound('notes')).toMatchObject({ route: 'gateway' });
  });

  it('have only those volumes backed up that ask for it', () => {
    const kinds = (name: string) =>
      plan.objects
        .filter((planned) => planned.object.metadata.name === name)
        .map((planned) => planned.object.kind);
    expect(kinds('paper-data')).toEqual(['Volume', 'Backup']);
    expect(kinds('paper-cache')).toEqual(['Volume']);
  });

  it('connect to other apps and are reached by them, with a policy at both ends', () => {
    const { ingress, egress } = (object(plan, 'NetworkPolicy', 'notes') as NetworkPolicy).spec ?? {};
    const selects = (app: string) => expect.objectContaining({ podSelector: { matchLabels: { app } } });
    expect(ingress).toContainEqual(expect.objectContaining({ from: [selects('paper')] }));
    expect(egress).toContainEqual(expect.objectContaining({ to: [selects('paper')] }));
    const other = (object(plan, 'NetworkPolicy', 'paper') as NetworkPolicy).spec ?? {};
    expect(other.ingress).toContainEqual(expect.objectContaining({ from: [selects('notes')] }));
    expect(other.egress).toContainEqual(expect.objectContaining({ to: [selects('notes')] }));
  });

  it('have their status entries and live checks in the plan', () => {
    const own = plan.status.map(({ id }) => id).filter((id) => id.endsWith('-client'));
    expect(own).toEqual(['photos-client', 'paper-client', 'notes-client']);
    const asked = plan.checks.map(({ id }) => id).filter((id) => id.endsWith('-denies'));
    expect(asked).toEqual(['photos-denies', 'paper-denies', 'notes-denies']);
    expect(plan.nodePorts).toHaveLength(1);
  });

  it('have their Secrets delivered in Git', () => {
    const file = 'apps/samples/paper/secret.sops.yaml';
    expect(plan.encrypted.map(({ path }) => path)).toContain(file);
    expect(plan.secrets.find(({ name }) => name === 'paper-settings')).toMatchObject({
      sops: { directory: 'apps/samples/paper', file: 'secret.sops.yaml' },
      keys: [
        { key: 'user', text: 'paper', source: 'the name of the app' },
        { key: 'password', generate: 'databasePassword', source: 'made by `gatehouse configure`' },
        { key: 'token', field: 'samples.tokens.paper', source: 'the provider gives it out' },
      ],
    });
  });
});

describe('a login', () => {
  it.each(otherLogins)('of the kind $kind is provided by a gateway, and by nobody without one', (login) => {
    const app = sampleApps('samples', [{ name: 'photos', login }]);
    const { plan } = compiled([app, ...sampleProviders]);
    expect(plan && object(plan, 'Route', 'photos')).toMatchObject({ spec: { login: login.kind } });
    const { problems } = compiled([app, ...sampleProviders.filter(({ name }) => name !== 'sample-gateway')]);
    expect(problems).toMatchObject([
      {
        code: 'claim-unanswered',
        message: expect.stringMatching(/^samples \(photos\) requires a route .* \(samples\.photos\.host\)/),
      },
    ]);
  });

  it('cannot combine what no provider could check', () => {
    // @ts-expect-error Access twice is no second check
    const twice: Login = { kind: 'access-and', access: access('A'), second: access('B') };
    // @ts-expect-error a route is not open without a reason and an end
    const open: Login = { kind: 'none' };
    // @ts-expect-error somebody must be in one of the groups
    const nobody: Login = { kind: 'oidc', groups: [] };
    expect([twice, open, nobody]).toHaveLength(3);
  });
});

describe('a requirement', () => {
  const requires = (requirement: Requirement): Component => ({
    ...sampleProvider('asking', {}),
    requires: () => [requirement, requirement],
  });
  const backup = (name: string): Requirement<'backup'> => ({
    kind: 'backup',
    requester: requesterOf('asking', 'cluster.name'),
    namespace: 'samples',
    name,
    storageClass: 'local-path',
    accessMode: 'ReadWriteOnce',
    owner: { uid: 1, gid: 1 },
    atOnce: false,
    usedBy: [],
  });

  it('counts once where the same component states it twice', () => {
    const plan = planOf([requires(backup('data')), sampleBackups]);
    expect(plan.objects.filter((planned) => planned.object.kind === 'Backup')).toHaveLength(1);
  });

  it('without a provider names the requester and the section that would provide it', () => {
    expect(compiled([requires(backup('data'))]).problems).toMatchObject([
      {
        code: 'claim-unanswered',
        message: 'asking requires backups of a volume (cluster.name), and no enabled component provides it',
        expected: 'one of these sections, enabled: volsync',
        file: 'cluster.yaml',
      },
    ]);
  });

  it('without a provider in this version says so', () => {
    const { problems } = compiled(samples);
    const database = problems.find(({ message }) => message.startsWith('others (notes) requires a database'));
    expect(database).toMatchObject({ expected: 'a component that provides it; this version has none' });
  });

  it('with two providers names both', () => {
    const second = { ...sampleDatabases, name: 'more-databases' };
    const { problems } = compiled([...whole, second]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatchObject({
      code: 'requirement-ambiguous',
      message: expect.stringContaining('sample-databases, more-databases'),
    });
  });

  it('that leads back to itself names the chain', () => {
    const { problems } = compiled([
      requires(backup('data')),
      sampleProvider('sample-backups', {
        backup: {
          requires: ({ name }) => [
            {
              kind: 'volume',
              requester: requesterOf('sample-backups', 'cluster.name'),
              namespace: 'samples',
              name: `${name}-copy`,
              size: '1Gi',
              storageClass: 'local-path',
              accessMode: 'ReadWriteOnce',
              backup: { owner: { uid: 1, gid: 1 }, atOnce: false, usedBy: [] },
            },
          ],
        },
      }),
      ...sampleProviders.filter(({ name }) => name === 'sample-volumes'),
    ]);
    expect(problems).toMatchObject([
      {
        code: 'requirement-cycle',
        message: expect.stringContaining(
          'asking requires backups of a volume; so sample-backups requires a volume; so sample-volumes requires backups of a volume',
        ),
      },
    ]);
  });
});

describe('the host of a route', () => {
  const hosts = { PHOTOS_HOST: 'album.example.org', PAPER_HOST: 'paper.example.org' };

  it('is refused where another route has the same value, in whatever case, and is not printed', () => {
    const { plan, problems } = compiled(whole, undefined, { ...hosts, PAPER_HOST: 'Album.Example.org' });
    expect(plan).toBeUndefined();
    expect(problems).toMatchObject([
      {
        code: 'taken',
        message:
          'the host of a route is taken: samples (photos) has it (samples.photos.host), and samples (paper) requires it (samples.paper.host)',
      },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/example\.org/i);
  });

  it('is refused at the field of the second route, also where another component provides that', () => {
    const { problems } = compiled(whole, undefined, { ...hosts, NOTES_HOST: 'album.example.org' });
    expect(problems).toMatchObject([
      { code: 'taken', message: expect.stringContaining('others (notes) requires it (others.notes.host)') },
    ]);
  });

  it('may have the same domain as another', () => {
    expect(compiled(whole, undefined, { ...hosts, NOTES_HOST: 'example.org' }).problems).toEqual([]);
  });
});

describe('a requester', () => {
  it('has one route through the origin proxy', () => {
    const [app] = samples;
    const { problems } = compiled([
      {
        ...sampleProvider('samples', {}),
        requires: () => [route('samples.first.host', 'FIRST'), route('samples.second.host', 'SECOND')],
      },
    ]);
    expect(app).toBeDefined();
    expect(problems).toMatchObject([
      { code: 'taken', message: 'samples requires two routes: samples.first.host and samples.second.host' },
    ]);
  });

  function route(field: string, name: string): Requirement<'route'> {
    const workload = { directory: 'apps/samples/x', namespace: 'samples', name: 'x', labels: { app: 'x' } };
    return {
      kind: 'route',
      requester: requesterOf('samples', field),
      host: privateNamed(`${name}_HOST`),
      from: 'internet',
      gate: 'proxy',
      clients: 'browser',
      backend: { workload, service: 'x', port: 80, targetPort: 8080 },
      login: access(name),
    };
  }
});

describe('a Secret', () => {
  const token: SecretKey = {
    key: 'token',
    from: 'field',
    field: 'asking.token',
    value: undefined,
    source: 'the provider',
  };
  const withDelivery = (chosen: string | undefined, only: SecretKey = token): Compiled => {
    const component: Component = {
      ...sampleProvider('asking', {}),
      secrets: () => [
        {
          name: 'asking-token',
          namespace: 'samples',
          purpose: 'a token',
          usedBy: ['deployment/asking'],
          field: 'cluster.name',
          directory: 'apps/samples/asking',
          fileSuffix: 'token',
          deliveryField: 'asking.delivery',
          keys: [only],
        },
      ],
    };
    using directory = exampleDirectory();
    const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
    const { loaded } = loadCluster(
      { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
      clusterSchema,
    );
    if (loaded === undefined) throw new Error('the example does not hold');
    const asking = chosen === undefined ? {} : { delivery: chosen };
    return compile({ ...loaded, cluster: { ...loaded.cluster, asking } }, [...catalogue, component]);
  };

  it('that is chosen out of band is made by hand', () => {
    const secret = withDelivery('out-of-band').plan?.secrets.find(({ name }) => name === 'asking-token');
    expect(secret).toMatchObject({ keys: [{ key: 'token', create: { literal: '"…"' } }] });
    expect(secret?.sops).toBeUndefined();
  });

  it('with a key that no field holds is made by hand, whatever was chosen', () => {
    const { plan } = withDelivery('sops', { key: 'token', from: 'user', source: 'the provider' });
    expect(plan?.secrets.find(({ name }) => name === 'asking-token')?.sops).toBeUndefined();
  });

  it.each(['sops', undefined])(
    'in Git (%s) without its value names the field and where to get it',
    (chosen) => {
      const { problems } = withDelivery(chosen);
      expect(problems).toMatchObject([
        { code: 'missing-field', field: 'asking.token', expected: 'the provider' },
      ]);
    },
  );

  it('from an external store is refused while nothing provides one', () => {
    const { problems } = withDelivery('store');
    expect(problems).toMatchObject([
      {
        code: 'claim-unanswered',
        message: expect.stringContaining('external store'),
        expected: 'sops, or out-of-band',
      },
    ]);
  });
});
