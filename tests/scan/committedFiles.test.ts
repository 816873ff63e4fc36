// Crosses commands, operations, private-values and privacy: private values in files beside those of Gatehouse.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatehouse } from '../program.ts';
import { type ConfigData, exampleDirectory, type TestDirectory } from '../testDirectory.ts';

const host = 'photos.example.org';
let home: TestDirectory;
beforeEach(() => {
  home = exampleDirectory();
});
afterEach(() => home[Symbol.dispose]());

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(home.path, file)), { recursive: true });
  home.write(file, text);
};
const configure = (...args: string[]) => gatehouse(home, 'configure', '--json', ...args);
const problemsOf = (stdout: string): ConfigData[] => JSON.parse(stdout).problems;

describe.each([
  ['a comment of its own', (text: string) => `# the host is ${host}\n${text}`, 1, 15],
  [
    'a comment behind a value',
    (text: string) => text.replace('cloudflared: {}', `cloudflared: {} # ${host}`),
    undefined,
    19,
  ],
  ['a comment in other case', (text: string) => `# ${host.toUpperCase()}\n${text}`, 1, 3],
  ['a comment with an address of the LAN', (text: string) => `# 192.0.2.0/24\n${text}`, 1, 3],
  ['a comment with the e-mail address', (text: string) => `# ask owner@example.org\n${text}`, 1, 7],
  [
    'a comment with base64',
    (text: string) => `# ${Buffer.from(`see ${host} now`).toString('base64')}\n${text}`,
    1,
    undefined,
  ],
  ['a key', (text: string) => text.replaceAll('alpha', host), undefined, 5],
] as const)('configure stops at a private value in cluster.yaml: in %s', (_, change, line, column) => {
  it('with its place, and without the value', async () => {
    write('cluster.yaml', change(home.read('cluster.yaml')));
    const { code, stdout, stderr } = await configure();
    expect(code).toBe(2);
    expect(problemsOf(stdout)).toContainEqual(
      expect.objectContaining({
        code: 'private-in-public',
        file: 'cluster.yaml',
        at: { line: line ?? expect.any(Number), column: column ?? expect.any(Number) },
      }),
    );
    expect((stdout + stderr).toLowerCase()).not.toContain(host);
  });
});

describe('configure stops at a private value in a file of the user', () => {
  it.each([
    ['notes', 'README.md', `# Home\nsee https://${host}/\n`],
    ['a recovery document', 'docs/recovery/plan.md', `restore ${host}\n`],
    ['a manifest that Flux does not reach', 'old/ingress.yaml', `spec:\n  host: ${host}\n`],
    ['a script', 'hack/check.sh', `curl https://${host}\n`],
    ['a file of another kind', 'Makefile', `HOST = ${host}\n`],
    ['a dotfile', '.envrc', `export HOST=${host}\n`],
  ])('%s, outside of Git, untracked and tracked', async (_, file, text) => {
    write(file, text);
    const stops = async () => {
      const { code, stdout } = await configure();
      expect(code).toBe(1);
      expect(problemsOf(stdout)).toMatchObject([{ code: 'private-in-file', file, at: {} }]);
      expect(stdout).not.toContain(host);
    };
    await stops();
    git('init', '--quiet', '.');
    write('.gitignore', 'cluster.private.yaml\n');
    await stops();
    git('add', file);
    await stops();
  });

  it('a name', async () => {
    write(`notes/${host}.txt`, 'nothing\n');
    const { code, stdout } = await configure();
    expect(code).toBe(1);
    expect(stdout).not.toContain(host);
  });

  it('but not in a file that Git ignores', async () => {
    git('init', '--quiet', '.');
    write('.gitignore', 'cluster.private.yaml\nmine.md\n');
    write('mine.md', `${host}\n`);
    expect((await configure()).code).toBe(0);
  });

  it('until the user accepts it', async () => {
    write('README.md', `see ${host}\n`);
    write(
      '.gatehouse/accepted-findings.yaml',
      'accepted:\n  - rule: private-value\n    path: README.md\n    reason: public since 2020\n',
    );
    expect((await configure()).code).toBe(0);
  });
});

it('configure takes a word that the user publishes in a public field for no leak', async () => {
  home.edit('cluster.yaml', (value) => {
    value.repository.url = 'ssh://git@github.com/kettlerow/home-ops';
  });
  home.edit('cluster.private.yaml', (value) => {
    value.originProxy.team = 'kettlerow';
  });
  expect((await configure()).code).toBe(0);
  expect((await gatehouse(home, 'scan')).code).toBe(0);
  write('README.md', 'https://kettlerow.cloudflareaccess.com\n');
  expect((await configure()).code).toBe(1);
  expect((await gatehouse(home, 'scan')).code).toBe(1);
});

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: home.path, stdio: 'pipe' });
}
