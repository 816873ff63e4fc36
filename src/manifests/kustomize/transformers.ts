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
import { checkDuplicatedMetadata, stamped } from './duplicatedMetadata.ts';
import { type Change, changeAt, concerns, type FieldPath, refused, withEntries } from './fieldPaths.ts';
import { annotations, namespaces, replicas, selectorLabels, templateLabels } from './fieldTables.ts';
import { imageChange } from './images.ts';
import {
  asObject,
  idOf,
  idsOf,
  isClusterScoped,
  originalId,
  type Resource,
  remembered,
  type Say,
  withObject,
} from './resource.ts';

type Resources = readonly Resource[];

/** Changes an object at each path that concerns its kind. */
function changed(
  resource: Resource,
  paths: readonly FieldPath[],
  change: Change,
  say: Say,
  made: unknown,
): Resource {
  const id = idOf(resource);
  let object: unknown = resource.source.object;
  for (const path of paths) {
    if (!concerns(path, id)) continue;
    const next = changeAt(object, path, change, made);
    if (next === refused) say('refused', `${id.kind} ${id.name} has something else at ${path.path}`);
    else object = next;
  }
  if (object === resource.source.object) return resource;
  const whole = asObject(object);
  return whole === undefined ? resource : withObject(resource, whole);
}

export function withNamespace(resources: Resources, namespace: string, say: Say): Resources {
  return resources.map((resource) => {
    const { apiVersion, kind } = resource.source.object;
    const own = isClusterScoped(apiVersion, kind) ? [] : [{ path: 'metadata/namespace', create: true }];
    const name = kind === 'Namespace' && apiVersion === 'v1' ? [{ path: 'metadata/name', create: true }] : [];
    const named = changed(remembered(resource), [...own, ...name, ...namespaces], () => namespace, say, '');
    return kind === 'RoleBinding' || kind === 'ClusterRoleBinding'
      ? withDefaultSubjects(named, namespace)
      : named;
  });
}

/** A subject that is the service account `default` is that of the namespace. */
function withDefaultSubjects(resource: Resource, namespace: string): Resource {
  const { object } = resource.source;
  const subjects = listAt(object, 'subjects').map((subject) =>
    isFields(subject) && subject['name'] === 'default' ? { ...subject, namespace } : subject,
  );
  return subjects.length === 0 ? resource : withObject(resource, { ...object, subjects });
}

/** Kinds whose names are no one's to choose. */
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
    const renamed = withObject(remembered(resource), {
      ...object,
      metadata: { ...object.metadata, name: next },
    });
    return { ...renamed, [affix]: [...resource[affix], text] };
  });
}

/** `labels` and `commonLabels`: on objects alone, on the pods too, or on what selects them as well. */
export function withLabels(resources: Resources, kustomization: Fields, say: Say): Resources {
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
      (done, { pairs, paths }) => done.map((resource) => withPairs(resource, paths, pairs, say)),
      resources,
    );
}

export function withAnnotations(resources: Resources, kustomization: Fields, say: Say): Resources {
  const pairs = [...textMapAt(kustomization, 'commonAnnotations')];
  if (pairs.length === 0) return resources;
  return resources.map((resource) => withPairs(resource, annotations, pairs, say));
}

function withPairs(
  resource: Resource,
  paths: readonly FieldPath[],
  pairs: readonly (readonly [string, string])[],
  say: Say,
): Resource {
  const next = checkDuplicatedMetadata(changed(resource, paths, withEntries(pairs), say, {}), say);
  const keys = pairs.map(([key]) => key);
  return stamped(next, keys, paths);
}

export function withReplicas(resources: Resources, kustomization: Fields, say: Say): Resources {
  return mapsAt(kustomization, 'replicas').reduce<Resources>((done, entry) => {
    const name = textAt(entry, 'name') ?? '';
    const count = numberAt(entry, 'count') ?? 0;
    const isMeant = (resource: Resource): boolean =>
      idsOf(resource).some((id) => id.name === name && replicas.some((path) => concerns(path, id)));
    if (!done.some(isMeant)) say('refused', `replicas are set for ${name}, which is not there`);
    return done.map((resource) =>
      isMeant(resource) ? changed(resource, replicas, () => count, say, 0) : resource,
    );
  }, resources);
}

export function withImages(resources: Resources, kustomization: Fields, say: Say): Resources {
  const entries = [...mapsAt(kustomization, 'images'), ...mapsAt(kustomization, 'imageTags')];
  return entries.reduce<Resources>((done, entry) => {
    const given = (field: string) => {
      const text = textAt(entry, field);
      return text === undefined || text === '' ? {} : { [field]: text };
    };
    const name = textAt(entry, 'name') ?? '';
    const change = imageChange({ name, ...given('newName'), ...given('newTag'), ...given('digest') });
    if (change === undefined || textAt(entry, 'tagSuffix')) {
      say('unknown', `what images does to ${name} is not known here`);
      return done;
    }
    return done.map((resource) => {
      if (resource.source.object.kind === 'CustomResourceDefinition') return resource;
      const object = change(resource.source.object);
      const whole = asObject(object);
      if (whole === undefined)
        say('refused', `${resource.source.object.kind} ${idOf(resource).name} has an image that is no text`);
      return whole === undefined || object === resource.source.object
        ? resource
        : withObject(resource, whole);
    });
  }, resources);
}
