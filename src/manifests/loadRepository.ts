import type { Environment } from '../system/environment.ts';
import { type BuildOptions, buildClusters, buildTree } from './buildTree.ts';
import { isRelease } from './helm/release.ts';
import type { RenderOptions } from './helm/renderCharts.ts';
import { assumedNamespaces } from './namespaces.ts';
import type { BuiltTree, Repository } from './repository.ts';
import type { SourcedObject } from './sourcedObject.ts';
import type { TreeFiles } from './sources/treeFiles.ts';

export interface LoadOptions extends Omit<BuildOptions, 'env'> {
  environment: Environment;
  /** How helm renders charts. Without it no program renders one, and what the charts make is unknown. */
  rendering?: RenderOptions | undefined;
  /** The directory that the files are from, for charts in it; undefined for the files of a commit. */
  directory?: string | undefined;
}

/**
 * The only loader: turns the files of a repository into the objects that a cluster gets. Every command that proves
 * something uses it, whether the files are on the disk, in a commit, or about to be written.
 *
 * Inputs: the texts of all files, the values of private variables, and the clear objects of encrypted files where they
 * are known. Nothing is read from the disk but charts, and nothing from the network.
 *
 * Order: the roots are found and built as kustomize builds them ({@link buildTree}); each Flux Kustomization changes
 * its objects and fills variables in; then the objects of a rendered chart take the place of their HelmRelease. The
 * same files give the same objects in the same order.
 *
 * Unknown: what cannot be built is in `unseen`, a variable without a value in `unfilled`, and a chart that is not
 * rendered is in `unseen` of its HelmRelease. Nothing is guessed but `likely`, which is kept apart.
 *
 * @throws the error of the disk where a directory of charts cannot be listed
 * @throws OverBudget where the files ask for far more work than a home repository does ({@link createBudget})
 */
export function loadRepository(files: TreeFiles, options: LoadOptions): Promise<Repository> {
  const { environment, rendering, directory, ...build } = options;
  return withCharts(buildTree(files, { ...build, env: environment.env }), files, options);
}

/**
 * Loads a repository as {@link loadRepository} does, each of its clusters by itself.
 *
 * @returns at least one
 */
export async function loadClusters(
  files: TreeFiles,
  options: LoadOptions,
): Promise<readonly [Repository, ...Repository[]]> {
  const { environment, rendering, directory, ...build } = options;
  const [first, ...others] = buildClusters(files, { ...build, env: environment.env });
  const loaded: [Repository, ...Repository[]] = [await withCharts(first, files, options)];
  for (const built of others) loaded.push(await withCharts(built, files, options));
  return loaded;
}

async function withCharts(built: BuiltTree, files: TreeFiles, options: LoadOptions): Promise<Repository> {
  const { objects: loaded, ...repository } = await withReleases(built, files, options);
  const objects = loaded.map(withoutAge);
  return { ...repository, objects, assumed: [...repository.assumed, ...assumedNamespaces(objects)] };
}

/** The API server says when an object was made, whatever a file says: a time in a file, as of an export, decides nothing. */
function withoutAge(source: SourcedObject): SourcedObject {
  const { metadata } = source.object;
  if (metadata['creationTimestamp'] === undefined) return source;
  const { creationTimestamp: _, ...kept } = metadata;
  return { ...source, object: { ...source.object, metadata: kept } };
}

async function withReleases(
  built: BuiltTree,
  files: TreeFiles,
  { environment, rendering, directory, values = new Map() }: LoadOptions,
): Promise<Repository> {
  if (!built.objects.some(isRelease)) return { ...built, likely: [] };
  // Most trees have no chart, and most runs render none: the code for it is loaded where it is needed.
  if (rendering === undefined) {
    const { keepReleases } = await import('./helm/keptReleases.ts');
    return keepReleases(built);
  }
  const { renderCharts } = await import('./helm/renderCharts.ts');
  return renderCharts(built, { rendering, environment, files, directory, values });
}
