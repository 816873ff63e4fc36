import { textAt } from '../../kubernetes/fields.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import type { ChartFiles } from './chartArchive.ts';
import { maximumDepth } from './chartContent.ts';
import { dependenciesOf } from './chartReference.ts';
import type { ChartResolver } from './chartResolver.ts';
import { type Chart, textIn } from './chartStore.ts';
import type { UnknownCause } from './release.ts';
import { dependencyRemedy } from './unrenderedRelease.ts';

/** A chart with all of its dependencies. */
export interface CompleteChart {
  files: ChartFiles;
  /** Dependencies that are not available locally. */
  unknowns: readonly UnknownCause[];
  /** Sentences about dependencies that were chosen from a range of versions. */
  assumptions: readonly string[];
}

/**
 * Adds the dependencies that a chart does not contain, where they are available locally. Helm would fetch them.
 *
 * @param directory of the chart, if it is in the repository
 */
export async function withDependencies(
  chart: Chart,
  resolver: ChartResolver,
  directory: string | undefined,
  depth = 0,
): Promise<CompleteChart> {
  const files = new Map(chart.files);
  const unknowns: UnknownCause[] = [];
  const assumptions: string[] = [];
  const [document] = parseManifests(textIn(files, 'Chart.yaml')).documents;
  for (const dependency of dependenciesOf(document?.value)) {
    const { name, version } = dependency;
    if (contains(files, name)) continue;
    if (!/^[a-z0-9][\w.-]*$/i.test(name)) {
      unknowns.push({
        cause: 'a dependency has a name that is not a valid directory name',
        remedy: 'Fix its Chart.yaml',
      });
      continue;
    }
    const found = await resolver.resolveDependency(dependency, directory);
    if (found === undefined || 'broken' in found || depth > maximumDepth) {
      const cause = `its dependency ${name} ${version} is neither in the chart nor available locally`;
      unknowns.push({ cause, remedy: dependencyRemedy(dependency) });
      continue;
    }
    if (found.isFromRange)
      assumptions.push(
        `Chart ${chart.name} ${chart.version} uses ${found.chart.version} of its dependency ${name}`,
      );
    const complete = await withDependencies(found.chart, resolver, found.directory, depth + 1);
    unknowns.push(...complete.unknowns);
    assumptions.push(...complete.assumptions);
    for (const [path, content] of complete.files) files.set(`charts/${name}/${path}`, content);
  }
  return { files, unknowns, assumptions };
}

/** Whether a chart is in `charts/`, as a directory or as an archive. */
function contains(files: ChartFiles, name: string): boolean {
  return [...files.keys()].some((path) => {
    const [, directory, chartFile] = /^charts\/([^/]+)\/(Chart\.yaml)$/.exec(path) ?? [];
    if (chartFile !== undefined) return directory === name || nameIn(files, `charts/${directory}/`) === name;
    return path.startsWith(`charts/${name}-`) && path.endsWith('.tgz') && !path.slice(7).includes('/');
  });
}

function nameIn(files: ChartFiles, directory: string): string | undefined {
  const [document] = parseManifests(textIn(files, `${directory}Chart.yaml`)).documents;
  return textAt(document?.value, 'name');
}
