import { describe, expect, it } from 'vitest';
import { buildTree } from './buildTree.ts';

const kustomization = (fields: string, kind = 'Kustomization', version = 'v1beta1') =>
  `apiVersion: kustomize.config.k8s.io/${version}\nkind: ${kind}\n${fields}\n`;
const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  template:
    spec:
      containers:
        - {name: main, image: web, env: [{name: A, value: '1'}, {name: B, value: '2'}]}
        - {name: side, image: side}
`;
const patch = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - {name: main, env: [{name: B, value: changed}, {name: C, value: new}]}
`;

const tree = (changes: Record<string, string | undefined> = {}) => {
  const files: Record<string, string | undefined> = {
    'clusters/home/kustomization.yaml': kustomization('resources: [../../apps/web/, ../../apps/other]'),
    'apps/web/kustomization.yaml': kustomization('resources: [deployment.yaml]'),
    'apps/web/deployment.yaml': deployment,
    'apps/web/overlays/sso/kustomization.yaml': kustomization(
      'patches: [{path: patch.yaml}]',
      'Component',
      'v1alpha1',
    ),
    'apps/web/overlays/sso/patch.yaml': patch,
    'apps/other/kustomization.yaml': kustomization('namespace: other\nresources: [a.yaml]'),
    'apps/other/a.yaml': `${configMap('a')}---\n${configMap('b')}---\n`,
    'talos/patches/node.yaml': 'machine: {type: controlplane}\n',
    ...changes,
  };
  return new Map(
    Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])),
  );
};
const build = (changes: Record<string, string | undefined> = {}) =>
  buildTree({ tree: tree(changes), unread: [] });
const kinds = (changes: Record<string, string | undefined>) =>
  build(changes).findings.map(({ kind, file }) => `${kind} ${file}`);

