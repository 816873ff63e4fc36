import { describe, expect, it } from 'vitest';
import { type BuildOptions, buildClusters, buildTree } from '../buildTree.ts';

type Files = Readonly<Record<string, string>>;

const ks = (name: string, path: string, source = '{kind: GitRepository, name: flux-system}'): string =>
  `---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, path: "${path}", sourceRef: ${source}}\n`;
const git = (name: string, url: string, ref = '{branch: main}'): string =>
  `---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, url: "${url}", ref: ${ref}}\n`;
const configMap = (name: string, value = 'x'): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: web}\ndata: {value: ${value}}\n`;
const listing = (...resources: readonly string[]): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resources.join(', ')}]\n`;
const from = (name: string): string => `{kind: GitRepository, name: ${name}}`;

const filesOf = (files: Files) => ({ tree: new Map(Object.entries(files)), unread: [] });
/** The names of ConfigMaps that are built, and the sentences of what is not seen. */
const read = (files: Files, options: BuildOptions = {}) => {
  const { objects, unseen, assumed } = buildTree(filesOf(files), options);
  const maps = objects.filter(({ object }) => object.kind === 'ConfigMap');
  return {
    maps: maps.map(({ object }) => object.metadata.name),
    unseen: unseen.map(({ sentence }) => sentence),
    assumed,
  };
};
const clusters = (files: Files, options: BuildOptions = {}) =>
  buildClusters(filesOf(files), options).map(({ cluster, objects }) => [
    cluster,
    ...objects.filter(({ object }) => object.kind === 'ConfigMap').map(({ object }) => object.metadata.name),
  ]);

describe('the source of a Flux Kustomization', () => {
  const home = 'https://github.com/me/home-ops.git';
  const app = { 'apps/a.yaml': configMap('a') };

  it.each([
    ['the same address by SSH', 'ssh://git@github.com/me/home-ops', '{branch: main}'],
    ['the same address in the form of scp', 'git@github.com:me/home-ops.git', '{branch: main}'],
    ['the same address with a slash', 'https://GitHub.com/me/home-ops/', '{name: refs/heads/main}'],
  ])('is this repository with %s', (_name, url, ref) => {
    const files = {
      ...app,
      'flux/ks.yaml': git('flux-system', home) + git('twin', url, ref) + ks('a', './apps', from('twin')),
    };
    expect(read(files)).toEqual({ maps: ['a'], unseen: [], assumed: [] });
  });

  it.each([
    [
      'another address',
      git('flux-system', home) + git('other', 'https://github.com/you/home-ops.git'),
      from('other'),
    ],
    ['another branch', git('flux-system', home) + git('other', home, '{branch: next}'), from('other')],
    ['no branch, where this one has', git('flux-system', home) + git('other', home, '{}'), from('other')],
    [
      'another host',
      git('flux-system', home) + git('other', home.replace('github', 'gitlab')),
      from('other'),
    ],
    [
      'another namespace',
      git('flux-system', home),
      '{kind: GitRepository, name: flux-system, namespace: team}',
    ],
    ['an address that is not among the files', git('flux-system', home), from('other')],
    [
      'an OCIRepository of the same name',
      git('flux-system', home),
      '{kind: OCIRepository, name: flux-system}',
    ],
    ['a Bucket', git('flux-system', home), '{kind: Bucket, name: flux-system}'],
    ['an ExternalArtifact', git('flux-system', home), '{kind: ExternalArtifact, name: flux-system}'],
  ])('is not this repository with %s', (_name, sources, reference) => {
    for (const path of ['./apps', './']) {
      const { maps, unseen } = read({ ...app, 'flux/ks.yaml': sources + ks('a', path, reference) });
      expect(maps).toEqual([]);
      expect(unseen).toEqual([
        expect.stringMatching(/^Kustomization a takes its manifests from .*not this repository$/),
      ]);
    }
  });

  it('is assumed to be this repository if there is only one', () => {
    const { maps, unseen, assumed } = read({
      ...app,
      'flux/ks.yaml': git('mine', home) + ks('a', './apps', from('mine')),
    });
    expect([maps, unseen]).toEqual([['a'], []]);
    expect(assumed).toEqual(['GitRepository flux-system/mine is this repository']);
  });

  it('is that of the roots if others are used below them', () => {
    const files = {
      ...app,
      'flux/ks.yaml': git('mine', home) + ks('root', './roots', from('mine')),
      'roots/ks.yaml':
        git('yours', 'https://github.com/you/x') +
        ks('x', './apps/deploy', from('yours')) +
        ks('a', './apps', from('mine')),
    };
    expect(read(files).maps).toEqual(['a']);
    expect(read(files).unseen).toEqual([expect.stringContaining('GitRepository flux-system/yours')]);
  });

  it('is not guessed among several', () => {
    const two = git('one', home) + git('two', 'https://github.com/you/home-ops');
    const files = {
      ...app,
      'b/b.yaml': configMap('b'),
      'flux/ks.yaml': two + ks('a', './apps', from('one')) + ks('b', './b', from('two')),
    };
    expect(read(files).maps).toEqual([]);
    expect(read(files).unseen).toEqual(
      ['a', 'b'].map((name) =>
        expect.stringMatching(
          new RegExp(`^Kustomization ${name} .*which source is this repository is not known`),
        ),
      ),
    );
    const idle = { ...app, 'flux/ks.yaml': two + ks('a', './apps', from('two')) };
    expect(read(idle).maps).toEqual([]);
    expect(read(idle).unseen).toHaveLength(1);
  });

  it('never takes what it does not build from others', () => {
    const files = {
      'flux/ks.yaml': ks('apps', './apps'),
      'apps/kustomization.yaml': listing('web/ks.yaml', 'crds/ks.yaml'),
      'apps/web/ks.yaml': ks('web', './apps/web/app'),
      'apps/web/app/a.yaml': configMap('a'),
      'apps/crds/ks.yaml': ks('crds', './', '{kind: OCIRepository, name: crds}'),
    };
    expect(read(files).maps).toEqual(['a']);
    expect(read(files).unseen).toHaveLength(1);
  });
});

