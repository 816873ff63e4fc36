import { toYamlText } from '../../../src/kubernetes/yaml.ts';
import fc from '../../fastCheck.ts';
import { type Fields, fields, name, objects, optional } from './objectArbitraries.ts';
import { type GeneratedPatch, patch } from './patchArbitraries.ts';

/** Files of a tree by path. kustomize builds the directory `entry`. */
export type Files = Readonly<Record<string, string>>;

const generator = fc
  .record({
    name,
    namespace: optional(fc.constantFrom('media', 'default')),
    behavior: optional(fc.constantFrom('create', 'merge', 'replace')),
    literals: optional(
      fc.uniqueArray(fc.constantFrom('a=1', 'b="two words"', "c='<&>'", 'k=ü & \tx', 'd=x=y'), {
        maxLength: 3,
      }),
    ),
    files: optional(
      fc.uniqueArray(fc.constantFrom('content.txt', 'renamed.conf=content.txt', 'long.bin=long.txt'), {
        maxLength: 2,
      }),
    ),
    envs: optional(fc.constant(['values.env'])),
    options: optional(
      fc.constantFrom<Fields>(
        { disableNameSuffixHash: true },
        { labels: { gen: 'x' } },
        { annotations: { gen: 'y' }, immutable: true },
      ),
    ),
  })
  .map(fields);

const parts = {
  namespace: optional(fc.constantFrom('media', 'home')),
  namePrefix: optional(fc.constantFrom('x-', 'y-')),
  nameSuffix: optional(fc.constantFrom('-s')),
  commonLabels: optional(fc.constantFrom<Fields>({ common: 'label' }, { app: 'other' })),
  labels: optional(
    fc.array(
      fc
        .record({
          pairs: fc.constantFrom<Fields>({ one: '1' }, { app: 'l', 'x/y': 'true' }),
          includeSelectors: optional(fc.boolean()),
          includeTemplates: optional(fc.boolean()),
        })
        .map(fields),
      { maxLength: 2 },
    ),
  ),
  commonAnnotations: optional(fc.constantFrom<Fields>({ common: 'note' })),
  images: optional(
    fc.array(
      fc
        .record({
          name: fc.constantFrom('nginx', 'ghcr.io/a/web', 'registry:5000/web', 'web'),
          newName: optional(fc.constantFrom('example.org/n', 'nginx')),
          newTag: optional(fc.constantFrom('9.9')),
          digest: optional(fc.constant('sha256:def')),
        })
        .map(fields),
      { maxLength: 2 },
    ),
  ),
  replicas: optional(fc.array(fc.record({ name, count: fc.constantFrom(0, 7) }), { maxLength: 1 })),
  generatorOptions: optional(
    fc.constantFrom<Fields>({ disableNameSuffixHash: true }, { labels: { all: 'z' } }),
  ),
  configMapGenerator: optional(fc.array(generator, { maxLength: 2 })),
  secretGenerator: optional(
    fc.array(
      fc
        .tuple(generator, optional(fc.constant('example.org/t')))
        .map(([each, type]) => fields({ ...each, type })),
      { maxLength: 1 },
    ),
  ),
};

/** One directory: its objects, its patches and the other fields of its kustomization. */
const directory = (maxObjects: number) =>
  fc.record({
    objects: fc.array(fc.oneof(...objects), { maxLength: maxObjects }),
    patches: fc.array(patch, { maxLength: 2 }),
    legacy: fc.boolean(),
    fields: fc.record(parts, { requiredKeys: [] }).map(fields),
  });

type Directory = typeof directory extends (count: number) => fc.Arbitrary<infer T> ? T : never;

function textOf({ content, isFile }: GeneratedPatch): string {
  return isFile && Array.isArray(content) ? JSON.stringify(content) : toYamlText(content);
}

