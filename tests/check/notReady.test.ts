// Crosses the loader, the schemas and the prover: what Flux does not apply, since something that it needs is not there.
import { describe, expect, it } from 'vitest';
import { checkTree, deny, kustomization, pod, repository, serviceOfWrongPort, tree } from './fluxTree.ts';

const bootstrap = (source: string) => ({
  'clusters/main/flux-system/gotk-sync.yaml':
    source + kustomization('flux-system').replace('./flux-system', './clusters/main'),
});
/** Another source, which is this repository too. */
const second = (text = '') => ({
  'sources/git.yaml': repository
    .replace('name: flux-system', 'name: second')
    .replace('spec: {', `spec: {${text}`),
  'clusters/main/sources.yaml': kustomization('sources'),
  'clusters/main/policies.yaml': kustomization('policies').replace(
    'kind: GitRepository, name: flux-system',
    'kind: GitRepository, name: second',
  ),
});
const of = (...names: string[]) => `, dependsOn: [${names.map((name) => `{name: ${name}}`).join(', ')}]`;

it('proves by a policy where everything is applied', async () => {
  const { denied, verdict } = await checkTree({});
  expect([denied?.verdict, verdict]).toEqual(['proved', 'proved']);
  expect((await checkTree(second())).denied?.verdict).toBe('proved');
});

describe('the source of a Kustomization', () => {
  it.each([
    ['has no interval', 'interval: 1h, ', ''],
    ['has a timeout in days', 'spec: {', 'spec: {timeout: 1d, '],
    ['is of a version that was removed', 'fluxcd.io/v1', 'fluxcd.io/v1beta1'],
    ['is of a version that is not known', 'fluxcd.io/v1', 'fluxcd.io/v9'],
    ['has a field that only the older version had', 'fluxcd.io/v1\n', 'fluxcd.io/v1beta2\n'],
  ])('brings nothing for certain if it %s', async (_, from, to) => {
    const old = repository.replace('spec: {', 'spec: {gitImplementation: go-git, ');
    const source = (to.includes('v1beta2') ? old : repository).replace(from, to);
    const { denied } = await checkTree(bootstrap(source));
    expect(denied?.verdict).toBe('unknown');
    expect(denied?.evidence.map(({ object }) => object.kind)).toContain('GitRepository');
    expect(denied?.sentence).not.toContain(': The API server');
  });

  it('is read in the version that was served beside it', async () => {
    const source = repository.replace('fluxcd.io/v1', 'fluxcd.io/v1beta2');
    expect((await checkTree(bootstrap(source))).denied?.verdict).toBe('proved');
  });

  it('brings nothing for certain if another Kustomization applies it, and may be refused', async () => {
    const { denied } = await checkTree(second('timeout: 1d, '));
    expect(denied?.verdict).toBe('unknown');
    expect(denied?.sentence).toContain('GitRepository flux-system/second');
  });

  it('brings nothing for certain if what applies it does not', async () => {
    const files = { ...second(), 'sources/bad.yaml': serviceOfWrongPort };
    expect((await checkTree(files)).denied?.verdict).toBe('unknown');
  });
});

describe('a Kustomization that depends on another one', () => {
  const other = (spec = '') => ({
    'clusters/main/other.yaml': kustomization('other', spec),
    'other/a.yaml': pod('other'),
  });
  const policies = (spec: string) => ({ 'clusters/main/policies.yaml': kustomization('policies', spec) });

  it('is applied after it', async () => {
    expect((await checkTree({ ...policies(of('other')), ...other() })).denied?.verdict).toBe('proved');
  });

  it.each([
    ['may be refused', other(', timeout: 1d')],
    ['applies something that is refused', { ...other(), 'other/b.yaml': serviceOfWrongPort }],
    ['is not there', {}],
    ['depends on what is not there', other(of('gone'))],
    ['depends on the first one again', other(of('policies'))],
  ])('is never applied if that one %s', async (_, files) => {
    const { denied } = await checkTree({ ...policies(of('other')), ...files });
    expect(denied?.verdict).toBe('unknown');
  });

  it.each(['spec: {ports: [{port: 99999}]}', 'spec: {ports: [{port: 80}]}'])(
    'is as certain as the end of a chain: %s',
    async (spec) => {
      const links = [...'abcdefgh'].map((name, at, all) =>
        kustomization(name, at + 1 < all.length ? of(all[at + 1] ?? '') : ''),
      );
      const service = serviceOfWrongPort.replace('spec: {ports: [{port: 99999}]}', spec);
      const { denied } = await checkTree({
        ...policies(of('a')),
        'clusters/main/chain.yaml': links.join(''),
        ...Object.fromEntries([...'abcdefg'].map((name) => [`${name}/a.yaml`, pod(name)])),
        'h/a.yaml': service,
      });
      expect(denied?.verdict).toBe(spec.includes('99999') ? 'unknown' : 'proved');
    },
  );

  it.each([
    ['waits for', ', wait: true'],
    [
      'checks',
      ', healthChecks: [{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, name: inner, namespace: flux-system}]',
    ],
  ])('is never applied if that one %s a third one that is not applied', async (_, spec) => {
    const files = (inner: string) => ({
      ...policies(of('other')),
      ...other(spec),
      'other/inner.yaml': kustomization('inner', inner),
      'inner/a.yaml': pod('inner'),
    });
    expect((await checkTree(files(''))).denied?.verdict).toBe('proved');
    expect((await checkTree(files(of('gone')))).denied?.verdict).toBe('unknown');
  });
});

