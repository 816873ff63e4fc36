import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Environment } from '../../system/environment.ts';
import type { TreeFiles } from '../sources/treeFiles.ts';
import { joinPath } from '../tree.ts';
import {
  type BrokenChart,
  brokenBy,
  type Chart,
  type ChartStore,
  chartOf,
  findChart,
  folderChart,
} from './chartStore.ts';
import type { Release } from './release.ts';
import { nameOf } from './unrenderedRelease.ts';

/** Where charts are looked for. */
export interface ChartResolver {
  store: ChartStore;
  /** Charts of the repository that were read already, by their folders. */
  ownCharts: Map<string, Promise<Chart | BrokenChart>>;
  files: TreeFiles;
  /** The folder that holds the files; nothing where they are those of a commit. */
  directory: string | undefined;
}

/** Where helm keeps the charts that it fetched from chart repositories. */
export async function cacheOfHelm({ env, home, platform }: Environment): Promise<string | undefined> {
  const caches = platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  const own = env['HELM_CACHE_HOME'] || join(env['XDG_CACHE_HOME'] || caches, 'helm');
  const folder = env['HELM_REPOSITORY_CACHE'] || join(own, 'repository');
  return readdir(folder).then(
    () => folder,
    () => undefined,
  );
}

/** A chart that is at hand for a release. */
export interface LocalChart {
  chart: Chart;
  assumed: readonly string[];
  /** Its folder, where it stands in the repository. */
  folder: string | undefined;
}

/** The chart that a release asks for; nothing where it is not at hand. */
export async function localChart(
  { chart: wanted, ref }: Release,
  resolver: ChartResolver,
): Promise<LocalChart | BrokenChart | undefined> {
  const { name, version, origin } = wanted;
  if (origin.kind === 'git' && origin.own !== undefined) {
    const chart = await ownChart(origin.folder, resolver);
    const assumed = [`GitRepository ${origin.own} is the repository that is judged`];
    return 'broken' in chart ? chart : { chart, assumed, folder: origin.folder };
  }
  const found = name === undefined ? undefined : await findChart(resolver.store, name, version);
  if (found === undefined || 'broken' in found) return found;
  const { chart, isChosen } = found;
  const which = isChosen
    ? `${ref.kind} ${ref.namespace ?? 'default'}/${ref.name} takes ${chart.version} of ${nameOf(wanted)}, the newest that is at hand`
    : `What is at hand as ${nameOf(wanted)} is that chart`;
  return { chart, assumed: [which], folder: undefined };
}

/** The chart in a folder of the repository that is judged. */
export function ownChart(folder: string, resolver: ChartResolver): Promise<Chart | BrokenChart> {
  const { ownCharts } = resolver;
  const known = ownCharts.get(folder) ?? readOwnChart(folder, resolver).catch(brokenBy);
  ownCharts.set(folder, known);
  return known;
}

/** A chart in the repository itself: from the disk with all its files, or from the texts of a commit. */
async function readOwnChart(
  folder: string,
  { directory, files }: ChartResolver,
): Promise<Chart | BrokenChart> {
  const path = joinPath('', folder);
  if (path === undefined) return { broken: 'its folder is not in the repository' };
  const prefix = path === '' ? '' : `${path}/`;
  if (directory === undefined) {
    const own = [...files.tree].filter(([file]) => file.startsWith(prefix));
    return chartOf(new Map(own.map(([file, text]) => [file.slice(prefix.length), Buffer.from(text)])));
  }
  const root = await realpath(directory);
  const real = await realpath(join(root, path));
  if (relative(root, real).split(sep)[0] === '..') return { broken: 'its folder is not in the repository' };
  return folderChart(real);
}