function filesOf(
  path: string,
  { objects: ownObjects, patches, legacy, fields: otherFields }: Directory,
  kind: string,
  lists: Fields,
): Files {
  const isJson = ({ content }: GeneratedPatch): boolean => Array.isArray(content);
  const entry = (each: GeneratedPatch): Fields => {
    const index = patches.indexOf(each);
    return each.isFile
      ? { path: `patch-${index}.yaml`, ...each.entry }
      : { patch: textOf(each), ...each.entry };
  };
  const merges = patches.filter((each) => legacy && !isJson(each) && each.entry['target'] === undefined);
  const operations = patches.filter((each) => legacy && isJson(each));
  const kustomization = {
    apiVersion: `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`,
    kind,
    ...otherFields,
    ...lists,
    resources: [...listOf(lists['resources']), ...(ownObjects.length > 0 ? ['objects.yaml'] : [])],
    patches: patches.filter((each) => !merges.includes(each) && !operations.includes(each)).map(entry),
    patchesStrategicMerge: merges.map((each) =>
      each.isFile ? `patch-${patches.indexOf(each)}.yaml` : textOf(each),
    ),
    patchesJson6902: operations.map(entry),
  };
  return {
    [`${path}/kustomization.yaml`]: toYamlText(kustomization),
    ...(ownObjects.length > 0 ? { [`${path}/objects.yaml`]: ownObjects.map(toYamlText).join('---\n') } : {}),
    ...Object.fromEntries(
      patches.flatMap((each, index) => (each.isFile ? [[`${path}/patch-${index}.yaml`, textOf(each)]] : [])),
    ),
    [`${path}/content.txt`]: 'first <line>\n  second & "third"\n',
    [`${path}/long.txt`]: `${'0123456789'.repeat(12)}\n`,
    [`${path}/values.env`]: '# comment\nKEY=value\n  SPACED= x \nEMPTY=\nNONE\n',
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapsIn(value: unknown): readonly Fields[] {
  return listOf(value).filter((item): item is Fields => typeof item === 'object' && item !== null);
}

/** An object by kind and name, with its namespace. */
interface Identity {
  kind: unknown;
  name: unknown;
  namespace: unknown;
}

function identityOf({ kind, metadata: meta }: Fields): Identity {
  const { name: objectName, namespace: objectNamespace }: Fields = Object(meta);
  return { kind, name: objectName, namespace: objectNamespace };
}

const controllers = ['Deployment', 'ReplicaSet', 'StatefulSet'];

/**
 * Removes or changes what kustomize would reject, so that most trees build: duplicate objects, patches and replicas of
 * missing objects, operations that cannot be applied.
 *
 * @param existing the objects of included directories, to which those of this one are added
 */
function corrected(inputs: Directory, existing: Identity[]): Directory {
  const find = (kind: unknown, objectName: unknown): Identity | undefined =>
    existing.find((each) => each.kind === kind && each.name === objectName);
  const newObjects = inputs.objects.filter((each) => {
    const identity = identityOf(each);
    if (find(identity.kind, identity.name)) return false;
    existing.push(identity);
    return true;
  });
  const generators = (field: string, kind: string): readonly Fields[] =>
    mapsIn(inputs.fields[field]).flatMap((entry): Fields[] => {
      const known = find(kind, entry['name']);
      const { behavior, namespace: _namespace, ...rest } = entry;
      const changes = behavior === 'merge' || behavior === 'replace';
      if (known !== undefined)
        return [fields({ ...rest, behavior: changes ? behavior : 'merge', namespace: known.namespace })];
      existing.push(identityOf({ kind, metadata: entry }));
      return [fields({ ...entry, behavior: changes ? undefined : behavior })];
    });
  const configMapGenerator = generators('configMapGenerator', 'ConfigMap');
  const secretGenerator = generators('secretGenerator', 'Secret');
  const replicas = mapsIn(inputs.fields['replicas']).filter((each) =>
    controllers.some((kind) => find(kind, each['name'])),
  );
  const patches = inputs.patches.flatMap((each): GeneratedPatch[] => {
    if (Array.isArray(each.content)) {
      const selected: Fields = Object(each.entry['target']);
      const meta = each.content.every(
        (one: Fields) =>
          one['op'] === 'add' && /^.metadata.(?:labels|annotations)$/.test(String(one['path'])),
      );
      const kind = meta ? {} : { kind: 'Deployment' };
      return [{ ...each, entry: { target: { name: '.*', ...selected, ...kind } } }];
    }
    if (each.entry['target'] !== undefined) return [each];
    const { kind, metadata: meta, ...rest }: Fields = Object(each.content);
    const known = find(kind, Object(meta).name);
    if (known === undefined) return [];
    return [
      {
        ...each,
        content: { ...rest, kind, metadata: fields({ ...Object(meta), namespace: known.namespace }) },
      },
    ];
  });
  return {
    ...inputs,
    objects: newObjects,
    patches,
    fields: { ...inputs.fields, configMapGenerator, secretGenerator, replicas },
  };
}

/** Trees of the usual structure: an entry that includes one or two bases and components. */
export const trees: fc.Arbitrary<Files> = fc
  .record({
    entry: directory(2),
    base: directory(4),
    second: optional(directory(2)),
    component: optional(directory(1)),
    baseComponent: optional(directory(1)),
    careless: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  })
  .map(({ entry, base, second, component, baseComponent, careless }) => {
    const existing: Identity[] = [];
    const correct = (each: Directory): Directory => (careless ? each : corrected(each, existing));
    // In the order in which kustomize reads them.
    return {
      ...filesOf(
        'base',
        correct(base),
        'Kustomization',
        fields({ components: baseComponent && ['../shared'] }),
      ),
      ...(baseComponent ? filesOf('shared', correct(baseComponent), 'Component', {}) : {}),
      ...(second ? filesOf('second', corrected(second, careless ? [] : existing), 'Kustomization', {}) : {}),
      ...filesOf(
        'entry',
        correct(entry),
        'Kustomization',
        fields({
          resources: ['../base', ...(second ? ['../second'] : [])],
          components: component && ['../component'],
        }),
      ),
      ...(component ? filesOf('component', correct(component), 'Component', {}) : {}),
    };
  });
