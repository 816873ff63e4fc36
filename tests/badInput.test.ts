// Crosses commands, config, components, private-values and repository.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { codes } from '../src/problems/codes.ts';
import { snapshot } from '../src/repository/testTree.ts';
import { home as exampleHome } from './home.ts';
import { bundledProgram, child, gatehouse, type Ran } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

/** Values that no example contains: a message that contains one has it from the private values file. */
const own: Record<string, string> = {
  'photos.example.org': 'bilder.unser-haus.test',
  '/mnt/nas/photos/immich': '/mnt/unser/nas/bilder',
  'owner@example.org': 'die-besitzerin@unser-haus.test',
  '192.0.2.0/24': '172.31.77.0/24',
  'example-team': 'unser-haus-team',
};

/** The example home with these values. */
function home(): TestDirectory {
  const directory = exampleHome();
  directory.write(
    'cluster.private.yaml',
    Object.entries(own).reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      directory.read('cluster.private.yaml'),
    ),
  );
  return directory;
}

/** A copy of the program that every user may read: a clone may be in a directory of one user. */
function programForAll(program: string): { path: string; program: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-program-'));
  chmodSync(path, 0o755);
  cpSync(fileURLToPath(new URL('../schemas', import.meta.url)), join(path, 'schemas'), { recursive: true });
  cpSync(program, join(path, 'main.mjs'));
  return {
    path,
    program: join(path, 'main.mjs'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The run reports the problem without private values or stack traces, and ends with the exit code of the problem. */
function expectRefused(ran: Ran, exit: number, code: string): void {
  const said = `${ran.stdout}${ran.stderr}`;
  expect(said).toContain(code);
  expect(said).not.toMatch(/\n\s+at /);
  expect(said).not.toMatch(/\b(TypeError|RangeError|ENOENT: |undefined|\[object)/);
  for (const value of Object.values(own)) expect(said).not.toContain(value);
  expect(ran.code).toBe(exit);
}

/** Runs `configure` with and without `--json`, in a directory that it must not change. */
async function refused(directory: TestDirectory, code: keyof typeof codes): Promise<void> {
  const { exit } = codes[code];
  const before = snapshot(directory.path);
  const ran = await gatehouse(directory, 'configure');
  expectRefused(ran, exit, code);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toContain('Nothing was written.');
  const machine = await gatehouse(directory, 'configure', '--json');
  expectRefused(machine, exit, code);
  expect(machine.stderr).toBe('');
  expect(JSON.parse(machine.stdout)).toMatchObject({ schemaVersion: 1, ok: false });
  expect(snapshot(directory.path)).toEqual(before);
}

describe.each(['cluster.yaml', 'cluster.private.yaml'])('%s', (file) => {
  it.each<[string, keyof typeof codes, (text: string) => string | Uint8Array]>([
    ['is empty', 'text-empty', () => ''],
    ['has only comments', 'text-empty', () => '# nothing\n'],
    ['has tabs', 'tab-as-indent', (text) => text.replace(/^ {2}/gm, '\t')],
    ['has a duplicate key', 'duplicate-key', (text) => `${text}\ncluster: {}\n`],
    [
      'has anchors and merges',
      'yaml-indirection',
      (text) => text.replace('cluster:', 'cluster: &c').replace('immich:', 'immich:\n  <<: *c'),
    ],
    ['has a second document', 'many-documents', (text) => `${text}---\n${text}`],
    ['has 5 MB', 'text-too-large', (text) => text + '# filler\n'.repeat(600_000)],
    ['is binary', 'text-not-utf8', () => Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) % 256)],
    ['is UTF-16', 'text-not-utf8', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['is a list', 'not-a-map', () => '- cluster\n'],
    ['is nested too deeply', 'yaml-syntax', () => '['.repeat(300_000)],
    ['is cut off', 'yaml-syntax', (text) => `${text}x: "`],
  ])('is refused when it %s', async (_, code, change) => {
    const directory = home();
    directory.write(file, change(directory.read(file)));
    await refused(directory, code);
  });

  it('is refused when it is a directory', async () => {
    const directory = home();
    rmSync(join(directory.path, file));
    mkdirSync(join(directory.path, file));
    await refused(directory, 'text-unreadable');
  });

  it.each<[string, (text: string) => string]>([
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['the line endings of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['both', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ])('is accepted with %s', async (_, change) => {
    const [plain, directory] = [home(), home()];
    directory.write(file, change(directory.read(file)));
    expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
    await gatehouse(plain, 'configure');
    const outputs = (path: string) =>
      Object.fromEntries(
        Object.entries(snapshot(path)).filter(([name]) => /^(apps|docs|clusters\/home\/kustom)/.test(name)),
      );
    expect(outputs(directory.path)).toEqual(outputs(plain.path));
  });
});

describe('a configuration', () => {
  it('with wrong types is refused, and each value is reported', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value) => {
      value.cluster = {
        name: 1,
        distribution: [],
        kubernetes: {},
        nodes: 3,
        network: { pods: 1, services: true, policyEnforcer: null },
      };
      value.repository = { url: [], branch: 1, interval: 10 };
      value.immich = { nodePort: '30082', library: 'nas', administrator: [], oidc: 1, images: [] };
      value.originProxy = 'on';
      value.cloudflared = 5;
    });
    await refused(directory, 'wrong-type');
    const { problems } = JSON.parse((await gatehouse(directory, 'configure', '--json')).stdout);
    expect(problems.length).toBeGreaterThan(12);
  });

  it('with a private value in the public file is refused', async () => {
    const directory = home();
    directory.edit('cluster.yaml', (value) => {
      value.immich.host = own['photos.example.org'];
    });
    await refused(directory, 'private-in-public');
  });

  it('that does not exist is refused', async () => {
    const directory = home();
    rmSync(join(directory.path, 'cluster.yaml'));
    await refused(directory, 'text-not-found');
  });

  it('without its private values file is refused', async () => {
    const directory = home();
    rmSync(join(directory.path, 'cluster.private.yaml'));
    await refused(directory, 'missing-field');
  });

  it('with two private values files is refused', async () => {
    const directory = home();
    directory.write('cluster.private.sops.yaml', 'a: 1\n');
    await refused(directory, 'two-overlays');
  });

  it('with a plain private values file that Git tracks is refused', async () => {
    const directory = home();
    for (const args of [
      ['init', '--quiet'],
      ['add', '-f', 'cluster.private.yaml'],
    ])
      expect(spawnSync('git', args, { cwd: directory.path }).status).toBe(0);
    await refused(directory, 'overlay-tracked');
  });
});

describe('a directory', () => {
  it('that does not exist is refused', async () => {
    const directory = home();
    const ran = await gatehouse(directory, 'configure', '-C', 'elsewhere');
    expectRefused(ran, 2, 'folder-not-found');
  });

  it('with spaces and letters of other alphabets in its name is accepted', async () => {
    const directory = home();
    const path = join(directory.path, 'mein Haus – дом 家');
    mkdirSync(path);
    for (const file of ['cluster.yaml', 'cluster.private.yaml'])
      renameSync(join(directory.path, file), join(path, file));
    expect(await gatehouse(directory, 'configure', '-C', path)).toMatchObject({ code: 0, stderr: '' });
    expect((await gatehouse({ ...directory, path }, 'configure', '--check')).code).toBe(0);
  });

  it.each(['apps', '.gatehouse', 'docs', 'clusters'])(
    'with a link at %s that leads outside of it is refused, and the target of the link stays unchanged',
    async (name) => {
      const directory = home();
      const outside = mkdtempSync(join(tmpdir(), 'gatehouse-outside-'));
      onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
      symlinkSync(outside, join(directory.path, name));
      await refused(directory, 'path-is-link');
      expect(snapshot(outside)).toEqual({});
    },
  );

  it('with a link in place of a generated file is refused', async () => {
    const directory = home();
    await gatehouse(directory, 'configure');
    const file = 'docs/quickstart.md';
    rmSync(join(directory.path, file));
    symlinkSync('/etc/hostname', join(directory.path, file));
    const before = snapshot(directory.path);
    const ran = await gatehouse(directory, 'configure');
    expect(ran.code).not.toBe(0);
    expect(snapshot(directory.path)).toEqual(before);
  });
});

describe('a command', () => {
  it.each([
    ['that does not exist', ['konfigure']],
    ['with a flag that does not exist', ['configure', '--chekc']],
    ['with an argument too many', ['configure', 'here']],
    ['with a choice that does not exist', ['configure', '--accept', 'yours']],
    ['with a flag that lacks its value', ['configure', '-C']],
    ['of a field that does not exist', ['explain', 'immich.hots']],
  ])('%s is refused', async (_, args) => {
    const directory = home();
    const before = snapshot(directory.path);
    const ran = await gatehouse(directory, ...args);
    expectRefused(ran, 2, '');
    expect(ran.stderr).not.toBe('');
    expect(ran.stdout).toBe('');
    const machine = await gatehouse(directory, '--json', ...args);
    const asked = await gatehouse(directory, ...args.slice(0, 1), '--json', ...args.slice(1));
    for (const { code, stdout, stderr } of [machine, asked]) {
      expect(code).toBe(2);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
    }
    expect(snapshot(directory.path)).toEqual(before);
  });

  it('that fails unexpectedly shows neither a stack trace nor the values that it read', async () => {
    const directory = home();
    const environment = {
      ...directory.environment,
      now: () => {
        throw new Error(`while reading ${own['photos.example.org']}`);
      },
    };
    const before = snapshot(directory.path);
    const ran = await gatehouse({ ...directory, environment }, 'configure');
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('Unexpected error');
    expect(ran.stderr).not.toMatch(/\n\s+at |unser-haus/);
    const machine = await gatehouse({ ...directory, environment }, 'configure', '--json');
    expect(machine).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(machine.stdout).problems).toMatchObject([{ code: 'unforeseen' }]);
    expect(snapshot(directory.path)).toEqual(before);
  });

  it.each([['configure'], ['configure', '--check'], ['schema'], ['explain', 'immich'], ['docs', '--local']])(
    'with --json prints one document: %s %s',
    async (...args) => {
      const directory = home();
      const ran = await gatehouse(directory, ...args.filter(Boolean), '--json');
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toBeTypeOf('object');
    },
  );
});

