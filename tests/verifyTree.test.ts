import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FollowedTree, followedTree } from '../src/operations/verify/followedTree.ts';
import { prepareVerify, type Verifiable } from '../src/operations/verify/verify.ts';
import { commit as commitAll, git } from './committedExample.ts';
import { gatehouse } from './program.ts';
import { exampleDirectory, type TestDirectory } from './testDirectory.ts';

/** Every hunter of a password finds this one. */
const password = 'hunter2-of-the-remote';

describe('the tree that verify asks about', () => {
  let directory: TestDirectory;
  let verifiable: Verifiable;
  let pushed: string;
  let later: string;

  beforeAll(async () => {
    directory = exampleDirectory('home');
    git(directory, 'init', '-q', '-b', 'main');
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    commitAll(directory);
    pushed = git(directory, 'rev-parse', 'HEAD').trim();
    const prepared = await prepareVerify(directory.path, directory.environment);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    verifiable = prepared.value;
    directory.write('.gatehouse/accepted.yaml', acceptance);
    commitAll(directory);
    later = git(directory, 'rev-parse', 'HEAD').trim();
    expect(later).not.toBe(pushed);
  });

  afterAll(() => directory[Symbol.dispose]());

  /** The same repository, with remotes of which each has a commit of the branch. */
  async function treeWith(
    remotes: Readonly<Record<string, readonly [url: string, commit: string | undefined]>>,
    { path }: Pick<TestDirectory, 'path'> = directory,
  ): Promise<FollowedTree> {
    for (const name of git({ path }, 'remote').split('\n').filter(Boolean))
      git({ path }, 'remote', 'remove', name);
    for (const [name, [url, commit]] of Object.entries(remotes)) {
      git({ path }, 'remote', 'add', name, url);
      if (commit !== undefined) git({ path }, 'update-ref', `refs/remotes/${name}/main`, commit);
    }
    const tree = await followedTree(path, verifiable.configuration, directory.environment);
    if (!tree.ok) throw new Error(JSON.stringify(tree.problems));
    return tree.value;
  }

  const url = () => verifiable.configuration.loaded.cluster.repository.url;
  const backup = `https://me:${password}@backup.example.org/me/home`;

  it('is that of the remote from which Flux fetches, whatever the others are called', async () => {
    const { commit, notes } = await treeWith({ backup: [backup, pushed], origin: [url(), later] });
    expect([commit, notes]).toEqual([later, []]);
  });

  it('is that of another remote where none leads there, and a note says so without its password', async () => {
    const { commit, notes } = await treeWith({ backup: [backup, pushed] });
    expect(commit).toBe(pushed);
    expect(notes).toEqual([
      `No remote of this clone leads to ${url()}: backup/main is taken for what Flux applies`,
      `HEAD is not what was pushed: backup/main is asked about, which is ${pushed}`,
    ]);
    expect(JSON.stringify(notes)).not.toContain(password);
  });

  it('is HEAD where nothing was pushed to the remote from which Flux fetches', async () => {
    for (const remotes of [{}, { origin: [url(), undefined] as const }]) {
      const { commit, notes } = await treeWith(remotes);
      expect([commit, notes]).toEqual([
        later,
        ['Nothing was pushed yet, as far as this clone knows: HEAD is taken for what Flux applies'],
      ]);
    }
  });

  it('is the pushed one with a detached HEAD, on another branch, and in a shallow clone', async () => {
    git(directory, 'switch', '-q', '--detach', pushed);
    const detached = await treeWith({ origin: [url(), later] });
    git(directory, 'switch', '-q', '-c', 'work', pushed);
    const branch = await treeWith({ origin: [url(), later] });
    git(directory, 'switch', '-q', 'main');
    git(directory, 'branch', '-qD', 'work');
    for (const { commit, notes } of [detached, branch])
      expect([commit, notes]).toEqual([
        later,
        [`HEAD is not what was pushed: origin/main is asked about, which is ${later}`],
      ]);
    const path = mkdtempSync(join(tmpdir(), 'gatehouse-shallow-'));
    try {
      git(directory, 'clone', '-q', '--depth', '1', `file://${directory.path}`, path);
      const { commit, notes, repository } = await treeWith({ origin: [url(), later] }, { path });
      expect([commit, notes]).toEqual([later, []]);
      expect(repository.objects.length).toBe(verifiable.tree.repository.objects.length);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it('has what was accepted there, and not what is accepted in the directory', async () => {
    expect((await treeWith({ origin: [url(), pushed] })).acceptances).toEqual([]);
    expect((await treeWith({ origin: [url(), later] })).acceptances).toHaveLength(1);
  });

  it('says of what it cannot read of Git that nobody asked about it', async () => {
    const list = 'apps/media/immich/kustomization.yaml';
    const text = directory.read(list);
    directory.write(list, text.replace('resources:\n', 'resources:\n  - https://example.org/x.yaml\n'));
    expect(directory.read(list)).not.toBe(text);
    commitAll(directory);
    const head = git(directory, 'rev-parse', 'HEAD').trim();
    const { repository } = await treeWith({ origin: [url(), head] });
    expect(repository.unseen.map(({ sentence }) => sentence)).toEqual([
      `${list} needs the remote resource https://example.org/x.yaml`,
    ]);
  });
});

const acceptance = `accepted:
  - invariant: node-ports
    object: Service media/immich-server
    reason: The router forwards nothing to it
`;
