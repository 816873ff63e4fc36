import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { version } from '../../../src/version.ts';
import { realSuite } from '../fixtures/suite.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

/** Commands in the order in which they run, in a new copy of an example. */
const commands = [
  ['--version'],
  ['--help'],
  ['schema'],
  ['configure', '--check', '--diff'],
  ['configure'],
  ['configure', '--json'],
  ['check'],
  ['check', '--json'],
  ['check', '--format', 'sarif'],
  ['scan'],
  ['explain', 'immich.host'],
  ['explain', 'newer-format'],
  ['status'],
  ['upgrade'],
  ['secrets', 'list'],
  ['configure', '-C', 'nowhere'],
  ['nonsense'],
] as const;

/** What a command ended with, and wrote to the terminal. */
interface Ended {
  readonly command: string;
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

realSuite('the package runs the same with each version of Node', ['node-22', 'node-24'], (parts) => {
  test('every command prints and writes what it does with the oldest', { timeout: 600_000 }, async ({
    expect,
  }) => {
    const scratch = join(inject('realScratch'), 'node');
    const program = await packedProgram(scratch);
    const oldest = await session(scratch, process.execPath, program, 'oldest');
    expect(oldest.ended.map(({ code }) => code)).toContain(0);
    for (const [name, { path }] of Object.entries(parts)) {
      const other = await session(scratch, path, program, name);
      expect(other.ended, name).toEqual(oldest.ended);
      expect(other.files, name).toEqual(oldest.files);
    }
  });

  test('the second run reads the code that the first has compiled', { timeout: 120_000 }, async ({
    expect,
  }) => {
    const scratch = join(inject('realScratch'), 'node');
    const program = await packedProgram(scratch);
    const { path: node } = parts['node-24'];
    const home = join(scratch, 'compiled');
    mkdirSync(home, { recursive: true });
    const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
    await run(node, [program, 'schema'], { env: environment });
    const kept = filesBelow(join(home, '.cache', 'gatehouse', 'compiled'));
    expect(kept.length).toBeGreaterThan(0);
    await run(node, [program, 'schema'], { env: environment });
    expect(filesBelow(join(home, '.cache', 'gatehouse', 'compiled'))).toEqual(kept);
  });

  test.each(['/proc/nobody', '/proc/1', '/dev/null', '/nowhere/at/all'])(
    'a home %s is no obstacle',
    {
      timeout: 120_000,
    },
    async (home) => {
      const program = await packedProgram(join(inject('realScratch'), 'node'));
      const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
      const { stdout, stderr } = await run(parts['node-24'].path, [program, '--version'], {
        env: environment,
        timeout: 60_000,
      });
      expect([stdout, stderr]).toEqual([`${version}\n`, '']);
      expect(existsSync('/nowhere')).toBe(false);
    },
  );
});

/** The program of the package as npm packs it, unpacked once. */
async function packedProgram(scratch: string): Promise<string> {
  const program = join(scratch, 'package', 'dist', 'main.js');
  if (filesBelow(join(scratch, 'package')).length > 0) return program;
  mkdirSync(scratch, { recursive: true });
  await run(process.execPath, ['tools/build.mjs', '--program-only'], { cwd: root });
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch], { cwd: root });
  const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '';
  await run('tar', ['-xzf', archive], { cwd: scratch });
  return program;
}

/** Runs the commands in a copy of the home. The directory has the same name each time, so that the outputs can be compared. */
async function session(scratch: string, node: string, program: string, name: string) {
  const home = join(scratch, 'home');
  rmSync(home, { recursive: true, force: true });
  const programs = join(scratch, `programs-${name}`);
  mkdirSync(programs, { recursive: true });
  symlinkSync(node, join(programs, 'node'));
  symlinkSync(program, join(programs, 'gatehouse'));
  for (const file of ['cluster.yaml', 'cluster.private.yaml'])
    cpSync(join(root, 'examples', 'home', file), join(home, file));
  await run('git', ['init', '--quiet', home]);
  const env = {
    PATH: `${programs}:${process.env['PATH']}`,
    HOME: join(scratch, `user-${name}`),
    SOPS_AGE_KEY_FILE: join(root, 'examples', 'home', 'example.agekey'),
  };
  const ended: Ended[] = [];
  for (const command of commands) {
    const result = await run('gatehouse', command, { cwd: home, env, maxBuffer: 2 ** 26 }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    const { code, stdout: output, stderr: errors } = result;
    ended.push({ command: command.join(' '), code, output, errors });
  }
  // What age encrypts is never the same twice.
  const files = filesBelow(home)
    .filter((file) => !file.startsWith('.git/') && !file.includes('.sops.'))
    .map((file) => [file, readFileSync(join(home, file), 'utf8')]);
  return { ended, files };
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      .sort();
  } catch {
    return [];
  }
}