describe('the built program', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundledProgram();
  });
  afterAll(() => rmSync(program, { force: true }));
  const start = (directory: TestDirectory, args: string[]) =>
    child(program, args, { cwd: directory.path, environment: directory.environment });

  it.each([
    [['bogus'], 2],
    [['configure', '--bogus'], 2],
    [['configure', '-C', 'nowhere'], 2],
    [['--version'], 0],
    [['--help'], 0],
  ])('%j ends with %i', async (args, code) => {
    const ran = await start(home(), args);
    expect(ran.code).toBe(code);
    expect(ran.stdout + ran.stderr).not.toMatch(/\n\s+at /);
  });

  it('continues when its output is closed', async () => {
    const directory = home();
    const ran = await child(program, ['configure'], {
      cwd: directory.path,
      environment: directory.environment,
      started: ({ stdout }) => void stdout?.destroy(),
    });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')(
    'exits with an environment error when its output cannot be written (skipped without /dev/full)',
    () => {
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `"${process.execPath}" "${program}" schema > /dev/full`],
        { encoding: 'utf8' },
      );
      expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    },
  );

  it('writes once when two runs overlap: the other run waits, or reports the lock', async () => {
    const [alone, directory] = [home(), home()];
    await gatehouse(alone, 'configure');
    const both = await Promise.all([
      start(directory, ['configure', '--json']),
      start(directory, ['configure', '--json']),
    ]);
    expect(both.map(({ code }) => code)).toContain(0);
    for (const { code, stdout, stderr } of both) {
      expect(stderr).toBe('');
      const said = JSON.parse(stdout);
      if (code !== 0) {
        expect(code).toBe(3);
        expect(['tree-locked', 'tree-changed-meanwhile']).toContain(said.problems[0].code);
      }
    }
    expect(Object.keys(snapshot(directory.path))).toEqual(Object.keys(snapshot(alone.path)));
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });

  const isRoot = process.getuid?.() === 0;
  it('reports a directory that it may not write to, and writes nothing', async () => {
    const directory = home();
    const nobody = 65_534;
    for (const file of ['cluster.yaml', 'cluster.private.yaml']) chmodSync(join(directory.path, file), 0o644);
    chmodSync(directory.path, 0o555);
    const before = snapshot(directory.path);
    using copy = programForAll(program);
    const ran = await child(copy.program, ['configure'], {
      cwd: directory.path,
      environment: { ...directory.environment, env: { HOME: join(copy.path, 'no-home') } },
      ...(isRoot ? { uid: nobody } : {}),
    });
    chmodSync(directory.path, 0o755);
    expectRefused({ ...ran, code: ran.code ?? -1 }, 3, 'write-failed');
    expect(snapshot(directory.path)).toEqual(before);
  });

  const small = mkdtempSync(join(tmpdir(), 'gatehouse-small-'));
  const mounted =
    process.platform === 'linux' &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'none', small]).status === 0;
  afterAll(() => {
    if (mounted) spawnSync('umount', [small]);
    rmSync(small, { recursive: true, force: true });
  });
  it.skipIf(!mounted)(
    `restores the directory when the disk is full${mounted ? '' : ' (skipped: a small disk cannot be mounted here)'}`,
    async () => {
      const directory = home();
      for (const file of ['cluster.yaml', 'cluster.private.yaml'])
        cpSync(join(directory.path, file), join(small, file));
      const before = snapshot(small);
      const ran = await child(program, ['configure'], { cwd: small, environment: directory.environment });
      expectRefused({ ...ran, code: ran.code ?? -1 }, 3, 'write-failed');
      expect(snapshot(small)).toEqual(before);
    },
  );
});
