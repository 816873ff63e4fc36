// Crosses components, compile and operations/configure.
import { beforeAll, describe, expect, it } from 'vitest';
import { fillIn } from '../src/config/private.ts';
import { createRuleCompiler } from '../src/kubernetes/cel/expressions.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type {
  HelmRelease,
  HelmRepository,
  NetworkPolicy,
  OCIRepository,
  ReplicationSource,
} from '../src/kubernetes/types.ts';
import { createValidator, readSchemasFrom } from '../src/kubernetes/validate.ts';
import { buildTree } from '../src/manifests/buildTree.ts';
import { apply, type Prepared, prepare } from '../src/operations/configure/configure.ts';
import { textOf } from '../src/operations/configure/leaks.ts';
import { noProgress } from '../src/operations/progress.ts';
import { packageDirectory } from '../src/system/packageDirectory.ts';
import { home, preparedHome } from './home.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

/**
 * Ways in which repositories of this kind are wrong, by their number in the list of those that were found in one: each
 * is tried here, and cannot be said, is refused, or does not come out.
 */
let platform: Prepared;
beforeAll(async () => {
  platform = await preparedHome({ example: 'platform' });
});

const objects = <Kind extends KubernetesObject>(kind: Kind['kind']): Kind[] =>
  platform.plan.objects.map(({ object }) => object).filter((object): object is Kind => object.kind === kind);

/** The problems that a changed platform comes to, as `code: message`. */
async function problems(change: {
  cluster?: (value: ConfigData) => void;
  privateFile?: (value: ConfigData) => void;
}): Promise<string[]> {
  const directory = home('platform');
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  const outcome = await prepare(directory.path, directory.environment, noProgress);
  return outcome.ok ? [] : outcome.problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('1. an endpoint that is no Service', () => {
  it('has one Service for the store, by the name that the chart gives it', () => {
    const endpoints = platform.plan.encrypted.flatMap(({ object }) =>
      Object.entries((object as { data?: Record<string, string> }).data ?? {}).flatMap(([key, value]) =>
        key === 'RESTIC_REPOSITORY' ? [Buffer.from(value, 'base64').toString()] : [],
      ),
    );
    const inside = endpoints.filter((endpoint) => endpoint.includes('.svc.'));
    expect(inside.length).toBe(2);
    for (const endpoint of inside)
      expect(endpoint).toMatch(/^s3:http:\/\/rustfs-svc\.storage\.svc\.cluster\.local:9000\/volsync-/);
    const everything = platform.files.map(textOf).join('\n');
    expect(everything).not.toMatch(/\brustfs\.storage\b/);
  });
});

describe('2. a switch that does nothing', () => {
  it('is refused where what it needs is not said', async () => {
    const found = await problems({
      cluster(value) {
        value.volsync = { enabled: true };
      },
    });
    expect(found).toEqual([expect.stringMatching(/^missing-field: .*volsync\.stores/)]);
  });

  it('brings a ReplicationSource for each volume and store, and none without the section', async () => {
    expect(objects<ReplicationSource>('ReplicationSource').length).toBe(4);
    const off = await preparedHome({
      example: 'platform',
      cluster(value) {
        value.volsync.enabled = false;
        value.immich.database.storage.backup = false;
      },
    });
    const kinds = off.plan.objects.map(({ object }) => object.kind);
    expect(kinds).not.toContain('ReplicationSource');
    expect(off.files.map(({ path }) => path).filter((path) => path.includes('volsync'))).toEqual([]);
  });
});

describe('3. a name that drifted', () => {
  it.each([
    ['rustfs', 'storageSize'],
    ['volsync', 'backupSchedule'],
    ['s3', 'bucket'],
    ['monitoring', 'enable'],
  ])('%s.%s is an error, not a field that nobody reads', async (section, field) => {
    const found = await problems({
      cluster(value) {
        value[section] = { ...value[section], [field]: 'x' };
      },
    });
    expect(found).toEqual([expect.stringMatching(new RegExp(`^unknown-key: .*${section}\\.${field}`))]);
  });
});

describe('4. shell text that Flux takes for a variable', () => {
  it('has no braces of which a private value is not the name', () => {
    const known = new Set(platform.configuration.loaded.private.keys());
    for (const { object, file } of platform.plan.objects) {
      if (object.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] === 'disabled') continue;
      const names = [...JSON.stringify(object).matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name);
      expect(
        names.filter((name) => !known.has(name ?? '')),
        file,
      ).toEqual([]);
      expect(JSON.stringify(object), file).not.toContain('$${');
    }
  });
});

