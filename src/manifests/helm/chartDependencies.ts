import { isFields, textAt, textsIn } from '../../kubernetes/fields.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { joinPath } from '../tree.ts';
import { type ChartFiles, readChartArchive } from './chartArchive.ts';
import { type Dependency, dependenciesOf } from './chartReference.ts';
import { type BrokenChart, type Chart, type ChartStore, findChart, textIn } from './chartStore.ts';
import { type Dependence, dependenceOf } from './clusterDependence.ts';
import type { Gap } from './release.ts';
import { dependencyRemedy } from './unrenderedRelease.ts';

/** How deep charts may stand in charts. */
const deepest = 8;

interface Finder {
  store: ChartStore;
  /** The chart in a folder of the repository that is judged. */
  own: (folder: string) => Promise<Chart | BrokenChart>;
}

/** A chart with everything that it depends on. */
export interface WholeChart {
  files: ChartFiles;
  /** Dependencies that are nowhere. */
  gaps: readonly Gap[];
  /** Dependencies that were taken for a range of versions. */
  chosen: readonly string[];
}

/**
 * Adds what a chart depends on and does not carry: from a folder of the repository, or from what is at hand. Helm
 * would fetch it.
 *
 * @param folder - of the chart in the repository, where it stands there
 */
export async function withDependencies(
  chart: Chart,
  finder: Finder,
  folder: string | undefined,
  depth = 0,
): Promise<WholeChart> {
  const files = new Map(chart.files);
  const gaps: Gap[] = [];
  const chosen: string[] = [];
  const [document] = parseManifests(textIn(files, 'Chart.yaml')).documents;
  for (const dependency of dependenciesOf(document?.value)) {
    const { name, version } = dependency;
    if (carries(files, name)) continue;
    if (!/^[a-z0-9][\w.-]*$/i.test(name)) {
      gaps.push({ why: 'a dependency has a name that no folder can have', remedy: 'Mend its Chart.yaml' });
      continue;
    }
    const below = folder === undefined ? undefined : localFolder(folder, dependency);
    const local = below === undefined ? undefined : await finder.own(below);
    const found =
      local === undefined || 'broken' in local
        ? await findChart(finder.store, name, version)
        : { chart: local, isChosen: false };
    if (found === undefined || 'broken' in found || depth > deepest) {
      const why = `its dependency ${name} ${version} is neither in the chart nor at hand`;
      gaps.push({ why, remedy: dependencyRemedy(dependency) });
      continue;
    }
    const { chart: part, isChosen } = found;
    if (isChosen)
      chosen.push(`Of chart ${name}, ${part.version} is the one that ${chart.name} ${chart.version} takes`);
    const whole = await withDependencies(part, finder, below, depth + 1);
    gaps.push(...whole.gaps);
    chosen.push(...whole.chosen);
    for (const [path, content] of whole.files) files.set(`charts/${name}/${path}`, content);
  }
  return { files, gaps, chosen };
}

function localFolder(folder: string, { repository }: Dependency): string | undefined {
  return repository.startsWith('file://') ? joinPath(folder, repository.slice('file://'.length)) : undefined;
}

/** Whether a chart stands in `charts/`, as a folder or packed. */
function carries(files: ChartFiles, name: string): boolean {
  return [...files.keys()].some((path) => {
    const [, folder, chartFile] = /^charts\/([^/]+)\/(Chart\.yaml)$/.exec(path) ?? [];
    if (chartFile !== undefined) return folder === name || nameIn(files, `charts/${folder}/`) === name;
    return path.startsWith(`charts/${name}-`) && path.endsWith('.tgz') && !path.slice(7).includes('/');
  });
}

function nameIn(files: ChartFiles, folder: string): string | undefined {
  const [document] = parseManifests(textIn(files, `${folder}Chart.yaml`)).documents;
  return textAt(document?.value, 'name');
}

/** What the templates of a chart, and of the charts in it, ask of the cluster. */
export function dependenceOfChart(files: ChartFiles): Dependence {
  return dependenceOf(textsOf(files, 0));
}

/** The same of values, which charts render as templates too. */
export function dependenceOfValues(values: unknown): Dependence {
  return dependenceOf([...textsIn(values), JSON.stringify(values)]);
}

/** Every text of a chart that may hold a template. Definitions of kinds are none. */
function* textsOf(files: ChartFiles, depth: number): Generator<string> {
  for (const [path, content] of files) {
    if (/(?:^|\/)crds\//.test(path)) continue;
    const packed = /(?:^|\/)charts\/[^/]+\.tgz$/.test(path) ? unpacked(content) : undefined;
    if (packed !== undefined && depth < deepest) yield* textsOf(packed, depth + 1);
    else yield Buffer.from(content).toString('utf8');
  }
}

function unpacked(content: Uint8Array): ChartFiles | undefined {
  try {
    return readChartArchive(content);
  } catch {
    return undefined;
  }
}

/** Whether a schema of the values refers to something that helm would have to fetch, or to a file of the machine. */
export function hasSchemaElsewhere(files: ChartFiles, depth = 0): boolean {
  return [...files].some(([path, content]) => {
    if (/(?:^|\/)charts\/[^/]+\.tgz$/.test(path) && depth < deepest) {
      const packed = unpacked(content);
      return packed !== undefined && hasSchemaElsewhere(packed, depth + 1);
    }
    if (!/(?:^|\/)values\.schema\.json$/.test(path)) return false;
    try {
      return refersElsewhere(JSON.parse(Buffer.from(content).toString('utf8')));
    } catch {
      return true;
    }
  });
}

function refersElsewhere(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(refersElsewhere);
  if (!isFields(schema)) return false;
  return Object.entries(schema).some(([key, value]) => {
    if (typeof value !== 'string') return refersElsewhere(value);
    if (key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef') return !value.startsWith('#');
    return key === '$schema' && !/^https?:\/\/json-schema\.org\//.test(value);
  });
}
