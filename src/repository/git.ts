import { execFile } from 'node:child_process';

/**
 * Whether Git has a file in its index. `unknown` when Git is there and does not answer, as for a repository that
 * belongs to somebody else: never take it for `untracked`.
 */
export type Tracking = 'tracked' | 'untracked' | 'no-repository' | 'no-git' | 'unknown';

const timeLimitMs = 10_000;

/** Variables of a running hook, which point Git to another repository than that of the directory. */
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

/**
 * Asks the git program whether it tracks a file, whether or not the file is on the disk.
 *
 * @param path relative to the directory; taken literally, not as a pattern.
 */
export async function trackedByGit(directory: string, path: string): Promise<Tracking> {
  const answer = await runGit(directory, ['ls-files', '-z', '--cached', '--', path]);
  if (answer.kind === 'no-git') return 'no-git';
  if (answer.kind === 'failed') {
    return answer.message.includes('not a git repository (or any') ? 'no-repository' : 'unknown';
  }
  return answer.output === '' ? 'untracked' : 'tracked';
}

type Answer = { kind: 'output'; output: string } | { kind: 'failed'; message: string } | { kind: 'no-git' };

function runGit(directory: string, args: readonly string[]): Promise<Answer> {
  const env = { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
  const kept = Object.fromEntries(
    Object.entries(env).filter(([name]) => !repositoryVariables.includes(name)),
  );
  // A stranger's repository must not have a program of its choice started.
  const options = ['--literal-pathspecs', '-c', 'core.fsmonitor=false', '-C', directory];
  return new Promise((resolve) => {
    execFile(
      'git',
      [...options, ...args],
      { env: kept, timeout: timeLimitMs, windowsHide: true },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: 'output', output: stdout });
        else if (error.code === 'ENOENT') resolve({ kind: 'no-git' });
        else resolve({ kind: 'failed', message: stderr });
      },
    );
  });
}