describe('the Flux Operator', () => {
  const instance = (version: string, spec = '') => `---
apiVersion: fluxcd.controlplane.io/${version}
kind: FluxInstance
metadata: {name: flux, namespace: flux-system}
spec:
  distribution: {version: 2.x, registry: ghcr.io/fluxcd}
  sync: {kind: GitRepository, url: "https://example.org/a/b", ref: refs/heads/main, path: clusters/main}
${spec}`;
  const files = (text: string) => ({
    'clusters/main/flux-system/kustomization.yaml': undefined,
    'clusters/main/flux-system/gotk-sync.yaml': undefined,
    'clusters/main/instance.yaml': text,
  });

  it('applies what its FluxInstance says, if it knows the version of that', async () => {
    expect((await checkTree(files(instance('v1')))).denied?.verdict).toBe('proved');
    const { denied } = await checkTree(files(instance('v9')));
    expect(denied?.verdict).toBe('unknown');
    expect(denied?.sentence).toContain(
      'FluxInstance flux-system/flux has a version of its kind that is not known',
    );
  });

  it('applies nothing for certain if its FluxInstance may be refused', async () => {
    const text = instance('v1').replace('version: 2.x, ', '');
    expect((await checkTree(files(text))).denied?.verdict).toBe('unknown');
  });

  it.each([
    ['v1', 'proved'],
    ['v9', 'unknown'],
  ])('makes what a ResourceSet of %s holds: %s', async (version, verdict) => {
    const { denied } = await checkTree({
      'policies/deny.yaml': `apiVersion: fluxcd.controlplane.io/${version}
kind: ResourceSet
metadata: {name: policies, namespace: web}
spec:
  resources:
    - ${deny.replace('---\n', '').trim().replaceAll('\n', '\n      ')}
`,
    });
    expect(denied?.verdict).toBe(verdict);
  });
});

describe('a Kustomization that is applied by hand', () => {
  const byHand = (change: (text: string) => string) => ({
    'clusters/main/flux-system/kustomization.yaml': undefined,
    'clusters/main/flux-system/gotk-sync.yaml': undefined,
    'clusters/main/policies.yaml': change(kustomization('policies')),
  });

  it.each([
    ['in the namespace of its source', (text: string) => text, 'proved'],
    ['in no namespace', (text: string) => text.replace(', namespace: flux-system}', '}'), 'unknown'],
    [
      'in an empty namespace',
      (text: string) => text.replace('namespace: flux-system}', 'namespace: ""}'),
      'unknown',
    ],
  ])('is applied %s', async (_, change, verdict) => {
    expect((await checkTree(byHand(change))).denied?.verdict).toBe(verdict);
  });
});

it.each([
  ['v9\nkind: ConfigMap', 'unknown'],
  ['apps/v9\nkind: Deployment', 'unknown'],
  ['v1\nkind: ConfigMap', 'proved'],
])(
  'applies nothing beside an object of Kubernetes in a version that it has not: %s',
  async (kind, verdict) => {
    const text = `apiVersion: ${kind}\nmetadata: {name: x, namespace: web}\n`;
    const { denied } = await checkTree({ 'policies/x.yaml': text });
    expect(denied?.verdict).toBe(verdict);
  },
);

describe('a root that changes others', () => {
  const root = (spec: string) => ({
    'clusters/main/flux-system/gotk-sync.yaml':
      repository + kustomization('flux-system', spec).replace('./flux-system', './clusters/main'),
  });
  const patch = (json: string, name = 'policies') =>
    `, patches: [{patch: '${json}', target: {kind: Kustomization, name: ${name}}}]`;
  const suspend = '[{op: add, path: /spec/suspend, value: true}]';

  it.each([
    ['suspends one', root(patch(suspend))],
    ['suspends itself', root(patch(suspend, 'flux-system'))],
    [
      'leads itself elsewhere',
      root(patch('[{op: replace, path: /spec/path, value: ./apps}]', 'flux-system')),
    ],
    ['leads one to what is not there', root(patch('[{op: replace, path: /spec/path, value: ./gone}]'))],
    [
      'lets Flux leave them out',
      root(', commonMetadata: {labels: {kustomize.toolkit.fluxcd.io/reconcile: disabled}}'),
    ],
    ['gives them to a shard', root(', commonMetadata: {labels: {sharding.fluxcd.io/key: a}}')],
    [
      'fills in a path that is not there',
      {
        ...root(', postBuild: {substitute: {WHERE: gone}}'),
        'clusters/main/policies.yaml': kustomization('policies').replace('./policies', '"./${WHERE}"'),
      },
    ],
  ])('proves nothing by the policies if it %s', async (_, change) => {
    expect((await checkTree(change)).denied?.verdict).toBe('unknown');
  });

  it.each([
    ['adds a prefix', root(', namePrefix: x-')],
    [
      'fills in the path',
      {
        ...root(', postBuild: {substitute: {WHERE: policies}}'),
        'clusters/main/policies.yaml': kustomization('policies').replace('./policies', '"./${WHERE}"'),
      },
    ],
    [
      'fills in the name',
      {
        ...root(', postBuild: {substitute: {NAME: policies}}'),
        'clusters/main/policies.yaml': kustomization('policies').replace(
          'name: policies,',
          'name: "${NAME}",',
        ),
      },
    ],
  ])('proves by the policies if it %s', async (_, change) => {
    expect((await checkTree(change)).denied?.verdict).toBe('proved');
  });
});

it('points at the object that is refused, not at the first one beside it', async () => {
  const files = { 'policies/a.yaml': pod('first'), 'policies/z.yaml': serviceOfWrongPort };
  const { denied } = await checkTree(files, tree);
  expect(denied?.verdict).toBe('unknown');
  expect(denied?.evidence[0]?.object).toMatchObject({
    kind: 'Service',
    name: 'bad',
    file: 'policies/z.yaml',
  });
});
