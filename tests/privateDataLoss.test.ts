// Crosses commands, operations/configure, private-values, secrets and repository.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../src/repository/testTree.ts';
import { commit, committed, git, lossesOf } from './committedExample.ts';
import { gatehouse } from './program.ts';
import type { ConfigData } from './testDirectory.ts';

type Edit = (value: ConfigData) => void;

const nothing: Edit = () => undefined;
const libraryMoves: Edit = (value) => {
  value.immich.library.path = '/mnt/nas/elsewhere/immich';
};
const secondRecipient = 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun';

describe('a private value that leaves data behind', () => {
  it.each<[string, string, Edit, string[], RegExp]>([
    [
      'the directory of the library on the node',
      'home',
      libraryMoves,
      ['deployment/media/immich-server'],
      /its volume library is another one/,
    ],
    [
      'the NFS server',
      'platform',
      (value) => {
        value.immich.library.server = '192.0.2.21';
      },
      ['persistentvolume/media-immich-library'],
      /its spec\.nfs changes/,
    ],
    [
      'the directory on the NFS server',
      'platform',
      (value) => {
        value.immich.library.path = '/volume2/photos/immich';
      },
      ['persistentvolume/media-immich-library'],
      /its spec\.nfs changes/,
    ],
    [
      'the address of the store outside',
      'platform',
      (value) => {
        value.s3.endpoint = 'https://s3.other.example.org';
      },
      [
        'helmrelease/kube-system/talos-backup',
        'secret/home-automation/home-assistant-s3-restic',
        'secret/media/immich-postgres-s3-restic',
      ],
      /its RESTIC_REPOSITORY changes[\s\S]*|its variable CUSTOM_S3_ENDPOINT changes/,
    ],
    [
      'the password of backups',
      'platform',
      (value) => {
        value.volsync.passwords.media = 'Xq5vXr8Zm2KpHw9YdN4cLb7FgS3jUe6AoI1xEyQn8VtRz';
      },
      ['secret/media/immich-postgres-rustfs-restic', 'secret/media/immich-postgres-s3-restic'],
      /its RESTIC_PASSWORD changes: the new one opens no backup/,
    ],
    [
      'the password of the database',
      'platform',
      (value) => {
        value.immich.database.password = 'X7Rz3mVx9KpL2sTn8WdY4fHb6JcG1aE5';
      },
      ['secret/media/immich-database'],
      /its password changes: PostgreSQL \(immich-postgres\) keeps the password/,
    ],
  ])('stops %s', async (_what, example, edit, names, sentence) => {
    const directory = await committed(example);
    directory.edit('cluster.private.yaml', edit);
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual(names);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/192\.0\.2\.2|elsewhere|volume[12]|other\.example|[XTq]5vXr8|[Xq]7Rz3m/);
    expect(snapshot(directory.path)).toEqual(before);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(1);
    const allowed = names.flatMap((name) => ['--allow-removal', name]);
    // What the charts of the platform make is unknown.
    const done = example === 'home' ? 0 : 4;
    expect(await gatehouse(directory, 'configure', ...allowed)).toMatchObject({ code: done, stderr: '' });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: done, stderr: '' });
  });

  it('does not stop values that lead to no data', async () => {
    const directory = await committed('platform');
    directory.edit('cluster.private.yaml', (value) => {
      value.immich.host = 'album.example.org';
      value.cluster.network.vpn = ['198.51.100.0/25'];
      value.rustfs.keys['volsync-media'] = value.rustfs.keys['volsync-media'].toLowerCase();
      value.s3.keys['volsync-media'].secretKey = '0e'.repeat(32);
      value.certManager.issuer.token = value.certManager.issuer.token.toLowerCase();
    });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 4, stderr: '' });
  });

  it('does not stop where no commit has the repository', async () => {
    const directory = await committed();
    rmSync(join(directory.path, '.git'), { recursive: true });
    git(directory, 'init', '-q');
    directory.edit('cluster.private.yaml', libraryMoves);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('stops without Git, and where the encrypted values were removed by hand', async () => {
    const without = await committed();
    rmSync(join(without.path, '.git'), { recursive: true });
    without.edit('cluster.private.yaml', libraryMoves);
    expect(lossesOf((await gatehouse(without, 'configure')).stderr)).toEqual([
      'deployment/media/immich-server',
    ]);
    const removed = await committed();
    removed.edit('cluster.private.yaml', libraryMoves);
    rmSync(join(removed.path, 'clusters/home/flux/values.sops.yaml'));
    expect(lossesOf((await gatehouse(removed, 'configure')).stderr)).toEqual([
      'deployment/media/immich-server',
    ]);
  });

  it('stops for a volume of the user that a private value leads to', async () => {
    const directory = await committed();
    directory.write(
      'clusters/home/mine.yaml',
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: films}\nspec:\n  capacity: {storage: 1Ti}\n  accessModes: [ReadOnlyMany]\n  nfs: {server: 192.0.2.9, path: "${NAS_LIBRARY_PATH}/films"}\n',
    );
    const entry = 'clusters/home/kustomization.yaml';
    directory.write(entry, `${directory.read(entry).trimEnd()}\n  - mine.yaml\n`);
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    commit(directory);
    directory.edit('cluster.private.yaml', libraryMoves);
    const { stderr } = await gatehouse(directory, 'configure');
    expect(lossesOf(stderr)).toEqual(['deployment/media/immich-server', 'persistentvolume/films']);
    expect(stderr).not.toContain('elsewhere');
  });

  it('says that it could not compare, where no key opens what was removed', async () => {
    const directory = await committed();
    directory.edit('cluster.private.yaml', libraryMoves);
    rmSync(join(directory.path, 'clusters/home/flux/values.sops.yaml'));
    const key = directory.environment.env['SOPS_AGE_KEY_FILE'] ?? '';
    cpSync(key, `${key}.kept`);
    rmSync(key);
    const { code, stdout } = await gatehouse(
      { ...directory, environment: { ...directory.environment, env: {} } },
      'configure',
      '--check',
    );
    cpSync(`${key}.kept`, key);
    rmSync(`${key}.kept`);
    expect(stdout).toContain('values.sops.yaml');
    expect(stdout).toContain('takes data away from what runs is unknown');
    expect(code).toBe(1);
  });
});