describe('11. a policy for a peer that does not exist, and DNS without TCP', () => {
  it('names as peers only labels that some pod carries', () => {
    const carried = platform.plan.objects.flatMap(({ object }) => {
      const { template, restic } = (object['spec'] ?? {}) as {
        template?: { metadata?: { labels?: Record<string, string> } };
        restic?: { moverPodLabels?: Record<string, string> };
      };
      const labels = template?.metadata?.labels ?? restic?.moverPodLabels;
      return labels ? [{ namespace: object.metadata.namespace, labels }] : [];
    });
    // Pods that are in no file: those of the charts, by what their files say, and of the cluster itself.
    const facts = [
      ['storage', { 'app.kubernetes.io/name': 'rustfs', 'app.kubernetes.io/instance': 'rustfs' }],
      ['kube-system', { 'k8s-app': 'kube-dns' }],
      ['monitoring', { 'app.kubernetes.io/name': 'prometheus' }],
      [
        'network',
        {
          'control-plane': 'envoy-gateway',
          'app.kubernetes.io/name': 'gateway-helm',
          'app.kubernetes.io/instance': 'envoy-gateway',
        },
      ],
      ...['external', 'internal', 'tunnel'].map(
        (name) =>
          [
            'network',
            {
              'app.kubernetes.io/name': 'envoy',
              'app.kubernetes.io/component': 'proxy',
              'gateway.envoyproxy.io/owning-gateway-name': `envoy-${name}`,
              'gateway.envoyproxy.io/owning-gateway-namespace': 'network',
            },
          ] as const,
      ),
    ] as const;
    const all = [...carried, ...facts.map(([namespace, labels]) => ({ namespace, labels }))];
    const peers = objects<NetworkPolicy>('NetworkPolicy').flatMap(({ spec }) => [
      ...(spec?.ingress ?? []).flatMap(({ from }) => from ?? []),
      ...(spec?.egress ?? []).flatMap(({ to }) => to ?? []),
    ]);
    const selecting = peers.filter(({ podSelector }) => podSelector !== undefined);
    expect(selecting.length).toBeGreaterThan(20);
    for (const { podSelector, namespaceSelector } of selecting) {
      const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
      const wanted = Object.entries(podSelector?.matchLabels ?? {});
      const found = all.some(
        (pod) =>
          pod.namespace === namespace &&
          wanted.every(([key, value]) => (pod.labels as Record<string, string>)[key] === value),
      );
      expect(`${namespace} ${JSON.stringify(wanted)} ${found}`).toMatch(/true$/);
    }
  });

  it('allows DNS over UDP and TCP', () => {
    const rules = objects<NetworkPolicy>('NetworkPolicy')
      .flatMap(({ spec }) => spec?.egress ?? [])
      .filter(({ ports }) => ports?.some(({ port }) => port === 53));
    expect(rules.length).toBeGreaterThan(5);
    for (const { ports } of rules)
      expect(ports?.map(({ protocol }) => protocol).sort()).toEqual(['TCP', 'UDP']);
  });
});

describe('12. an app that no kustomization lists', () => {
  it.each(['apps/storage/volsync/', 'apps/storage/rustfs-buckets/'])(
    '%s is found when it is left out',
    (app) => {
      const tree = new Map(
        platform.files.filter(({ path }) => path.endsWith('.yaml')).map((file) => [file.path, textOf(file)]),
      );
      const entry = 'clusters/platform/kustomization.yaml';
      const entries = (tree.get(entry) ?? '').split('\n');
      expect(entries).toContain(`../../${app}`);
      const resources = entries.filter((line) => line !== `../../${app}`).map((line) => `  - ${line}`);
      tree.set(entry, `resources:\n${resources.join('\n')}\n`);
      const { findings } = buildTree({ tree, unread: [] });
      const lost = findings.filter(({ kind }) => kind === 'unreached' || kind === 'unlisted');
      expect(lost.map(({ file }) => file)).toContain(`${app}kustomization.yaml`);
    },
  );
});

describe('13. a secret that is missing and turns a feature off', () => {
  it.each<[string, (value: ConfigData) => void]>([
    ['certManager.issuer.token', (value) => delete value.certManager.issuer.token],
    ['rustfs.secretKey', (value) => delete value.rustfs.secretKey],
    ['rustfs.keys.volsync-media', (value) => delete value.rustfs.keys['volsync-media']],
    ['s3.keys.volsync-media.accessKey', (value) => delete value.s3.keys['volsync-media']],
    ['volsync.passwords.home-automation', (value) => delete value.volsync.passwords['home-automation']],
  ])('%s is asked for by name', async (field, privateFile) => {
    const found = await problems({ privateFile });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(`missing-field: ${field} is not set`);
  });

  it('as is the endpoint of a store', async () => {
    const found = await problems({ privateFile: (value) => delete value.s3.endpoint });
    expect(found).toEqual([expect.stringMatching(/^missing-field: .*s3\.endpoint/)]);
  });
});

