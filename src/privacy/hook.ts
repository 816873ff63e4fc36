import { chmod, lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Problem } from '../problems/problem.ts';
import { type Git, gitOutput } from '../system/git.ts';
import { readIfThere } from '../system/regularFile.ts';
import { shellWord } from '../system/shellWord.ts';
import { hookVariable, searchedCode } from './hookAnswer.ts';
import { gitFailedIn } from './options.ts';

const hookNames = ['pre-commit', 'commit-msg', 'pre-push'] as const;
type HookName = (typeof hookNames)[number];

/** The result of the installation of a hook. */
export type HookOutcome =
  | { kind: 'written' | 'extended' | 'unchanged'; hook: HookName; path: string }
  /** Another program manages the hooks: what the user adds to its file. */
  | { kind: 'advice'; hook: HookName; file: string; add: string }
  | { kind: 'problem'; hook: HookName; problems: Problem[] };

const begin = '# >>> gatehouse scan >>>';
const end = '# <<< gatehouse scan <<<';

/** What each hook runs. Git gives it the file of the message, or the name of the remote. */
const commands: Record<HookName, string> = {
  'pre-commit': 'gatehouse scan --staged',
  'commit-msg': 'gatehouse scan --message "$1"',
  'pre-push': 'gatehouse scan --push "$1"',
};

/** @param below - the directory of the configuration below the top of the work tree; empty for the top itself */
function blockOf(hook: HookName, below: string): string {
  const command = commands[hook].replace(/^gatehouse/, 'gatehouse_run');
  const directory = below.startsWith('-') ? `./${below}` : below;
  const lines = [
    begin,
    'gatehouse_run() {',
    '  if command -v gatehouse >/dev/null 2>&1; then',
    '    gatehouse_program=gatehouse',
    '  elif [ -x node_modules/.bin/gatehouse ]; then',
    '    gatehouse_program=node_modules/.bin/gatehouse',
    '  else',
    "    echo 'gatehouse is not installed: nothing was searched for private values, so Git stops here.' >&2",
    "    echo 'In a clone of Gatehouse: npm ci, npm run build, npm link' >&2",
    '    return 1',
    '  fi',
    '  gatehouse_code=0',
    `  ${hookVariable}=1 "$gatehouse_program" "$@" || gatehouse_code=$?`,
    '  case $gatehouse_code in',
    `    ${searchedCode}) return 0 ;;`,
    '    0)',
    '      echo "$gatehouse_program is another program, or an older gatehouse: it did not say that it searched for private values, so Git stops here." >&2',
    "      echo 'In a clone of Gatehouse: npm ci, npm run build, npm link. Then: gatehouse scan --install' >&2",
    '      return 1 ;;',
    '    *) return "$gatehouse_code" ;;',
    '  esac',
    '}',
  ];
  // A branch may not have the directory yet.
  if (below !== '')
    lines.push(
      `gatehouse_directory=${shellWord(directory)}`,
      '[ -d "$gatehouse_directory" ] || gatehouse_directory=.',
    );
  const whole = below === '' ? command : `${command} -C "$gatehouse_directory"`;
  if (hook === 'pre-push') {
    // The lines of the user read the references too.
    lines.push(
      'gatehouse_references=$(cat)',
      `printf '%s\\n' "$gatehouse_references" | ${whole} || exit $?`,
      'exec <<GATEHOUSE_REFERENCES',
      '$gatehouse_references',
      'GATEHOUSE_REFERENCES',
    );
  } else lines.push(`${whole} || exit $?`);
  return `${[...lines, end].join('\n')}\n`;
}

/** The line for a hook that another program keeps; with `set -e` too. */
const lineOf = (hook: HookName): string =>
  `{ ${hookVariable}=1 ${commands[hook]}; [ $? -eq ${searchedCode} ]; } || exit 1`;

/** The same for the pre-commit framework, which adds arguments at the end. */
const entryOf = (command: string): string =>
  `sh -c '${hookVariable}=1 ${command}; [ $? -eq ${searchedCode} ]' gatehouse`;

