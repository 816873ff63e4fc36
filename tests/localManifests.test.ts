import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { Folder } from './testDirectory.ts';

const host = 'photos.example.org';

/** The example home, configured once, in a Git repository. */
async function configured(): Promise<Folder> {
  const folder = home();
  git(folder, 'init', '--quiet');
  expect(await gatehouse(folder, 'configure')).toMatchObject({ code: 0, stderr: '' });
  return folder;
}

function git(folder: Folder, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder.path, encoding: 'utf8' });
  expect({ args, status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

const localTexts = (folder: Folder): string =>
  readdirSync(join(folder.path, 'local'))
    .map((file) => folder.read(`local/${file}`))
    .join('\n');

/** Adds a user's own object to what the entry builds. */
function addOwn(folder: Folder, object: object): void {
  mkdirSync(join(folder.path, 'own'), { recursive: true });
  writeFileSync(join(folder.path, 'own/kustomization.yaml'), 'resources: [own.yaml]\n');
  writeFileSync(join(folder.path, 'own/own.yaml'), JSON.stringify(object));
  appendFileSync(join(folder.path, 'clusters/home/kustomization.yaml'), '  - ../../own\n');
}

describe('manifests --local', () => {
  it('includes the committed entry, and has the private values and no secret', async () => {
    const folder = await configured();
    const ran = await gatehouse(folder, 'manifests', '--local');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('kubectl apply --server-side -k local');
    expect(ran.stdout).not.toContain(host);
    expect(parse(folder.read('local/kustomization.yaml')).resources).toEqual(['../clusters/home']);
    const texts = localTexts(folder);
    const { immich, secrets, cloudflared } = parse(folder.read('cluster.private.yaml'));
    for (const value of [immich.host, immich.library.path, immich.access.audience, cloudflared.tunnel])
      expect(texts).toContain(value);
    expect(texts).not.toContain(secrets.hashKey);
    for (const file of readdirSync(join(folder.path, 'local')))
      expect(statSync(join(folder.path, 'local', file)).mode & 0o777).toBe(0o600);
  });

  it('changes nothing when it is run again, and nothing of what configure wrote', async () => {
    const folder = await configured();
    await gatehouse(folder, 'docs', '--local');
    await gatehouse(folder, 'manifests', '--local');
    const before = localTexts(folder);
    expect((await gatehouse(folder, 'manifests', '--local')).code).toBe(0);
    expect((await gatehouse(folder, 'docs', '--local')).code).toBe(0);
    expect(localTexts(folder)).toBe(before);
    expect(folder.read('docs/local/quickstart.md')).toContain(host);
    expect((await gatehouse(folder, 'configure', '--check')).code).toBe(0);
  });

  it('is ignored by Git, scan and check, and reported by scan when it is committed by force', async () => {
    const folder = await configured();
    await gatehouse(folder, 'manifests', '--local');
    git(folder, 'add', '--all');
    expect(git(folder, 'ls-files')).not.toMatch(/^local/m);
    expect((await gatehouse(folder, 'scan')).code).toBe(0);
    expect((await gatehouse(folder, 'check')).code).toBe(0);
    git(folder, 'add', '--force', 'local');
    for (const args of [['scan'], ['scan', '--staged']]) {
      const { code, stdout } = await gatehouse(folder, ...args);
      expect(code).toBe(1);
      expect(stdout).toMatch(/local\/configmap-networking-cloudflared\.yaml/);
      expect(stdout).not.toContain(host);
    }
    const refused = await gatehouse(folder, 'manifests', '--local');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('overlay-tracked');
  });

  it('is not searched outside of Git, where no file is ignored', async () => {
    const folder = home();
    await gatehouse(folder, 'configure');
    await gatehouse(folder, 'manifests', '--local');
    expect((await gatehouse(folder, 'scan')).code).toBe(0);
  });

  it('refuses a repository that differs from the configuration', async () => {
    const folder = home();
    const ran = await gatehouse(folder, 'manifests', '--local');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/repository-behind[\s\S]*gatehouse configure/);
    expect(existsSync(join(folder.path, 'local'))).toBe(false);
  });

  it('follows a changed private value when configure runs, and not with --check', async () => {
    const folder = await configured();
    await gatehouse(folder, 'manifests', '--local');
    folder.edit('cluster.private.yaml', (value) => {
      value.immich.host = 'bilder.unser-haus.test';
    });
    const before = localTexts(folder);
    await gatehouse(folder, 'configure', '--check');
    expect(localTexts(folder)).toBe(before);
    const ran = await gatehouse(folder, 'configure');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('local/ has the values too');
    expect(localTexts(folder)).toContain('bilder.unser-haus.test');
    expect(localTexts(folder)).not.toContain(host);
    expect(JSON.parse((await gatehouse(folder, 'configure', '--json')).stdout)).toHaveProperty('changes');
  });

  it('drops the patch of an object that is gone', async () => {
    const folder = await configured();
    await gatehouse(folder, 'manifests', '--local');
    addOwn(folder, configMap('own', { url: 'https://${IMMICH_HOST}/' }));
    await gatehouse(folder, 'manifests', '--local');
    expect(existsSync(join(folder.path, 'local/configmap-media-own.yaml'))).toBe(true);
    addOwn(folder, configMap('other', { url: 'none' }));
    folder.write(
      'clusters/home/kustomization.yaml',
      folder.read('clusters/home/kustomization.yaml').replaceAll('  - ../../own\n', ''),
    );
    expect(await gatehouse(folder, 'manifests', '--local')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(folder.path, 'local/configmap-media-own.yaml'))).toBe(false);
  });

  it('fills in what a user added to the entry, in values of every depth', async () => {
    const folder = await configured();
    addOwn(folder, configMap('own', { 'a/b~c': 'one ${IMMICH_HOST}, two ${IMMICH_HOST}, ${OTHER}' }));
    await gatehouse(folder, 'manifests', '--local');
    const operations = parse(folder.read('local/configmap-media-own.yaml'));
    expect(operations).toEqual([
      { op: 'test', path: '/data/a~1b~0c', value: 'one ${IMMICH_HOST}, two ${IMMICH_HOST}, ${OTHER}' },
      { op: 'replace', path: '/data/a~1b~0c', value: `one ${host}, two ${host}, \${OTHER}` },
    ]);
  });

  it('does not change objects that Flux does not substitute', async () => {
    const folder = await configured();
    const annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
    const object = configMap('own', { a: '${IMMICH_HOST}' });
    addOwn(folder, { ...object, metadata: { ...object.metadata, annotations } });
    expect((await gatehouse(folder, 'manifests', '--local')).code).toBe(0);
    expect(existsSync(join(folder.path, 'local/configmap-media-own.yaml'))).toBe(false);
  });

  it('refuses a reference in the name of a field, which no patch can replace', async () => {
    const folder = await configured();
    addOwn(folder, configMap('own', { '${IMMICH_HOST}': 'x' }));
    const ran = await gatehouse(folder, 'manifests', '--local');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/own\/own\.yaml[\s\S]*reference-in-key/);
    expect(existsSync(join(folder.path, 'local'))).toBe(false);
  });

  it('is refused where Flux installs charts, and names them', async () => {
    const folder = home('platform');
    git(folder, 'init', '--quiet');
    await gatehouse(folder, 'configure');
    const { code, stderr } = await gatehouse(folder, 'manifests', '--local');
    expect(code).toBe(2);
    expect(stderr).toContain('needs-flux');
    expect(stderr).toContain('volsync');
    expect(existsSync(join(folder.path, 'local'))).toBe(false);
    expect(folder.read('docs/quickstart.md')).toContain('Not with this configuration');
  });

  it('reports what it could not read, and ends with 4', async () => {
    const folder = await configured();
    appendFileSync(
      join(folder.path, 'clusters/home/kustomization.yaml'),
      '  - https://example.org/somebody/else.yaml\n',
    );
    const ran = await gatehouse(folder, 'manifests', '--local');
    expect(ran.code).toBe(4);
    expect(ran.stdout).toMatch(/Not looked at: .*example\.org/);
  });

  it('does not overwrite a file of the user unless it is told to', async () => {
    const folder = await configured();
    mkdirSync(join(folder.path, 'local'));
    folder.write('local/kustomization.yaml', 'resources: []\n');
    const refused = await gatehouse(folder, 'manifests', '--local');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('edited-by-hand');
    expect(folder.read('local/kustomization.yaml')).toBe('resources: []\n');
    expect((await gatehouse(folder, 'manifests', '--local', '--accept', 'theirs')).code).toBe(0);
    expect(folder.read('local/kustomization.yaml')).toContain('../clusters/home');
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
