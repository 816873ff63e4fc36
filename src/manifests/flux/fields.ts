import {
  type Fields,
  fieldsAt,
  listAt,
  mapsAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import type { EditKustomization } from '../kustomize/build.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { joinPath, kustomizationIn, type Reader } from '../tree.ts';

/**
 * What a Flux Kustomization writes into the kustomization of its path before it is built (kustomize-controller v1,
 * the generator of `pkg/kustomize`): its `targetNamespace`, `patches`, `components`, `images` and the like. Where the
 * directory has none, Flux generates one that lists every manifest below it.
 */
export function amendmentOf(
  reader: Reader,
  directory: string,
  { object }: Pick<SourcedObject, 'object'>,
): EditKustomization {
  const spec = fieldsAt(object, 'spec');
  return (written) => {
    const kustomization = written ?? {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: generatedResources(reader, directory),
    };
    const text = (field: string, from: string): Fields => {
      const value = textAt(spec, from);
      return value ? { [field]: value } : {};
    };
    return {
      ...kustomization,
      ...text('namespace', 'targetNamespace'),
      ...text('namePrefix', 'namePrefix'),
      ...text('nameSuffix', 'nameSuffix'),
      ...appended(kustomization, 'patches', listAt(spec, 'patches')),
      ...appended(kustomization, 'components', componentsOf(reader, directory, spec)),
      ...imagesOf(kustomization, spec),
    };
  };
}

/** Whether a Flux Kustomization changes what kustomize builds of its directory. */
export function amends({ object }: SourcedObject): boolean {
  const spec = fieldsAt(object, 'spec');
  return ['targetNamespace', 'namePrefix', 'nameSuffix', 'patches', 'components', 'images'].some(
    (field) => spec[field] !== undefined,
  );
}

function appended(kustomization: Fields, field: string, added: readonly unknown[]): Fields {
  return added.length === 0 ? {} : { [field]: [...listAt(kustomization, field), ...added] };
}

function componentsOf(reader: Reader, directory: string, spec: Fields): readonly unknown[] {
  const components = listAt(spec, 'components');
  if (valueAt(spec, 'ignoreMissingComponents') !== true) return components;
  return components.filter((component) => {
    const target = typeof component === 'string' ? joinPath(directory, component) : undefined;
    return target !== undefined && kustomizationIn(reader.tree, target) !== undefined;
  });
}

/** An image of the same name is replaced. */
function imagesOf(kustomization: Fields, spec: Fields): Fields {
  const added = mapsAt(spec, 'images');
  if (added.length === 0) return {};
  const names = new Set(added.map((image) => textAt(image, 'name')));
  return {
    images: [
      ...mapsAt(kustomization, 'images').filter((image) => !names.has(textAt(image, 'name'))),
      ...added,
    ],
  };
}

/** Files that Flux never takes from a repository, by its default `.sourceignore`. */
const ignored =
  /(?:^|\/)(?:\.git\w*|\.github|\.circleci|\.travis\.yml|\.gitlab-ci\.yml|appveyor\.yml|\.drone\.yml|cloudbuild\.yaml|codeship-(?:services|steps)\.yml|\.goreleaser\.yml|\.sops\.yaml|\.flux\.yaml)(?:\/|$)/;

/** The resources of the kustomization that Flux generates: manifests below a directory, and directories in it with their own. */
export function generatedResources(reader: Reader, directory: string): readonly string[] {
  const resources: string[] = [];
  const visit = (path: string): void => {
    const { files, directories } = reader.directory(path);
    for (const file of files)
      if (/\.ya?ml$/.test(file) && !ignored.test(file)) resources.push(within(directory, file));
    for (const inner of directories) {
      if (ignored.test(inner)) continue;
      if (kustomizationIn(reader.tree, inner) === undefined) visit(inner);
      else resources.push(within(directory, inner));
    }
  };
  visit(directory);
  return resources;
}

function within(directory: string, path: string): string {
  return directory === '' ? path : path.slice(directory.length + 1);
}

/** Labels and annotations that Flux gives every object that it applies. */
export function withCommonMetadata(
  objects: readonly SourcedObject[],
  { object }: SourcedObject,
): readonly SourcedObject[] {
  const common = fieldsAt(object, 'spec', 'commonMetadata');
  const added = (['labels', 'annotations'] as const).flatMap((field) => {
    const entries = Object.fromEntries(textMapAt(common, field));
    return Object.keys(entries).length === 0 ? [] : [{ field, entries }];
  });
  if (added.length === 0) return objects;
  return objects.map((source) => {
    const metadata = { ...source.object.metadata };
    for (const { field, entries } of added) metadata[field] = { ...metadata[field], ...entries };
    return { ...source, object: { ...source.object, metadata } };
  });
}

/** Where a Flux Kustomization takes its manifests from, as one text. */
export function sourceOf({ object }: SourcedObject): string {
  const reference = fieldsAt(object, 'spec', 'sourceRef');
  const namespace = textAt(reference, 'namespace') ?? object.metadata.namespace ?? '';
  return `${textAt(reference, 'kind') ?? 'GitRepository'} ${namespace}/${textAt(reference, 'name') ?? ''}`;
}

/** `namespace/name` of a Flux Kustomization. */
export function nameOf({ object: { metadata } }: SourcedObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Whether a directory of the tree holds anything. */
export function isThere(reader: Reader, directory: string): boolean {
  const { files, directories } = reader.directory(directory);
  return files.length > 0 || directories.length > 0;
}

/** Where a document was written, as one text. */
export function placeOf({ file, line }: Pick<SourcedObject, 'file' | 'line'>): string {
  return `${file}:${line ?? 0}`;
}

export function directoryOfFlux({ object }: SourcedObject): string | undefined {
  return joinPath('', textAt(object, 'spec', 'path') ?? '');
}

export function isFluxKustomization({ object }: SourcedObject): boolean {
  return object.kind === 'Kustomization' && groupOf(object) === 'kustomize.toolkit.fluxcd.io';
}
