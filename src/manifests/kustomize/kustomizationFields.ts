import { type Fields, isFields } from '../../kubernetes/fields.ts';

/** The shape of a field's value. */
type Shape =
  | 'text'
  | 'flag'
  | 'count'
  | 'any'
  | { list: Shape }
  | { entries: Shape }
  | { fields: Readonly<Record<string, Shape>> };

const texts: Shape = { list: 'text' };
const textMap: Shape = { entries: 'text' };
const options: Shape = {
  fields: { labels: textMap, annotations: textMap, disableNameSuffixHash: 'flag', immutable: 'flag' },
};
const patch: Shape = { fields: { path: 'text', patch: 'text', target: 'any', options: 'any' } };
const image: Shape = {
  fields: { name: 'text', newName: 'text', newTag: 'text', digest: 'text', tagSuffix: 'text' },
};
const generated: Readonly<Record<string, Shape>> = {
  name: 'text',
  namespace: 'text',
  behavior: 'text',
  env: 'text',
  literals: texts,
  files: texts,
  envs: texts,
  options,
};

/** Fields that the in-memory build supports. */
const supportedFields: Readonly<Record<string, Shape>> = {
  apiVersion: 'text',
  kind: 'text',
  metadata: 'any',
  sortOptions: 'any',
  namePrefix: 'text',
  nameSuffix: 'text',
  namespace: 'text',
  resources: texts,
  bases: texts,
  components: texts,
  patchesStrategicMerge: texts,
  commonLabels: textMap,
  commonAnnotations: textMap,
  labels: { list: { fields: { pairs: textMap, includeSelectors: 'flag', includeTemplates: 'flag' } } },
  patches: { list: patch },
  patchesJson6902: { list: patch },
  images: { list: image },
  imageTags: { list: image },
  replicas: { list: { fields: { name: 'text', count: 'count' } } },
  configMapGenerator: { list: { fields: generated } },
  secretGenerator: { list: { fields: { ...generated, type: 'text' } } },
  generatorOptions: options,
};

/**
 * Names the fields of a kustomization that the in-memory build does not support: unknown fields, and fields whose value
 * has an unexpected shape.
 */
export function unsupportedFields(kustomization: Fields): readonly string[] {
  return Object.entries(kustomization).flatMap(([field, value]) => {
    if (isEmpty(value)) return [];
    const shape = Object.hasOwn(supportedFields, field) ? supportedFields[field] : undefined;
    return shape !== undefined && conforms(value, shape) ? [] : [field];
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function conforms(value: unknown, shape: Shape): boolean {
  if (shape === 'any' || value === null) return true;
  if (shape === 'text') return typeof value === 'string';
  if (shape === 'flag') return typeof value === 'boolean';
  if (shape === 'count') return typeof value === 'number' && Number.isSafeInteger(value);
  if ('fields' in shape) return isRecord(value, shape.fields);
  if ('list' in shape)
    return Array.isArray(value) && value.every((item) => item !== null && conforms(item, shape.list));
  return (
    isFields(value) && Object.values(value).every((item) => item !== null && conforms(item, shape.entries))
  );
}

function isRecord(value: unknown, fields: Readonly<Record<string, Shape>>): boolean {
  return (
    isFields(value) &&
    Object.entries(value).every(([key, item]) => {
      const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
      return shape !== undefined && conforms(item, shape);
    })
  );
}
