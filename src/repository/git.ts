import { execFile } from 'node:child_process';
import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Whether a file is in the Git index. `unknown` when Git fails, for example in a repository of another user: never treat
 * it as `untracked`. Git is not asked, and need not be installed, where no repository is.
 */
export type Tracking = 'tracked' | 'untracked' | 'no-repository' | 'no-git' | 'unknown';

const timeLimitMs = 10_000;

/** Variables of a running hook, which point Git to another repository. */
const repositoryVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];

/** The mode of a submodule in the index. */
const submodule = '160000 ';

/**
 * Asks Git whether it tracks a file, whether or not the file is on the disk. What is in a submodule is tracked: it came
 * with the repository too.
 *
 * @param path relative to the directory; taken literally, not as a pattern.
 */
export async function trackedByGit(directory: string, path: string): Promise<Tracking> {
  const names = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  const answer = await runGit(directory, ['ls-files', '-z', '--stage', '--', ...names]);
  if (answer.kind === 'failed') return 'unknown';
  if (answer.kind !== 'output') return answer.kind;
  const entries = answer.output.split('\0').map((entry) => entry.split('\t'));
  const isIn = entries.some(
    ([stage = '', file = '']) =>
      file === path || file.startsWith(`${path}/`) || (stage.startsWith(submodule) && names.includes(file)),
  );
  return isIn ? 'tracked' : 'untracked';
}

/** What this clone knows of the branch that Flux follows. */
export interface Followed {
  /**
   * The branch in each remote, as it was fetched or pushed last; `HEAD` where no remote has it. Undefined without Git,
   * and empty where nothing was committed yet.
   */
  references: readonly string[] | undefined;
}

/** Finds the commits that Flux may have applied. */
export async function followedByFlux(directory: string, branch: string): Promise<Followed> {
  const head = await runGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD']);
  const remotes = await runGit(directory, [
    'for-each-ref',
    '--format=%(refname)',
    `refs/remotes/*/${branch}`,
  ]);
  // Without Git, or in a repository that Git refuses to read, what is on the disk may be what runs.
  if (remotes.kind !== 'output') return { references: undefined };
  const references = remotes.output.split('\n').filter((line) => line !== '');
  if (references.length > 0) return { references };
  return { references: head.kind === 'output' ? ['HEAD'] : [] };
}

/** The text of a file in a commit; undefined where the commit does not have it. */
export async function textInGit(
  directory: string,
  reference: string,
  path: string,
): Promise<string | undefined> {
  const answer = await runGit(directory, ['cat-file', 'blob', `${reference}:./${path}`]);
  return answer.kind === 'output' ? answer.output : undefined;
}

/** Every line that a commit added to a file, in the whole history of `HEAD`; none without Git. */
export async function addedLines(directory: string, path: string): Promise<string[]> {
  // A merge that takes the other side drops a file from the simplified history. A merge may have lines of its own.
  const format = [
    '-m',
    '--format=',
    '--patch',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
  ];
  const answer = await runGit(directory, ['log', '--full-history', ...format, '--', path]);
  if (answer.kind !== 'output') return [];
  return answer.output
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
    .map((line) => line.slice(1));
}

/** What Git answered, or why it did not. */
export type Answer = { kind: 'output'; output: string } | { kind: 'failed' | 'no-git' | 'no-repository' };

/**
 * Whether Git could find a repository from here: a directory above has `.git`, or is a repository without work tree. A
 * directory that cannot be looked at may have one. Starting a program copies the page tables of this one, which takes
 * longer than this look.
 */
function mayBeInRepository(directory: string): boolean {
  try {
    for (let at = realpathSync(directory); ; at = dirname(at)) {
      if (isThere(join(at, '.git')) || (isThere(join(at, 'HEAD')) && isThere(join(at, 'objects'))))
        return true;
      if (at === dirname(at)) return false;
    }
  } catch {
    return true;
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Runs Git on a directory, without the network, and without what a repository could have it start. */
export async function runGit(directory: string, args: readonly string[]): Promise<Answer> {
  if (!mayBeInRepository(directory)) return { kind: 'no-repository' };
  const env = {
    ...process.env,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const kept = Object.fromEntries(
    Object.entries(env).filter(([name]) => !repositoryVariables.includes(name)),
  );
  // A third-party repository must not start a program of its choice.
  const options = ['--literal-pathspecs', '-c', 'core.fsmonitor=false', '-C', directory];
  return new Promise((resolve) => {
    execFile(
      'git',
      [...options, ...args],
      { env: kept, timeout: timeLimitMs, windowsHide: true, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: 'output', output: stdout });
        else if (error.code === 'ENOENT') resolve({ kind: 'no-git' });
        else if (stderr.includes('not a git repository (or any')) resolve({ kind: 'no-repository' });
        else resolve({ kind: 'failed' });
      },
    );
  });
}
