import { parse } from 'yaml';
import type { Plan } from '../../compile/plan.ts';
import { valuesSecret } from '../../components/shared/fluxNames.ts';
import type { PrivateValues } from '../../config/private.ts';
import { isFields, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { RenderOptions } from '../../manifests/helm/renderCharts.ts';
import { loadRepository } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import { isManifestPath, readTreeFiles, type TreeFiles } from '../../manifests/sources/treeFiles.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import type { Followed } from '../../repository/git.ts';
import { withoutOwnHash } from '../../repository/ownHash.ts';
import { decryptDocument } from '../../secrets/sops/decrypt.ts';
import type { Environment } from '../../system/environment.ts';
import type { FutureTree } from '../configure/futureTree.ts';
import { contentOf } from './configurationChanges.ts';

/** A tree that Flux may apply now, with private values filled in, in memory. */
export interface RunningTree {
  /** The commit as Git names it, such as `refs/remotes/origin/main`; undefined for the directory as it is. */
  reference: string | undefined;
  /** Loads the objects; only once. */
  repository: Repository;
  values: PrivateValues;
  /** Encrypted files that no key opens, and that will be others. */
  unopened: readonly string[];
}

/** What a tree that runs is read with. */
export interface RunningContext {
  directory: string;
  configuration: Configuration;
  plan: Plan;
  /** The tree that will be on the disk. */
  tree: FutureTree;
  /** Whether Gatehouse has written to the directory before. */
  isRecorded: boolean;
  environment: Environment;
  rendering: RenderOptions | undefined;
}

/**
 * The trees that Flux may apply now: those of the commits that it follows, or, without Git, the directory as it is.
 * Empty where nothing was committed yet. A tree that is the one that will be there is not loaded: it changes nothing.
 *
 * @returns with each reference whether its tree will change
 */
export async function runningTrees(
  context: RunningContext,
  { references }: Followed,
): Promise<{ compared: (string | undefined)[]; changed: RunningTree[]; unread: string[] }> {
  const read = await readTrees(context, references);
  const compared = read.flatMap(({ reference, files }) => (files === undefined ? [] : [reference]));
  const unread = read.flatMap(({ reference, files }) => (files === undefined ? [reference ?? ''] : []));
  const changed: RunningTree[] = [];
  const seen: TreeFiles[] = [];
  for (const { reference, files } of read) {
    if (files === undefined || isSameTree(files, context.tree.files)) continue;
    if (seen.some((other) => isSameTree(files, other))) continue;
    seen.push(files);
    changed.push(await loaded(context, reference, files));
  }
  return { compared, changed, unread };
}

interface ReadTree {
  reference: string | undefined;
  files: TreeFiles | undefined;
}

async function readTrees(
  { directory, isRecorded }: RunningContext,
  references: Followed['references'],
): Promise<ReadTree[]> {
  if (references === undefined) {
    if (!isRecorded) return [];
    return [{ reference: undefined, files: await readTreeFiles(directory, { own: true }) }];
  }
  return Promise.all(
    references.map(async (reference) => {
      const files = await readGitTree(directory, reference);
      return { reference, files: files.ok ? files.value : undefined };
    }),
  );
}

/** Whether two trees build the same: files that only one of them has count where they may be manifests. */
function isSameTree({ tree: one }: TreeFiles, { tree: other }: TreeFiles): boolean {
  return isWithin(one, other) && isWithin(other, one);
}

function isWithin(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return [...one].every(([path, text]) => {
    const found = other.get(path);
    if (path.startsWith('.gatehouse/') || path === plainPrivateFile) return true;
    return found === undefined ? !isManifestPath(path) : found === text;
  });
}

async function loaded(
  { directory, configuration, tree, environment, rendering }: RunningContext,
  reference: string | undefined,
  files: TreeFiles,
): Promise<RunningTree> {
  const { decrypted, unopened } = await decryptedOf(files, tree, configuration);
  const secret = [...decrypted.values()].find(({ metadata }) => metadata.name === valuesSecret);
  const now = configuration.loaded.private;
  const values = secret === undefined ? now : new Map([...now, ...textsOf(secret)]);
  const kubeVersion = configuration.loaded.cluster.cluster.kubernetes;
  const repository = await loadRepository(files, {
    values,
    decrypted,
    environment,
    rendering: rendering && { kubeVersion, ...rendering },
    directory: reference === undefined ? directory : undefined,
  });
  return { reference, repository, values, unopened };
}

function textsOf(secret: KubernetesObject): [string, string][] {
  return [...contentOf(secret)].map(([key, bytes]) => [key, Buffer.from(bytes, 'latin1').toString('utf8')]);
}

/** The clear objects of encrypted files. A file that stays as it is holds what will be there. */
async function decryptedOf(
  { tree }: TreeFiles,
  after: FutureTree,
  { identities }: Configuration,
): Promise<{ decrypted: Map<string, KubernetesObject>; unopened: string[] }> {
  const decrypted = new Map<string, KubernetesObject>();
  const unopened: string[] = [];
  for (const [file, text] of tree) {
    if (!isManifestPath(file) || !/^sops:/m.test(text) || !text.includes('apiVersion')) continue;
    const known = after.files.tree.get(file) === text ? after.decrypted.get(file) : undefined;
    if (known !== undefined) {
      decrypted.set(file, known);
      continue;
    }
    const content = withoutOwnHash(Buffer.from(text));
    const opened = await decryptDocument({ file, content, identities });
    const object: unknown = opened.ok ? parse(opened.value.plaintext, { logLevel: 'silent' }) : undefined;
    if (isObject(object)) decrypted.set(file, object);
    else if (after.files.tree.get(file) !== text) unopened.push(file);
  }
  return { decrypted, unopened };
}

function isObject(value: unknown): value is KubernetesObject {
  return (
    isFields(value) && textAt(value, 'kind') !== undefined && textAt(value, 'metadata', 'name') !== undefined
  );
}
