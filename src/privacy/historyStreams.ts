import type { Readable } from 'node:stream';
import { ended, type Git, gitOutput, startGit, startPipeline } from '../system/git.ts';
import { batchFormat } from './batchReader.ts';

/** A Git reference: a branch, a tag or another name of an object. */
export interface Reference {
  name: string;
  object: string;
  isAnnotatedTag: boolean;
}

/** A part of the history as `git cat-file --batch` writes it. */
export interface HistoryStream {
  output: Readable;
  /** The exit codes of the processes. */
  codes: Promise<readonly number[]>;
  kill(): void;
}

/** Every reference of the repository, and the exit code of Git. */
export async function referencesOf(git: Git): Promise<{ code: number; references: Reference[] }> {
  const format = '--format=%(objecttype) %(objectname) %(refname)';
  const { code, stdout } = await gitOutput(git, ['for-each-ref', format]);
  const lines = stdout.toString('utf8').split('\n');
  const references = lines.flatMap((line) => {
    const [, type, object = '', name = ''] = /^(\S+) (\S+) (.+)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, object, isAnnotatedTag: type === 'tag' }];
  });
  return { code, references };
}

const read = ['cat-file', '--buffer', `--batch=${batchFormat}`];

/** Reads the annotated tags with their names. */
function tagsOf(git: Git, references: readonly Reference[]): HistoryStream[] {
  const tags = references.filter(
    ({ isAnnotatedTag, name }) => isAnnotatedTag && name.startsWith('refs/tags/'),
  );
  if (tags.length === 0) return [];
  const child = startGit(git, read);
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  child.stdin.end(tags.map(({ object, name }) => `${object} ${name.replace('refs/tags/', '')}\n`).join(''));
  const codes = ended(child).then((code) => [code]);
  return [{ output: child.stdout, codes, kill: () => child.kill() }];
}

/**
 * Starts reading the history: each blob once (with its first path), each commit, and annotated tags. Git reports objects
 * that a partial clone lacks as missing, and fetches nothing.
 *
 * @param revisions - the commits to start from and those to leave out, as `git rev-list` takes them
 */
export function historyStreams(
  git: Git,
  references: readonly Reference[],
  revisions: readonly string[] = ['--all'],
): HistoryStream[] {
  const blobFilter = ['--filter=object:type=blob', '--filter-provided-objects'];
  // Trees are small: a delta cache that fits into the processor's cache is faster and saves 70 MB.
  const smallCache = ['-c', 'core.deltaBaseCacheLimit=32m'];
  return [
    startPipeline(
      git,
      [...smallCache, 'rev-list', '--objects', '--missing=print', ...blobFilter, ...revisions],
      read,
    ),
    startPipeline(git, ['rev-list', ...revisions], read),
    ...tagsOf(git, references),
  ];
}
