// Crosses commands, operations/upgrade, operations/configure, components, repository and report.
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fieldsAt } from '../src/kubernetes/fields.ts';
import type { SourcedObject } from '../src/manifests/sourcedObject.ts';
import { snapshot } from '../src/repository/testTree.ts';
import { generateIdentity } from '../src/secrets/age/identity.ts';
import { commit, committed, git } from './committedExample.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';
import { copyOfTree, treesNamed } from './upgrades/keptTrees.ts';
import { commitAndPush, lookAt } from './upgrades/upgradedTree.ts';

const deployment = 'apps/media/immich/deployment.yaml';

/** Makes a file of Gatehouse what an earlier version of Gatehouse would have written. */
function writtenEarlier(
  directory: TestDirectory,
  path: string,
  [now, before]: readonly [string, string],
): void {
  const text = directory.read(path);
  expect(text).toContain(now);
  const earlier = text.replaceAll(now, before);
  const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
  directory.write(path, earlier);
  const record = directory.read('.gatehouse/manifest.json');
  expect(record).toContain(sha256(text));
  directory.write('.gatehouse/manifest.json', record.replace(sha256(text), sha256(earlier)));
}

/** A home that an earlier version wrote and that runs. */
async function earlier(
  ...changes: readonly (readonly [string, readonly [string, string]])[]
): Promise<TestDirectory> {
  const directory = await committed();
  for (const [path, change] of changes) writtenEarlier(directory, path, change);
  commit(directory);
  return directory;
}

const image = ['immich-server:v', 'immich-server:v0.'] as const;
const selector = ['app.kubernetes.io/component: server', 'app.kubernetes.io/component: photos'] as const;

async function jsonOf(
  directory: TestDirectory,
  ...args: string[]
): Promise<{ code: number; data: ConfigData }> {
  const { code, stdout } = await gatehouse(directory, ...args, '--json');
  return { code, data: JSON.parse(stdout) };
}