it('is the command that "secrets rotate" prints for the password of a database', async () => {
  const directory = await committed('platform');
  expect((await gatehouse(directory, 'secrets', 'encrypt')).code).toBe(0);
  const { stdout } = await gatehouse(directory, 'secrets', 'rotate', '--generated', 'immich-database');
  const [, printed = ''] = /1\. gatehouse (configure [^,]+),/.exec(stdout.replaceAll(/\s+/g, ' ')) ?? [];
  expect((await gatehouse(directory, 'configure')).code).toBe(1);
  expect(await gatehouse(directory, ...printed.split(' '))).toMatchObject({ code: 4, stderr: '' });
});

it('is said not to be compared, where the values are given to the cluster by hand', async () => {
  const directory = await committed('home', (value) => {
    value.secrets.recipients = [];
  });
  const { code, stdout } = await gatehouse(directory, 'configure');
  expect(stdout).toContain('a change of one that leads to data is not noticed: NAS_LIBRARY_PATH');
  expect(code).toBe(0);
});

describe('a line of cluster.yaml that leaves data behind', () => {
  it.each<[string, string, Edit, string[], RegExp]>([
    [
      'a major version of PostgreSQL',
      'home',
      (value) => {
        value.immich.images = { postgres: 'ghcr.io/immich-app/postgres:17-vectorchord0.4.3' };
      },
      ['deployment/media/immich-postgres'],
      /PostgreSQL 14 becomes 17/,
    ],
    [
      'a PostgreSQL of no known version',
      'platform',
      (value) => {
        value.immich.images = { postgres: `ghcr.io/immich-app/postgres@sha256:${'0a'.repeat(32)}` };
      },
      ['deployment/media/immich-postgres'],
      /do not say that both have one major version/,
    ],
    [
      'the user of the database',
      'home',
      (value) => {
        value.immich.database = { uid: 1999, gid: 1999 };
      },
      ['deployment/media/immich-postgres'],
      /runs as another user/,
    ],
    [
      'the prefix of the buckets',
      'platform',
      (value) => {
        value.volsync.stores = ['s3'];
        value.volsync.bucketPrefix = 'other';
      },
      [],
      /its RESTIC_REPOSITORY changes/,
    ],
    [
      'the bucket of the copies of etcd',
      'platform',
      (value) => {
        value.talosBackup.bucket = 'other-backups';
      },
      ['helmrelease/kube-system/talos-backup'],
      /its variable BUCKET changes/,
    ],
    [
      'the address of the repository that Flux follows',
      'home',
      (value) => {
        value.repository.url = 'ssh://git@git.example.net/else/where';
      },
      ['gitrepository/flux-system/home'],
      /its spec\.url changes, and Flux in the cluster keeps following the old one/,
    ],
    [
      'the branch that Flux follows',
      'home',
      (value) => {
        value.repository.branch = 'cluster';
      },
      ['gitrepository/flux-system/home'],
      /its spec\.ref changes/,
    ],
    [
      'the address and the branch on the platform',
      'platform',
      (value) => {
        value.repository = { ...value.repository, url: 'https://git.example.net/x', branch: 'next' };
      },
      ['gitrepository/flux-system/platform'],
      /its spec\.url and spec\.ref changes/,
    ],
    [
      'the name of the cluster, from which the directory follows',
      'home',
      (value) => {
        value.cluster.name = 'other';
      },
      ['kustomization/flux-system/home', 'kustomization/flux-system/home-flux'],
      /follows the directory \.\/clusters\/home, which is gone/,
    ],
  ])('stops %s', async (_what, example, edit, names, sentence) => {
    const directory = await committed(example);
    directory.edit('cluster.yaml', edit);
    directory.edit('cluster.private.yaml', (value) => {
      if (example !== 'platform') return;
      value.s3.keys['other-media'] = structuredClone(value.s3.keys['volsync-media']);
      value.s3.keys['other-home-automation'] = structuredClone(value.s3.keys['volsync-home-automation']);
      value.s3.keys['other-backups'] = structuredClone(value.s3.keys['etcd-backups']);
    });
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(stderr).toMatch(sentence);
    expect(lossesOf(stderr)).toEqual(names.length === 0 ? expect.any(Array) : names);
    expect(code).toBe(1);
  });

  it.each<[string, Edit]>([
    [
      'a minor version of PostgreSQL',
      (value) => {
        value.immich.images = { postgres: 'ghcr.io/immich-app/postgres:14-vectorchord0.5.0' };
      },
    ],
    [
      'another registry',
      (value) => {
        value.immich.images = {
          postgres: 'registry.example.org/mirror/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0',
        };
      },
    ],
    [
      'another server',
      (value) => {
        value.immich.images = {
          server: 'ghcr.io/immich-app/immich-server:v3.4.0',
          machineLearning: 'ghcr.io/immich-app/immich-machine-learning:v3.4.0',
        };
      },
    ],
    ['nothing', nothing],
  ])('does not stop %s', async (_what, edit) => {
    const directory = await committed();
    directory.edit('cluster.yaml', edit);
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('recipients that cluster.yaml does not name any more', () => {
  const two: Edit = (value) => {
    value.secrets.recipients.push(secondRecipient);
  };

  it('stop, since one may be the cluster', async () => {
    const directory = await committed('home', two);
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients.pop();
    });
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(stderr).toContain('cluster-recipient-unknown');
    expect(code).toBe(2);
    expect(snapshot(directory.path)).toEqual(before);
    directory.edit('cluster.yaml', (value) => {
      value.secrets.clusterRecipient = secondRecipient;
    });
    expect((await gatehouse(directory, 'configure')).stderr).toMatch(/cluster-recipient|clusterRecipient/);
    directory.edit('cluster.yaml', (value) => {
      value.secrets.clusterRecipient = value.secrets.recipients[0];
    });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });

  it('stop, where the only one whose key is here is replaced', async () => {
    const directory = await committed('home', (value) => {
      two(value);
      value.secrets.clusterRecipient = secondRecipient;
    });
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients = [secondRecipient];
    });
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(stderr).toContain('last-own-key');
    expect(code).toBe(2);
  });

  it('do not stop where no commit has them', async () => {
    const directory = await committed('home', two);
    rmSync(join(directory.path, '.git'), { recursive: true });
    git(directory, 'init', '-q');
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients.pop();
    });
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  });
});
