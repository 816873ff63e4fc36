import { isFields } from '../../kubernetes/fields.ts';
import { type ChartFiles, readChartArchive } from './chartArchive.ts';
import { type ClusterDependence, clusterDependenceOf } from './clusterDependence.ts';

/** The maximum depth of charts in charts. */
export const maximumDepth = 8;

/** What the templates of a chart, and of the charts in it, read from the cluster. */
export function clusterDependenceOfChart(files: ChartFiles): ClusterDependence {
  return clusterDependenceOf(templateTexts(files, 0));
}

/** Every text of a chart that may contain a template; helm does not render `crds/`. */
function* templateTexts(files: ChartFiles, depth: number): Generator<string> {
  for (const [path, content] of files) {
    if (/(?:^|\/)crds\//.test(path)) continue;
    const packed = isPackedChart(path) ? unpacked(content) : undefined;
    if (packed !== undefined && depth < maximumDepth) yield* templateTexts(packed, depth + 1);
    else yield Buffer.from(content).toString('utf8');
  }
}

function isPackedChart(path: string): boolean {
  return /(?:^|\/)charts\/[^/]+\.tgz$/.test(path);
}

function unpacked(content: Uint8Array): ChartFiles | undefined {
  try {
    return readChartArchive(content);
  } catch {
    return undefined;
  }
}

/** Whether a schema of the values refers to a URL that helm would fetch, or to a file of the machine. */
export function hasExternalSchema(files: ChartFiles, depth = 0): boolean {
  return [...files].some(([path, content]) => {
    if (isPackedChart(path) && depth < maximumDepth) {
      const packed = unpacked(content);
      return packed !== undefined && hasExternalSchema(packed, depth + 1);
    }
    if (!/(?:^|\/)values\.schema\.json$/.test(path)) return false;
    try {
      return hasExternalReference(JSON.parse(Buffer.from(content).toString('utf8')));
    } catch {
      return true;
    }
  });
}

function hasExternalReference(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasExternalReference);
  if (!isFields(schema)) return false;
  return Object.entries(schema).some(([key, value]) => {
    if (typeof value !== 'string') return hasExternalReference(value);
    if (key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef') return !value.startsWith('#');
    return key === '$schema' && !/^https?:\/\/json-schema\.org\//.test(value);
  });
}
