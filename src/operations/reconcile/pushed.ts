import { type Git, gitEnvironment, gitOutput, nulSeparated } from '../../system/git.ts';

/** What this clone knows of what was committed and pushed. Nothing is fetched. */
export type Clone =
  /** Git does not run here, or there is no repository, or no commit. */
  { kind: 'no-git' | 'no-repository' | 'no-commit' } | ClonedRepository;

export interface ClonedRepository {
  kind: 'repository';
  /** The commit that is checked out. */
  head: string;
  /** The branch that is checked out; undefined where none is. */
  branch: string | undefined;
  /** How many files are changed, or new and not ignored. */
  uncommitted: number;
  remotes: readonly Remote[];
  /** The remote whose branch counts: the one with the URL of `cluster.yaml`, otherwise one that has the branch. */
  followed: Remote | undefined;
  /** How many commits of `HEAD` the branch does not have, and how many of the branch `HEAD` does not have. */
  ahead: number;
  behind: number;
}

/** A remote of the clone. */
export interface Remote {
  name: string;
  /** Without a password or a token, so that it can be shown. */
  url: string;
  /** Whether its URL leads where Flux fetches. */
  isFollowed: boolean;
  /** The last commit of the branch, as it was pushed or fetched last. */
  commit: string | undefined;
}

/** Looks at the clone: what is checked out, and what the branch that Flux follows has, as far as it is known here. */
export async function readClone(
  directory: string,
  env: NodeJS.ProcessEnv,
  { url, branch }: { url: string; branch: string },
): Promise<Clone> {
  const git: Git = { directory, env: gitEnvironment(env, directory) };
  const inside = await gitOutput(git, ['rev-parse', '--is-inside-work-tree']);
  if (inside.code === -1) return { kind: 'no-git' };
  if (inside.code !== 0 || text(inside.stdout) !== 'true') return { kind: 'no-repository' };
  const head = await lineOf(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) return { kind: 'no-commit' };
  const status = await gitOutput(git, ['status', '--porcelain', '-z', '--no-renames', '--', '.']);
  const names = (await lineOf(git, ['remote']))?.split('\n').filter((name) => name !== '') ?? [];
  const remotes = await Promise.all(
    names.map(async (name): Promise<Remote> => {
      const own = (await lineOf(git, ['remote', 'get-url', '--', name])) ?? '';
      const tracked = `refs/remotes/${name}/${branch}^{commit}`;
      return {
        name,
        url: withoutCredentials(own),
        isFollowed: sameRepository(own, url),
        commit: await lineOf(git, ['rev-parse', '--verify', '--quiet', tracked]),
      };
    }),
  );
  const followed = remotes.find(({ isFollowed }) => isFollowed) ?? remotes.find(({ commit }) => commit);
  const counts = followed?.commit && (await lineOf(git, countBetween(head, followed.commit)));
  const [ahead = 0, behind = 0] = (counts ?? '').split('\t').map(Number);
  return {
    kind: 'repository',
    head,
    branch: await lineOf(git, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    uncommitted: nulSeparated(status.stdout).length,
    remotes,
    followed,
    ...{ ahead, behind },
  };
}

function countBetween(one: string, other: string): string[] {
  return ['rev-list', '--left-right', '--count', `${one}...${other}`];
}

/** How a commit stands to another one, as far as this clone knows both. */
export type Relation = 'same' | 'older' | 'newer' | 'apart' | 'unknown';

/** How the commit of a revision stands to `other`, asked of Git once for each. */
export function relations(
  directory: string,
  env: NodeJS.ProcessEnv,
  other: string,
): (commit: string) => Promise<Relation> {
  const git: Git = { directory, env: gitEnvironment(env, directory) };
  const known = new Map<string, Promise<Relation>>();
  const ask = async (commit: string): Promise<Relation> => {
    if (commit === other) return 'same';
    // What a cluster says is no option of Git.
    if (!/^[0-9a-f]{7,64}$/.test(commit)) return 'unknown';
    const line = await lineOf(git, countBetween(commit, other));
    const [ahead, behind] = (line ?? '').split('\t').map(Number);
    if (ahead === undefined || behind === undefined) return 'unknown';
    return behind === 0 ? 'newer' : ahead === 0 ? 'older' : 'apart';
  };
  return (commit) => {
    const asked = known.get(commit) ?? ask(commit);
    known.set(commit, asked);
    return asked;
  };
}

/** The commit of a revision as Flux writes it: `main@sha1:…`. */
export function commitOf(revision: string): string {
  return revision.replace(/^.*[:/@]/, '');
}

/**
 * A URL of a remote without what it may hold of credentials, so that it can be shown. The user of SSH is no secret; with HTTP a
 * token may stand alone in its place.
 */
export function withoutCredentials(url: string): string {
  const { scheme = '', rest = '' } =
    /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)(?<rest>.*)$/is.exec(url)?.groups ?? {};
  if (scheme === '') return url;
  const bare = rest.replace(/[?#].*$/s, '');
  const [authority = ''] = bare.split('/');
  // A password in which somebody forgot to write / as %2F.
  const isCut = !authority.includes('@') && /:\D/.test(authority);
  const at = (isCut ? bare : authority).lastIndexOf('@');
  const user = /^ssh:/i.test(scheme) ? /^[^:@/]*(?=[:@])/.exec(bare.slice(0, at + 1))?.[0] : undefined;
  return `${scheme}${user === undefined ? '' : `${user}@`}${bare.slice(at + 1)}`;
}

/** Whether two URLs lead to the same repository, whatever the protocol and the user. */
export function sameRepository(one: string, other: string): boolean {
  return placeOf(withoutCredentials(one)) === placeOf(withoutCredentials(other));
}

function placeOf(url: string): string {
  const scp = /^(?:[^\s@/]+@)?(?<host>[^\s:/]+):(?!\/\/)(?<path>\S+)$/.exec(url)?.groups;
  const full = /^[a-z+]+:\/\/(?:[^@/]*@)?(?<host>[^/]*)\/(?<path>.*)$/i.exec(url)?.groups;
  const { host, path = '' } = full ?? scp ?? {};
  const bare = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return host === undefined ? url : `${host.replace(/:(?:22|443|80)$/, '').toLowerCase()}/${bare}`;
}

async function lineOf(git: Git, args: readonly string[]): Promise<string | undefined> {
  const { code, stdout } = await gitOutput(git, args);
  const line = text(stdout);
  return code === 0 && line !== '' ? line : undefined;
}

function text(output: Buffer): string {
  return output.toString('utf8').trim();
}
