import { toYamlText } from '../../../src/kubernetes/yaml.ts';
import fc from '../../fastCheck.ts';

/** A folder with kustomizations, by file; its entry is `entry`. */
export type Files = Readonly<Record<string, string>>;

type Fields = Record<string, unknown>;

const name = fc.constantFrom('web', 'api', 'db');
const namespace = fc.constantFrom(undefined, undefined, 'media', 'default', 'home');
const labels = fc.constantFrom<Fields | undefined>(
  undefined,
  { app: 'web' },
  { app: 'api', tier: 'back' },
  {},
);
const annotations = fc.constantFrom<Fields | undefined>(
  undefined,
  { note: 'a' },
  {},
  { 'example.org/on': 'true' },
);
const image = fc.constantFrom(
  'nginx',
  'nginx:1.27',
  'ghcr.io/a/web:v1@sha256:abc',
  'registry:5000/web',
  'ghcr.io/a/web@sha256:abc',
  'localhost:5000/nginx:1',
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

/** Leaves out what is undefined. */
function fields(record: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const metadata = fc.record({ name, namespace, labels, annotations }).map(fields);
const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', 'two', '') }),
    fc.record({
      name: fc.constantFrom('D', 'E'),
      valueFrom: fc.oneof(
        fc.record({ configMapKeyRef: fc.record({ name, key: fc.constant('k') }) }),
        fc.record({ secretKeyRef: fc.record({ name, key: fc.constant('k') }) }),
      ),
    }),
  ),
  { selector: (each) => each.name, maxLength: 3 },
);
const port = fc.record({
  containerPort: fc.constantFrom(80, 443, 53),
  name: optional(fc.constantFrom('http', 'dns')),
  protocol: optional(fc.constantFrom('TCP', 'UDP')),
});
const container = fc
  .record({
    name: fc.constantFrom('main', 'side', 'init'),
    image: optional(image),
    env: optional(env),
    envFrom: optional(fc.array(fc.record({ configMapRef: fc.record({ name }) }), { maxLength: 2 })),
    ports: optional(fc.array(port, { maxLength: 2 })),
    volumeMounts: optional(
      fc.uniqueArray(
        fc.record({ mountPath: fc.constantFrom('/a', '/b'), name: fc.constantFrom('data', 'config') }),
        { selector: ({ mountPath }) => mountPath, maxLength: 2 },
      ),
    ),
    command: optional(fc.constantFrom(['sh'], ['sh', '-c', 'true'])),
    resources: optional(
      fc.constantFrom<Fields>({}, { limits: { memory: '1Gi' } }, { requests: { cpu: '10m' } }),
    ),
    securityContext: optional(
      fc.constantFrom<Fields>({ runAsNonRoot: true }, { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
    ),
  })
  .map(fields);
const containers = fc.uniqueArray(container, {
  selector: (each) => each['name'],
  minLength: 1,
  maxLength: 2,
});
const volume = fc.oneof(
  fc.record({ name: fc.constantFrom('data'), emptyDir: fc.constantFrom<Fields>({}, { medium: 'Memory' }) }),
  fc.record({ name: fc.constantFrom('config'), configMap: fc.record({ name }) }),
  fc.record({ name: fc.constantFrom('secret'), secret: fc.record({ secretName: name }) }),
  fc.record({ name: fc.constantFrom('claim'), persistentVolumeClaim: fc.record({ claimName: name }) }),
  fc.record({
    name: fc.constantFrom('all'),
    projected: fc.record({ sources: fc.array(fc.record({ secret: fc.record({ name }) }), { maxLength: 2 }) }),
  }),
);
const podSpec = fc
  .record({
    containers,
    initContainers: optional(containers),
    volumes: optional(fc.uniqueArray(volume, { selector: (each) => each.name, maxLength: 3 })),
    serviceAccountName: optional(name),
    imagePullSecrets: optional(fc.array(fc.record({ name }), { maxLength: 1 })),
    hostNetwork: optional(fc.boolean()),
    affinity: optional(
      fc.constant({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'a', labelSelector: { matchLabels: { app: 'web' } } },
          ],
        },
      }),
    ),
    topologySpreadConstraints: optional(
      fc.constant([
        { topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: {} } },
      ]),
    ),
  })
  .map(fields);
