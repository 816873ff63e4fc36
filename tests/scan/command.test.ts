// Crosses commands, operations, private-values and privacy.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

  it('accepts the example, with its private values known', async () => {
    cpSync(join(examples, 'home/repository'), here.directory, { recursive: true });
    const ended = await scan();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/Nothing found.*searched for 9 private values/);
  });

  it('accepts a private values file that Git ignores, in and outside of a repository', async () => {
    expect(await scan()).toMatchObject({ code: 0 });
    const outside = await gatehouse(home, 'scan', '--json');
    expect(JSON.parse(outside.stdout)).toMatchObject({ findings: [], valuesUnknown: false });
    expect(outside.code).toBe(0);
  });

  it.each([
    ['a directory that is not there', ['nowhere']],
    ['a file', ['cluster.yaml']],
    ['a directory that is not there, with --history', ['--history', 'nowhere']],
    ['a directory that is not there, by -C', ['-C', 'nowhere']],
  ])('does not pass over %s', async (_, args) => {
    const ended = await scan(...args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('nothing was searched');
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
    expect(ended.stdout).toContain('Nothing found, but the private values are unknown');
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

  it('says where the hooks would find no program, or another one', async () => {
    const installed = async (paths: string, program?: string) => {
      const environment = { ...home.environment, env: { ...home.environment.env, PATH: paths } };
      const given = { path: here.directory, environment, ...(program === undefined ? {} : { program }) };
      const { stdout } = await gatehouse(given, 'scan', '--install');
      const json = await gatehouse(given, 'scan', '--install', '--json');
      return { stdout, program: JSON.parse(json.stdout).program };
    };
    const none = await installed('relative:/nowhere', 'node main.js');
    expect(none.stdout).toContain('There is no gatehouse where the hooks look');
    expect(none.stdout).toContain('npm link');
    expect(none.program).toBeNull();
    here.write('node_modules/.bin/gatehouse', '#!/bin/sh\n');
    expect((await installed('/nowhere')).program).toBeNull();
    const inModules = join(here.directory, 'node_modules/.bin/gatehouse');
    chmodSync(inModules, 0o755);
    const other = await installed('/nowhere', 'node main.js');
    expect(other.stdout).toContain(`The hooks run ${inModules}.`);
    here.write('bin/gatehouse', '#!/bin/sh\n');
    chmodSync(join(here.directory, 'bin/gatehouse'), 0o755);
    const onPath = await installed(join(here.directory, 'bin'), 'gatehouse');
    expect(onPath.stdout).not.toMatch(/The hooks run|There is no/);
    expect(onPath.program).toBe(join(here.directory, 'bin/gatehouse'));
  });

  describe('with private values that are not known', () => {
    const written = async (): Promise<void> => {
      const { code } = await gatehouse({ path: here.directory, environment: home.environment }, 'configure');
      expect(code).toBe(0);
      here.commit('configure');
      // A fresh clone has what Git has.
      here.git('clean', '--force', '--quiet', '-x', 'cluster.private.yaml');
    };
    const withoutKey = (...args: string[]): Promise<Ran> =>
      gatehouse({ path: here.directory, environment: { ...home.environment, env: {} } }, 'scan', ...args);

    it('ends with 4 in a clone without the private values file and a key, and says why', async () => {
      await written();
      for (const args of [[], ['--staged'], ['--history'], ['apps']]) {
        const ended = await withoutKey(...args);
        expect(ended.code).toBe(4);
        expect(ended.stdout).toContain('Nothing found, but the private values are unknown');
        expect(ended.stdout).toContain('clusters/home/flux/values.sops.yaml');
      }
      expect(JSON.parse((await withoutKey('--json')).stdout)).toMatchObject({
        values: 0,
        valuesUnknown: true,
        secretsOnly: false,
      });
    });

    it('ends with 4 where nothing was configured yet', async () => {
      here.git('clean', '--force', '--quiet', '-x', 'cluster.private.yaml');
      const ended = await scan();
      expect(ended.code).toBe(4);
      expect(ended.stdout).toContain('values-unknown');
      here.write('cluster.private.yaml', '{}\n');
      expect((await scan()).code).toBe(4);
      here.write('token.txt', `dop_v1_${'0123456789abcdef'.repeat(4)}\n`);
      expect((await scan()).code).toBe(1);
    });

    it('reads them from the encrypted Secret where a key is', async () => {
      await written();
      const clean = await scan('--json');
      expect(clean.code).toBe(0);
      expect(JSON.parse(clean.stdout)).toMatchObject({ values: 8, valuesUnknown: false });
      here.write('notes.md', `see ${leak}\n`);
      const found = await scan();
      expect(found.code).toBe(1);
      expect(found.stdout).toMatch(/notes\.md:1:5 {2}private-value\n.*IMMICH_HOST/);
    });

    it('ends with 4 where the encrypted Secret is gone', async () => {
      await written();
      here.git('rm', '--quiet', 'clusters/home/flux/values.sops.yaml');
      expect((await scan()).code).toBe(4);
    });
  });

  it('finds the configuration of the repository from a subdirectory, and from above', async () => {
    here.write('docs/notes.md', `see ${leak}\n`);
    const below = await gatehouse(
      { path: join(here.directory, 'docs'), environment: home.environment },
      'scan',
    );
    expect(below.code).toBe(1);
    expect(below.stdout).toMatch(/^notes\.md:1:5/);

    for (const file of ['cluster.yaml', 'cluster.private.yaml'])
      here.write(`clusters/home/${file}`, home.read(file));
    here.git('rm', '--quiet', '--cached', 'cluster.yaml');
    for (const file of ['cluster.yaml', 'cluster.private.yaml']) rmSync(join(here.directory, file));
    const above = await scan('--json');
    expect(above.code).toBe(1);
    expect(JSON.parse(above.stdout)).toMatchObject({ values: 9, secretsOnly: false });
  });

  it('matches accepted paths from the directory of the configuration', async () => {
    here.write(
      '.gatehouse/accepted-findings.yaml',
      'accepted:\n  - {rule: private-value, path: docs/a.md, reason: public}\n',
    );
    here.write('docs/a.md', `${leak}\n`);
    expect((await scan()).code).toBe(0);
    expect((await scan('docs')).code).toBe(0);
    here.git('add', '.');
    expect((await scan('docs', '--staged')).code).toBe(0);
  });

  it('says that it looks for secrets only in a repository without a configuration', async () => {
    const other = sandbox();
    other.write('cluster.yaml', 'kind: Cluster\n');
    other.commit('begin');
    const ended = await gatehouse({ path: other.directory, environment: home.environment }, 'scan');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('searched for secrets only: there is no cluster.yaml here');
    other.write('token.txt', `dop_v1_${'0123456789abcdef'.repeat(4)}\n`);
    expect((await gatehouse({ path: other.directory, environment: home.environment }, 'scan')).code).toBe(1);
    other.remove();
  });

  it.each(['--staged', '--history'])('says that there is no Git repository with %s', async (flag) => {
    const ended = await gatehouse(home, 'scan', flag);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('this directory is not in a Git repository');
    expect(ended.stderr).not.toContain('git fsck');
  });

  it('refuses to combine modes', async () => {
    expect(await scan('--staged', '--history')).toMatchObject({ code: 2 });
  });
});
