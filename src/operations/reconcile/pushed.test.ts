import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { git } from '../../../tests/committedExample.ts';
import { runChecks } from '../../live/runChecks.ts';
import { unpushed } from '../doctor/beforeCommand.ts';
import { gitChecks } from '../doctor/gitChecks.ts';
import { notesOfClone } from './notes.ts';
import { commitOf, readClone, relations, sameRepository, withoutCredentials } from './pushed.ts';

const repository = { url: 'ssh://git@git.example.org/you/home', branch: 'main' };
const now = (): Date => new Date(0);

function directory(): { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-clone-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return { path };
}

/** A clone with one commit, and a remote of the URL. */
function clone(url = repository.url): { path: string; commit: (name: string) => string; pushed: () => void } {
  const at = directory();
  git(at, 'init', '-q', '-b', 'main');
  git(at, 'remote', 'add', 'origin', url);
  const commit = (name: string): string => {
    writeFileSync(join(at.path, name), name);
    git(at, 'add', '-A');
    git(at, 'commit', '-qm', name);
    return git(at, 'rev-parse', 'HEAD').trim();
  };
  commit('one');
  return { ...at, commit, pushed: () => void git(at, 'update-ref', 'refs/remotes/origin/main', 'HEAD') };
}

async function notes(path: string) {
  return notesOfClone(await unpushed(await readClone(path, process.env, repository), repository, now));
}

describe('what of a clone Flux does not get', () => {
  test('is nothing once all is pushed', async () => {
    const { path, pushed } = clone();
    pushed();
    expect(await notes(path)).toEqual([]);
  });

  test('is a commit that is not pushed', async () => {
    const { path, commit, pushed } = clone();
    pushed();
    const head = commit('two');
    expect(await notes(path)).toEqual([
      {
        message: `HEAD (${head.slice(0, 7)}) is not pushed: origin/main lacks 1 commit of it`,
        remedy: 'git push origin HEAD:main',
        isUnknown: true,
      },
    ]);
  });

  test('is everything where the branch was never pushed', async () => {
    const { path } = clone();
    expect(await notes(path)).toMatchObject([
      { message: 'No remote has the branch main, as far as this clone knows', isUnknown: true },
    ]);
  });

  test('is pulled first where the branch has other commits', async () => {
    const { path, commit, pushed } = clone();
    commit('theirs');
    pushed();
    git({ path }, 'reset', '-q', '--hard', 'HEAD~1');
    commit('ours');
    expect(await notes(path)).toMatchObject([
      { remedy: 'git pull --rebase origin main && git push origin HEAD:main' },
    ]);
  });

  test('is no reason to doubt the rest where a file is not committed', async () => {
    const { path, pushed } = clone();
    pushed();
    writeFileSync(join(path, 'new'), '');
    expect(await notes(path)).toMatchObject([
      {
        message: '1 file of this directory is not committed, so that Flux does not get it',
        isUnknown: false,
      },
    ]);
  });

  test('is unknown where the remote is another repository', async () => {
    const { path, pushed } = clone('ssh://git@git.example.org/you/another');
    pushed();
    expect(await notes(path)).toMatchObject([
      { message: expect.stringContaining('and cluster.yaml says ssh://'), isUnknown: true },
    ]);
  });

  test('is unknown without a repository, and without a commit', async () => {
    expect(await notes(directory().path)).toMatchObject([
      { message: 'This directory is in no Git repository', isUnknown: true },
    ]);
    const empty = directory();
    git(empty, 'init', '-q');
    expect(await notes(empty.path)).toMatchObject([{ message: 'Nothing is committed', isUnknown: true }]);
  });
});

test('a commit stands to what was pushed as Git says', async () => {
  const { path, commit } = clone();
  const first = git({ path }, 'rev-parse', 'HEAD').trim();
  const pushed = commit('two');
  const later = commit('three');
  git({ path }, 'reset', '-q', '--hard', 'HEAD~1');
  const other = commit('four');
  const relation = relations(path, process.env, pushed);
  expect(await Promise.all([pushed, first, later, other].map(relation))).toEqual([
    'same',
    'older',
    'newer',
    'newer',
  ]);
  expect(await relations(path, process.env, later)(other)).toBe('apart');
  expect(await relation('0123456789012345678901234567890123456789')).toBe('unknown');
  expect(await relation('--output=x')).toBe('unknown');
});

test.each([
  ['main@sha1:0123abc', '0123abc'],
  ['refs/heads/main@sha256:0123abc', '0123abc'],
  ['main/0123abc', '0123abc'],
])('the commit of %s is %s', (revision, commit) => {
  expect(commitOf(revision)).toBe(commit);
});

test.each([
  'git@git.example.org:you/home.git',
  'https://git.example.org/you/home',
  'https://Git.example.org:443/you/home.git/',
  'ssh://git.example.org:22/you/home',
])('%s is the same repository', (url) => {
  expect(sameRepository(url, repository.url)).toBe(true);
});

test.each([
  'https://git.example.org/you/homes',
  'https://git.example.org.evil.example/you/home',
  'https://git.example.org:8443/you/home',
  '/srv/git/home.git',
])('%s is another one', (url) => {
  expect(sameRepository(url, repository.url)).toBe(false);
});

describe('a URL of a remote is shown without its credentials', () => {
  test.each([
    ['https://me:hunter2@git.example.org/you/home.git', 'https://git.example.org/you/home.git'],
    ['https://ghp_0123456789@git.example.org/you/home', 'https://git.example.org/you/home'],
    ['https://me:hun@ter2@git.example.org/you/home', 'https://git.example.org/you/home'],
    ['https://me:hun/ter2@git.example.org/you/home', 'https://git.example.org/you/home'],
    ['https://git.example.org/you/home?private_token=hunter2', 'https://git.example.org/you/home'],
    ['ssh://git:hunter2@git.example.org:22/you/home', 'ssh://git@git.example.org:22/you/home'],
    ['https://git.example.org:3000/you/home', 'https://git.example.org:3000/you/home'],
    ['https://git.example.org/you/home@2', 'https://git.example.org/you/home@2'],
    ['ssh://git@git.example.org/you/home', 'ssh://git@git.example.org/you/home'],
    ['git@git.example.org:you/home', 'git@git.example.org:you/home'],
    ['file:///srv/git/home.git', 'file:///srv/git/home.git'],
    ['../home.git', '../home.git'],
  ])('%s', (url, shown) => {
    expect(withoutCredentials(url)).toBe(shown);
    expect(sameRepository(url, shown)).toBe(true);
  });

  test('in what reconcile and doctor say of a clone', async () => {
    for (const url of [
      'https://me:hunter2@git.example.org/other',
      'https://me:hunter2@git.example.org/you/home',
    ]) {
      const { path, pushed } = clone(url);
      pushed();
      const checks = gitChecks(await readClone(path, process.env, repository), repository);
      const results = await runChecks(checks, { cluster: undefined, now });
      expect(JSON.stringify(results)).toContain('origin is https://git.example.org/');
      expect(JSON.stringify(results)).not.toContain('hunter2');
    }
  });
});