const template = fc
  .record({ metadata: optional(fc.record({ labels }).map(fields)), spec: podSpec })
  .map(fields);
const selector = optional(fc.constantFrom<Fields>({ matchLabels: { app: 'web' } }, { matchLabels: {} }, {}));

const object = (apiVersion: string, kind: string, rest: fc.Arbitrary<Fields>) =>
  fc.tuple(metadata, rest).map(([meta, more]): Fields => ({ apiVersion, kind, metadata: meta, ...more }));
const spec = (value: fc.Arbitrary<unknown>) => value.map((each): Fields => ({ spec: each }));
const controller = fc.record({ selector, template, replicas: optional(fc.constantFrom(1, 3)) }).map(fields);

const objects: readonly fc.Arbitrary<Fields>[] = [
  object('apps/v1', 'Deployment', spec(controller)),
  object('apps/v1', 'Deployment', spec(controller)),
  object(
    'apps/v1',
    'StatefulSet',
    spec(
      fc.tuple(controller, optional(name)).map(([each, serviceName]) =>
        fields({
          ...each,
          serviceName,
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'db' } }],
        }),
      ),
    ),
  ),
  object('apps/v1', 'DaemonSet', spec(controller)),
  object('batch/v1', 'Job', spec(fc.record({ template }))),
  object(
    'batch/v1',
    'CronJob',
    spec(
      fc.record({
        schedule: fc.constant('@daily'),
        jobTemplate: fc.record({ spec: fc.record({ template }) }),
      }),
    ),
  ),
  object('v1', 'Pod', spec(podSpec)),
  object(
    'v1',
    'Service',
    spec(
      fc
        .record({
          selector: optional(fc.constantFrom<Fields>({ app: 'web' })),
          type: optional(fc.constantFrom('ClusterIP', 'NodePort')),
          ports: optional(
            fc.array(
              fc
                .record({
                  port: fc.constantFrom(80, 443),
                  protocol: optional(fc.constantFrom('TCP', 'UDP')),
                  targetPort: optional(fc.constantFrom<unknown>('http', 8080)),
                })
                .map(fields),
              { maxLength: 2 },
            ),
          ),
        })
        .map(fields),
    ),
  ),
  object(
    'v1',
    'ConfigMap',
    fc.constantFrom<Fields>({ data: { k: 'v' } }, {}, { data: { k: 'w', 'a.conf': 'x\ny\n' } }),
  ),
  object(
    'v1',
    'Secret',
    fc.constantFrom<Fields>({ stringData: { k: 'v' } }, { data: { k: 'dg==' }, type: 'Opaque' }),
  ),
  object('v1', 'ServiceAccount', fc.constantFrom<Fields>({}, { imagePullSecrets: [{ name: 'db' }] })),
  object('v1', 'Namespace', fc.constant({})),
  object(
    'v1',
    'PersistentVolumeClaim',
    spec(fc.record({ volumeName: optional(name), storageClassName: optional(name) }).map(fields)),
  ),
  object('storage.k8s.io/v1', 'StorageClass', fc.constant({ provisioner: 'x' })),
  object(
    'networking.k8s.io/v1',
    'Ingress',
    spec(
      fc
        .record({
          rules: fc.array(
            fc.record({
              http: fc.record({
                paths: fc.array(
                  fc.record({ path: fc.constant('/'), backend: fc.record({ service: fc.record({ name }) }) }),
                  { maxLength: 1 },
                ),
              }),
            }),
            { maxLength: 1 },
          ),
          tls: optional(fc.array(fc.record({ secretName: name }), { maxLength: 1 })),
        })
        .map(fields),
    ),
  ),
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    fc.constantFrom<Fields>(
      { spec: { podSelector: {} } },
      {
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }, { namespaceSelector: {} }] }],
        },
      },
    ),
  ),
  object(
    'policy/v1',
    'PodDisruptionBudget',
    fc.constant({ spec: { selector: { matchLabels: { app: 'web' } } } }),
  ),
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    spec(
      fc.record({
        scaleTargetRef: fc.record({
          apiVersion: fc.constant('apps/v1'),
          kind: fc.constantFrom('Deployment', 'StatefulSet'),
          name,
        }),
      }),
    ),
  ),
  object(
    'rbac.authorization.k8s.io/v1',
    'Role',
    fc.constant({
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['web', 'db'], verbs: ['get'] }],
    }),
  ),
  object(
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    fc.constant({
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['api'], verbs: ['get'] }],
    }),
  ),
  ...['RoleBinding', 'ClusterRoleBinding'].map((kind) =>
    object(
      'rbac.authorization.k8s.io/v1',
      kind,
      fc.record({
        roleRef: fc.record({
          apiGroup: fc.constant('rbac.authorization.k8s.io'),
          kind: fc.constantFrom('Role', 'ClusterRole'),
          name,
        }),
        subjects: fc.array(
          fc
            .record({
              kind: fc.constant('ServiceAccount'),
              name: fc.oneof(name, fc.constant('default')),
              namespace: optional(fc.constantFrom('media', 'default')),
            })
            .map(fields),
          { maxLength: 2 },
        ),
      }),
    ),
  ),
  object(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    fc.constant({
      spec: { parentRefs: [{ name: 'web' }], rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] },
    }),
  ),
  object(
    'gateway.networking.k8s.io/v1',
    'GatewayClass',
    fc.constant({ spec: { controllerName: 'example.org/x' } }),
  ),
  object(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    fc.constant({ spec: { values: { containers: [{ image: 'nginx:1.27' }], env: [{ name: 'A' }] } } }),
  ),
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    fc.constant({
      spec: { conversion: { webhook: { clientConfig: { service: { name: 'web', namespace: 'x' } } } } },
    }),
  ),
  object(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    fc.record({
      webhooks: fc.array(
        fc.record({
          name: fc.constantFrom('a', 'b'),
          clientConfig: fc.record({
            service: fc.record({ name, namespace: fc.constantFrom('media', 'default') }),
          }),
        }),
        { maxLength: 1 },
      ),
    }),
  ),
];

