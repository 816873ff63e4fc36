import { isTemplate, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';

/** The chart that a release asks for. */
export interface ChartReference {
  /** Undefined if the source that names the chart is not among the objects. */
  name: string | undefined;
  /** A version or a range; undefined for the newest version. */
  version: string | undefined;
  source: ChartSource;
}

export type ChartSource =
  /** A chart repository; `url` is undefined if its HelmRepository is not among the objects. */
  | { kind: 'repository'; url: string | undefined }
  /** An OCI registry; `url` is the address of the chart without its version. */
  | { kind: 'registry'; url: string | undefined }
  /** A directory of a Git repository; `own` names the GitRepository if it is the repository that is checked. */
  | { kind: 'git'; directory: string; url: string | undefined; own: string | undefined }
  /** A source of a kind that is not supported, by its name. */
  | { kind: 'elsewhere'; name: string };

const sourceGroup = 'source.toolkit.fluxcd.io';

/** The chart of a HelmRelease: from `spec.chart`, or from the source that `spec.chartRef` names. */
export function chartReferenceOf(
  object: SourcedObject['object'],
  objects: readonly SourcedObject[],
): ChartReference {
  const ownNamespace = namespaceOf(object);
  const reference = valueAt(object, 'spec', 'chartRef');
  if (reference === undefined)
    return referenceFromSpec(valueAt(object, 'spec', 'chart', 'spec'), ownNamespace, objects);
  const kind = textAt(reference, 'kind') ?? '';
  const name = textAt(reference, 'name') ?? '';
  const namespace = textAt(reference, 'namespace') ?? ownNamespace;
  const found = findSource(objects, kind, namespace, name);
  if (kind === 'HelmChart' && found !== undefined)
    return referenceFromSpec(valueAt(found.object, 'spec'), namespace, objects);
  if (kind !== 'OCIRepository' || found === undefined)
    return {
      name: undefined,
      version: undefined,
      source: { kind: 'elsewhere', name: `${kind} ${namespace}/${name}` },
    };
  const url = withoutCredentials(textAt(found.object, 'spec', 'url'));
  const version = textAt(found.object, 'spec', 'ref', 'semver') ?? textAt(found.object, 'spec', 'ref', 'tag');
  return {
    name: url?.replace(/\/+$/, '').split('/').at(-1),
    // A tag cannot contain a plus sign. Registries use an underscore instead.
    version: version?.replaceAll('_', '+'),
    source: { kind: 'registry', url },
  };
}

function referenceFromSpec(
  spec: unknown,
  ownNamespace: string,
  objects: readonly SourcedObject[],
): ChartReference {
  const chart = textAt(spec, 'chart') ?? '';
  const version = textAt(spec, 'version');
  const kind = textAt(spec, 'sourceRef', 'kind') ?? 'HelmRepository';
  const name = textAt(spec, 'sourceRef', 'name') ?? '';
  const namespace = textAt(spec, 'sourceRef', 'namespace') ?? ownNamespace;
  const url = withoutCredentials(textAt(findSource(objects, kind, namespace, name)?.object, 'spec', 'url'));
  if (kind === 'HelmRepository') {
    const source: ChartSource = url?.startsWith('oci://')
      ? { kind: 'registry', url: `${url.replace(/\/+$/, '')}/${chart}` }
      : { kind: 'repository', url };
    return { name: chart || undefined, version: version === '*' ? undefined : version, source };
  }
  const directory = chart.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
  const repository = `${namespace}/${name}`;
  const isOwn = kind === 'GitRepository' && ownRepositories(objects).has(repository);
  return {
    name: directory.split('/').at(-1),
    version: undefined,
    source:
      kind === 'GitRepository'
        ? { kind: 'git', directory, own: isOwn ? repository : undefined, url }
        : { kind: 'elsewhere', name: `${kind} ${repository}` },
  };
}

/** The GitRepository objects for the repository that is checked: the sources of its Kustomizations. */
function ownRepositories(objects: readonly SourcedObject[]): ReadonlySet<string> {
  const names = objects
    .filter(
      ({ object }) => groupOf(object) === 'kustomize.toolkit.fluxcd.io' && object.kind === 'Kustomization',
    )
    .filter(({ object }) => textAt(object, 'spec', 'sourceRef', 'kind') === 'GitRepository')
    .map(({ object }) => {
      const reference = valueAt(object, 'spec', 'sourceRef');
      return `${textAt(reference, 'namespace') ?? namespaceOf(object)}/${textAt(reference, 'name')}`;
    });
  return new Set(names);
}

function findSource(
  objects: readonly SourcedObject[],
  kind: string,
  namespace: string,
  name: string,
): SourcedObject | undefined {
  return objects.find(
    ({ object }) =>
      object.kind === kind &&
      groupOf(object) === sourceGroup &&
      namespaceOf(object) === namespace &&
      object.metadata.name === name,
  );
}

/** A URL without the user name and password that it may contain. */
function withoutCredentials(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');
}

/** A dependency in `Chart.yaml`. */
export interface Dependency {
  name: string;
  version: string;
  repository: string;
}

/** The dependencies of a parsed `Chart.yaml`. */
export function dependenciesOf(chartFile: unknown): readonly Dependency[] {
  return mapsAt(chartFile, 'dependencies').map((dependency) => ({
    name: textAt(dependency, 'name') ?? '',
    version: textAt(dependency, 'version') ?? '',
    repository: textAt(dependency, 'repository') ?? '',
  }));
}

/** Whether name and version have no variable that Flux still fills in. */
export function isResolved({ name, version }: ChartReference): boolean {
  return (
    name !== undefined && name !== '' && !isTemplate(name) && !(version !== undefined && isTemplate(version))
  );
}