describe('gatehouse upgrade', () => {
  it('says that nothing would change, and ends with 0', async () => {
    const directory = await committed();
    const before = snapshot(directory.path);
    const { code, stdout, stderr } = await gatehouse(directory, 'upgrade');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Nothing would change.');
    expect(snapshot(directory.path)).toEqual(before);
    expect(await gatehouse(directory, 'upgrade', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('names what restarts with the gap, the data at risk and the next command, and writes nothing', async () => {
    const directory = await earlier([deployment, image]);
    const before = snapshot(directory.path);
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^ {2}gap {7}Deployment media\/immich-server: .*image immich-server v0\.\S+ → v\d.*Recreate/m,
    );
    expect(stdout).toMatch(/Data\n\n {2}Deployment media\/immich-server: immich-server v0\..*only forward/);
    expect(stdout).toContain('gatehouse configure --check --diff');
    expect(stdout.indexOf('Data\n')).toBeLessThan(stdout.indexOf('Restarts\n'));
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('sums up what nothing notices, and names it when asked', async () => {
    const label = [
      'app.kubernetes.io/managed-by: gatehouse',
      'app.kubernetes.io/managed-by: earlier',
    ] as const;
    const directory = await earlier(
      ['apps/media/immich/service.yaml', label],
      ['docs/README.md', ['# ', '## ']],
    );
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 object, and \d+ files? of which no object changes/);
    expect(stdout).not.toContain('docs/README.md');
    const verbose = await gatehouse(directory, 'upgrade', '--verbose');
    expect(verbose.stdout).toContain('docs/README.md');
    expect(verbose.stdout).toContain(
      'Service media/immich-server: its metadata.labels["app.kubernetes.io/managed-by"] changes',
    );
  });

  it('says how promises change', async () => {
    const policy = ['policyTypes:\n    - Ingress\n    - Egress', 'policyTypes:\n    - Egress'] as const;
    const directory = await earlier(['apps/media/immich/networkpolicy.yaml', policy]);
    const { data } = await jsonOf(directory, 'upgrade');
    expect(data.changes).toContainEqual(expect.objectContaining({ risk: 'network', certain: true }));
    expect(data.promises).toContainEqual(expect.objectContaining({ before: 'refuted', after: 'proved' }));
    const { stdout } = await gatehouse(directory, 'upgrade');
    expect(stdout).toContain('refuted → proved');
  });

  it('prints one document with --json', async () => {
    const directory = await earlier([deployment, image]);
    const { code, data } = await jsonOf(directory, 'upgrade');
    expect(code).toBe(1);
    expect(data).toMatchObject({
      schemaVersion: 1,
      ok: true,
      comparedWith: ['HEAD'],
      conflicts: [],
      unknowns: [],
    });
    expect(data.restarts).toEqual([
      expect.objectContaining({
        name: 'deployment/media/immich-server',
        how: 'replaced',
        gap: 'until-ready',
        certain: true,
      }),
    ]);
    expect(data.files).toContainEqual({ kind: 'changed', path: deployment });
  });

  it('takes what was written and not committed, or not pushed, as a change', async () => {
    const directory = await earlier([deployment, image]);
    git(directory, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    const written = await gatehouse(directory, 'upgrade');
    expect(written).toMatchObject({ code: 1, stdout: expect.stringContaining('commit and push it') });
    expect(written.stdout).toContain('Deployment media/immich-server: its pods restart');
    commit(directory);
    const { code, data } = await jsonOf(directory, 'upgrade');
    expect({ code, comparedWith: data.comparedWith, files: data.files }).toEqual({
      code: 1,
      comparedWith: ['origin/main'],
      files: [],
    });
    expect(data.restarts).toHaveLength(1);
    git(directory, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect((await gatehouse(directory, 'upgrade')).code).toBe(0);
  });

  it('names files that were changed by hand, and counts them as they are', async () => {
    const directory = await earlier([deployment, image]);
    directory.write(deployment, directory.read(deployment).replace('replicas: 1', 'replicas: 0'));
    commit(directory);
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}yours {2}apps\/media\/immich\/deployment\.yaml \(changed by hand\)$/m);
    expect(stdout).toContain('--accept mine');
    expect(stdout).not.toContain('Deployment media/immich-server: its pods restart');
  });

  it('compares with the directory where there is no Git', async () => {
    const directory = await earlier([deployment, image]);
    rmSync(join(directory.path, '.git'), { recursive: true });
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toContain('is taken from this directory');
    expect(stdout).toContain('Deployment media/immich-server: its pods restart');
  });

  it.each([
    ['no commit', true],
    ['no repository', false],
  ])('says that nothing runs where there is %s', async (_, inGit) => {
    const directory = home();
    if (inGit) git(directory, 'init', '-q', '-b', 'main');
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toContain('nothing runs that could change');
  });

  it('says what it cannot compare without the key, and never that nothing would change', async () => {
    const directory = await committed();
    const without = { path: directory.path, environment: { ...directory.environment, env: {} } };
    const { code, stdout, stderr } = await gatehouse(without, 'upgrade');
    expect(code).toBe(4);
    expect(stdout).not.toContain('Nothing would change.');
    expect(stdout + stderr).toMatch(/key/);
  });

  it('names what no key opens of what runs', async () => {
    const directory = await committed();
    const file = 'clusters/home/flux/values.sops.yaml';
    const other = await generateIdentity('x25519');
    directory.edit('cluster.yaml', (value) => {
      value.secrets.recipients = [other.recipient];
      delete value.secrets.clusterRecipient;
    });
    rmSync(join(directory.path, file));
    writeFileSync(`${directory.path}.agekey`, other.reveal());
    const { code, stdout } = await gatehouse(directory, 'upgrade');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /Not compared\n\n.*values\.sops\.yaml {2}none of your keys opens what this file held/,
    );
  });

  it('refuses a directory in which a write was interrupted, and leaves it alone', async () => {
    const directory = await committed();
    directory.write('.gatehouse/journal.json', '{}');
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'upgrade');
    expect(code).not.toBe(0);
    expect(stderr).toContain('.gatehouse/journal.json');
    expect(snapshot(directory.path)).toEqual(before);
  });

  it.each(['upgrade', 'configure'])('refuses a tree that a newer version wrote: %s', async (command) => {
    const directory = await committed();
    const record = '.gatehouse/manifest.json';
    directory.write(record, directory.read(record).replace('"version": 1', '"version": 2'));
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, command);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /newer version of Gatehouse.* newer-format[\s\S]*install the version of Gatehouse/,
    );
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('says of the source that Flux follows what a commit cannot change', async () => {
    const directory = await committed();
    directory.edit('cluster.yaml', (value) => {
      value.repository.url = 'ssh://git@github.com/example/another';
    });
    const { data } = await jsonOf(directory, 'upgrade');
    const said = data.changes.filter(
      ({ name }: { name: string }) => name === 'gitrepository/flux-system/home',
    );
    expect(said).toMatchObject([
      { risk: 'data', sentence: expect.stringContaining('keeps following the old one') },
    ]);
  });

  it.each(treesNamed('home'))(
    'says of what $state wrote which of its pods restart, and no other',
    async (tree) => {
      const directory = copyOfTree(tree);
      onTestFinished(() => directory[Symbol.dispose]());
      commitAndPush(directory);
      const { code, data } = await jsonOf(directory, 'upgrade');
      expect(code).toBe(1);
      expect(data.changes.filter(({ risk }: { risk: string }) => risk === 'refused')).toEqual([]);
      const before = await lookAt(directory);
      expect((await gatehouse(directory, 'configure')).code).toBe(0);
      const after = await lookAt(directory);
      const templateOf = (sourced: SourcedObject | undefined) =>
        fieldsAt(sourced?.object, 'spec', 'template');
      const differing = [...after.objects.keys()].filter((key) => {
        const [old, next] = [before, after].map(({ objects }) => templateOf(objects.get(key)));
        return before.objects.has(key) && !isDeepStrictEqual(old, next);
      });
      expect(differing.length).toBeGreaterThan(0);
      const named = data.restarts.map(({ name }: { name: string }) => name);
      expect(named.toSorted()).toEqual(differing.map((key) => key.slice(key.indexOf('/') + 1)).toSorted());
    },
  );

  it('shows no private value, before and after', async () => {
    const directory = await committed();
    const host = directory.read('cluster.private.yaml').match(/host: (\S+)/)?.[1] ?? '';
    expect(host).toContain('.');
    directory.write(
      'cluster.private.yaml',
      directory.read('cluster.private.yaml').replace(host, 'bilder.example.net'),
    );
    const { code, stdout, stderr } = await gatehouse(directory, 'upgrade', '--verbose');
    expect(code).toBe(1);
    expect(stdout).toMatch(/Deployment networking\/cloudflared: its pods restart/);
    const { data } = await jsonOf(directory, 'upgrade');
    for (const output of [stdout, stderr, JSON.stringify(data)])
      for (const value of [host, 'bilder.example.net']) expect(output).not.toContain(value);
  });

  it('shows the release notes between the version that runs and the one that will, and no others', async () => {
    const old = (value: ConfigData) => {
      value.immich.images = {
        server: 'ghcr.io/immich-app/immich-server:v2.7.0',
        machineLearning: 'ghcr.io/immich-app/immich-machine-learning:v2.7.0',
      };
    };
    const directory = await committed('home', old);
    directory.edit('cluster.yaml', (value) => {
      delete value.immich.images;
    });
    const { stdout } = await gatehouse(directory, 'upgrade');
    expect(stdout).toMatch(/Immich 3\.0\.0 \(v2\.7\.0 → v3\.\S+\): the phone app of version 2 cannot talk/);
    expect(stdout).not.toContain('DB_VECTOR_EXTENSION');
    const { data } = await jsonOf(directory, 'upgrade');
    expect(data.releaseNotes).toContainEqual(
      expect.objectContaining({ component: 'immich', program: 'Immich', version: '3.0.0' }),
    );
    expect(data.releaseNotes.some(({ program }: { program: string }) => program === 'Talos')).toBe(false);
  });
});

describe('configure', () => {
  it.each([[[]], [['--check']]])('lists the pods that restart before it writes: %j', async (flags) => {
    const directory = await earlier([deployment, image]);
    const { stdout } = await gatehouse(directory, 'configure', ...flags);
    const list = stdout.indexOf('Pods that restart when Flux applies this, compared with HEAD');
    expect(list).toBe(0);
    expect(stdout).toMatch(/^ {2}gap {7}Deployment media\/immich-server: /m);
  });

  it('has them in --json, and says when no pod restarts', async () => {
    const directory = await earlier(['apps/media/immich/service.yaml', ['port: 2283', 'port: 2284']]);
    expect((await jsonOf(directory, 'configure', '--check')).data).toMatchObject({
      restarts: [],
      comparedWith: ['HEAD'],
    });
    expect((await gatehouse(directory, 'configure', '--check')).stdout).toMatch(
      /^No pod restarts when Flux applies this\.\n/,
    );
    const other = await earlier([deployment, image]);
    const { data } = await jsonOf(other, 'configure');
    expect(data.restarts).toMatchObject([{ name: 'deployment/media/immich-server', how: 'replaced' }]);
    const fieldsBefore = [
      'schemaVersion',
      'ok',
      'written',
      'objects',
      'changes',
      'conflicts',
      'unchanged',
      'kept',
      'provedWith',
      'entries',
      'proofs',
      'refutedByUser',
      'assumptions',
      'unknowns',
      'warnings',
      'removals',
    ];
    for (const field of fieldsBefore) expect(data).toHaveProperty(field);
  });

  it('has no list the first time', async () => {
    const directory = home();
    const { stdout } = await gatehouse(directory, 'configure');
    expect(stdout).not.toMatch(/restart when Flux applies/);
    expect((await jsonOf(home(), 'configure')).data).toMatchObject({ restarts: [], comparedWith: [] });
  });

  it('stops for a field that cannot change, writes nothing, and says what to do', async () => {
    const directory = await earlier([deployment, selector]);
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(code).toBe(1);
    expect(stderr).toContain('immutable-field');
    expect(stderr).toContain('deployment/media/immich-server: its spec.selector');
    expect(stderr).toContain('kubectl -n media delete deployment immich-server');
    expect(snapshot(directory.path)).toEqual(before);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(1);
    const { stdout } = await gatehouse(directory, 'upgrade');
    expect(stdout).toMatch(
      /The API server refuses it, and Flux stands still\n\n {2}Deployment media\/immich-server: its spec\.selector/,
    );
  });

  it('writes it with consent to the object by its name, once', async () => {
    const directory = await earlier([deployment, selector]);
    const consent = ['--allow-removal', 'deployment/media/immich-server'];
    expect(await gatehouse(directory, 'configure', ...consent)).toMatchObject({ code: 0, stderr: '' });
    expect(directory.read(deployment)).not.toContain('component: photos');
    // It is not pushed yet, and nothing is left to write.
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse(directory, 'configure', ...consent)).code).toBe(2);
  });

  it('writes its files where the object of a user is refused, and says so', async () => {
    const directory = await committed();
    const config = (data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: mine, namespace: media }\nimmutable: true\ndata: { a: "${data}" }\n`;
    directory.write('clusters/home/mine.yaml', config('1'));
    directory.write(
      'clusters/home/kustomization.yaml',
      `${directory.read('clusters/home/kustomization.yaml')}  - mine.yaml\n`,
    );
    commit(directory);
    directory.write('clusters/home/mine.yaml', config('2'));
    const { code, stdout } = await gatehouse(directory, 'configure');
    expect(code).toBe(0);
    expect(stdout).toMatch(/mine\.yaml {2}configmap\/media\/mine: its data\.a changes.* immutable-field$/m);
  });
});
