// Crosses commands, operations/configure and repository with what earlier versions wrote, and with what its users did to it.
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commit, git } from '../committedExample.ts';
import { gatehouse } from '../program.ts';
import { directoryLike, type TestDirectory } from '../testDirectory.ts';
import { copyOfTree, type KeptTree, treesNamed } from './keptTrees.ts';
import { commitAndPush, filesIn } from './upgradedTree.ts';

const homes = treesNamed('home');
const record = '.gatehouse/manifest.json';

/** A clone of what an earlier version wrote, after somebody changed it and pushed that. */
function clone(tree: KeptTree, change: (directory: TestDirectory) => void = () => undefined): TestDirectory {
  const directory = copyOfTree(tree);
  onTestFinished(() => directory[Symbol.dispose]());
  change(directory);
  commitAndPush(directory);
  return directory;
}

/** All files but the record, and what is encrypted, which is so anew each time. */
function plain(files: Readonly<Record<string, string>>, ...except: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter(
      ([path]) => !path.startsWith('.gatehouse/') && !path.endsWith('.sops.yaml') && !except.includes(path),
    ),
  );
}

/** Of kinds that today's version changes, and that it leaves. */
const owned = [
  'apps/media/immich/deployment.yaml',
  'apps/media/immich/deployment-redis.yaml',
  'apps/networking/cloudflared/deployment.yaml',
  'docs/quickstart.md',
];

/** For a machine that is busy, in milliseconds. */
const timeout = 120_000;

describe.each(homes)('the home of $state', { timeout }, (tree) => {
  /** What today's version writes of the same configuration. */
  let today: Record<string, string>;
  beforeAll(async () => {
    using directory = directoryLike(tree.path);
    expect((await gatehouse(directory, 'configure')).code).toBe(0);
    today = filesIn(directory);
  }, timeout);

  describe('with files changed by hand', () => {
    const mine = '# Mine.\n';
    const change = (directory: TestDirectory): void => {
      for (const file of owned) directory.write(file, directory.read(file) + mine);
    };

    it('is not written, and each file is named', async () => {
      const directory = clone(tree, change);
      const before = filesIn(directory);
      const { code, stderr } = await gatehouse(directory, 'configure');
      expect(code).toBe(1);
      for (const file of owned) expect(stderr).toContain(file);
      expect(stderr).toContain('--accept');
      expect(filesIn(directory)).toEqual(before);
    });

    it('keeps them with --accept mine, and everything else becomes that of today', async () => {
      const directory = clone(tree, change);
      const before = filesIn(directory);
      expect((await gatehouse(directory, 'configure', '--accept', 'mine')).code).toBe(0);
      for (const file of owned) expect(directory.read(file)).toBe(before[file]);
      expect(plain(filesIn(directory), ...owned)).toEqual(plain(today, ...owned));
      const written = filesIn(directory);
      expect((await gatehouse(directory, 'configure')).code).toBe(0);
      expect(filesIn(directory)).toEqual(written);
    });

    it('is unknown where an older program of the origin proxy is kept: nothing is proved of it', async () => {
      const program = 'apps/networking/immich-origin-proxy/configmap.yaml';
      const directory = clone(tree, (changed) => changed.write(program, changed.read(program) + mine));
      const { code, stdout } = await gatehouse(directory, 'configure', '--accept', 'mine');
      expect(code).toBe(4);
      expect(stdout).toMatch(/unknown +Deployment networking\/immich-origin-proxy forwards no request/);
    });

    it('becomes that of today with --accept theirs', async () => {
      const directory = clone(tree, change);
      expect((await gatehouse(directory, 'configure', '--accept', 'theirs')).code).toBe(0);
      expect(plain(filesIn(directory))).toEqual(plain(today));
    });
  });

  it('keeps what the user added: an app, its entry, and lines of .gitignore', async () => {
    const entry = 'clusters/home/kustomization.yaml';
    const directory = clone(tree, (added) => {
      added.write('.gitignore', `${added.read('.gitignore')}scratch/\n`);
      added.write('README.md', '# My home\n');
      added.write(entry, added.read(entry).replace('resources:\n', 'resources:\n  - mine.yaml # Mine.\n'));
      added.write(
        'clusters/home/mine.yaml',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine, namespace: media}\n',
      );
    });
    const { code, stderr } = await gatehouse(directory, 'configure');
    expect([code, stderr]).toEqual([0, '']);
    expect(directory.read('README.md')).toBe('# My home\n');
    expect(directory.read('.gitignore')).toMatch(/^scratch\/$/m);
    expect(directory.read(entry)).toContain('  - mine.yaml # Mine.\n');
    expect(plain(filesIn(directory), entry, '.gitignore')).toMatchObject(plain(today, entry, '.gitignore'));
  });

  describe('whose upgrade was left half done', () => {
    const finished = async (directory: TestDirectory): Promise<void> => {
      const { code, stderr } = await gatehouse(directory, 'configure');
      expect([code, stderr]).toEqual([0, '']);
      expect(plain(filesIn(directory))).toEqual(plain(today));
    };

    it('written and not committed: nothing more is written', async () => {
      const directory = clone(tree);
      await finished(directory);
      const written = filesIn(directory);
      await finished(directory);
      expect(filesIn(directory)).toEqual(written);
    });

    it('committed and not pushed: nothing more is written', async () => {
      const directory = clone(tree);
      await finished(directory);
      commit(directory);
      const written = filesIn(directory);
      await finished(directory);
      expect(filesIn(directory)).toEqual(written);
      expect(git(directory, 'status', '--porcelain')).toBe('');
    });

    it.each([
      ['manifests alone', ['apps', 'clusters']],
      ['one directory alone', ['apps/networking']],
      ['documents alone', ['docs']],
    ])('%s were committed, without the record: the rest follows', async (_, paths) => {
      const directory = clone(tree);
      await finished(directory);
      git(directory, 'add', '--', ...paths);
      git(directory, 'commit', '-qm', 'Half');
      git(directory, 'reset', '-q', '--hard');
      git(directory, 'clean', '-qfd');
      await finished(directory);
    });

    it('the record was committed, and manifests were not: they are named, and theirs is today', async () => {
      const directory = clone(tree);
      await finished(directory);
      git(directory, 'add', '--', record);
      git(directory, 'commit', '-qm', 'Half');
      git(directory, 'reset', '-q', '--hard');
      git(directory, 'clean', '-qfd');
      const before = filesIn(directory);
      const { code, stderr } = await gatehouse(directory, 'configure');
      expect(code).toBe(1);
      expect(stderr).toContain('apps/media/immich/deployment.yaml');
      expect(filesIn(directory)).toEqual(before);
      expect((await gatehouse(directory, 'configure', '--accept', 'theirs')).code).toBe(0);
      expect(plain(filesIn(directory))).toEqual(plain(today));
    });

    it('the record is lost: what is as written then is taken for what it is', async () => {
      const directory = clone(tree);
      git(directory, 'rm', '-q', record);
      commit(directory);
      const { code, stderr } = await gatehouse(directory, 'configure');
      expect(code).toBe(1);
      expect(stderr).toContain('apps/media/immich/deployment.yaml');
      expect((await gatehouse(directory, 'configure', '--accept', 'theirs')).code).toBe(0);
      expect(plain(filesIn(directory))).toEqual(plain(today));
    });
  });
});
