import { existsSync } from 'node:fs';
import { mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { readRegularFile, whyUnread } from '../../system/regularFile.ts';
import { type AgeIdentity, type NewIdentity, parseIdentities } from './identity.ts';

/** What decides where keys are searched. Injected, so that nothing here depends on the machine. */
export interface KeyFileEnvironment {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
}

const ownersOnly = 0o600;

/**
 * The key file that SOPS 3.13 uses when no variable names another: `sops/age/keys.txt` in the user's
 * configuration directory, which is `$XDG_CONFIG_HOME` or `~/.config`; on macOS `$XDG_CONFIG_HOME` or
 * `~/Library/Application Support`; on Windows `%AppData%`.
 */
export function defaultKeyFile(environment: KeyFileEnvironment): string {
  return join(configurationDirectory(environment), 'sops', 'age', 'keys.txt');
}

function configurationDirectory({ env, home, platform }: KeyFileEnvironment): string {
  if (platform === 'win32') return env['AppData'] ?? join(home, 'AppData', 'Roaming');
  const named = env['XDG_CONFIG_HOME'];
  if (named) return named;
  return platform === 'darwin' ? join(home, 'Library', 'Application Support') : join(home, '.config');
}

/**
 * Reads every private key that SOPS would find: in `SOPS_AGE_KEY`, in the file of `SOPS_AGE_KEY_FILE`, and in the
 * default file. No key at all is not a problem here: opening a document reports it.
 *
 * @returns the keys, the places that were searched, and the problems. The keys of a file that others may read are
 * returned together with a problem. A key of a kind that is not supported is a problem only where there is no other.
 */
export async function loadIdentities(
  environment: KeyFileEnvironment,
): Promise<{ identities: AgeIdentity[]; searched: string[]; problems: Problem[] }> {
  const named = environment.env['SOPS_AGE_KEY_FILE'];
  const fallback = defaultKeyFile(environment);
  const inline = await parseIdentities(environment.env['SOPS_AGE_KEY'] ?? '', 'SOPS_AGE_KEY', true);
  const files = [...new Set(named ? [named, fallback] : [fallback])];
  const read = await Promise.all(
    files.map((file) => readKeyFile(file, file === named, environment.platform)),
  );
  const all = [inline, ...read];
  const known = new Map(all.flatMap(({ identities }) => identities).map((one) => [one.recipient, one]));
  const unasked = known.size === 0 && environment.env['SOPS_AGE_KEY_CMD'] ? [commandNotRun] : [];
  // As with sops, a key of a plugin does no harm beside one that can be used.
  const problems = all
    .flatMap((each) => each.problems)
    .filter(({ code }) => known.size === 0 || code !== 'age-identity-unsupported');
  return {
    identities: [...known.values()],
    searched: ['SOPS_AGE_KEY', ...files],
    problems: [...problems, ...unasked],
  };
}

const commandNotRun: Problem = {
  code: 'age-identity-unsupported',
  message: 'SOPS_AGE_KEY_CMD is set, but Gatehouse does not run its command, and no other key was found',
  expected: 'a key in SOPS_AGE_KEY, SOPS_AGE_KEY_FILE or the key file',
  remedy: 'run the command yourself and pass its output in SOPS_AGE_KEY',
};

async function readKeyFile(
  file: string,
  required: boolean,
  platform: NodeJS.Platform,
): Promise<{ identities: AgeIdentity[]; problems: Problem[] }> {
  try {
    const { mode } = await stat(file);
    const read = await parseIdentities((await readRegularFile(file)).toString('utf8'), file);
    return { ...read, problems: [...openToOthers(file, mode, platform), ...read.problems] };
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    return { identities: [], problems: missing && !required ? [] : [unusable(file, 'read', error)] };
  }
}

/**
 * Adds a new private key to a key file, with the comment lines of age-keygen. An existing file keeps its content; a new
 * one gets mode 0600 in a directory of mode 0700.
 *
 * @param tree - the repository. A key file below it is refused, and one in any Git repository, with or without a work tree;
 *   symbolic links are followed.
 * @returns whether the file was created
 */
export async function writeIdentity(request: {
  file: string;
  identity: NewIdentity;
  now: Date;
  tree: string;
  platform: NodeJS.Platform;
  env?: KeyFileEnvironment['env'];
}): Promise<Outcome<{ created: boolean }>> {
  const { file, identity, now, tree, platform, env = {} } = request;
  if ((await isBelow(file, tree)) || (await isInGit(file, env))) return err(insideTree(file));
  const created = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const entry = `# created: ${created}\n# public key: ${identity.recipient}\n${identity.reveal()}\n`;
  try {
    const before = await modeAndEnd(file);
    const problems = before ? openToOthers(file, before.mode, platform) : [];
    if (problems.length > 0) return err(...problems);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, before ? 'a' : 'ax', ownersOnly);
    try {
      await handle.write(before && !before.endsLine ? `\n${entry}` : entry);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return ok({ created: before === undefined });
  } catch (error) {
    return err(unusable(file, 'written', error));
  }
}

async function modeAndEnd(file: string): Promise<{ mode: number; endsLine: boolean } | undefined> {
  try {
    const { mode } = await stat(file);
    const text = (await readRegularFile(file)).toString('utf8');
    return { mode, endsLine: text === '' || text.endsWith('\n') };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether a file is in a work tree, in a linked work tree, in a submodule, or in a repository without a work tree
 * (gitrepository-layout(5)), whichever variables name it.
 */
async function isInGit(file: string, env: KeyFileEnvironment['env']): Promise<boolean> {
  const named = ['GIT_WORK_TREE', 'GIT_DIR', 'GIT_COMMON_DIR'].flatMap((name) => env[name] || []);
  for (const tree of named) if (await isBelow(file, tree)) return true;
  const real = await existing(resolve(file));
  const has = (directory: string, name: string): boolean => existsSync(join(directory, name));
  for (let directory = dirname(real); ; directory = dirname(directory)) {
    if (has(directory, '.git')) return true;
    if (['HEAD', 'objects', 'refs'].every((name) => has(directory, name))) return true;
    if (dirname(directory) === directory) return false;
  }
}

async function isBelow(file: string, tree: string): Promise<boolean> {
  const path = relative(await existing(resolve(tree)), await existing(resolve(file)));
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && resolve(path) !== path);
}

/** The real path of the existing part of a path, with the rest unchanged. */
async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await existing(parent), relative(parent, path));
  }
}

