// Crosses commands, operations/status, components, compile and private-values.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StatusItem } from '../src/operations/status/item.ts';
import { reportStatus } from '../src/report/status.ts';
import { styleFor } from '../src/report/style.ts';
import { configured, finished, pushed, resultOf, verified } from './deployedExample.ts';
import { home, preparedHome } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

/** What `status --json` lists, by id. */
async function left(directory: TestDirectory): Promise<Map<string, StatusItem>> {
  const { stdout } = await gatehouse(directory, 'status', '--json');
  const items: StatusItem[] = JSON.parse(stdout).left;
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  return new Map(items.map((item) => [item.id, item]));
}

function contents(directory: TestDirectory): Record<string, string> {
  const files = readdirSync(directory.path, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(files.map((file) => [file, directory.read(file)]));
}

describe('status', () => {
  it('lists what is left by priority, with its source, its effort and its field, and ends with 1', async () => {
    const { code, stdout, stderr } = await gatehouse(home(), 'status');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.match(/^\S.*$/gm)).toEqual([
      'Nothing works without it',
      'A promise does not hold',
      '5 things are left to do, about 9 minutes.',
      'Components',
      'Not checked, since status asks no cluster:',
    ]);
    expect(stdout).toContain(
      'the Secret networking/cloudflared-credentials, unless the cluster has it already: what cloudflared proves itself with',
    );
    expect(stdout).toMatch(
      /first administrator of Immich.* \(5 min\)\n {4}from {3}\S.*\n {4}field {2}immich\.administrator\.done\n/,
    );
    expect(stdout).toContain('the cluster: which Secrets it has');
  });

  it('names what the cluster needs and no file shows, with the command that checks it, as far as it is used', async () => {
    const needs = async (directory: TestDirectory) => {
      const { notChecked } = JSON.parse((await gatehouse(directory, 'status', '--json')).stdout);
      return (notChecked as { command?: string }[]).flatMap(({ command }) =>
        command?.startsWith('kubectl') ? [command] : [],
      );
    };
    expect(await needs(home())).toEqual([]);
    const platform = home('platform');
    expect(await needs(platform)).toEqual([
      'kubectl get storageclass ceph-block',
      'kubectl get storageclass local-path',
      'kubectl get volumesnapshotclass ceph-block',
      'kubectl get deployments -A | grep snapshot-controller',
      'kubectl get crd podmonitors.monitoring.coreos.com prometheusrules.monitoring.coreos.com',
    ]);
    platform.edit('cluster.yaml', (value: ConfigData) => {
      value.monitoring.enabled = false;
      value.rustfs = { ...value.rustfs, layout: { ...value.rustfs.layout, storageClass: 'fast' } };
      delete value.cluster.storageClasses['ceph-block'].snapshotClass;
      value.cluster.storageClasses['ceph-block'].clone = true;
    });
    expect(await needs(platform)).toEqual([
      'kubectl get storageclass ceph-block',
      'kubectl get storageclass fast',
    ]);
    const local = home();
    local.edit('cluster.yaml', (value: ConfigData) => {
      value.immich.database = {
        ...value.immich.database,
        storage: { kind: 'volume', storageClass: 'local-path' },
      };
    });
    expect(await needs(local)).toEqual(['kubectl get storageclass local-path']);
  });

  it('ends with 0 when nothing is left, and before with what is to be done next', async () => {
    const directory = home();
    finished(directory);
    const first = async () => {
      const { code, stdout } = await gatehouse(directory, 'status');
      return { code, line: stdout.split('\n', 1)[0] };
    };
    expect(await first()).toEqual({ code: 1, line: '5 components are not deployed.' });
    const quiet = await gatehouse(directory, 'status', '--quiet');
    expect(quiet).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Components\n\n {2}cluster +not written/),
    });
    await configured(directory);
    const push = pushed(directory);
    expect(await first()).toEqual({ code: 4, line: '5 components are not verified.' });
    expect(await gatehouse(directory, 'status', '--quiet')).toEqual({ code: 4, stdout: '', stderr: '' });
    const components = ['cluster', 'immich', 'origin-proxy', 'cloudflared', 'flux'];
    const { plan } = await preparedHome();
    const declared = plan.checks.map(({ component, id }) => ({ ...resultOf(component), id }));
    await verified(directory, push, [...components.map((name) => resultOf(name)), ...declared.slice(1)]);
    expect(await first()).toEqual({ code: 4, line: '1 component is not verified.' });
    await verified(directory, push, [...components.map((name) => resultOf(name)), ...declared]);
    expect(await first()).toEqual({ code: 0, line: 'Nothing is left to do.' });
    expect(await gatehouse(directory, 'status', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('prints one JSON document with its total effort', async () => {
    const { code, stdout } = await gatehouse(home(), 'status', '--json');
    const { left: items, ...document } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(document).toMatchObject({ schemaVersion: 1, ok: true, minutes: 9 });
    expect(document.notChecked).toContainEqual({
      what: 'whether every promise holds',
      command: 'gatehouse check',
    });
    expect(items.map(({ priority }: StatusItem) => priority)).toEqual([
      'high',
      'high',
      'high',
      'high',
      'medium',
    ]);
    for (const item of items)
      expect(item).toMatchObject({
        id: expect.stringMatching(/^[a-z0-9-]+$/),
        missing: expect.stringMatching(/\S/),
        source: expect.stringMatching(/\S/),
        minutes: expect.any(Number),
        field: expect.stringMatching(/^[a-z]\S+$/i),
      });
  });

  it('writes nothing', async () => {
    const directory = home('platform');
    const before = contents(directory);
    await gatehouse(directory, 'status');
    expect(contents(directory)).toEqual(before);
  });

  it('prints no private value of an example', async () => {
    for (const example of ['home', 'platform']) {
      const directory = home(example);
      const values = directory.read('cluster.private.yaml').match(/(?<=: |- )\S{6,}/g) ?? [];
      expect(values.length).toBeGreaterThan(5);
      for (const flags of [[], ['--json']]) {
        const { stdout, stderr } = await gatehouse(directory, 'status', ...flags);
        expect(values.filter((value) => (stdout + stderr).includes(value))).toEqual([]);
      }
    }
  });
});

describe('status of private values that are missing', () => {
  it('lists each with where to get it, and ends with 1', async () => {
    const directory = home();
    rmSync(join(directory.path, 'cluster.private.yaml'));
    const { code, stdout, stderr } = await gatehouse(directory, 'status');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/immich\.host: \S.*\n {4}from {3}your own value, such as photos\.example\.org\n/);
    expect(stdout).toMatch(/secrets\.hashKey.*\n {4}from {3}.*gatehouse init/);
    // What a map must hold is listed, and not the map.
    expect([...(await left(directory)).keys()]).toContain('value-immich-access-audience');
    expect(stdout).not.toMatch(/immich\.access:/);
    expect(stdout).toContain('run    gatehouse secrets edit');
    expect(stdout).toContain(
      'what else is left: the configuration does not compile until these values are set',
    );
  });

  it('names the command that sets a single one', async () => {
    const directory = home();
    directory.edit('cluster.private.yaml', (value: ConfigData) => delete value.originProxy.team);
    const items = await left(directory);
    expect([...items.keys()]).toEqual(['value-originproxy-team']);
    expect(items.get('value-originproxy-team')).toMatchObject({
      field: 'originProxy.team',
      command: 'gatehouse secrets set originProxy.team',
    });
  });

  it('lists the keys of a bucket outside, and how a generated value comes to be', async () => {
    const directory = home('platform');
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      delete value.s3.keys['etcd-backups'];
      delete value.rustfs.secretKey;
    });
    const items = await left(directory);
    expect([...items.keys()].sort()).toEqual([
      'value-rustfs-secretkey',
      'value-s3-keys-etcd-backups-accesskey',
      'value-s3-keys-etcd-backups-secretkey',
    ]);
    expect(items.get('value-s3-keys-etcd-backups-accesskey')?.source).toContain('one bucket');
    expect(items.get('value-rustfs-secretkey')?.source).toContain('gatehouse secrets edit');
  });

  it('reports every problem where something else is wrong too, and ends with 2', async () => {
    const directory = home();
    directory.edit('cluster.private.yaml', (value: ConfigData) => delete value.immich.host);
    directory.edit('cluster.yaml', (value: ConfigData) => {
      value.immich.nodePort = 80;
    });
    const { code, stdout, stderr } = await gatehouse(directory, 'status');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/immich\.host is missing/);
    expect(stderr).toMatch(/immich\.nodePort/);
  });

  it('takes an empty list of private values for private', async () => {
    const directory = home();
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      value.cluster.network.lan = [null];
    });
    const items = await left(directory);
    expect([...items.values()]).toMatchObject([
      { field: 'cluster.network.lan', command: 'gatehouse secrets edit' },
    ]);
    expect([...items.values()][0]?.source).not.toContain('cluster.yaml');
  });

  it('lists a missing field of cluster.yaml, too', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value: ConfigData) => delete value.repository.url);
    directory.edit('cluster.private.yaml', (value: ConfigData) => delete value.immich.host);
    const items = await left(directory);
    expect([...items.keys()].sort()).toEqual(['value-immich-host', 'value-repository-url']);
    expect(items.get('value-repository-url')).toMatchObject({
      field: 'repository.url',
      source: 'your own value, such as ssh://git@github.com/you/home-ops. It is a field of cluster.yaml',
    });
    expect(items.get('value-repository-url')).not.toHaveProperty('command');
  });

  it('ends with 2 where there is no configuration, and with 3 where it cannot be read', async () => {
    const directory = home();
    rmSync(join(directory.path, 'cluster.yaml'));
    expect((await gatehouse(directory, 'status')).code).toBe(2);
    mkdirSync(join(directory.path, 'cluster.yaml'));
    expect((await gatehouse(directory, 'status')).code).toBe(3);
  });
});

