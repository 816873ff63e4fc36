// Crosses commands, operations, private-values, secrets, privacy, manifests and repository.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { home } from './home.ts';
import { bundledProgram } from './program.ts';
import { examples, type TestDirectory } from './testDirectory.ts';

let program: string;
beforeAll(async () => {
  program = await bundledProgram();
});
afterAll(() => rmSync(program, { force: true }));

/** Runs the program, and ends it after a time in which a run that does not wait has long ended. */
function run(directory: TestDirectory, ...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const { home: homeDirectory, env } = directory.environment;
    const child = spawn(process.execPath, [program, ...args], {
      cwd: directory.path,
      env: { PATH: process.env['PATH'], HOME: homeDirectory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, said });
    });
  });
}

const kinds = {
  'a named pipe': (path: string) => execFileSync('mkfifo', [path]),
  'a device': (path: string) => symlinkSync('/dev/zero', path),
  'a directory': (path: string) => mkdirSync(path),
};

/** Puts something that is not a file in the place of a file. */
function put(directory: TestDirectory, path: string, kind: keyof typeof kinds): void {
  const place = join(directory.path, path);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  kinds[kind](place);
}

/** A home that `configure` has written, with an encrypted private values file or a plain one. */
function written(): TestDirectory {
  const directory = home();
  cpSync(join(examples, 'home/repository'), directory.path, { recursive: true });
  return directory;
}

const places = [
  ['cluster.yaml', 'configure', 3],
  ['cluster.yaml', 'check', 4],
  ['cluster.private.yaml', 'configure', 3],
  ['.gatehouse/accepted.yaml', 'check', 3],
  ['clusters/home/flux/values.sops.yaml', 'configure', 3],
] as const;
const placesOfPipes = [
  ...places,
  ['cluster.yaml', 'status', 3],
  ['cluster.private.yaml', 'secrets view', 3],
  ['cluster.private.yaml', 'scan', 3],
  ['cluster.private.sops.yaml', 'secrets view', 3],
  ['.gatehouse/accepted.yaml', 'configure', 3],
  ['.gatehouse/accepted-findings.yaml', 'scan', 3],
] as const;

describe.each([
  ['a named pipe', placesOfPipes],
  ['a device', places],
  ['a directory', places],
] as const)('%s where a file is expected', (kind, ofKind) => {
  it.each(ofKind)('is named at once: %s (%s)', async (file, command, exit) => {
    const directory = written();
    if (file === 'cluster.private.sops.yaml') rmSync(join(directory.path, 'cluster.private.yaml'));
    put(directory, file, kind);
    const { code, said } = await run(directory, ...command.split(' '));
    expect(said).toContain(file);
    expect(said).toContain(`${kind}, not a regular file`);
    expect(code).toBe(exit);
  });

  it.each([
    ['that SOPS_AGE_KEY_FILE names', 'configure'],
    ['of the user', 'configure'],
    ['of the user', 'secrets keygen'],
  ])('is named at once: the key file %s (%s)', async (which, command) => {
    const directory = written();
    const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-key-'));
    onTestFinished(() => rmSync(scratch, { recursive: true }));
    const file = join(scratch, which === 'of the user' ? 'sops/age/keys.txt' : 'key');
    mkdirSync(dirname(file), { recursive: true });
    kinds[kind](file);
    const env = which === 'of the user' ? { XDG_CONFIG_HOME: scratch } : { SOPS_AGE_KEY_FILE: file };
    const named = { ...directory, environment: { ...directory.environment, env } };
    const { code, said } = await run(named as TestDirectory, ...command.split(' '));
    expect(said).toContain('age-key-file-failed');
    expect(said).toContain(`${kind}, not a regular file`);
    expect(code).toBe(3);
  });
});

describe('a named pipe in the place of', () => {
  it.each([
    ['.gatehouse/manifest.json', 'configure', 3],
    ['.gatehouse/journal.json', 'configure', 3],
    ['.gatehouse/journal.json', 'check', 3],
    ['.gatehouse/journal.json', 'scan', 3],
    ['.gatehouse/staging', 'configure', 3],
    ['apps/media/immich/service.yaml', 'configure', 3],
    ['clusters/home/kustomization.yaml', 'configure', 3],
    ['.sops.yaml', 'configure', 3],
    ['apps/media/immich/service.yaml', 'check', 4],
    ['apps/media/own.yaml', 'check', 0],
  ])('%s does not make %s wait', async (file, command, exit) => {
    const directory = written();
    put(directory, file, 'a named pipe');
    const { code, said } = await run(directory, command);
    expect(said).toContain(file);
    expect(said).toMatch(/neither a file nor a directory|a named pipe/);
    expect(code).toBe(exit);
  });

  it('a hook is not replaced', async () => {
    const directory = written();
    execFileSync('git', ['init', '-q'], { cwd: directory.path });
    put(directory, '.git/hooks/pre-commit', 'a named pipe');
    const { code, said } = await run(directory, 'scan', '--install');
    expect(said).toContain('hook-not-ours');
    expect(code).not.toBe(0);
  });
});

it('an encrypted file that cannot be read is not taken for one that is missing', async () => {
  const directory = written();
  const file = join(directory.path, 'clusters/home/flux/values.sops.yaml');
  rmSync(file);
  // A link to itself: the error is neither "no such file" nor one of permissions, which root does not have.
  symlinkSync('values.sops.yaml', file);
  const { code, said } = await run(directory, 'configure');
  expect(said).toContain('text-unreadable');
  expect(code).toBe(3);
});
