// Crosses commands, operations, private-values and privacy.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatehouse, type Ran } from '../program.ts';
import { exampleDirectory, examples } from '../testDirectory.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

const leak = 'photos.example.org';

describe('gatehouse scan', () => {
  let here: Sandbox;
  const home = exampleDirectory();
  const scan = (...args: string[]): Promise<Ran> =>
    gatehouse({ path: here.directory, environment: home.environment }, 'scan', ...args);

  beforeEach(() => {
    here = sandbox();
    for (const file of ['cluster.yaml', 'cluster.private.yaml']) here.write(file, home.read(file));
    here.write('.gitignore', 'cluster.private.yaml\n');
    here.commit('begin');
  });
  afterEach(() => here.remove());
  afterAll(() => home[Symbol.dispose]());

  it('accepts the example', async () => {
    const ended = await gatehouse(
      { path: examples, environment: home.environment },
      'scan',
      'home/repository',
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('Nothing found');
  });

  it('accepts a private values file that Git ignores, in and outside of a repository', async () => {
    expect(await scan()).toMatchObject({ code: 0 });
    const outside = await gatehouse(home, 'scan', '--json');
    expect(JSON.parse(outside.stdout)).toMatchObject({ findings: [], valuesUnknown: false });
    expect(outside.code).toBe(0);
  });

  it('finds a private value in the tree, and never prints it', async () => {
    here.write('notes.md', `# Notes\nsee https://${leak}/\n`);
    const ended = await scan();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/notes\.md:2:13 {2}private-value\n.*IMMICH_HOST/);
    expect(ended.stdout + ended.stderr).not.toContain(leak);
  });

  it('reports the private values file once Git tracks it', async () => {
    here.git('add', '--force', 'cluster.private.yaml');
    const ended = await scan('--staged');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('cluster.private.yaml');
    expect(ended.stdout).toContain('overlay-tracked');
  });

  it('searches the index and not the tree with --staged', async () => {
    here.write('staged.txt', `${leak}\n`);
    expect(await scan('--staged')).toMatchObject({ code: 0 });
    here.git('add', 'staged.txt');
    here.write('staged.txt', 'nothing\n');
    expect(await scan('--staged')).toMatchObject({ code: 1 });
  });

  it('searches messages and deleted files with --history', async () => {
    here.write('gone.txt', `${leak}\n`);
    here.commit('add');
    here.git('rm', '--quiet', 'gone.txt');
    here.commit(`for ${leak}`);
    expect(await scan()).toMatchObject({ code: 0 });
    const ended = await scan('--history', '--json');
    expect(ended.code).toBe(1);
    const { findings } = JSON.parse(ended.stdout) as { findings: { place: { kind: string } }[] };
    expect(findings.map(({ place }) => place.kind).sort()).toEqual(['commit', 'file']);
  });

  it('writes SARIF to the given path', async () => {
    here.write('notes.md', `${leak}\n`);
    expect(await scan('--sarif', 'scan.sarif')).toMatchObject({ code: 1 });
    const sarif = readFileSync(join(here.directory, 'scan.sarif'), 'utf8');
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
    expect(sarif).not.toContain(leak);
    expect(await scan('--sarif', 'no/such/folder/scan.sarif')).toMatchObject({ code: 3 });
  });

  it('reports unknown, not clean, when no local key opens the private values file', async () => {
    here.write(
      'cluster.private.sops.yaml',
      readFileSync(join(examples, 'home/repository/clusters/home/flux/values.sops.yaml')),
    );
    here.git('clean', '--force', '--quiet', '-x', 'cluster.private.yaml');
    const stranger = { ...home.environment, env: {} };
    const ended = await gatehouse({ path: here.directory, environment: stranger }, 'scan');
    expect(ended.code).toBe(4);
    expect(ended.stdout).toContain('the private values file could not be read');
  });

  it('refuses a tree of an interrupted write', async () => {
    mkdirSync(join(here.directory, '.gatehouse'));
    writeFileSync(join(here.directory, '.gatehouse/journal.json'), '{}');
    const ended = await scan('--json');
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, problems: [{ code: 'write-interrupted' }] });
  });

  it('installs the hook once', async () => {
    expect(await scan('--install')).toMatchObject({ code: 0 });
    const hook = join(here.directory, '.git/hooks/pre-commit');
    expect(existsSync(hook) && statSync(hook).mode & 0o111).toBe(0o111);
    expect((await scan('--install')).stdout).toContain('already');
  });

  it('refuses to combine modes', async () => {
    expect(await scan('--staged', '--history')).toMatchObject({ code: 2 });
  });
});
