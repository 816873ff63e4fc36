// Crosses components, compile, operations/configure, commands and the files of the repository.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { application } from '../src/application.ts';
import { prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import { fitted } from '../src/report/fitted.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

it('no text tells a user to fetch the package of another project from the registry', () => {
  const { name } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  expect(name).toBe('@gatehouse-home/gatehouse');
  const files = ['src', 'docs', 'examples', 'tools', '.ci'].flatMap((directory) =>
    readdirSync(`${root}${directory}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  );
  const fetching =
    /\b(?:npx|npm (?:exec|i|install|create)|pnpm dlx|yarn dlx|bunx)(?: -\S+)*(?: --)? @?gatehouse(?:-home)?\b/;
  expect(fetching.test('npx --yes gatehouse init')).toBe(true);
  expect(fetching.test('npm install -g @gatehouse-home/gatehouse')).toBe(true);
  for (const file of [...files, `${root}README.md`, `${root}CONTRIBUTING.md`])
    expect(`${file}: ${fetching.exec(readFileSync(file, 'latin1'))?.[0] ?? ''}`).toBe(`${file}: `);
});

it('a store that is turned off is left out of the backups where another one is on', async () => {
  const directory = home('platform');
  directory.edit('cluster.yaml', (cluster) => {
    Object.assign(cluster, { rustfs: { ...(cluster['rustfs'] as object), enabled: false } });
  });
  const outcome = await prepare(directory.path, directory.environment, noProgress);
  const problems = outcome.ok ? [] : outcome.problems.filter(({ code }) => code === 'claim-unanswered');
  expect(problems.length).toBeGreaterThan(0);
  for (const { remedy } of problems) {
    expect(remedy).toContain('let volsync use s3 alone');
    expect(remedy).not.toContain('turn volsync off');
  }
});

it('every command is printed as the user starts this program', () => {
  const { root: routes } = application;
  if (!('getAllEntries' in routes)) throw new Error('the program has one command alone');
  const names = routes.getAllEntries().map(({ name }) => name.original);
  expect(names).toContain('configure');
  expect(names.map((name) => fitted(`gatehouse ${name} now`, { program: 'node main.js' }))).toEqual(
    names.map((name) => `node main.js ${name} now`),
  );
});

describe('a command that names its directory by an argument', () => {
  const commands = (text: string) => text.match(/(?<![\w/-])gatehouse [^"`\n]+/g) ?? [];

  /** A home in which a run was stopped. */
  function unfinished(): TestDirectory {
    const directory = home();
    mkdirSync(join(directory.path, '.gatehouse'));
    directory.write('.gatehouse/journal.json', '{}');
    return directory;
  }

  it.each([
    ['check', []],
    ['reach', ['--from', 'lan', '--to', 'media/immich-server:2283']],
    ['scan', []],
  ])('%s prints commands for that directory', async (command, flags) => {
    const directory = unfinished();
    const parent = dirname(directory.path);
    const name = basename(directory.path);
    const from = { path: parent, environment: directory.environment };
    for (const [args, named] of [
      [[command, name, ...flags], name],
      [[command, directory.path, ...flags], directory.path],
      [['-C', '..', command, join(basename(parent), name), ...flags], join('..', basename(parent), name)],
    ] as const) {
      const { stdout, stderr } = await gatehouse(from, ...args);
      const printed = commands(stdout + stderr);
      expect(printed.length).toBeGreaterThan(0);
      for (const each of printed) expect(each).toMatch(new RegExp(`^gatehouse -C ${named} [a-z]`));
    }
  });
});

it('the commands that "init" prints for another directory name it once', async () => {
  const directory = home();
  const { env, ...rest } = directory.environment;
  const from = { path: directory.path, environment: { ...rest, env: { ...env, EDITOR: 'true' } } };
  for (const args of [
    ['init', 'a', '--yes'],
    ['-C', 'b', 'init', '--yes'],
    ['init', '--yes', '-C', 'c'],
  ]) {
    const { stdout, stderr } = await gatehouse(from, ...args);
    expect(stderr).toBe('');
    const printed = stdout.match(/gatehouse .*(?=$)/gm) ?? [];
    expect(printed.length).toBeGreaterThan(2);
    for (const each of printed) {
      expect(each.split(' -C ')).toHaveLength(2);
      const ran = await gatehouse(from, ...each.split(' ').slice(1));
      expect(`${each}: ${ran.stderr}`).not.toMatch(/too many|no command|no flag|unexpected/i);
    }
  }
});
