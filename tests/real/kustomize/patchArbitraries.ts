import fc from '../../fastCheck.ts';
import { type Fields, fields, name, namespace, optional, podSpec } from './objectArbitraries.ts';

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

/** An entry of `patches` and its content. */
export interface GeneratedPatch {
  entry: Fields;
  /** A strategic merge patch, or a list of operations. */
  content: Fields | readonly Fields[];
  /** Whether the content is in a file of its own. */
  isFile: boolean;
}

/** A patch of an object by name, which may not exist, or of the objects that a target selects. */
export const patch: fc.Arbitrary<GeneratedPatch> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('Deployment', 'Service', 'ConfigMap', 'HTTPRoute'),
      name,
      namespace,
      mergeContent,
      optional(target),
      fc.boolean(),
    )
    .map(([kind, objectName, objectNamespace, content, selected, isFile]) => {
      const { metadata: meta, ...rest } = content;
      const apiVersion =
        kind === 'Deployment' ? 'apps/v1' : kind === 'HTTPRoute' ? 'gateway.networking.k8s.io/v1' : 'v1';
      const object: Fields = {
        apiVersion,
        kind,
        metadata: fields({ ...(meta ?? {}), name: objectName, namespace: objectNamespace }),
        ...rest,
      };
      return { entry: selected === undefined ? {} : { target: selected }, content: object, isFile };
    }),
  fc
    .tuple(fc.array(operation, { minLength: 1, maxLength: 2 }), target, fc.boolean())
    .map(([operations, selected, isFile]) => ({
      entry: { target: selected },
      content: operations,
      isFile,
    })),
);
