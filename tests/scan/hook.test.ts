// Crosses privacy and system (Git).
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HookOutcome, installHooks } from '../../src/privacy/hook.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

let here: Sandbox;
beforeEach(() => {
  here = sandbox();
});
afterEach(() => here.remove());

/** The outcome of the pre-commit hook. */
const install = async () => first(await installHooks({ directory: here.directory, env: here.env }));
const first = ([outcome]: HookOutcome[]): HookOutcome => {
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};
const hook = (path = '.git/hooks/pre-commit') => readFileSync(join(here.directory, path), 'utf8');

/** Commits with a program `gatehouse` on the PATH that exits with a code, and with that of a hook where it finds nothing. */
function commitWith(code: number, answer = code === 0 ? 86 : code): number {
  here.write(
    'bin/gatehouse',
    `#!/bin/sh\necho "$@" >> ran\n[ "$GATEHOUSE_HOOK" = 1 ] && exit ${answer}\nexit ${code}\n`,
  );
  chmodSync(join(here.directory, 'bin/gatehouse'), 0o755);
  const env = { ...here.env, PATH: `${join(here.directory, 'bin')}:${process.env['PATH']}` };
  try {
    execFileSync('git', ['commit', '--quiet', '--allow-empty', '-m', 'x'], {
      cwd: here.directory,
      env,
      stdio: 'pipe',
    });
    return 0;
  } catch {
    return 1;
  }
}