describe('15. schemas that skip what they do not know', () => {
  it('knows every kind that is written, and refuses a field that does not exist', () => {
    const { validate } = createValidator(
      readSchemasFrom(`${packageDirectory()}/schemas`),
      createRuleCompiler(),
    );
    for (const { object } of platform.plan.objects) {
      const filled = JSON.parse(fillIn(JSON.stringify(object), platform.configuration.loaded.private));
      expect(validate(filled), object.kind).toEqual([]);
    }
    const [source] = objects<ReplicationSource>('ReplicationSource');
    const damaged = { ...source, spec: { ...source?.spec, restic: { ...source?.spec?.restic, retian: {} } } };
    expect(validate(damaged as KubernetesObject).map(({ path }) => path.join('.'))).toContain(
      'spec.restic.retian',
    );
    const release = objects<HelmRelease>('HelmRelease')[0];
    const drifted = { ...release, spec: { ...release?.spec, chartref: {} } };
    expect(validate(drifted as KubernetesObject).length).toBeGreaterThan(0);
  });
});

describe('16. a version that is another one tomorrow', () => {
  const exact = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/;

  it('has each chart and each image of its values at one version', () => {
    const versions = [
      ...objects<OCIRepository>('OCIRepository').map(({ spec }) => spec.ref?.tag),
      ...objects<HelmRelease>('HelmRelease').flatMap(({ spec }) =>
        spec.chart ? [spec.chart.spec.version] : [],
      ),
    ];
    expect(versions.length).toBe(objects<HelmRelease>('HelmRelease').length);
    for (const version of versions) expect(version).toMatch(exact);
    for (const { spec } of objects<HelmRelease>('HelmRelease')) {
      const values = JSON.stringify(spec.values);
      expect(values).not.toMatch(/:latest|"latest"|"stable"|"\*"|v0\.0\.0/);
    }
    expect(objects<HelmRepository>('HelmRepository').map(({ spec }) => spec.url)).toEqual([
      expect.stringMatching(/^https:/),
    ]);
  });

  it('refuses an image without one', async () => {
    const found = await problems({
      cluster(value) {
        value.rustfs.images = { rustfs: 'docker.io/rustfs/rustfs:latest' };
      },
    });
    expect(found).toEqual([expect.stringMatching(/^not-a-pinned-image: /)]);
  });
});

describe('17. commits that are mostly new ciphertext', () => {
  async function changedFiles(directory: TestDirectory, change: () => void): Promise<string[]> {
    const first = await prepare(directory.path, directory.environment, noProgress);
    if (!first.ok) throw new Error(JSON.stringify(first.problems));
    await apply(first.value, undefined, noProgress);
    change();
    const second = await prepare(directory.path, directory.environment, noProgress);
    if (!second.ok) throw new Error(JSON.stringify(second.problems));
    return second.value.difference.changes.map(({ path }) => path);
  }

  it('a new schedule touches no encrypted file', async () => {
    const directory = home('platform');
    const changed = await changedFiles(directory, () =>
      directory.edit('cluster.yaml', (value) => {
        value.volsync.schedule = '0 5 * * *';
      }),
    );
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((path) => path.endsWith('.sops.yaml'))).toEqual([]);
  });

  it('a new password touches the Secrets that hold it', async () => {
    const directory = home('platform');
    const changed = await changedFiles(directory, () =>
      directory.edit('cluster.private.yaml', (value) => {
        value.volsync.passwords['home-automation'] = 'Ww5vXr8Zm2KpHw9YdN4cLb7FgS3jUe6AoI1xEyQn8VtRz';
      }),
    );
    expect(changed.sort()).toEqual(
      ['rustfs', 's3'].map(
        (store) => `apps/storage/volsync-home-automation/app/secret-home-assistant-${store}-restic.sops.yaml`,
      ),
    );
  });

  it('a new key of a bucket reaches whoever uses it, and makes the Job run again', async () => {
    const directory = home('platform');
    const changed = await changedFiles(directory, () =>
      directory.edit('cluster.private.yaml', (value) => {
        value.rustfs.keys['volsync-media'] = 'Zz7kN2xVr5TgHq9ZcJ4mPd8LsF3yUe6AoI1vXbRt';
      }),
    );
    expect(changed.sort()).toEqual([
      'apps/storage/rustfs-buckets/app/job.yaml',
      'apps/storage/rustfs-buckets/app/secret.sops.yaml',
      'apps/storage/volsync-media/app/secret-immich-postgres-rustfs-restic.sops.yaml',
    ]);
  });
});

describe('18. defaults that are in several places', () => {
  it('says the same whether a default is written or left out', async () => {
    const written = await preparedHome({
      example: 'platform',
      cluster(value) {
        value.volsync = {
          ...value.volsync,
          enabled: true,
          bucketPrefix: 'volsync',
          schedule: '0 3 * * *',
          copyMethod: 'auto',
          retain: { hourly: 0, daily: 7, weekly: 5, monthly: 6, yearly: 0 },
          pruneDays: 7,
          cache: { size: '1Gi' },
        };
        value.s3 = { enabled: true, region: 'auto' };
        value.monitoring = { enabled: true, namespace: 'monitoring' };
      },
    });
    const plain = (prepared: Prepared) =>
      prepared.plan.files.map((file) => [file.path, textOf(file)] as const);
    expect(plain(written)).toEqual(plain(platform));
  });
});
