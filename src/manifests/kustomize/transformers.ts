import { defined } from '../../kubernetes/defined.ts';
import {
  type Fields,
  isFields,
  listAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import { checkDuplicatedMetadata, withDuplicated } from './duplicatedMetadata.ts';
import { appliesTo, type Change, changeAt, type FieldPath, mergeEntries, rejected } from './fieldPaths.ts';
import { annotations, namespaces, replicas, selectorLabels, templateLabels } from './fieldTables.ts';
import { imageChange } from './images.ts';
import {
  asObject,
  idOf,
  idsOf,
  isClusterScoped,
  originalId,
  type Report,
  type Resource,
  withObject,
  withRecordedId,
} from './resource.ts';

type Resources = readonly Resource[];

/** Changes an object at each path that is for its kind. */
function changedAt(
  resource: Resource,
  paths: readonly FieldPath[],
  change: Change,
  report: Report,
  initial: unknown,
): Resource {
  const id = idOf(resource);
  let object: unknown = resource.source.object;
  for (const path of paths) {
    if (!appliesTo(path, id)) continue;
    const next = changeAt(object, path, change, initial);
    if (next === rejected) report('refused', `${id.kind} ${id.name} has an unexpected value at ${path.path}`);
    else object = next;
  }
  if (object === resource.source.object) return resource;
  const valid = asObject(object);
  return valid === undefined ? resource : withObject(resource, valid);
}

export function withNamespace(resources: Resources, namespace: string, report: Report): Resources {
  return resources.map((resource) => {
    const { apiVersion, kind } = resource.source.object;
    const ownPaths = isClusterScoped(apiVersion, kind) ? [] : [{ path: 'metadata/namespace', create: true }];
    const namePaths =
      kind === 'Namespace' && apiVersion === 'v1' ? [{ path: 'metadata/name', create: true }] : [];
    const paths = [...ownPaths, ...namePaths, ...namespaces];
    const named = changedAt(withRecordedId(resource), paths, () => namespace, report, '');
    return kind === 'RoleBinding' || kind === 'ClusterRoleBinding'
      ? withDefaultSubjects(named, namespace)
      : named;
  });
}

/** A subject called `default` is always put into the namespace. */
function withDefaultSubjects(resource: Resource, namespace: string): Resource {
  const { object } = resource.source;
  const subjects = listAt(object, 'subjects').map((subject) =>
    isFields(subject) && subject['name'] === 'default' ? { ...subject, namespace } : subject,
  );
  return subjects.length === 0 ? resource : withObject(resource, { ...object, subjects });
}

/** Whether kustomize leaves the name of this kind without prefix and suffix. */
const keepsName = (resource: Resource): boolean => {
  const { kind, group } = originalId(resource);
  return (
    kind === 'CustomResourceDefinition' ||
    kind === 'Namespace' ||
    (kind === 'APIService' && group === 'apiregistration.k8s.io')
  );
};

export function withAffix(resources: Resources, affix: 'prefixes' | 'suffixes', text: string): Resources {
  return resources.map((resource) => {
    if (keepsName(resource)) return resource;
    const { object } = resource.source;
    const { name } = object.metadata;
    const next = affix === 'prefixes' ? `${text}${name}` : `${name}${text}`;
    const renamed = withObject(withRecordedId(resource), {
      ...object,
      metadata: { ...object.metadata, name: next },
    });
    return { ...renamed, [affix]: [...resource[affix], text] };
  });
}

/** Applies `labels` and `commonLabels`: to objects only, to pod templates too, or to selectors as well. */
export function withLabels(resources: Resources, kustomization: Fields, report: Report): Resources {
  const entries = [
    ...mapsAt(kustomization, 'labels').map((entry) => ({
      pairs: [...textMapAt(entry, 'pairs')],
      paths:
        valueAt(entry, 'includeSelectors') === true
          ? selectorLabels
          : valueAt(entry, 'includeTemplates') === true
            ? templateLabels
            : templateLabels.slice(0, 1),
    })),
    { pairs: [...textMapAt(kustomization, 'commonLabels')], paths: selectorLabels },
  ];
  return entries
    .filter(({ pairs }) => pairs.length > 0)
    .reduce<Resources>(
      (labelled, { pairs, paths }) => labelled.map((resource) => withPairs(resource, paths, pairs, report)),
      resources,
    );
}

export function withAnnotations(resources: Resources, kustomization: Fields, report: Report): Resources {
  const pairs = [...textMapAt(kustomization, 'commonAnnotations')];
  if (pairs.length === 0) return resources;
  return resources.map((resource) => withPairs(resource, annotations, pairs, report));
}

function withPairs(
  resource: Resource,
  paths: readonly FieldPath[],
  pairs: readonly (readonly [string, string])[],
  report: Report,
): Resource {
  const next = checkDuplicatedMetadata(changedAt(resource, paths, mergeEntries(pairs), report, {}), report);
  const keys = pairs.map(([key]) => key);
  return withDuplicated(next, keys, paths);
}

export function withReplicas(resources: Resources, kustomization: Fields, report: Report): Resources {
  return mapsAt(kustomization, 'replicas').reduce<Resources>((scaled, entry) => {
    const name = textAt(entry, 'name') ?? '';
    const count = numberAt(entry, 'count') ?? 0;
    const matches = (resource: Resource): boolean =>
      idsOf(resource).some((id) => id.name === name && replicas.some((path) => appliesTo(path, id)));
    if (!scaled.some(matches)) report('refused', `replicas are set for ${name}, which does not exist`);
    return scaled.map((resource) =>
      matches(resource) ? changedAt(resource, replicas, () => count, report, 0) : resource,
    );
  }, resources);
}

export function withImages(resources: Resources, kustomization: Fields, report: Report): Resources {
  const entries = [...mapsAt(kustomization, 'images'), ...mapsAt(kustomization, 'imageTags')];
  return entries.reduce<Resources>((result, entry) => {
    const name = textAt(entry, 'name') ?? '';
    const nonEmpty = (field: string): string | undefined => textAt(entry, field) || undefined;
    const change = imageChange(
      defined({
        name,
        newName: nonEmpty('newName'),
        newTag: nonEmpty('newTag'),
        digest: nonEmpty('digest'),
      }),
    );
    if (change === undefined || textAt(entry, 'tagSuffix')) {
      report('unknown', `the entry ${name} of images has a form that the in-memory build does not support`);
      return result;
    }
    return result.map((resource) => {
      if (resource.source.object.kind === 'CustomResourceDefinition') return resource;
      const object = change(resource.source.object);
      const valid = asObject(object);
      if (valid === undefined)
        report(
          'refused',
          `${resource.source.object.kind} ${idOf(resource).name} has an image that is not a string`,
        );
      return valid === undefined || object === resource.source.object
        ? resource
        : withObject(resource, valid);
    });
  }, resources);
}
