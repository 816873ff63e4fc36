import { describe, expect, test } from 'vitest';
import { type Change, compiled, shellOf } from '../../../tests/compiledDocuments.ts';

const page = (change: Change = () => {}, name = 'home'): string =>
  compiled(change, name).documents.get('docs/total-loss.md') ?? '';
const headings = (text: string): string[] =>
  [...text.matchAll(/^### \d+\. (.*) \(\d+ min\)$/gm)].map(([, heading = '']) => heading);
const inOrder = (text: string, ...steps: RegExp[]): number[] =>
  steps.map((step) => headings(text).findIndex((heading) => step.test(heading)));

const share: Change = (cluster, privateFile) => {
  cluster.immich.library = { kind: 'nfs', sentinel: cluster.immich.library.sentinel };
  privateFile.immich.library = { server: 'nas.example.org', path: '/volume7/photos' };
};
const done: Change = (cluster) => {
  cluster.immich.administrator.done = true;
};
const inside: Change = (cluster, privateFile) => {
  cluster.volsync.stores = ['rustfs'];
  cluster.talosBackup.store = 'rustfs';
  privateFile.rustfs.keys['etcd-backups'] = 'Fm6vTz9Xq2RkHw5YdN8cLb4GsP3jUe7AoI1xEyQn';
};
const otherImage: Change = (cluster) => {
  cluster.immich.images = { server: 'registry.example.org/immich:release' };
};

describe('the order after a total loss', () => {
  test('a home: held back before Flux, restored before it starts', () => {
    const steps = inOrder(
      page(),
      /repository/,
      /Hold Immich/,
      /Tell Flux/,
      /last dump/,
      /Restore/,
      /Let Immich/,
    );
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
    expect(steps).not.toContain(-1);
  });

  test('a platform: no backup before the restore, and volumes before the dump', () => {
    const steps = inOrder(
      page(() => {}, 'platform'),
      ...[/repository/, /backups are there/, /Hold Immich/, /No backup before/, /Tell Flux/],
      ...[/`media\/immich-postgres`/, /last dump/, /Restore the database/, /Let Immich/],
    );
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
    expect(steps).not.toContain(-1);
  });

  test('steps that are about what Git has are in none', () => {
    for (const text of [page(), page(() => {}, 'platform')])
      for (const heading of [/sentinel$/, /Push/, /Way B/, /Close the sign-up/, /bucket `/, /from Git/])
        expect(headings(text).filter((each) => heading.test(each))).toEqual([]);
  });
});

const needs = (text: string): string => /## What you need\n(.*?)\n## /s.exec(text)?.[1] ?? '';

test('what the steps call is named before them, and nothing else', () => {
  const tools = (text: string): readonly string[] =>
    /On your computer: (.*)$/m.exec(needs(text))?.[1]?.replaceAll('`', '').split(', ') ?? [];
  expect(tools(page())).toEqual([
    ...['curl', 'dig', 'flux', 'gatehouse', 'git', 'gunzip', 'gzip', 'kubectl', 'openssl', 'sed', 'sort'],
    ...['ssh-keygen', 'ssh-keyscan'],
  ]);
  const platform = tools(page(() => {}, 'platform'));
  expect(platform).toEqual(expect.arrayContaining(['restic', 'sops', 'talosctl']));
  expect(platform).not.toContain('cloudflared');
});

test('a deploy key is asked for only where Flux reads the repository with one', () => {
  expect(needs(page())).toContain('deploy key');
  const open: Change = (cluster) => {
    cluster.repository.url = 'https://git.example.org/home.git';
  };
  expect(needs(page(open))).not.toContain('deploy key');
  expect(needs(page(open))).toContain('The credentials of the tunnel');
});

test('Secrets that are made by hand are made again, and those from Git are not', () => {
  expect(headings(page())).toContain('The Secret `immich-database`');
  expect(headings(page(() => {}, 'platform'))).not.toContain('The Secret `immich-database`');
});

test('the pod of the recovery mounts the share itself, with the user of the server', () => {
  const text = page(share);
  expect(text).toContain('nfs:\n        server: "${NAS_SERVER}"\n        path: "${NAS_LIBRARY_PATH}"');
  expect(text).toContain('runAsUser: 1000');
  expect(text).not.toContain('nodeSelector');
});

test('with an administrator who is there, no Job is asked', () => {
  expect(page(done)).not.toContain('immich-setup');
  expect(page()).toContain('logs job/immich-setup');
});

test('backups in the cluster alone are named as lost', () => {
  const text = page(inside, 'platform');
  expect(text).toMatch(/`media\/immich-postgres`.*: their backups were in the cluster/);
  expect(text).not.toContain('restic');
});

test('the version of the dump is compared with that of the server, where it has one', () => {
  expect(page()).toMatch(/-pg\.\*\/\\1\/'\)" \d+\.\d+\.\d+ \| sort -V -c/);
  expect(page(otherImage)).toContain('echo "$dump, and registry.example.org/immich:release"');
});

test('nothing of a dump is kept unless all of it was sent', () => {
  const restore = shellOf(page()).find((script) => script.includes('BEGIN;')) ?? '';
  expect(restore).toMatch(/set -o pipefail\n[\s\S]*&&\n {4}echo 'COMMIT;'\n\)/);
  expect(restore).toContain('ON_ERROR_STOP=on');
});