describe('Flux Kustomizations that nothing applies', () => {
  const nothing = (name: string) =>
    expect.stringContaining(`Nothing here applies Flux Kustomization flux-system/${name},`);
  const base = {
    'flux/ks.yaml': ks('apps', './apps'),
    'apps/kustomization.yaml': listing('a.yaml'),
    'apps/a.yaml': configMap('a'),
  };

  it.each([
    ['in a directory that is built without it', 'apps/old/ks.yaml'],
    ['in a hidden directory', '.archive/old/ks.yaml'],
    ['in an archive', 'archive/old/ks.yaml'],
    ['in an archive of the clusters', '_archived/flux/ks.yaml'],
    ['far away', 'somewhere/else/ks.yaml'],
  ])('are named, and not built: %s', (_name, file) => {
    const files = { ...base, [file]: ks('old', './stale'), 'stale/b.yaml': configMap('b') };
    expect(read(files)).toMatchObject({ maps: ['a'], unseen: [nothing('old')] });
    const [unseen] = buildTree(filesOf(files)).unseen;
    expect(unseen?.object).toMatchObject({
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'old',
      file,
    });
    expect(unseen?.remedy).toContain('remove it');
  });

  it('are named beside a directory of clusters/', () => {
    const files = {
      'clusters/home/kustomization.yaml': listing('apps.yaml'),
      'clusters/home/apps.yaml': ks('apps', './apps'),
      'clusters/home/apps-old.yaml': ks('old', './stale'),
      'apps/a.yaml': configMap('a'),
      'stale/b.yaml': configMap('b'),
    };
    expect(read(files)).toMatchObject({ maps: ['a'], unseen: [nothing('old')] });
  });

  it('are not patches, and not the contents of ConfigMaps', () => {
    const patched = `${listing('a.yaml')}patches: [{path: all.yaml}]\nconfigMapGenerator: [{name: c, files: [sample.yaml]}]\n`;
    const files = {
      ...base,
      'apps/kustomization.yaml': patched,
      'apps/all.yaml': ks('all', './x'),
      'apps/sample.yaml': ks('sample', './y'),
    };
    expect(read(files).unseen.filter((sentence) => sentence.includes('Nothing here'))).toEqual([]);
  });

  it('are all unknown if it is not clear which of them are applied', () => {
    const files = {
      'one/ks.yaml': ks('a', './a'),
      'two/ks.yaml': ks('b', './b'),
      'a/a.yaml': configMap('a'),
      'b/b.yaml': configMap('b'),
    };
    expect(read(files).unseen).toEqual(
      ['a', 'b'].map((name) =>
        expect.stringContaining(`Flux Kustomization flux-system/${name} is one of several`),
      ),
    );
    expect(read(files, { entries: ['one', 'two'] })).toMatchObject({ maps: ['a', 'b'], unseen: [] });
    expect(read(files, { entries: ['one'] })).toMatchObject({ maps: ['a'] });
  });

  it('are applied by the directory that a FluxInstance syncs', () => {
    const instance = (kind: string, sync: string) =>
      `apiVersion: x/v1\nkind: ${kind}\nmetadata: {name: flux, namespace: flux-system}\nspec: ${sync}\n`;
    const files = {
      'roots/main/ks.yaml': ks('apps', './apps'),
      'apps/a.yaml': configMap('a'),
      'stale/ks.yaml': ks('old', './apps'),
    };
    for (const [kind, sync] of [
      ['FluxInstance', '{sync: {kind: GitRepository, url: "https://x.org/y", path: roots/main}}'],
      ['HelmRelease', '{values: {instance: {sync: {url: "https://x.org/y", path: ./roots/main}}}}'],
    ] as const) {
      const found = read({ ...files, 'bootstrap/flux.yaml': instance(kind, sync) });
      expect(found).toEqual({ maps: ['a'], unseen: [nothing('old')], assumed: [] });
    }
  });
});