const preCommitEntries = `  # then: pre-commit install -t pre-commit -t commit-msg -t pre-push
  - repo: local
    hooks:
      - id: gatehouse-scan
        name: gatehouse scan
        entry: ${entryOf(commands['pre-commit'])}
        language: system
        stages: [pre-commit]
        pass_filenames: false
        always_run: true
      - id: gatehouse-scan-message
        name: gatehouse scan of the commit message
        entry: ${entryOf(commands['commit-msg'])}
        language: system
        stages: [commit-msg]
        always_run: true
      - id: gatehouse-scan-push
        name: gatehouse scan of the push
        entry: ${entryOf('gatehouse scan --push origin')}
        language: system
        stages: [pre-push]
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

function foreignHook(hook: HookName, path: string, message: string): HookOutcome {
  const remedy = `add \`${lineOf(hook)}\` to the hook at its source`;
  return { kind: 'problem', hook, problems: [{ code: 'hook-not-ours', file: path, message, remedy }] };
}

/** Puts the block before the user's lines, which may end with `exit` or `exec`. Replaces an older block of ours. */
function withBlock(existing: string, head: string, block: string): string {
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
  return (await gitOutput(git, ['rev-parse', ...args])).stdout.toString('utf8').replace(/\r?\n$/, '');
}

/**
 * Installs the hooks that search the staged files, the commit message, and what is pushed, where Git looks for them
 * (`core.hooksPath`). An existing shell hook keeps its lines and gets ours before them, between marks. Any other hook is
 * not changed: the result has a remedy. With the pre-commit framework or husky nothing is written: the result tells what
 * to add where.
 *
 * @param below - the directory of the configuration below the top of the work tree; empty for the top itself
 */
export async function installHooks(git: Git, below = ''): Promise<HookOutcome[]> {
  const top = await gitOutput(git, ['rev-parse', '--show-toplevel']);
  const [hook] = hookNames;
  if (top.code !== 0)
    return [{ kind: 'problem', hook, problems: [await gitFailedIn(git, 'find a work tree here', top.code)] }];
  const root = top.stdout.toString('utf8').replace(/\r?\n$/, '');
  const framework = '.pre-commit-config.yaml';
  if ((await textOf(join(root, framework))) !== undefined)
    return [{ kind: 'advice', hook, file: framework, add: preCommitEntries }];
  // A relative `core.hooksPath` counts from the top of the work tree.
  const at = { ...git, directory: root };
  const hooks = resolve(root, await revParse(at, ['--git-path', 'hooks']));
  if (/[/\\]\.husky[/\\]_$/.test(hooks)) {
    return hookNames.map((name) => ({
      kind: 'advice',
      hook: name,
      file: `.husky/${name}`,
      add: `${lineOf(name)}\n`,
    }));
  }
  const common = resolve(root, await revParse(at, ['--git-common-dir']));
  const shared = await isShared(at, hooks, [root, common]);
  return Promise.all(
    hookNames.map((name) => {
      const path = join(hooks, name);
      return shared
        ? foreignHook(name, path, 'The hooks directory serves every repository of this machine')
        : installHook(name, path, blockOf(name, below));
    }),
  );
}

async function installHook(hook: HookName, path: string, block: string): Promise<HookOutcome> {
  const existing = await textOf(path);
  // A link that leads nowhere is one too: what it names may come back.
  if (await isLink(path)) return foreignHook(hook, path, 'The hook is a link to another file');
  const head = existing === undefined ? '#!/bin/sh\n' : (shell.exec(existing)?.[0] ?? '');
  if (existing !== undefined && (head === '' || existing.includes('lefthook'))) {
    return foreignHook(
      hook,
      path,
      'The hook is not a shell script that can be read, or another program manages it',
    );
  }
  const text = existing === undefined ? head + block : withBlock(existing, head, block);
  if (text === existing) return { kind: 'unchanged', hook, path };
  const problem = await write(path, text);
  if (problem) return { kind: 'problem', hook, problems: [problem] };
  return { kind: existing === undefined ? 'written' : 'extended', hook, path };
}
