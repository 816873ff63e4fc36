import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A directory with a repository for one test, isolated from the Git settings of the user. */
export interface Sandbox {
  directory: string;
  env: NodeJS.ProcessEnv;
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Adds everything and commits. */
  commit(message: string, author?: string): void;
  remove(): void;
}

export function sandbox({ repository = true } = {}): Sandbox {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-scan-'));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CEILING_DIRECTORIES: dirname(directory),
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@mail.test',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@mail.test',
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' });
  if (repository) git('init', '--quiet', '--initial-branch=main', '.');
  return {
    directory: directory,
    env,
    git,
    write(path, content) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    },
    commit(message, author = 'A <a@mail.test>') {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', `--author=${author}`, '--message', message);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
