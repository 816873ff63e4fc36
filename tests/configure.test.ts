// Crosses commands, operations/configure, compile, private-values and repository.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { snapshot } from '../src/repository/testTree.ts';
import { home } from './home.ts';
import { bundledProgram, child, gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const manifest = 'apps/media/immich/service.yaml';

/** The example home, written once. */
async function configured(): Promise<TestDirectory> {
  const directory = home();
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  return directory;
}

const edit = (directory: TestDirectory, file: string) =>
  directory.write(file, directory.read(file).replace('30082', '30083'));

describe('configure --check', () => {
  it('twice in a row finds nothing, and changes nothing', async () => {
    const directory = await configured();
    const before = snapshot(directory.path);
    for (const _ of ['once', 'twice']) {
      expect(await gatehouse(directory, 'configure', '--check')).toMatchObject({ code: 0, stderr: '' });
      expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    }
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('refuses a directory of charts that is missing, and writes nothing', async () => {
    const directory = home();
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure', '--charts', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toContain('the directory of charts cannot be listed');
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('would write everything in a new directory, and writes nothing', async () => {
    const directory = home();
    const before = snapshot(directory.path);
    const { code, stdout } = await gatehouse(directory, 'configure', '--check');
    expect(code).toBe(1);
    expect(stdout).toContain('Would be written');
    expect(stdout).toContain(manifest);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('finds a change of the configuration; --diff shows it line by line, with no private value', async () => {
    const directory = await configured();
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 31_111;
    });
    directory.edit('cluster.private.yaml', (value) => {
      value.immich.host = 'bilder.unser-haus.test';
    });
    const before = snapshot(directory.path);
    const { code, stdout } = await gatehouse(directory, 'configure', '--check', '--diff');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^-.*30082/m);
    expect(stdout).toMatch(/^\+.*31111/m);
    expect(stdout).not.toContain('unser-haus');
    expect(stdout).not.toContain('photos.example.org');
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('finds a change of one private value alone: the encrypted file, and the pods that read it', async () => {
    const directory = await configured();
    directory.edit('cluster.private.yaml', (value) => {
      value.immich.host = 'bilder.unser-haus.test';
    });
    const { changes } = JSON.parse((await gatehouse(directory, 'configure', '--check', '--json')).stdout);
    const paths = changes.map(({ path }: { path: string }) => path);
    expect(paths).toContain('clusters/home/flux/values.sops.yaml');
    expect(paths.some((path: string) => path.endsWith('deployment.yaml'))).toBe(true);
  });

  it('without the key says what it could not compare, and ends with 4', async () => {
    const directory = await configured();
    const before = snapshot(directory.path);
    const keyless = { ...directory, environment: { ...directory.environment, env: {} } };
    const ran = await gatehouse(keyless, 'configure', '--check');
    expect(ran.code).toBe(4);
    expect(`${ran.stdout}${ran.stderr}`).toMatch(/values\.sops\.yaml.*cannot-compare/);
    expect(snapshot(directory.path)).toEqual(before);
  });
});

describe('a file that the user changed', () => {
  it('stops the run with its diff; nothing at all is written', async () => {
    const directory = await configured();
    edit(directory, manifest);
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 31_111;
      value.originProxy.uploads = 3;
    });
    const before = snapshot(directory.path);
    const ran = await gatehouse(directory, 'configure');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(manifest);
    expect(ran.stderr).toContain('edited-by-hand');
    expect(ran.stderr).toMatch(/^-.*30083/m);
    expect(ran.stderr).toMatch(/^\+.*31111/m);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('is shown without the private value or secret that the user wrote into it', async () => {
    const directory = await configured();
    const [, hashKey = ''] = /hashKey: (\w+)/.exec(directory.read('cluster.private.yaml')) ?? [];
    expect(hashKey).not.toBe('');
    directory.write(manifest, `# photos.example.org ${hashKey}\n${directory.read(manifest)}`);
    for (const args of [
      ['configure'],
      ['configure', '--check', '--diff'],
      ['configure', '--json'],
      ['configure', '--check', '--json'],
    ]) {
      const ran = await gatehouse(directory, ...args);
      expect(ran.code).toBe(1);
      expect(`${ran.stdout}${ran.stderr}`).toContain(manifest);
      expect(`${ran.stdout}${ran.stderr}`).not.toContain('photos.example.org');
      expect(`${ran.stdout}${ran.stderr}`).not.toContain(hashKey);
    }
  });

  it('is found by --check too', async () => {
    const directory = await configured();
    edit(directory, manifest);
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 31_111;
    });
    const { code, stdout } = await gatehouse(directory, 'configure', '--check');
    expect(code).toBe(1);
    expect(stdout).toContain(manifest);
  });

  it('stays with --accept mine, while everything else is written', async () => {
    const directory = await configured();
    edit(directory, manifest);
    directory.edit('cluster.yaml', (value) => {
      value.immich.nodePort = 31_111;
      value.originProxy.uploads = 3;
    });
    const proxy = 'apps/networking/immich-origin-proxy/configmap.yaml';
    const before = directory.read(proxy);
    expect((await gatehouse(directory, 'configure', '--accept', 'mine')).code).toBe(0);
    expect(directory.read(manifest)).toContain('30083');
    expect(directory.read(proxy)).not.toBe(before);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    expect(directory.read(manifest)).toContain('30083');
  });

  it('is replaced with --accept theirs', async () => {
    const directory = await configured();
    const fresh = directory.read(manifest);
    edit(directory, manifest);
    expect((await gatehouse(directory, 'configure', '--accept', 'theirs')).code).toBe(0);
    expect(directory.read(manifest)).toBe(fresh);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });
});

describe('what is the user’s', () => {
  it('stays: an entry of the kustomization, a line of .gitignore, and files of their own', async () => {
    const directory = await configured();
    const [entry, ignored] = ['clusters/home/kustomization.yaml', '.gitignore'];
    appendFileSync(join(directory.path, entry), '  - ../../own/app # mine\n');
    appendFileSync(join(directory.path, ignored), 'notes/\n');
    const mine = 'apps/media/immich/own.md';
    mkdirSync(join(directory.path, 'own/app'), { recursive: true });
    writeFileSync(join(directory.path, 'own/app/kustomization.yaml'), 'resources: []\n');
    writeFileSync(join(directory.path, mine), 'mine\n');
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
    directory.edit('cluster.yaml', (value) => {
      value.immich.machineLearning = { enabled: false };
    });
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    expect(directory.read(entry)).toContain('  - ../../own/app # mine\n');
    expect(directory.read(ignored)).toContain('notes/\n');
    expect(directory.read(mine)).toBe('mine\n');
    expect(existsSync(join(directory.path, 'own/app/kustomization.yaml'))).toBe(true);
  });
});

describe('what is turned off', () => {
  it('takes its files with it, and comes back with the same bytes', async () => {
    const directory = await configured();
    const learning = 'apps/media/immich/deployment-machine-learning.yaml';
    const before = snapshot(directory.path);
    const switched = (enabled: boolean) =>
      directory.edit('cluster.yaml', (value) => {
        value.immich.machineLearning = { enabled };
      });
    switched(false);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    expect(existsSync(join(directory.path, learning))).toBe(false);
    expect(directory.read('apps/media/immich/kustomization.yaml')).not.toContain('machine-learning');
    switched(true);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    const after = snapshot(directory.path);
    for (const [path, content] of Object.entries(before))
      if (path !== 'cluster.yaml' && !path.startsWith('.gatehouse/')) expect(after[path], path).toBe(content);
  });

  it('is Immich itself: nothing of it is left, nor of the origin proxy that it required', async () => {
    const directory = await configured();
    directory.edit('cluster.yaml', (value) => {
      delete value.immich;
    });
    directory.edit('cluster.private.yaml', (value) => {
      delete value.immich;
    });
    const ran = await gatehouse(directory, 'configure', '--allow-removal', 'namespace/media');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const left = Object.keys(snapshot(directory.path)).filter((path) => /immich/.test(path));
    expect(left).toEqual([]);
    expect(directory.read('clusters/home/kustomization.yaml')).not.toContain('immich');
  });

  it('by its section, while another asks for it, names who asks', async () => {
    const directory = await configured();
    directory.edit('cluster.yaml', (value) => {
      value.originProxy.enabled = false;
    });
    const before = snapshot(directory.path);
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect(code).toBe(2);
    expect(stderr).toContain('claim-unanswered');
    expect(snapshot(directory.path)).toEqual(before);
  });
});

describe('a run that is killed', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundledProgram();
  });
  afterAll(() => rmSync(program, { force: true }));

  it('at any moment leaves a directory that the next run brings to the new state', async () => {
    const directory = await configured();
    const change = (path: string) =>
      writeFileSync(
        join(path, 'cluster.yaml'),
        directory.read('cluster.yaml').replace('30082', '31111').replace('uploads: 8', 'uploads: 3'),
      );
    const copy = (): string => {
      const path = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
      onTestFinished(() => rmSync(path, { recursive: true, force: true }));
      cpSync(directory.path, path, { recursive: true });
      change(path);
      return path;
    };
    const whole = copy();
    const begun = performance.now();
    expect(
      (await child(program, ['configure'], { cwd: whole, environment: directory.environment })).code,
    ).toBe(0);
    let lasts = performance.now() - begun;
    const wanted = (path: string) =>
      Object.fromEntries(Object.entries(snapshot(path)).filter(([name]) => !name.startsWith('.gatehouse/')));
    const [oldState, newState] = [wanted(directory.path), wanted(whole)];
    let killed = 0;
    const round = async (share: number): Promise<void> => {
      const path = copy();
      const started = performance.now();
      const ran = await child(program, ['configure'], {
        cwd: path,
        environment: directory.environment,
        started: (process) => void setTimeout(() => process.kill('SIGKILL'), lasts * share),
      });
      if (ran.code === null) killed += 1;
      // A run that ended by itself took less than the one that was measured, beside which others ran.
      else lasts = Math.min(lasts, performance.now() - started);
      for (const [name, content] of Object.entries(wanted(path)))
        if (name !== 'cluster.yaml') expect([oldState[name], newState[name]], name).toContain(content);
      expect(await gatehouse({ ...directory, path }, 'configure')).toMatchObject({ code: 0, stderr: '' });
      expect(wanted(path)).toEqual(newState);
    };
    // Most of the time goes by before the first write: the later part is where it matters.
    for (let at = 0; at < 20; at++) await round(at < 4 ? at / 4 : 0.7 + (at - 4) / 40);
    expect(killed).toBeGreaterThan(5);
  }, 300_000);
});

describe('docs --local', () => {
  it('has the real values, and Git does not see it', async () => {
    const directory = await configured();
    expect(spawnSync('git', ['init', '--quiet'], { cwd: directory.path }).status).toBe(0);
    expect((await gatehouse(directory, 'docs', '--local')).code).toBe(0);
    expect(directory.read('docs/local/quickstart.md')).toContain('photos.example.org');
    expect(directory.read('docs/quickstart.md')).not.toContain('photos.example.org');
    const { stdout } = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], {
      cwd: directory.path,
      encoding: 'utf8',
    });
    expect(stdout).toContain('docs/quickstart.md');
    expect(stdout).not.toMatch(/docs\/local|cluster\.private\.yaml/);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });
});
