import { chmod, lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Problem } from '../problems/problem.ts';
import { type Git, gitOutput } from '../system/git.ts';
import { readIfThere } from '../system/regularFile.ts';
import { gitFailed } from './options.ts';

/** The result of the installation. */
export type HookOutcome =
  | { kind: 'written' | 'extended' | 'unchanged'; path: string }
  /** Another program manages the hooks: what the user adds to its file. */
  | { kind: 'advice'; file: string; add: string }
  | { kind: 'problem'; problems: Problem[] };

const begin = '# >>> gatehouse scan >>>';
const end = '# <<< gatehouse scan <<<';

const block = `${begin}
if command -v gatehouse >/dev/null 2>&1; then
  gatehouse scan --staged || exit $?
elif [ -x node_modules/.bin/gatehouse ]; then
  node_modules/.bin/gatehouse scan --staged || exit $?
else
  echo 'gatehouse is not installed: the commit was not searched for private values' >&2
  exit 1
fi
${end}
`;

const preCommitEntry = `  - repo: local
    hooks:
      - id: gatehouse-scan
        name: gatehouse scan
        entry: gatehouse scan --staged
        language: system
        pass_filenames: false
        always_run: true
`;

const shell = /^#!\s*(?:\/usr\/bin\/env\s+)?(?:\/(?:usr\/)?bin\/)?(?:sh|bash|dash|zsh|ksh)\b.*\n/;

/** The text of a file; undefined where there is none. What cannot be read is there too, and is not a script of ours. */
async function textOf(path: string): Promise<string | undefined> {
  return readIfThere(path).then(
    (bytes) => bytes?.toString('utf8'),
    () => '',
  );
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

function foreignHook(path: string, message: string): HookOutcome {
  const remedy = 'add `gatehouse scan --staged || exit $?` to the hook at its source';
  return { kind: 'problem', problems: [{ code: 'hook-not-ours', file: path, message, remedy }] };
}

/** Puts the block before the user's lines, which may end with `exit` or `exec`. Replaces an older block of ours. */
function withBlock(existing: string, head: string): string {
  const from = existing.indexOf(begin);
  const to = existing.indexOf(end);
  if (from >= 0 && to > from)
    return existing.slice(0, from) + block + existing.slice(to + end.length).replace(/^\n/, '');
  return head + block + existing.slice(head.length);
}

async function write(path: string, text: string): Promise<Problem | undefined> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.gatehouse-${process.pid}`;
    await writeFile(temporary, text, { mode: 0o755 });
    await chmod(temporary, 0o755);
    await rename(temporary, path);
    return undefined;
  } catch {
    return {
      code: 'hook-not-written',
      file: path,
      message: 'The hook could not be written',
      remedy: 'check the permissions of the directory',
    };
  }
}

/** Whether the hooks directory serves every repository of the machine: then it must not be changed from here. */
async function isShared(git: Git, hooks: string, roots: readonly string[]): Promise<boolean> {
  const local = await gitOutput(git, ['config', '--local', '--get', 'core.hooksPath']);
  return local.code !== 0 && !roots.some((root) => hooks === root || hooks.startsWith(root + sep));
}

async function revParse(git: Git, args: readonly string[]): Promise<string> {
  return (await gitOutput(git, ['rev-parse', ...args])).stdout.toString('utf8').trim();
}

/**
 * Installs the pre-commit hook that runs `gatehouse scan --staged`, where Git looks for it (`core.hooksPath`). An existing
 * shell hook keeps its lines and gets ours before them, between marks. Any other hook is not changed: the result has a
 * remedy. With the pre-commit framework or husky nothing is written: the result tells what to add where.
 */
export async function installHook(git: Git): Promise<HookOutcome> {
  const top = await gitOutput(git, ['rev-parse', '--show-toplevel']);
  if (top.code !== 0) return { kind: 'problem', problems: [gitFailed('find a work tree here', top.code)] };
  const root = top.stdout.toString('utf8').trim();
  const framework = '.pre-commit-config.yaml';
  if ((await textOf(join(root, framework))) !== undefined)
    return { kind: 'advice', file: framework, add: preCommitEntry };
  const hooks = resolve(git.directory, await revParse(git, ['--git-path', 'hooks']));
  if (/[/\\]\.husky[/\\]_$/.test(hooks)) {
    return { kind: 'advice', file: '.husky/pre-commit', add: 'gatehouse scan --staged\n' };
  }
  const common = resolve(git.directory, await revParse(git, ['--git-common-dir']));
  const path = join(hooks, 'pre-commit');
  if (await isShared(git, hooks, [root, common])) {
    return foreignHook(path, 'The hooks directory serves every repository of this machine');
  }
  const existing = await textOf(path);
  // A link that leads nowhere is one too: what it names may come back.
  if (await isLink(path)) return foreignHook(path, 'The hook is a link to another file');
  const head = existing === undefined ? '#!/bin/sh\n' : (shell.exec(existing)?.[0] ?? '');
  if (existing !== undefined && (head === '' || existing.includes('lefthook'))) {
    return foreignHook(
      path,
      'The hook is not a shell script that can be read, or another program manages it',
    );
  }
  const text = existing === undefined ? head + block : withBlock(existing, head);
  if (text === existing) return { kind: 'unchanged', path };
  const problem = await write(path, text);
  if (problem) return { kind: 'problem', problems: [problem] };
  return { kind: existing === undefined ? 'written' : 'extended', path };
}