describe('buildTree', () => {
  it('builds the entry with namespaces, files and lines', () => {
    const { roots, findings } = build();
    expect(findings).toEqual([
      {
        kind: 'not-enabled',
        file: 'apps/web/overlays/sso/kustomization.yaml',
        sentence: 'apps/web/overlays/sso is not enabled',
      },
    ]);
    expect(roots).toHaveLength(1);
    expect(
      roots[0]?.objects.map(({ object, file, line }) => [
        object.kind,
        object.metadata.namespace,
        object.metadata.name,
        file,
        line,
      ]),
    ).toEqual([
      ['Deployment', 'web', 'web', 'apps/web/deployment.yaml', 1],
      ['ConfigMap', 'other', 'a', 'apps/other/a.yaml', 1],
      ['ConfigMap', 'other', 'b', 'apps/other/a.yaml', 5],
    ]);
  });

  it('applies the strategic merge patches of a Component', () => {
    const listed = kustomization('resources: [deployment.yaml]\ncomponents: [overlays/sso]');
    const { roots, findings } = build({ 'apps/web/kustomization.yaml': listed });
    expect(findings).toEqual([]);
    expect(roots[0]?.objects[0]?.object['spec']).toEqual({
      replicas: 2,
      template: {
        spec: {
          containers: [
            {
              name: 'main',
              image: 'web',
              env: [
                { name: 'B', value: 'changed' },
                { name: 'C', value: 'new' },
                { name: 'A', value: '1' },
              ],
            },
            { name: 'side', image: 'side' },
          ],
        },
      },
    });
  });

  it.each([
    [
      'a manifest that no kustomization lists',
      { 'apps/web/extra.yaml': configMap('x') },
      'unlisted apps/web/extra.yaml',
    ],
    [
      'a kustomization that nothing reaches, without its files',
      {
        'apps/lost/kustomization.yaml': kustomization('resources: [x.yaml]'),
        'apps/lost/x.yaml': configMap('x'),
      },
      'unreached apps/lost/kustomization.yaml',
    ],
    ['a file that is missing', { 'apps/other/a.yaml': undefined }, 'missing apps/other/kustomization.yaml'],
    [
      'a cycle',
      { 'apps/other/kustomization.yaml': kustomization('resources: [a.yaml, ../../clusters/home]') },
      'cycle clusters/home/kustomization.yaml',
    ],
    [
      'a path out of the tree',
      { 'apps/other/kustomization.yaml': kustomization('resources: [a.yaml, ../../../x]') },
      'missing apps/other/kustomization.yaml',
    ],
    [
      'a resource from elsewhere',
      { 'apps/other/kustomization.yaml': kustomization('resources: [a.yaml, "https://example.org/x.yaml"]') },
      'elsewhere apps/other/kustomization.yaml',
    ],
    [
      'a field that is not applied',
      { 'apps/other/kustomization.yaml': kustomization('resources: [a.yaml]\ntransformers: [t.yaml]') },
      'unknown apps/other/kustomization.yaml',
    ],
    ['a file that is not YAML', { 'apps/other/a.yaml': 'a: [\n' }, 'unreadable apps/other/a.yaml'],
    [
      'a kustomization that is not a map',
      { 'apps/other/kustomization.yaml': '- 1\n' },
      'unreadable apps/other/kustomization.yaml',
    ],
  ])('finds %s', (_name, changes, expected) => {
    expect(kinds(changes)).toContain(expected);
  });

  it('reports an unused Component outside of overlays/ as unreached', () => {
    const component = kustomization('resources: []', 'Component', 'v1alpha1');
    expect(kinds({ 'apps/web/sso/kustomization.yaml': component })).toContain(
      'unreached apps/web/sso/kustomization.yaml',
    );
  });

  it('follows a Flux Kustomization, also to a directory without a kustomization', () => {
    const flux = (name: string, path: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {path: ${path}, sourceRef: {kind: GitRepository, name: home, namespace: flux-system}, postBuild: {substitute: {NAME: web}}}
`;
    const { roots, objects, findings } = build({
      'clusters/home/flux.yaml': flux('home', './clusters/home'),
      'apps/other/a.yaml': flux('plain', './plain'),
      'plain/deep/x.yaml': configMap('"x-${NAME}"'),
    });
    expect(findings.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      'not-enabled apps/web/overlays/sso/kustomization.yaml',
      'unlisted clusters/home/flux.yaml',
    ]);
    const names = (sources: typeof objects) => sources.map(({ object }) => object.metadata.name);
    expect(roots.map(({ directory, by, objects: own }) => [directory, by?.name, names(own)])).toEqual([
      ['clusters/home', 'home', ['web', 'plain']],
      ['plain', 'plain', ['x-${NAME}']],
    ]);
    expect(names(objects)).toEqual(['web', 'plain', 'x-web']);
    expect(objects.map(({ appliedBy }) => appliedBy)).toEqual([
      'flux-system/home',
      'flux-system/home',
      'other/plain',
    ]);
  });

  it('names no Flux Kustomization for what an entry applies', () => {
    expect(build().objects.map(({ appliedBy }) => appliedBy)).toEqual([undefined, undefined, undefined]);
  });

  it('takes the clear object of an encrypted file, and marks it', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'other' },
      data: { KEY: 'clear' },
    };
    const decrypted = new Map([['apps/other/a.yaml', object]]);
    const files = { tree: tree({ 'apps/other/a.yaml': configMap('a') }), unread: [] };
    expect(buildTree(files, { decrypted }).objects).toContainEqual({
      object,
      encrypted: true,
      file: 'apps/other/a.yaml',
      line: 1,
    });
  });
});

it.each([
  'namePrefix: [{path: spec/podSelector/matchLabels/app, kind: NetworkPolicy}]',
  'images: [{path: spec/type, kind: Service}]',
  'nameReference: []',
])('does not guess what configurations change: %s', (configuration) => {
  const tree = new Map([
    ['kustomization.yaml', 'namePrefix: zz-\nresources: [a.yaml]\nconfigurations: [c.yaml]\n'],
    ['c.yaml', configuration],
    ['a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n'],
  ]);
  const { unseen } = buildTree({ tree, unread: [] }, { env: { PATH: '' } });
  expect(unseen.map(({ sentence }) => sentence)).toEqual([
    'kustomization.yaml uses configurations, which the in-memory build does not support',
  ]);
});
