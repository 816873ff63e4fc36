// Crosses commands, operations/configure, compile and repository.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../src/repository/testTree.ts';
import { commit, committed, git, lossesOf } from './committedExample.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

const annotation = /^ *annotations:\n *kustomize\.toolkit\.fluxcd\.io\/prune: disabled\n/gm;

function append(directory: TestDirectory, text: string): void {
  const file = 'clusters/home/kustomization.yaml';
  directory.write(file, directory.read(file) + text);
}

const renamed = (value: ConfigData): void => {
  value.immich.namespace = 'photos';
};
const disabled = (value: ConfigData): void => {
  value.immich.enabled = false;
};

/** The platform with another namespace, and the keys that its backups need then. */
function renamePlatform(directory: TestDirectory): void {
  directory.edit('cluster.yaml', renamed);
  directory.edit('cluster.private.yaml', (value) => {
    value.rustfs.keys['volsync-photos'] = value.rustfs.keys['volsync-media'].toLowerCase();
    value.s3.keys['volsync-photos'] = { accessKey: '0f'.repeat(16), secretKey: '0e'.repeat(32) };
    value.volsync.passwords.photos = value.volsync.passwords.media.toLowerCase();
  });
}

describe('a change that takes data away from what runs', () => {
  it('stops with what would be lost, and how to go on; nothing is written', async () => {
    const directory = await committed();
    directory.edit('cluster.yaml', renamed);
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    expect(lossesOf(stderr)).toEqual(['namespace/media']);
    expect(stderr).toContain('Secrets that were made by hand (immich-database');
    expect(stderr).toContain('gatehouse configure --allow-removal namespace/media');
    expect(stderr).toContain('docs/removing-data.md');
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('is written with consent to each loss, and Flux is left the annotation', async () => {
    const directory = await committed();
    directory.edit('cluster.yaml', renamed);
    const allowed = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
    expect(directory.read('apps/cluster/namespaces/photos.yaml')).toMatch(annotation);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('stops for each object of the platform, and takes no consent for all at once', async () => {
    const directory = await committed('platform');
    renamePlatform(directory);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    const losses = lossesOf(stderr);
    expect(losses).toEqual(
      expect.arrayContaining([
        'namespace/media',
        'persistentvolume/media-immich-library',
        'persistentvolumeclaim/media/immich-library',
        'persistentvolumeclaim/media/immich-postgres',
        'secret/media/immich-postgres-rustfs-restic',
      ]),
    );
    const some = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(some.code).toBe(1);
    expect(lossesOf(some.stderr)).toEqual(losses.filter((name) => name !== 'namespace/media'));
    const each = losses.flatMap((name) => ['--allow-removal', name]);
    expect((await gatehouse(directory, 'configure', ...each)).stderr).toBe('');
  });

  it.each<[string, (value: ConfigData) => void, string, ((value: ConfigData) => void)?]>([
    ['a component is turned off', disabled, 'persistentvolumeclaim/media/immich-postgres'],
    [
      'the object storage is removed',
      (value) => {
        delete value.rustfs;
        value.volsync.stores = ['s3'];
      },
      'helmrelease/storage/rustfs',
      (value) => {
        delete value.rustfs;
      },
    ],
    [
      'the database moves to another class',
      (value) => {
        value.cluster.storageClasses['other-block'] = { clone: true };
        value.immich.database.storage.storageClass = 'other-block';
      },
      'persistentvolumeclaim/media/immich-postgres',
    ],
    [
      'the claim of the database becomes smaller',
      (value) => {
        value.immich.database.storage.size = '1Gi';
      },
      'persistentvolumeclaim/media/immich-postgres',
    ],
    [
      'the database moves to a directory of a node',
      (value) => {
        value.immich.database.storage = { kind: 'hostPath', node: 'alpha', path: '/var/mnt/db' };
      },
      'persistentvolumeclaim/media/immich-postgres',
    ],
    [
      'the object storage gets other volumes',
      (value) => {
        value.rustfs.layout = { kind: 'standalone', storageClass: value.rustfs.layout.storageClass };
      },
      'helmrelease/storage/rustfs',
    ],
  ])('stops where %s', async (_what, change, expected, beside) => {
    const directory = await committed('platform');
    directory.edit('cluster.yaml', change);
    if (beside) directory.edit('cluster.private.yaml', beside);
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(stderr).toContain('removes-data');
    expect(code).toBe(1);
    expect(lossesOf(stderr)).toContain(expected);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it.each<[string, (value: ConfigData) => void]>([
    [
      'the database moves to another directory',
      (value) => {
        value.immich.database = { storage: { kind: 'hostPath', path: '/var/lib/other' } };
      },
    ],
    [
      'the database moves to another node',
      (value) => {
        value.cluster.nodes.beta = {};
        value.immich.database = { storage: { kind: 'hostPath', node: 'beta' } };
      },
    ],
  ])('stops where %s', async (_what, change) => {
    const directory = await committed();
    directory.edit('cluster.yaml', change);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual(['deployment/media/immich-postgres']);
    expect(code).toBe(1);
    const name = 'deployment/media/immich-postgres';
    expect((await gatehouse(directory, 'configure', '--allow-removal', name)).stderr).toBe('');
  });

  it('does not stop for a change that leaves the data where it is', async () => {
    const directory = await committed('platform');
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 31_111;
      value.immich.database.storage.size = '200Gi';
      value.immich.machineLearning = { enabled: false };
      value.originProxy.uploads = 3;
      value.volsync.retain = { daily: 3 };
    });
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  });

  it('is what --check finds, in JSON too', async () => {
    const directory = await committed();
    directory.edit('cluster.yaml', renamed);
    const checked = await gatehouse(directory, 'configure', '--check');
    expect(checked.code).toBe(1);
    expect(checked.stderr).toContain('namespace/media');
    const { removals } = JSON.parse((await gatehouse(directory, 'configure', '--check', '--json')).stdout);
    expect(removals.map(({ code }: { code: string }) => code)).toContain('removes-data');
  });

  it('does not stop for what no commit has', async () => {
    const directory = home();
    git(directory, 'init', '-q');
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    directory.edit('cluster.yaml', renamed);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('stops without Git: what is on the disk may be what runs', async () => {
    const directory = home();
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    directory.edit('cluster.yaml', renamed);
    expect(lossesOf((await gatehouse(directory, 'configure')).stderr)).toEqual(['namespace/media']);
  });

  it('stops where the files were removed by hand', async () => {
    const directory = await committed();
    directory.edit('cluster.yaml', renamed);
    rmSync(join(directory.path, 'apps'), { recursive: true });
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual(['namespace/media']);
    expect(code).toBe(1);
  });

  it('does not stop where a file of the user keeps the object', async () => {
    const directory = await committed();
    const namespace = directory.read('apps/cluster/namespaces/media.yaml').split('---')[0] ?? '';
    directory.write('clusters/home/mine.yaml', namespace);
    const entry = 'clusters/home/kustomization.yaml';
    directory.write(entry, `${directory.read(entry).trimEnd()}\n  - mine.yaml\n`);
    directory.edit('cluster.yaml', renamed);
    const { stderr } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual([]);
  });

  const deleting = (kind: string, name: string, version = 'v1') =>
    `patches:\n  - patch: |\n      $patch: delete\n      apiVersion: ${version}\n      kind: ${kind}\n      metadata: {name: ${name}, namespace: media}\n`;

  it.each<[string, string, (directory: TestDirectory) => void, string[]]>([
    [
      'a patch of the user',
      'home',
      (directory) => append(directory, deleting('Namespace', 'media').replace(', namespace: media', '')),
      ['namespace/media'],
    ],
    [
      'a patch by its target',
      'home',
      (directory) =>
        append(
          directory,
          'patches:\n  - target: {kind: Namespace}\n    patch: |\n      $patch: delete\n      apiVersion: v1\n      kind: Namespace\n      metadata: {name: any}\n',
        ),
      ['namespace/media', 'namespace/networking'],
    ],
    [
      'a component of the user',
      'home',
      (directory) => {
        mkdirSync(join(directory.path, 'clusters/home/less'));
        directory.write(
          'clusters/home/less/kustomization.yaml',
          `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${deleting('Namespace', 'media').replace(', namespace: media', '')}`,
        );
        append(directory, 'components:\n  - less\n');
      },
      ['namespace/media'],
    ],
  ])('stops where %s takes it out, once', async (_what, example, edit, names) => {
    const directory = await committed(example);
    edit(directory);
    const { stderr, code } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual(names);
    expect(stderr).toContain('a file of yours takes it out of what Flux applies');
    expect(code).toBe(1);
    // The change of a file that has nothing to do with it hides nothing.
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 30090;
    });
    expect(lossesOf((await gatehouse(directory, 'configure')).stderr)).toEqual(names);
    const allowed = names.flatMap((name) => ['--allow-removal', name]);
    expect(lossesOf((await gatehouse(directory, 'configure', ...allowed)).stderr)).toEqual([]);
    commit(directory);
    expect(lossesOf((await gatehouse(directory, 'configure')).stderr)).toEqual([]);
  });

  it('counts as kept where a kustomization of the user cannot be built', async () => {
    const directory = await committed();
    append(directory, 'components:\n  - missing\n');
    expect(lossesOf((await gatehouse(directory, 'configure')).stderr)).toEqual([]);
  });

  it('is looked for in the branch that Flux follows, and not in the one that is new', async () => {
    const directory = await committed();
    const remote = `${directory.path}/remote.git`;
    git(directory, 'init', '-q', '--bare', remote);
    git(directory, 'remote', 'add', 'origin', remote);
    git(directory, 'push', '-q', 'origin', 'HEAD:main');
    git(directory, 'checkout', '-q', '--orphan', 'next');
    git(directory, 'rm', '-rq', '--cached', '.');
    git(directory, 'commit', '-q', '--allow-empty', '-m', 'empty');
    git(directory, 'push', '-q', 'origin', 'HEAD:next');
    directory.edit('cluster.yaml', (value) => {
      renamed(value);
      value.repository.branch = 'next';
    });
    expect(lossesOf((await gatehouse(directory, 'configure')).stderr).toSorted()).toEqual([
      'gitrepository/flux-system/home',
      'namespace/media',
    ]);
  });

  it('refuses consent to what is not removed', async () => {
    const directory = await committed();
    const nothing = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('nothing of this name is removed');
    directory.edit('cluster.yaml', renamed);
    for (const name of ['*', 'media', 'namespace/*', 'all', ''])
      expect((await gatehouse(directory, 'configure', '--allow-removal', name)).code).toBe(2);
  });
});

/** The repository as a version wrote it that knew no annotation. */
async function older(example?: string): Promise<TestDirectory> {
  const directory = await committed(example);
  const record = JSON.parse(directory.read('.gatehouse/manifest.json'));
  const { createHash } = await import('node:crypto');
  for (const path of Object.keys(record.files)) {
    const text = directory.read(path);
    if (!annotation.test(text) || !('sha256' in record.files[path])) continue;
    const stripped = text.replace(annotation, '');
    directory.write(path, stripped);
    record.files[path].sha256 = createHash('sha256').update(stripped).digest('hex');
  }
  directory.write('.gatehouse/manifest.json', JSON.stringify(record));
  commit(directory);
  return directory;
}

describe('a repository of an older version, whose objects Flux would prune', () => {
  it('gets the annotation first, and nothing else, whatever the user consents to', async () => {
    const directory = await older();
    directory.edit('cluster.yaml', renamed);
    commit(directory);
    const { code, stderr } = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(code).toBe(1);
    expect(stderr).toContain('prune-not-disabled');
    expect(git(directory, 'diff', '--name-only').trim().split('\n')).toEqual([
      '.gatehouse/manifest.json',
      'apps/cluster/namespaces/media.yaml',
    ]);
    const diff = git(directory, 'diff', 'apps');
    expect(diff.match(/^[+-](?![+-]).*$/gm)).toEqual([
      '+  annotations:',
      '+    kustomize.toolkit.fluxcd.io/prune: disabled',
    ]);
    // Not committed yet, so that Flux does not have it.
    expect((await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media')).code).toBe(1);
    commit(directory);
    const allowed = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
  });

  it('has to be pushed before, where the branch has a remote', async () => {
    const directory = await older();
    const remote = `${directory.path}.git`;
    git(directory, 'init', '-q', '--bare', remote);
    git(directory, 'remote', 'add', 'origin', remote);
    git(directory, 'push', '-q', 'origin', 'HEAD:main');
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    commit(directory);
    directory.edit('cluster.yaml', renamed);
    const configure = () => gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    const early = await configure();
    expect(early.stderr).toContain('prune-not-disabled');
    expect(early.code).toBe(1);
    git(directory, 'push', '-q', 'origin', 'HEAD:main');
    expect(await configure()).toMatchObject({ code: 0, stderr: '' });
    rmSync(remote, { recursive: true });
  });

  it('gets it on encrypted Secrets without another change of them', async () => {
    const directory = await older('platform');
    renamePlatform(directory);
    const { stderr } = await gatehouse(directory, 'configure');
    expect(stderr).toContain('prune-not-disabled');
    const lines = git(directory, 'diff', 'apps').match(/^[+-](?![+-]).*$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.filter((line) => !/annotations:|prune: disabled/.test(line))).toEqual([]);
  });

  it('gets it by the next run where nothing is removed', async () => {
    const directory = await older();
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    expect(directory.read('apps/cluster/namespaces/media.yaml')).toMatch(annotation);
  });
});
