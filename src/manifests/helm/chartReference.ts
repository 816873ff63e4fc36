import { isTemplate, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';

/** Which chart a release asks for, and where it comes from. */
export interface ChartWanted {
  /** Nothing where the object that names it is not among the objects. */
  name: string | undefined;
  /** A version or a range; nothing where the newest one is meant. */
  version: string | undefined;
  origin: ChartOrigin;
}

export type ChartOrigin =
  /** A chart repository; `url` is missing where it is not among the objects. */
  | { kind: 'repository'; url?: string }
  /** A registry; `url` is that of the chart, without its version. */
  | { kind: 'registry'; url?: string }
  /** A folder of a Git repository; `own` names it where it is the one that is judged. */
  | { kind: 'git'; folder: string; url?: string; own: string | undefined }
  /** A source that is not read, by its name. */
  | { kind: 'elsewhere'; name: string };

const sources = 'source.toolkit.fluxcd.io';

/** The chart of a HelmRelease: of `spec.chart`, or of the source that `spec.chartRef` names. */
export function chartOf(object: SourcedObject['object'], objects: readonly SourcedObject[]): ChartWanted {
  const own = namespaceOf(object);
  const reference = valueAt(object, 'spec', 'chartRef');
  if (reference === undefined) return charted(valueAt(object, 'spec', 'chart', 'spec'), own, objects);
  const kind = textAt(reference, 'kind') ?? '';
  const name = textAt(reference, 'name') ?? '';
  const namespace = textAt(reference, 'namespace') ?? own;
  const found = find(objects, kind, namespace, name);
  if (kind === 'HelmChart' && found !== undefined)
    return charted(valueAt(found.object, 'spec'), namespace, objects);
  if (kind !== 'OCIRepository' || found === undefined)
    return {
      name: undefined,
      version: undefined,
      origin: { kind: 'elsewhere', name: `${kind} ${namespace}/${name}` },
    };
  const url = withoutLogin(textAt(found.object, 'spec', 'url'));
  const version = textAt(found.object, 'spec', 'ref', 'semver') ?? textAt(found.object, 'spec', 'ref', 'tag');
  return {
    name: url?.replace(/\/+$/, '').split('/').at(-1),
    // A tag holds no plus sign, so registries have an underscore in its place.
    version: version?.replaceAll('_', '+'),
    origin: { kind: 'registry', ...(url === undefined ? {} : { url }) },
  };
}

function charted(spec: unknown, own: string, objects: readonly SourcedObject[]): ChartWanted {
  const chart = textAt(spec, 'chart') ?? '';
  const version = textAt(spec, 'version');
  const kind = textAt(spec, 'sourceRef', 'kind') ?? 'HelmRepository';
  const name = textAt(spec, 'sourceRef', 'name') ?? '';
  const namespace = textAt(spec, 'sourceRef', 'namespace') ?? own;
  const url = withoutLogin(textAt(find(objects, kind, namespace, name)?.object, 'spec', 'url'));
  const known = url === undefined ? {} : { url };
  if (kind === 'HelmRepository') {
    const origin: ChartOrigin = url?.startsWith('oci://')
      ? { kind: 'registry', url: `${url.replace(/\/+$/, '')}/${chart}` }
      : { kind: 'repository', ...known };
    return { name: chart || undefined, version: version === '*' ? undefined : version, origin };
  }
  const folder = chart.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
  if (kind !== 'GitRepository')
    return {
      name: folder.split('/').at(-1),
      version: undefined,
      origin: { kind: 'elsewhere', name: `${kind} ${namespace}/${name}` },
    };
  const place = `${namespace}/${name}`;
  const isOwn = ownRepositories(objects).has(place);
  return {
    name: folder.split('/').at(-1),
    version: undefined,
    origin: { kind: 'git', folder, own: isOwn ? place : undefined, ...known },
  };
}

/** The GitRepository objects that stand for what is judged: those that its Kustomizations are built from. */
function ownRepositories(objects: readonly SourcedObject[]): ReadonlySet<string> {
  const named = objects
    .filter(
      ({ object }) => groupOf(object) === 'kustomize.toolkit.fluxcd.io' && object.kind === 'Kustomization',
    )
    .filter(({ object }) => textAt(object, 'spec', 'sourceRef', 'kind') === 'GitRepository')
    .map(({ object }) => {
      const reference = valueAt(object, 'spec', 'sourceRef');
      return `${textAt(reference, 'namespace') ?? namespaceOf(object)}/${textAt(reference, 'name')}`;
    });
  return new Set(named);
}

function find(
  objects: readonly SourcedObject[],
  kind: string,
  namespace: string,
  name: string,
): SourcedObject | undefined {
  return objects.find(
    ({ object }) =>
      object.kind === kind &&
      groupOf(object) === sources &&
      namespaceOf(object) === namespace &&
      object.metadata.name === name,
  );
}

/** An address without the name and password that it may carry. */
function withoutLogin(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}

/** A dependency that `Chart.yaml` lists. */
export interface Dependency {
  name: string;
  version: string;
  repository: string;
}

/** The dependencies in the text of a `Chart.yaml` that was read. */
export function dependenciesOf(chartFile: unknown): readonly Dependency[] {
  return mapsAt(chartFile, 'dependencies').map((dependency) => ({
    name: textAt(dependency, 'name') ?? '',
    version: textAt(dependency, 'version') ?? '',
    repository: textAt(dependency, 'repository') ?? '',
  }));
}

/** Whether every word that names the chart is final. */
export function isNamed({ name, version }: ChartWanted): boolean {
  return (
    name !== undefined && name !== '' && !isTemplate(name) && !(version !== undefined && isTemplate(version))
  );
}