describe('status of a configuration that could promise more', () => {
  it('names backups that are lost with the cluster', async () => {
    const directory = home('platform');
    directory.edit('cluster.yaml', (value: ConfigData) => {
      delete value.s3;
      value.volsync.stores = ['rustfs'];
      value.talosBackup.store = 'rustfs';
    });
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      delete value.s3;
      value.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
    });
    const items = await left(directory);
    expect(items.get('volsync-outside')).toMatchObject({ priority: 'medium', field: 'volsync.stores' });
    expect(items.get('talos-backup-outside')).toMatchObject({ field: 'talosBackup.store' });
  });

  it('names network policies that nothing enforces, and a list of people that is empty', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value: ConfigData) => {
      value.cluster.network.policyEnforcer = 'none';
    });
    directory.edit('cluster.private.yaml', (value: ConfigData) => {
      delete value.immich.access.emails;
      value.cluster.network.controlPlane = ['192.0.2.10/32'];
    });
    const items = await left(directory);
    expect(items.get('cluster-policy-enforcer')).toMatchObject({ priority: 'medium' });
    expect(items.get('immich-allowed-people')).toMatchObject({
      priority: 'low',
      field: 'immich.access.emails',
    });
  });

  it('names the key without which nothing can be encrypted', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value: ConfigData) => {
      value.secrets = {};
    });
    const items = await left(directory);
    expect(items.get('flux-recipient')).toMatchObject({ field: 'secrets.recipients' });
    expect(items.get('secret-flux-system-cluster-values')?.missing).toContain('the private values');
  });

  it('names certificates of the staging directory', async () => {
    const directory = home('platform');
    directory.edit('cluster.yaml', (value: ConfigData) => {
      value.certManager.issuer.directory = 'staging';
    });
    expect((await left(directory)).get('cert-manager-production')).toMatchObject({
      field: 'certManager.issuer.directory',
    });
  });
});

it('a report of the status has neither a private value nor a control character', () => {
  const item: StatusItem = {
    id: 'a',
    missing: 'photos.example.org\u001b[2J\u202e\nand more',
    source: 'a\u0007b',
    minutes: 1,
    priority: 'low',
    field: 'c\u009b',
    component: 'immich',
  };
  const status = {
    left: [item],
    notChecked: [],
    broken: [],
    components: [],
    plan: undefined,
    hidden: new Map([['IMMICH_HOST', 'photos.example.org']]),
  };
  for (const json of [true, false]) {
    const text = reportStatus(status, { json, quiet: true }, styleFor(false));
    expect(text).not.toContain('photos.example.org');
    expect(text).toContain('${IMMICH_HOST}');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});