describe('the pre-commit hook', () => {
  test('is written as executable, and stops a commit', async () => {
    expect((await install()).kind).toBe('written');
    expect(statSync(join(here.directory, '.git/hooks/pre-commit')).mode & 0o111).toBe(0o111);
    expect(commitWith(1)).toBe(1);
    expect(commitWith(0)).toBe(0);
    const message = 'scan --message .git/COMMIT_EDITMSG\n';
    expect(readFileSync(join(here.directory, 'ran'), 'utf8')).toBe(
      `scan --staged\nscan --staged\n${message}`,
    );
    expect((await install()).kind).toBe('unchanged');
  });

  test('stops a commit and says what is missing, where the program is not installed or its link leads nowhere', async () => {
    await install();
    symlinkSync(join(here.directory, 'gone/main.js'), join(here.directory, 'gatehouse'));
    const paths = (process.env['PATH'] ?? '')
      .split(':')
      .filter((path) => !existsSync(join(path, 'gatehouse')));
    for (const PATH of [paths.join(':'), [here.directory, ...paths].join(':')]) {
      const ended = spawnSync('git', ['commit', '--quiet', '--allow-empty', '-m', 'x'], {
        cwd: here.directory,
        env: { ...here.env, PATH },
        encoding: 'utf8',
      });
      expect(ended.status).toBe(1);
      expect(ended.stderr).toContain('gatehouse is not installed: nothing was searched for private values');
      expect(ended.stderr).toContain('npm ci, npm run build, npm link');
    }
  });

  test('stops a commit where the program of the name is another one', async () => {
    await install();
    expect(commitWith(0, 0)).toBe(1);
    expect(commitWith(0)).toBe(0);
    for (const code of [2, 3, 4, 85, 87, 127]) expect(commitWith(code)).toBe(1);
    here.write('node_modules/.bin/gatehouse', '#!/bin/sh\nexit 0\n');
    chmodSync(join(here.directory, 'node_modules/.bin/gatehouse'), 0o755);
    const paths = (process.env['PATH'] ?? '').split(':');
    const PATH = paths.filter((path) => !existsSync(join(path, 'gatehouse'))).join(':');
    const env = { ...here.env, PATH };
    const args = ['commit', '--quiet', '--allow-empty', '-m', 'x'];
    const ended = spawnSync('git', args, { cwd: here.directory, env, encoding: 'utf8' });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('node_modules/.bin/gatehouse is another program');
  });

  test('is advised for other programs so that it stops for another program of the name too', async () => {
    here.git('config', 'core.hooksPath', '.husky/_');
    const advised = await installHooks({ directory: here.directory, env: here.env });
    here.write('.pre-commit-config.yaml', 'repos: []\n');
    const [framework] = await installHooks({ directory: here.directory, env: here.env });
    const lines = advised.map((each) => (each.kind === 'advice' ? each.add : ''));
    const entries = framework?.kind === 'advice' ? framework.add : '';
    const commands = [...entries.matchAll(/^ *entry: (.*)$/gm)].map(([, entry = '']) => `${entry} file`);
    expect([...lines, ...commands]).toHaveLength(6);
    const env = { ...here.env, PATH: `${join(here.directory, 'bin')}:${process.env['PATH']}` };
    const run = (line: string) =>
      spawnSync('sh', ['-e', '-c', line, 'hook', 'file'], { cwd: here.directory, env }).status;
    for (const [code, answer] of [
      [0, 0],
      [1, 1],
      [0, 86],
    ] as const) {
      commitWith(code, answer);
      for (const line of [...lines, ...commands])
        expect([line, run(line)]).toEqual([line, answer === 86 ? 0 : 1]);
    }
    expect(readFileSync(join(here.directory, 'ran'), 'utf8')).toContain('scan --message file\n');
  });

  test('keeps the lines of the user, and runs before their exit', async () => {
    here.write('.git/hooks/pre-commit', '#!/bin/bash\necho mine >> ran\nexit 0\n');
    chmodSync(join(here.directory, '.git/hooks/pre-commit'), 0o755);
    expect((await install()).kind).toBe('extended');
    expect(hook()).toMatch(/^#!\/bin\/bash\n# >>> gatehouse[\s\S]*<<<\necho mine >> ran\nexit 0\n$/);
    expect(commitWith(1)).toBe(1);
    expect(commitWith(0)).toBe(0);
    expect(readFileSync(join(here.directory, 'ran'), 'utf8')).toBe(
      'scan --staged\nscan --staged\nmine\nscan --message .git/COMMIT_EDITMSG\n',
    );
    expect((await install()).kind).toBe('unchanged');
  });

  test('is written to core.hooksPath', async () => {
    here.git('config', 'core.hooksPath', 'tools/hooks');
    expect((await install()).kind).toBe('written');
    expect(hook('tools/hooks/pre-commit')).toContain('gatehouse_run scan --staged');
  });

  test.each([
    ['a program in another language', '#!/usr/bin/env python3\nprint(1)\n'],
    ['what lefthook keeps', '#!/bin/sh\nexec lefthook run pre-commit\n'],
  ])('leaves %s alone', async (_, text) => {
    here.write('.git/hooks/pre-commit', text);
    const outcome = await install();
    expect(outcome.kind === 'problem' && outcome.problems.map(({ code }) => code)).toEqual(['hook-not-ours']);
    expect(hook()).toBe(text);
  });

  test('does not change a link, or a hooks directory for the whole machine', async () => {
    here.write('kept/hook', '#!/bin/sh\n');
    symlinkSync(join(here.directory, 'kept/hook'), join(here.directory, '.git/hooks/pre-commit'));
    expect((await install()).kind).toBe('problem');
    const other = sandbox({ repository: false });
    other.write('config', `[core]\n\thooksPath = ${other.directory}/hooks\n`);
    const env = { ...here.env, GIT_CONFIG_GLOBAL: join(other.directory, 'config') };
    expect(first(await installHooks({ directory: here.directory, env })).kind).toBe('problem');
    other.remove();
  });

  test('tells what to add where another program manages the hooks', async () => {
    here.git('config', 'core.hooksPath', '.husky/_');
    expect(await install()).toMatchObject({ kind: 'advice', file: '.husky/pre-commit' });
    here.write('.pre-commit-config.yaml', 'repos: []\n');
    const outcome = await install();
    expect(outcome).toMatchObject({ kind: 'advice', file: '.pre-commit-config.yaml' });
    expect(outcome.kind === 'advice' && outcome.add).toContain('gatehouse scan --staged;');
  });

  test('outside a repository is a problem', async () => {
    const plain = sandbox({ repository: false });
    expect(first(await installHooks({ directory: plain.directory, env: plain.env })).kind).toBe('problem');
    plain.remove();
  });
});