const target = fc
  .record({
    kind: optional(
      fc.constantFrom(
        'Deployment',
        'Service',
        'Deploy.*',
        'ConfigMap',
        'Deployment|StatefulSet',
        'HTTPRoute',
      ),
    ),
    name: optional(fc.constantFrom('web', '.*', 'w.b', 'a.*|db', 'x-web')),
    namespace: optional(fc.constantFrom('media', 'default', 'home')),
    group: optional(fc.constantFrom('apps', '.*')),
    version: optional(fc.constant('v1')),
    labelSelector: optional(
      fc.constantFrom('app=web', 'app!=web', 'app in (web,api),tier', '!tier', 'tier notin (back)'),
    ),
    annotationSelector: optional(fc.constantFrom('note', 'note=a', '!note')),
  })
  .map(fields);

const operation: fc.Arbitrary<Fields> = fc.constantFrom<Fields>(
  { op: 'add', path: '/metadata/labels', value: { new: 'label' } },
  { op: 'add', path: '/metadata/annotations', value: { 'a/b': 'c' } },
  { op: 'add', path: '/spec/replicas', value: 2 },
  { op: 'replace', path: '/spec/replicas', value: 5 },
  { op: 'remove', path: '/metadata/labels' },
  { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'added', image: 'nginx' } },
  { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'replaced:1' },
  { op: 'remove', path: '/spec/template/spec/containers/0' },
  { op: 'add', path: '/metadata/annotations/example.org~1key', value: 'x' },
  { op: 'copy', from: '/metadata/name', path: '/spec/copied' },
  { op: 'move', from: '/metadata/labels', path: '/metadata/annotations' },
  { op: 'test', path: '/kind', value: 'Deployment' },
  { op: 'replace', path: '/metadata/name', value: 'renamed' },
  { op: 'replace', path: '/metadata/namespace', value: 'moved' },
);

