// Crosses commands, operations, privacy and system: the hooks as Git runs them, with the real program.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundledProgram } from '../program.ts';
import { exampleDirectory } from '../testDirectory.ts';
import { type Sandbox, sandbox } from './sandbox.ts';

// Each test starts the program about ten times.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const host = 'photos.example.org';
const home = exampleDirectory();
let program: string;
let here: Sandbox;

beforeAll(async () => {
  program = await bundledProgram();
}, 60_000);
afterAll(() => {
  rmSync(program, { force: true });
  home[Symbol.dispose]();
});
beforeEach(() => {
  here = sandbox();
  here.write('bin/gatehouse', `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  chmodSync(join(here.directory, 'bin/gatehouse'), 0o755);
  here.write('.gitignore', 'cluster.private.yaml\nbin/\n');
});
afterEach(() => here.remove());

const environment = () => ({
  ...here.env,
  PATH: `${join(here.directory, 'bin')}:${process.env['PATH']}`,
  SOPS_AGE_KEY_FILE: home.environment.env['SOPS_AGE_KEY_FILE'],
});
function run(command: string, args: readonly string[], cwd = here.directory) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: environment(), encoding: 'utf8' });
  return { status, said: stdout + stderr };
}
const git = (...args: string[]) => run('git', args);

/** Puts the configuration of the example into a directory, and installs the hooks from there. */
function configure(directory: string): void {
  const prefix = directory === '' ? '' : `${directory}/`;
  for (const file of ['cluster.yaml', 'cluster.private.yaml'])
    here.write(`${prefix}${file}`, home.read(file));
  here.git('add', '.');
  here.git('commit', '--quiet', '--message', 'begin');
  const installed = run('gatehouse', ['scan', '--install'], join(here.directory, directory));
  expect(installed.said).toContain('Installed the commit-msg hook');
  expect(installed.status).toBe(0);
}

describe.each(['', 'home', 'the \'old\' $(touch pwned) "one"', '-x'])(
  'with the configuration in "%s"',
  (directory) => {
    beforeEach(() => configure(directory));

    it('a commit with a private value in a file, in its name or in the message is stopped', () => {
      here.write('notes.md', `see ${host}\n`);
      here.git('add', 'notes.md');
      const inFile = git('commit', '-m', 'notes');
      expect(inFile.status).not.toBe(0);
      expect(inFile.said).toContain('notes.md:1:5');
      here.git('reset', '--quiet', '--hard');

      for (const message of [`Move to ${host}`, `Move\n\nto https://PHOTOS.example.org/\n`]) {
        const inMessage = git('commit', '--allow-empty', '-m', message);
        expect(inMessage.status).not.toBe(0);
        expect(inMessage.said).toContain('COMMIT_EDITMSG');
        expect(inMessage.said.toLowerCase()).not.toContain(host);
      }
      expect(git('commit', '--allow-empty', '-m', 'Move to another host').status).toBe(0);
      expect(existsSync(join(here.directory, 'pwned'))).toBe(false);
    });

    it('a push is stopped for what it would publish, and not for what is published', () => {
      const remote = sandbox({ repository: false });
      remote.git('init', '--quiet', '--bare', '.');
      here.write('old.md', `${host}\n`);
      here.git('add', 'old.md');
      here.git('commit', '--quiet', '--no-verify', '-m', 'old');
      here.git('remote', 'add', 'origin', remote.directory);
      expect(git('push', 'origin', 'main').status).not.toBe(0);
      here.git('push', '--quiet', '--no-verify', 'origin', 'main');

      here.git('commit', '--quiet', '--no-verify', '--allow-empty', '-m', 'clean');
      expect(git('push', 'origin', 'main').status).toBe(0);

      here.git('commit', '--quiet', '--no-verify', '--allow-empty', '-m', `for ${host}`);
      const stopped = git('push', 'origin', 'main');
      expect(stopped.status).not.toBe(0);
      expect(stopped.said).not.toContain(`for ${host}`);
      here.git('reset', '--quiet', '--hard', 'HEAD~');

      expect(git('push', 'origin', `main:refs/heads/${host}`).status).not.toBe(0);
      here.git('tag', '-a', 'v1', '-m', `of ${host}`);
      expect(git('push', 'origin', 'v1').status).not.toBe(0);
      here.git('tag', '-a', 'v2', '-m', 'the second');
      expect(git('push', 'origin', 'v2').status).toBe(0);
      expect(git('push', 'origin', ':v2').status).toBe(0);
      expect(git('push', remote.directory, 'main:other').status).not.toBe(0);
      remote.remove();
    });
  },
);

