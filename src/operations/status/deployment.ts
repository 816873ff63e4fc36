import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { defined } from '../../kubernetes/defined.ts';
import { compareWithTree } from '../../repository/compare.ts';
import {
  commonCommit,
  filesBetween,
  type GitState,
  type NoGitState,
  remoteAddresses,
} from '../../repository/gitState.ts';
import { sopsConfigName } from '../../secrets/sopsConfig.ts';
import type { VerifyRecord } from '../verify/record.ts';

/** Which files have not got to a place, or why that is unknown. */
export type Missing =
  | {
      has: (path: string) => boolean;
      /** How many have not, those of no component too; undefined where none has. */
      count?: number;
      note?: string;
    }
  | { unknown: string };

/** How far the files have come, as this computer knows it. */
export interface Deployment {
  notWritten: Missing;
  notPushed: Missing;
  notApplied: Missing;
}

interface Repository {
  url: string;
  branch: string;
}

/** Finds how far each file of a plan has come: to the disk, to the branch that Flux follows, and to the cluster. */
export async function readDeployment(
  directory: string,
  plan: Plan,
  repository: Repository,
  git: GitState | NoGitState,
  record: VerifyRecord | undefined,
): Promise<Deployment> {
  const [notWritten, pushed] = await Promise.all([
    findNotWritten(directory, plan),
    findNotPushed(directory, repository, git),
  ]);
  return {
    notWritten,
    notPushed: pushed.missing,
    notApplied: await findNotApplied(directory, pushed.branch, record && appliedBy(record)),
  };
}

/** Encrypted files are compared by their existence only: to compare their values takes as long as to encrypt them. */
async function findNotWritten(directory: string, plan: Plan): Promise<Missing> {
  if (plan.files.every((file) => isAsPlanned(directory, file)) && isEncryptedThere(directory, plan))
    return these([]);
  const differences = await compareWithTree(directory, plan.files);
  if (!differences.ok)
    return { unknown: `the files cannot be compared: ${differences.problems[0]?.message ?? ''}` };
  const { changes, conflicts } = differences.value;
  // The plan that was compared does not have them, so that they seem to be left over.
  const encrypted = new Set(encryptedFiles(plan));
  const differing = [...changes, ...conflicts].map(({ path }) => path).filter((path) => !encrypted.has(path));
  const absent = [...encrypted].filter((path) => !existsSync(join(directory, path)));
  return these([...differing, ...absent]);
}

/** Most often nothing differs. That is seen without the record, the hashes, and a look at what was written before. */
function isAsPlanned(directory: string, file: PlannedFile): boolean {
  const path = join(directory, file.path);
  // A pipe would wait for a writer.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const text = textAt(path);
  if ('content' in file) return text === file.content;
  const items = 'entries' in file ? file.entries.map((entry) => `- ${entry}`) : file.lines;
  const lines = new Set(text?.split('\n').map((line) => line.trim()));
  return items.every((item) => lines.has(item));
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function encryptedFiles({ encrypted }: Plan): string[] {
  return encrypted.length === 0 ? [] : [...encrypted.map(({ path }) => path), sopsConfigName];
}

function isEncryptedThere(directory: string, plan: Plan): boolean {
  return encryptedFiles(plan).every((path) => existsSync(join(directory, path)));
}

interface Pushed {
  missing: Missing;
  /** The commit of the branch in the remote that Flux reads. */
  branch?: string;
}

async function findNotPushed(
  directory: string,
  repository: Repository,
  git: GitState | NoGitState,
): Promise<Pushed> {
  if (git === 'no-repository') return { missing: everything('this directory is no Git repository yet') };
  if (git === 'no-git') return { missing: { unknown: 'Git is not installed' } };
  if (git === 'failed') return { missing: { unknown: 'Git cannot read this repository: run git status' } };
  if (git.head === undefined) return { missing: everything('nothing was committed yet') };
  const branch = await followedCommit(directory, repository, git);
  if (branch === undefined)
    return {
      missing: everything(`no remote has the branch ${repository.branch}, as far as this clone knows`),
    };
  const common = await commonCommit(directory, branch, git.head);
  const committed = common === undefined ? undefined : await filesBetween(directory, common, git.head);
  if (committed === undefined)
    return {
      missing: everything(`the branch ${repository.branch} of the remote has another history`),
      branch,
    };
  const behind = common === branch ? undefined : 'the remote has newer commits: git pull';
  return { missing: { ...these([...git.uncommitted, ...committed]), ...defined({ note: behind }) }, branch };
}

/** The commit of the branch in the remote that Flux reads; where no address tells it, in the only one or in origin. */
async function followedCommit(
  directory: string,
  { url, branch }: Repository,
  { remotes }: GitState,
): Promise<string | undefined> {
  const commits = new Map(
    [...remotes].flatMap(([name, commit]) => {
      const remote = name.slice('refs/remotes/'.length, -`/${branch}`.length);
      return name === `refs/remotes/${remote}/${branch}` && !remote.includes('/') ? [[remote, commit]] : [];
    }),
  );
  if (commits.size < 2) return [...commits.values()][0];
  const addresses = await remoteAddresses(directory);
  const same = [...commits].find(([remote]) => sameRepository(addresses.get(remote) ?? '', url));
  return same?.[1] ?? commits.get('origin');
}

/** Whether two addresses are of one repository, however it is reached: `git@host:me/it.git`, `https://host/me/it`. */
function sameRepository(one: string, other: string): boolean {
  const [left, right] = [one, other].map((address) =>
    address
      .toLowerCase()
      .replace(/^[a-z+]+:\/\//, '')
      .replace(/^[^@/]*@/, '')
      .replace(/^([^:/]+):(?:\d+\/)?/, '$1/')
      .replace(/(?:\.git)?\/*$/, ''),
  );
  return left === right;
}

/** The commit that Flux had applied: `verify` found each of its Kustomizations at the commit that it asked about. */
export function appliedBy({ appliedCommit, commit, results }: VerifyRecord): string | undefined {
  const kustomizations = results.filter(({ id }) => id.startsWith('flux-kustomization-'));
  const isApplied = kustomizations.length > 0 && kustomizations.every(({ verdict }) => verdict === 'kept');
  return appliedCommit ?? (isApplied ? commit : undefined);
}

async function findNotApplied(
  directory: string,
  branch: string | undefined,
  applied: string | undefined,
): Promise<Missing> {
  if (branch === undefined || applied === undefined)
    return { unknown: 'no verify has said which commit Flux applied' };
  const paths = await filesBetween(directory, applied, branch);
  return paths === undefined
    ? { unknown: `this clone does not have the commit ${applied.slice(0, 7)} that Flux applied: git fetch` }
    : these(paths);
}

function these(paths: readonly string[]): { has: (path: string) => boolean; count: number } {
  const all = new Set(paths);
  return { has: (path) => all.has(path), count: all.size };
}

function everything(note: string): Missing {
  return { has: () => true, note };
}