const mergeContent: fc.Arbitrary<Fields> = fc.oneof(
  fc.constantFrom<Fields>(
    { metadata: { labels: { patched: 'yes' } } },
    { metadata: { labels: { app: null } } },
    { metadata: { annotations: { note: null, other: 'x' } } },
    { metadata: { labels: { app: 12 }, annotations: { note: true, other: 1.5 } } },
    { spec: { replicas: 4 } },
    { spec: { replicas: null } },
    { spec: { selector: null } },
    { spec: { template: { spec: { hostNetwork: null, dnsPolicy: 'None' } } } },
    { spec: { template: { spec: { containers: [{ name: 'main', $patch: 'delete' }] } } } },
    { spec: { template: { $patch: 'replace', metadata: { labels: { only: 'this' } } } } },
    { spec: { template: { spec: { volumes: [{ name: 'data', $patch: 'delete' }] } } } },
    { spec: { type: 'LoadBalancer' } },
    { spec: { a: { b: null, c: { d: null } } } },
    { data: { k: null, more: 'text' } },
    { spec: { parentRefs: [{ name: 'other' }], rules: [{ backendRefs: [{ name: 'db' }] }] } },
    { spec: { values: { env: [{ name: 'B' }], containers: [] } } },
    { $patch: 'delete' },
  ),
  fc.record({ template: fc.record({ spec: podSpec }) }).map((each): Fields => ({ spec: each })),
  fc
    .record({
      ports: fc.array(
        fc
          .record({
            port: fc.constantFrom(80, 81),
            name: optional(name),
            protocol: optional(fc.constantFrom('TCP', 'UDP')),
          })
          .map(fields),
        { maxLength: 2 },
      ),
    })
    .map((each): Fields => ({ spec: each })),
);

interface Patched {
  entry: Fields;
  /** A strategic merge patch, or a list of operations. */
  content: Fields | readonly Fields[];
  file: boolean;
}

/** A patch for an object that may be there, or for what a target selects. */
const patch: fc.Arbitrary<Patched> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('Deployment', 'Service', 'ConfigMap', 'HTTPRoute'),
      name,
      namespace,
      mergeContent,
      optional(target),
      fc.boolean(),
    )
    .map(([kind, own, space, content, selected, file]) => {
      const { metadata: meta, ...rest } = content;
      const apiVersion =
        kind === 'Deployment' ? 'apps/v1' : kind === 'HTTPRoute' ? 'gateway.networking.k8s.io/v1' : 'v1';
      const object: Fields = {
        apiVersion,
        kind,
        metadata: fields({ ...(meta ?? {}), name: own, namespace: space }),
        ...rest,
      };
      return { entry: selected === undefined ? {} : { target: selected }, content: object, file };
    }),
  fc
    .tuple(fc.array(operation, { minLength: 1, maxLength: 2 }), target, fc.boolean())
    .map(([operations, selected, file]) => ({
      entry: { target: selected },
      content: operations,
      file,
    })),
);

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

/** One folder: its objects, its patches and what else its kustomization asks for. */
const folder = (maxObjects: number) =>
  fc.record({
    objects: fc.array(fc.oneof(...objects), { maxLength: maxObjects }),
    patches: fc.array(patch, { maxLength: 2 }),
    legacy: fc.boolean(),
    fields: fc.record(parts, { requiredKeys: [] }).map(fields),
  });

type Folder = typeof folder extends (count: number) => fc.Arbitrary<infer T> ? T : never;

function textOf({ content, file }: Patched): string {
  return file && Array.isArray(content) ? JSON.stringify(content) : toYamlText(content);
}

