import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Environment } from '../../system/environment.ts';
import { joinPath } from '../tree.ts';
import { chartName } from './chartName.ts';
import type { Dependency } from './chartReference.ts';
import {
  type BrokenChart,
  brokenChartFrom,
  type Chart,
  chartFrom,
  directoryChart,
  type FoundChart,
  findChart,
  openChartStore,
} from './chartStore.ts';
import type { Release } from './release.ts';
import type { RenderContext } from './renderContext.ts';

/** Finds charts that are available locally: in the repository, in directories of charts, in helm's cache. */
export interface ChartResolver {
  /** The chart of a release; undefined if it is not available locally. */
  resolve: (release: Release) => Promise<LocalChart | BrokenChart | undefined>;
  /**
   * The chart of a dependency; undefined if it is not available locally.
   *
   * @param parent directory of the dependent chart, if that is in the repository
   */
  resolveDependency: (
    dependency: Dependency,
    parent: string | undefined,
  ) => Promise<LocalDependency | BrokenChart | undefined>;
}

/** A chart of a release that is available locally. */
export interface LocalChart {
  chart: Chart;
  /** Sentences that say why it is taken for the chart of the release. */
  assumptions: readonly string[];
  /** Its directory, if it is in the repository. */
  directory: string | undefined;
}

export interface LocalDependency extends FoundChart {
  /** Its directory, if it is in the repository. */
  directory: string | undefined;
}

/**
 * A resolver that reads each chart at most once.
 *
 * @throws the file system error if a directory of charts cannot be listed
 */
export async function openChartResolver(context: RenderContext): Promise<ChartResolver> {
  const { rendering, environment } = context;
  const cache = rendering === undefined ? undefined : await helmCache(environment);
  const directories = [...(rendering?.charts ?? []), ...(cache === undefined ? [] : [cache])];
  const store = await openChartStore(directories);
  const repositoryChart = repositoryCharts(context);
  return {
    resolve: async ({ chart: reference, ref }) => {
      const { name, version, source } = reference;
      if (source.kind === 'git' && source.own !== undefined) {
        const chart = await repositoryChart(source.directory);
        const assumptions = [`GitRepository ${source.own} is the repository that is checked`];
        return 'broken' in chart ? chart : { chart, assumptions, directory: source.directory };
      }
      const found = name === undefined ? undefined : await findChart(store, name, version);
      if (found === undefined || 'broken' in found) return found;
      const { chart, isFromRange } = found;
      const assumption = isFromRange
        ? `${ref.kind} ${ref.namespace ?? 'default'}/${ref.name} uses ${chart.version} of ${chartName(reference)}, the newest version that is available locally`
        : `The local copy of ${chartName(reference)} is that chart`;
      return { chart, assumptions: [assumption], directory: undefined };
    },
    resolveDependency: async ({ name, version, repository }, parent) => {
      const directory =
        parent !== undefined && repository.startsWith('file://')
          ? joinPath(parent, repository.slice('file://'.length))
          : undefined;
      const chart = directory === undefined ? undefined : await repositoryChart(directory);
      if (chart !== undefined && !('broken' in chart)) return { chart, isFromRange: false, directory };
      const found = await findChart(store, name, version);
      return found === undefined || 'broken' in found ? found : { ...found, directory };
    },
  };
}

/** Where helm caches the charts of chart repositories; undefined if there is no cache. */
async function helmCache({ env, home, platform }: Environment): Promise<string | undefined> {
  const caches = platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  const helmHome = env['HELM_CACHE_HOME'] || join(env['XDG_CACHE_HOME'] || caches, 'helm');
  const directory = env['HELM_REPOSITORY_CACHE'] || join(helmHome, 'repository');
  return readdir(directory).then(
    () => directory,
    () => undefined,
  );
}

/** Reads charts of the repository by their directory, each once. */
function repositoryCharts(context: RenderContext): (directory: string) => Promise<Chart | BrokenChart> {
  const charts = new Map<string, Promise<Chart | BrokenChart>>();
  return (directory) => {
    const chart = charts.get(directory) ?? readRepositoryChart(directory, context).catch(brokenChartFrom);
    charts.set(directory, chart);
    return chart;
  };
}

/** Reads a chart of the repository: from disk with all its files, or from the texts of a commit. */
async function readRepositoryChart(
  chartDirectory: string,
  { directory, files }: RenderContext,
): Promise<Chart | BrokenChart> {
  const path = joinPath('', chartDirectory);
  if (path === undefined) return outside;
  const prefix = path === '' ? '' : `${path}/`;
  if (directory === undefined) {
    const own = [...files.tree].filter(([file]) => file.startsWith(prefix));
    return chartFrom(new Map(own.map(([file, text]) => [file.slice(prefix.length), Buffer.from(text)])));
  }
  const root = await realpath(directory);
  const real = await realpath(join(root, path));
  return relative(root, real).split(sep)[0] === '..' ? outside : directoryChart(real);
}

const outside: BrokenChart = { broken: 'its directory is not in the repository' };