function openToOthers(file: string, mode: number, platform: NodeJS.Platform): Problem[] {
  if (platform === 'win32' || (mode & 0o077) === 0) return [];
  return [
    {
      code: 'age-key-file-open',
      file,
      message: `the key file has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others may read or change it`,
      expected: 'mode 0600: only its owner may read it',
      remedy: `chmod 600 '${file}'`,
    },
  ];
}

function insideTree(file: string): Problem {
  return {
    code: 'age-key-file-in-tree',
    file,
    message: 'the key file would be inside a Git repository, where one commit publishes it',
    expected: 'a path outside of every Git repository',
    remedy:
      'unset SOPS_AGE_KEY_FILE and XDG_CONFIG_HOME: the key is then in your configuration directory, where SOPS finds it. Where your home directory is a Git repository itself, name a file outside of it: SOPS_AGE_KEY_FILE=/path/to/keys.txt gatehouse secrets keygen, and keep the variable set',
  };
}

function unusable(file: string, what: 'read' | 'written', error: unknown): Problem {
  return {
    code: 'age-key-file-failed',
    file,
    message: `the key file could not be ${what} (${whyUnread(error)})`,
    expected: 'a regular file that you may read and write',
    remedy:
      'check the path and its permissions, and the variable SOPS_AGE_KEY_FILE if it is set. SOPS_AGE_KEY may hold the key itself',
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