describe('several clusters', () => {
  const apps = {
    'apps/a/a.yaml': configMap('a'),
    'apps/b/b.yaml': configMap('b'),
    'apps/all/c.yaml': configMap('c'),
  };

  it.each<[string, Files, [string, string]]>([
    [
      'directories of clusters/',
      { 'clusters/x/k.yaml': ks('one', './apps/a'), 'clusters/y/k.yaml': ks('two', './apps/b') },
      ['x', 'y'],
    ],
    [
      'directories as flux bootstrap writes them',
      {
        'clusters/x/flux-system/gotk-sync.yaml': ks('flux-system', './clusters/x'),
        'clusters/x/apps.yaml': ks('apps', './apps/a'),
        'clusters/y/flux-system/gotk-sync.yaml': ks('flux-system', './clusters/y'),
        'clusters/y/apps.yaml': ks('apps', './apps/b'),
      },
      ['x', 'y'],
    ],
    [
      'directories with kustomizations',
      {
        'kubernetes/clusters/x/kustomization.yaml': listing('../../../apps/a'),
        'kubernetes/clusters/y/kustomization.yaml': listing('ks.yaml'),
        'kubernetes/clusters/y/ks.yaml': ks('apps', './apps/b'),
        'apps/a/kustomization.yaml': listing('a.yaml'),
      },
      ['x', 'y'],
    ],
    [
      'what flux bootstrap writes, with kustomizations',
      {
        'clusters/x/flux-system/gotk-sync.yaml': ks('flux-system', './clusters/x'),
        'clusters/x/flux-system/kustomization.yaml': listing('gotk-sync.yaml'),
        'clusters/x/kustomization.yaml': listing('flux-system', 'apps.yaml'),
        'clusters/x/apps.yaml': ks('apps', './apps/a'),
        'clusters/y/flux-system/gotk-sync.yaml': ks('flux-system', './clusters/y'),
        'clusters/y/flux-system/kustomization.yaml': listing('gotk-sync.yaml'),
        'clusters/y/kustomization.yaml': listing('apps.yaml'),
        'clusters/y/apps.yaml': ks('apps', './apps/b'),
      },
      ['x', 'y'],
    ],
    [
      'roots of the same name',
      {
        'kubernetes/x/flux/ks.yaml': ks('cluster-apps', './apps/a'),
        'kubernetes/y/flux/ks.yaml': ks('cluster-apps', './apps/b'),
      },
      ['kubernetes/x/flux', 'kubernetes/y/flux'],
    ],
  ])('are built one by one: %s', (_name, files, [x, y]) => {
    expect(clusters({ ...apps, ...files })).toEqual([
      [x, 'a'],
      [y, 'b'],
    ]);
    const [entry] = Object.keys(files);
    const directory = (entry ?? '').replace(/\/(?:flux-system\/)?[^/]+$/, '');
    expect(clusters({ ...apps, ...files }, { entries: [directory] })).toEqual([[undefined, 'a']]);
  });

  it('may share what they apply, and their variables are their own', () => {
    const settings = (value: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {NAME: ${value}}\n`;
    const root = ks('apps', './apps/all').replace(
      '{interval',
      '{postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}, interval',
    );
    const built = buildClusters(
      filesOf({
        'clusters/x/ks.yaml': root + ks('settings', './settings/x'),
        'clusters/y/ks.yaml': root + ks('settings', './settings/y'),
        'settings/x/s.yaml': settings('of-x'),
        'settings/y/s.yaml': settings('of-y'),
        'apps/all/c.yaml': configMap('c', '"${NAME}"'),
      }),
    );
    expect(
      built.map(({ objects, unfilled }) => [
        objects.find(({ object }) => object.metadata.name === 'c')?.object['data'],
        unfilled,
      ]),
    ).toEqual([
      [{ value: 'of-x' }, []],
      [{ value: 'of-y' }, []],
    ]);
  });

  it('are one if two roots of one directory have the same name, and then nothing is certain', () => {
    const files = {
      ...apps,
      'flux/one.yaml': ks('apps', './apps/a'),
      'flux/two.yaml': ks('apps', './apps/b'),
    };
    expect(clusters(files)).toEqual([[undefined, 'a', 'b']]);
    expect(read(files).unseen).toEqual([
      expect.stringMatching(/flux-system\/apps .*flux\/one\.yaml.*flux\/two\.yaml/),
    ]);
  });

  it('take the form that a root applies of itself', () => {
    const patch =
      '{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: flux-system, namespace: flux-system}, spec: {postBuild: {substitute: {NAME: set}}}}';
    const files = {
      'clusters/x/flux-system/gotk-sync.yaml': ks('flux-system', './clusters/x'),
      'clusters/x/flux-system/kustomization.yaml': `${listing('gotk-sync.yaml')}patches: [{patch: '${patch}'}]\n`,
      'clusters/x/c.yaml': configMap('c', '"${NAME}"'),
    };
    const { objects, unseen } = buildTree(filesOf(files));
    const maps = objects.filter(({ object }) => object.kind === 'ConfigMap');
    expect(maps.map(({ object, uncertain }) => [object['data'], uncertain])).toEqual([
      [{ value: 'set' }, undefined],
    ]);
    expect(unseen).toEqual([]);
  });

  it('leave out a root that may belong to each of them', () => {
    const files = {
      ...apps,
      'kubernetes/x/flux/ks.yaml': ks('cluster-apps', './apps/a'),
      'kubernetes/y/flux/ks.yaml': ks('cluster-apps', './apps/b'),
      'flux/more/ks.yaml': ks('more', './apps/all'),
    };
    expect(clusters(files)).toEqual([
      ['kubernetes/x/flux', 'a'],
      ['kubernetes/y/flux', 'b'],
    ]);
    for (const { unseen } of buildClusters(filesOf(files)))
      expect(unseen.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('flux-system/more')]);
  });
});

describe('one object in two forms', () => {
  it('says that either may be in the cluster', () => {
    const files = {
      'flux/ks.yaml': ks('a', './a') + ks('b', './b'),
      'a/a.yaml': configMap('same', 'one'),
      'b/b.yaml': configMap('same', 'two'),
    };
    const { objects } = buildTree(filesOf(files));
    expect(objects.map(({ uncertain }) => uncertain)).toEqual([
      expect.stringMatching(
        /^ConfigMap web\/same is applied in 2 different forms \(a\/a\.yaml.* and b\/b\.yaml/,
      ),
      expect.stringContaining('the cluster holds the one that is applied last'),
    ]);
    const equal = { ...files, 'b/b.yaml': configMap('same', 'one') };
    expect(buildTree(filesOf(equal)).objects.map(({ uncertain }) => uncertain)).toEqual([undefined]);
  });
});

describe('a source of variables', () => {
  const taking = (sources: string): Files => ({
    'clusters/x/ks.yaml': ks('apps', './apps').replace(
      '{interval',
      `{postBuild: {substituteFrom: [${sources}]}, interval`,
    ),
    'apps/c.yaml': configMap('c'),
  });
  const sentence = (source: string) =>
    `${source} exists: without it Flux applies nothing of Kustomization flux-system/apps`;

  it.each([
    ['a ConfigMap', '{kind: ConfigMap, name: a}', ['ConfigMap flux-system/a']],
    ['a Secret', '{kind: Secret, name: a, optional: false}', ['Secret flux-system/a']],
    [
      'two',
      '{kind: Secret, name: a}, {kind: ConfigMap, name: b}',
      ['Secret flux-system/a', 'ConfigMap flux-system/b'],
    ],
    ['an optional one', '{kind: Secret, name: a, optional: true}', []],
    ['text for optional', '{kind: Secret, name: a, optional: "true"}', ['Secret flux-system/a']],
  ])('that is not among the objects is assumed to exist: %s', (_, sources, named) => {
    const { assumed } = read(taking(sources));
    expect(assumed.filter((each) => each.includes(' exists: '))).toEqual(named.map(sentence));
  });

  it('is not assumed where it is among the objects', () => {
    const settings =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: flux-system}\ndata: {A: b}\n';
    const { assumed } = read({ ...taking('{kind: ConfigMap, name: a}'), 'apps/a.yaml': settings });
    expect(assumed.join('\n')).not.toContain(' exists: ');
  });
});