function filesOf(
  path: string,
  { objects: own, patches, legacy, fields: more }: Folder,
  kind: string,
  lists: Fields,
): Files {
  const isJson = ({ content }: Patched): boolean => Array.isArray(content);
  const entry = (each: Patched): Fields => {
    const index = patches.indexOf(each);
    return each.file
      ? { path: `patch-${index}.yaml`, ...each.entry }
      : { patch: textOf(each), ...each.entry };
  };
  const merges = patches.filter((each) => legacy && !isJson(each) && each.entry['target'] === undefined);
  const operations = patches.filter((each) => legacy && isJson(each));
  const kustomization = {
    apiVersion: `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`,
    kind,
    ...more,
    ...lists,
    resources: [...listOf(lists['resources']), ...(own.length > 0 ? ['objects.yaml'] : [])],
    patches: patches.filter((each) => !merges.includes(each) && !operations.includes(each)).map(entry),
    patchesStrategicMerge: merges.map((each) =>
      each.file ? `patch-${patches.indexOf(each)}.yaml` : textOf(each),
    ),
    patchesJson6902: operations.map(entry),
  };
  return {
    [`${path}/kustomization.yaml`]: toYamlText(kustomization),
    ...(own.length > 0 ? { [`${path}/objects.yaml`]: own.map(toYamlText).join('---\n') } : {}),
    ...Object.fromEntries(
      patches.flatMap((each, index) => (each.file ? [[`${path}/patch-${index}.yaml`, textOf(each)]] : [])),
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

/** An object by kind and name, with the namespace that it has. */
interface Known {
  kind: unknown;
  name: unknown;
  namespace: unknown;
}

function knownAs({ kind, metadata: meta }: Fields): Known {
  const { name: own, namespace: space }: Fields = Object(meta);
  return { kind, name: own, namespace: space };
}

const controllers = ['Deployment', 'ReplicaSet', 'StatefulSet'];

/**
 * Mends what kustomize would refuse, so that most trees build: objects twice, patches and counts of replicas for what is not there,
 * operations that do not fit.
 *
 * @param below what the folder includes, to which its own is added
 */
function mended(inputs: Folder, below: Known[]): Folder {
  const isKnown = (kind: unknown, own: unknown): Known | undefined =>
    below.find((each) => each.kind === kind && each.name === own);
  const own = inputs.objects.filter((each) => {
    const known = knownAs(each);
    if (isKnown(known.kind, known.name)) return false;
    below.push(known);
    return true;
  });
  const generators = (field: string, kind: string): readonly Fields[] =>
    mapsIn(inputs.fields[field]).flatMap((entry): Fields[] => {
      const known = isKnown(kind, entry['name']);
      const { behavior, namespace: _namespace, ...rest } = entry;
      const changes = behavior === 'merge' || behavior === 'replace';
      if (known !== undefined)
        return [fields({ ...rest, behavior: changes ? behavior : 'merge', namespace: known.namespace })];
      below.push(knownAs({ kind, metadata: entry }));
      return [fields({ ...entry, behavior: changes ? undefined : behavior })];
    });
  const configMapGenerator = generators('configMapGenerator', 'ConfigMap');
  const secretGenerator = generators('secretGenerator', 'Secret');
  const replicas = mapsIn(inputs.fields['replicas']).filter((each) =>
    controllers.some((kind) => isKnown(kind, each['name'])),
  );
  const patches = inputs.patches.flatMap((each): Patched[] => {
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
    const known = isKnown(kind, Object(meta).name);
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
    objects: own,
    patches,
    fields: { ...inputs.fields, configMapGenerator, secretGenerator, replicas },
  };
}

/** Trees as people write them: an entry over one or two bases, with components. */
export const trees: fc.Arbitrary<Files> = fc
  .record({
    entry: folder(2),
    base: folder(4),
    second: optional(folder(2)),
    component: optional(folder(1)),
    baseComponent: optional(folder(1)),
    careless: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  })
  .map(({ entry, base, second, component, baseComponent, careless }) => {
    const known: Known[] = [];
    const mend = (each: Folder): Folder => (careless ? each : mended(each, known));
    // In the order in which kustomize gets to see them.
    return {
      ...filesOf('base', mend(base), 'Kustomization', fields({ components: baseComponent && ['../shared'] })),
      ...(baseComponent ? filesOf('shared', mend(baseComponent), 'Component', {}) : {}),
      ...(second ? filesOf('second', mended(second, careless ? [] : known), 'Kustomization', {}) : {}),
      ...filesOf(
        'entry',
        mend(entry),
        'Kustomization',
        fields({
          resources: ['../base', ...(second ? ['../second'] : [])],
          components: component && ['../component'],
        }),
      ),
      ...(component ? filesOf('component', mend(component), 'Component', {}) : {}),
    };
  });
