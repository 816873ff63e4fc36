// Crosses commands, operations/manifests, compile and manifests.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const host = 'photos.example.org';

/** The example home, configured once, in a Git repository. */
async function configured(): Promise<TestDirectory> {
  const directory = home();
  git(directory, 'init', '--quiet');
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  return directory;
}

function git(directory: TestDirectory, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: directory.path, encoding: 'utf8' });
  expect({ args, status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

const localTexts = (directory: TestDirectory): string =>
  readdirSync(join(directory.path, 'local'))
    .map((file) => directory.read(`local/${file}`))
    .join('\n');

/** Adds a user's own object to what the entry builds. */
function addOwn(directory: TestDirectory, object: object): void {
  mkdirSync(join(directory.path, 'own'), { recursive: true });
  writeFileSync(join(directory.path, 'own/kustomization.yaml'), 'resources: [own.yaml]\n');
  writeFileSync(join(directory.path, 'own/own.yaml'), JSON.stringify(object));
  appendFileSync(join(directory.path, 'clusters/home/kustomization.yaml'), '  - ../../own\n');
}

describe('manifests --local', () => {
  it('includes the committed entry, and has the private values and no secret', async () => {
    const directory = await configured();
    const ran = await gatehouse(directory, 'manifests', '--local');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('kubectl apply --server-side -k local');
    expect(ran.stdout).not.toContain(host);
    expect(parse(directory.read('local/kustomization.yaml')).resources).toEqual(['../clusters/home']);
    const texts = localTexts(directory);
    const { immich, secrets, cloudflared } = parse(directory.read('cluster.private.yaml'));
    for (const value of [immich.host, immich.library.path, immich.access.audience, cloudflared.tunnel])
      expect(texts).toContain(value);
    expect(texts).not.toContain(secrets.hashKey);
    for (const file of readdirSync(join(directory.path, 'local')))
      expect(statSync(join(directory.path, 'local', file)).mode & 0o777).toBe(0o600);
  });

  it('changes nothing when it is run again, and nothing of what configure wrote', async () => {
    const directory = await configured();
    await gatehouse(directory, 'docs', '--local');
    await gatehouse(directory, 'manifests', '--local');
    const before = localTexts(directory);
    expect((await gatehouse(directory, 'manifests', '--local')).code).toBe(0);
    expect((await gatehouse(directory, 'docs', '--local')).code).toBe(0);
    expect(localTexts(directory)).toBe(before);
    expect(directory.read('docs/local/quickstart.md')).toContain(host);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });

  it('is ignored by Git, scan and check, and reported by scan when it is committed by force', async () => {
    const directory = await configured();
    await gatehouse(directory, 'manifests', '--local');
    git(directory, 'add', '--all');
    expect(git(directory, 'ls-files')).not.toMatch(/^local/m);
    expect((await gatehouse(directory, 'scan')).code).toBe(0);
    expect((await gatehouse(directory, 'check')).code).toBe(0);
    git(directory, 'add', '--force', 'local');
    for (const args of [['scan'], ['scan', '--staged']]) {
      const { code, stdout } = await gatehouse(directory, ...args);
      expect(code).toBe(1);
      expect(stdout).toMatch(/local\/configmap-networking-cloudflared\.yaml/);
      expect(stdout).not.toContain(host);
    }
    const refused = await gatehouse(directory, 'manifests', '--local');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('overlay-tracked');
  });

  it('is not searched outside of Git, where no file is ignored', async () => {
    const directory = home();
    await gatehouse(directory, 'configure');
    await gatehouse(directory, 'manifests', '--local');
    expect((await gatehouse(directory, 'scan')).code).toBe(0);
  });

  it('refuses a repository that differs from the configuration', async () => {
    const directory = home();
    const ran = await gatehouse(directory, 'manifests', '--local');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/repository-behind[\s\S]*gatehouse configure/);
    expect(existsSync(join(directory.path, 'local'))).toBe(false);
  });

  it('follows a changed private value when configure runs, and not with --check', async () => {
    const directory = await configured();
    await gatehouse(directory, 'manifests', '--local');
    directory.edit('cluster.private.yaml', (value) => {
      value.immich.host = 'bilder.unser-haus.test';
    });
    const before = localTexts(directory);
    await gatehouse(directory, 'configure', '--check');
    expect(localTexts(directory)).toBe(before);
    const ran = await gatehouse(directory, 'configure');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('local/ has the values too');
    expect(localTexts(directory)).toContain('bilder.unser-haus.test');
    expect(localTexts(directory)).not.toContain(host);
    expect(JSON.parse((await gatehouse(directory, 'configure', '--json')).stdout)).toHaveProperty('changes');
  });

  it('drops the patch of an object that is gone', async () => {
    const directory = await configured();
    await gatehouse(directory, 'manifests', '--local');
    addOwn(directory, configMap('own', { url: 'https://${IMMICH_HOST}/' }));
    await gatehouse(directory, 'manifests', '--local');
    expect(existsSync(join(directory.path, 'local/configmap-media-own.yaml'))).toBe(true);
    addOwn(directory, configMap('other', { url: 'none' }));
    directory.write(
      'clusters/home/kustomization.yaml',
      directory.read('clusters/home/kustomization.yaml').replaceAll('  - ../../own\n', ''),
    );
    expect(await gatehouse(directory, 'manifests', '--local')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(directory.path, 'local/configmap-media-own.yaml'))).toBe(false);
  });

  it('fills in what a user added to the entry, in values of every depth', async () => {
    const directory = await configured();
    addOwn(directory, configMap('own', { 'a/b~c': 'one ${IMMICH_HOST}, two ${IMMICH_HOST}, ${OTHER}' }));
    await gatehouse(directory, 'manifests', '--local');
    const operations = parse(directory.read('local/configmap-media-own.yaml'));
    expect(operations).toEqual([
      { op: 'test', path: '/data/a~1b~0c', value: 'one ${IMMICH_HOST}, two ${IMMICH_HOST}, ${OTHER}' },
      { op: 'replace', path: '/data/a~1b~0c', value: `one ${host}, two ${host}, \${OTHER}` },
    ]);
  });

  it('does not change objects that Flux does not substitute', async () => {
    const directory = await configured();
    const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
    const object = configMap('own', { a: '${IMMICH_HOST}' });
    addOwn(directory, { ...object, metadata: { ...object.metadata, annotations } });
    expect((await gatehouse(directory, 'manifests', '--local')).code).toBe(0);
    expect(existsSync(join(directory.path, 'local/configmap-media-own.yaml'))).toBe(false);
  });

  it('refuses a reference in the name of a field, which no patch can replace', async () => {
    const directory = await configured();
    addOwn(directory, configMap('own', { '${IMMICH_HOST}': 'x' }));
    const ran = await gatehouse(directory, 'manifests', '--local');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/own\/own\.yaml[\s\S]*reference-in-key/);
    expect(existsSync(join(directory.path, 'local'))).toBe(false);
  });

  it('is refused where Flux installs charts, and names them', async () => {
    const directory = home('platform');
    git(directory, 'init', '--quiet');
    await gatehouse(directory, 'configure');
    const { code, stderr } = await gatehouse(directory, 'manifests', '--local');
    expect(code).toBe(2);
    expect(stderr).toContain('needs-flux');
    expect(stderr).toContain('volsync');
    expect(existsSync(join(directory.path, 'local'))).toBe(false);
    expect(directory.read('docs/quickstart.md')).toContain('Not with this configuration');
  });

  it('reports what it could not read, and ends with 4', async () => {
    const directory = await configured();
    appendFileSync(
      join(directory.path, 'clusters/home/kustomization.yaml'),
      '  - https://example.org/somebody/else.yaml\n',
    );
    const ran = await gatehouse(directory, 'manifests', '--local');
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(/Not looked at: .*example\.org/);
  });

  it('does not overwrite a file of the user unless it is told to', async () => {
    const directory = await configured();
    mkdirSync(join(directory.path, 'local'));
    directory.write('local/kustomization.yaml', 'resources: []\n');
    const refused = await gatehouse(directory, 'manifests', '--local');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('edited-by-hand');
    expect(directory.read('local/kustomization.yaml')).toBe('resources: []\n');
    expect((await gatehouse(directory, 'manifests', '--local', '--accept', 'theirs')).code).toBe(0);
    expect(directory.read('local/kustomization.yaml')).toContain('../clusters/home');
  });

  it('names the flag when it is missing', async () => {
    const ran = await gatehouse(home(), 'manifests');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('gatehouse manifests --local');
  });
});

function configMap(name: string, data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'media' }, data };
}