describe('the hooks of a repository', () => {
  it('keep a pre-push hook of the user, which reads the references too', () => {
    const hook = '.git/hooks/pre-push';
    here.write(hook, '#!/bin/sh\ncat > "$1.seen"\nexit 0\n');
    chmodSync(join(here.directory, hook), 0o755);
    for (const file of ['cluster.yaml', 'cluster.private.yaml']) here.write(file, home.read(file));
    here.git('add', '.');
    here.git('commit', '--quiet', '-m', 'begin');
    expect(run('gatehouse', ['scan', '--install']).said).toContain('Extended the existing pre-push hook');
    const remote = sandbox({ repository: false });
    remote.git('init', '--quiet', '--bare', '.');
    here.git('remote', 'add', 'origin', remote.directory);
    expect(git('push', 'origin', 'main').status).toBe(0);
    expect(readFileSync(join(here.directory, 'origin.seen'), 'utf8')).toMatch(
      /^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main 0{40}\n$/,
    );
    remote.remove();
  });

  it('work in another work tree and with a partial commit', () => {
    configure('home');
    const other = join(here.directory, 'bin/other');
    here.git('worktree', 'add', '--quiet', other, '-b', 'other');
    here.write('bin/other/home/cluster.private.yaml', home.read('cluster.private.yaml'));
    here.write('bin/other/notes.md', `${host}\n`);
    expect(run('git', ['add', 'notes.md'], other).status).toBe(0);
    const stopped = run('git', ['commit', '-m', 'notes'], other);
    expect(stopped.status).not.toBe(0);
    expect(stopped.said).toContain('notes.md:1:1');
    expect(run('git', ['commit', '--allow-empty', '--only', '-m', `for ${host}`], other).status).not.toBe(0);
    expect(run('git', ['commit', '--allow-empty', '--only', '-m', 'clean'], other).status).toBe(0);
  });

  it('work in a submodule', () => {
    const module = sandbox();
    for (const file of ['cluster.yaml']) module.write(file, home.read(file));
    module.write('.gitignore', 'cluster.private.yaml\n');
    module.commit('begin');
    here.commit('begin');
    here.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module.directory, 'module');
    const inside = join(here.directory, 'module');
    here.write('module/cluster.private.yaml', home.read('cluster.private.yaml'));
    expect(run('gatehouse', ['scan', '--install'], inside).status).toBe(0);
    expect(run('git', ['commit', '--allow-empty', '-m', `for ${host}`], inside).status).not.toBe(0);
    expect(run('git', ['commit', '--allow-empty', '-m', 'clean'], inside).status).toBe(0);
    module.remove();
  });

  it('are written where core.hooksPath says, from a subdirectory too', () => {
    here.git('config', 'core.hooksPath', 'tools/hooks');
    configure('home');
    expect(existsSync(join(here.directory, 'tools/hooks/commit-msg'))).toBe(true);
    expect(git('commit', '--allow-empty', '-m', `for ${host}`).status).not.toBe(0);
  });

  it('search a message without the diff that Git cuts off', () => {
    configure('');
    here.write('notes.md', `${host}\n`);
    here.git('add', 'notes.md');
    here.git('commit', '--quiet', '--no-verify', '-m', 'notes');
    here.git('rm', '--quiet', 'notes.md');
    const editor = join(here.directory, 'bin/editor');
    here.write('bin/editor', '#!/bin/sh\nprintf "remove\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\n');
    chmodSync(editor, 0o755);
    const committed = spawnSync('git', ['commit', '--verbose'], {
      cwd: here.directory,
      env: { ...environment(), GIT_EDITOR: editor },
      encoding: 'utf8',
    });
    expect(committed.stderr + committed.stdout).not.toContain('private-value');
    expect(committed.status).toBe(0);
    here.write('more.md', 'more\n');
    here.git('add', 'more.md');
    for (const options of [
      ['--amend', '--verbose'],
      ['--amend', '-vv'],
    ]) {
      here.write('.gitignore', `cluster.private.yaml\nbin/\n${options.join(' ')}\n`);
      const again = spawnSync('git', ['commit', ...options], {
        cwd: here.directory,
        env: { ...environment(), GIT_EDITOR: editor },
        encoding: 'utf8',
      });
      expect(again.stderr + again.stdout).not.toContain('private-value');
      expect(again.status).toBe(0);
    }
  });

  it('search what is below a line that only looks like the one at which Git cuts', () => {
    configure('');
    here.write('notes.md', 'one\ntwo\n');
    here.git('add', 'notes.md');
    const diff = here.git('diff', '--cached');
    const cut = `# ${'-'.repeat(24)} >8 ${'-'.repeat(24)}`;
    const said = '# Do not modify or remove the line above.\n# Everything below it will be ignored.';
    const forged = [
      `${cut}\n${host}\n`,
      `${cut}\n${said}\ndiff --git a/x b/x\n+${host}\n`,
      `${cut}\n${said}\ndiff --git a/${host} b/x\n`,
      `${cut}\n${said}\n${diff}\n${host}\n`,
      `${cut}\n${said}\n${host}\n${diff}`,
      `${cut}\n${said}\n${diff.replace('+one\n', `+one\n+${host}\n`)}`,
      `${cut}\n${said}\n${diff}${cut}\n${said}\n${diff} ${host}`,
      `${cut.replace('#', ';')}\r\n${diff.replace('+two', `+two ${host}`)}`,
    ];
    for (const text of forged) {
      here.write('bin/message', `a\n\n${text}`);
      const stopped = git('commit', '-F', 'bin/message');
      expect(stopped.said).toContain('COMMIT_EDITMSG');
      expect(stopped.status).not.toBe(0);
    }
    here.write('bin/message', `a\n\n${cut}\n${said}\n${diff}`);
    expect(git('commit', '-F', 'bin/message').status).toBe(0);
  });
});

it('the hooks of a repository without a configuration look for secrets', () => {
  here.commit('begin');
  expect(run('gatehouse', ['scan', '--install']).status).toBe(0);
  expect(git('commit', '--allow-empty', '-m', 'clean').status).toBe(0);
  const token = `dop_v1_${'0123456789abcdef'.repeat(4)}`;
  expect(git('commit', '--allow-empty', '-m', `the token ${token}`).status).not.toBe(0);
  execFileSync('git', ['status'], { cwd: here.directory, env: here.env });
});
