// Crosses the command line, the manifest loader, the prover and the reports.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, enforced, flux, place, service } from './place.ts';

type Files = Readonly<Record<string, string>>;

/** The result of a check of files: its exit code, verdicts and unknowns. */
async function checked(files: Files, prepare: (path: string) => void = () => {}) {
  const { check, path } = place(files);
  prepare(path);
  const { code, stdout } = await check('--json', ...enforced);
  const { proofs = [], unknowns = [], entries = [], notes = [], source, problems } = JSON.parse(stdout);
  const verdicts = new Set(proofs.map(({ verdict }: { verdict: string }) => verdict));
  const sentences: string[] = unknowns.map(({ sentence }: { sentence: string }) => sentence);
  return { code, verdicts, sentences: sentences.join('\n'), entries, unknowns, notes, source, problems };
}

const kustomization = (fields: string): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${fields}\n`;
const listed: Files = { 'kustomization.yaml': kustomization('resources: [app.yaml, more]'), 'app.yaml': app };

describe('a broken repository', () => {
  it.each<[string, Files, string]>([
    [
      'a cycle',
      { ...listed, 'more/kustomization.yaml': kustomization('resources: [..]') },
      'includes itself',
    ],
    [
      'a cycle of two directories',
      {
        ...listed,
        'more/kustomization.yaml': kustomization('resources: [../other]'),
        'other/kustomization.yaml': kustomization('resources: [../more]'),
      },
      'includes itself',
    ],
    ['a path that is not there', listed, 'lists more, which does not exist'],
    [
      'a path out of the repository',
      { ...listed, 'more/kustomization.yaml': kustomization('resources: [../../elsewhere.yaml]') },
      'does not exist',
    ],
    [
      'a remote resource',
      { ...listed, 'more/kustomization.yaml': kustomization('resources: ["https://example.org/a.yaml"]') },
      'needs the remote resource https://example.org/a.yaml',
    ],
    [
      'a plugin',
      { ...listed, 'more/kustomization.yaml': kustomization('transformers: [t.yaml]') },
      'more/kustomization.yaml uses transformers, which the in-memory build does not support',
    ],
    [
      'an unknown field',
      { ...listed, 'more/kustomization.yaml': kustomization('resource: [x.yaml]') },
      'uses resource, which the in-memory build does not support',
    ],
    [
      'a patch for nothing',
      {
        ...listed,
        'more/kustomization.yaml': kustomization(
          'patches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: none}}"}]',
        ),
      },
      'matches no object called Service none',
    ],
    [
      'an object twice',
      { ...listed, 'more/kustomization.yaml': kustomization('resources: [../app.yaml]') },
      'twice',
    ],
    [
      'a document that is no object',
      {
        ...listed,
        'more/kustomization.yaml': kustomization('resources: [x.yaml]'),
        'more/x.yaml': 'just: a map\n',
      },
      'not a named Kubernetes object',
    ],
    [
      'a Flux Kustomization from another repository',
      {
        'flux.yaml': flux('apps', 'path: ./apps'),
        'apps/kustomization.yaml': kustomization('resources: [app.yaml, other.yaml]'),
        'apps/app.yaml': app,
        'apps/other.yaml':
          'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: far, namespace: flux-system}\nspec: {sourceRef: {kind: OCIRepository, name: far}, path: ./}\n',
      },
      'Kustomization far takes its manifests from OCIRepository flux-system/far',
    ],
    [
      'a Flux Kustomization of a missing directory',
      { 'flux.yaml': `${flux('apps', 'path: ./gone')}---\n${app}` },
      'Kustomization apps builds gone, which is not there',
    ],
    [
      'a part of a repository',
      {
        'flux.yaml': flux('apps', 'path: ./kubernetes/apps'),
        'apps/kustomization.yaml': kustomization('resources: [app.yaml]'),
        'apps/app.yaml': app,
      },
      'which is not there, and apps is: paths begin at the top of the repository',
    ],
    [
      'a directory that holds a repository',
      {
        'mine/flux.yaml': flux('apps', 'path: ./apps'),
        'mine/apps/kustomization.yaml': kustomization('resources: [app.yaml]'),
        'mine/apps/app.yaml': app,
      },
      'which is not there, and mine/apps is: paths begin at the top of the repository',
    ],
  ])('is analysed as far as it can be built, and reports %s', async (_name, files, sentence) => {
    const { code, verdicts, sentences } = await checked(files);
    expect(sentences).toContain(sentence);
    expect(verdicts.has('proved')).toBe(false);
    expect(code).toBe(4);
  });

  it('refutes an exposed port in spite of a broken file', async () => {
    const { code, verdicts, unknowns } = await checked({
      'a.yaml': `${app}---\n${service('NodePort')}---\n${service('NodePort').replace('name: app', 'name: more')}`,
      'b.yaml': 'apiVersion: v1\nkind: {\n',
    });
    expect(code).toBe(1);
    expect(verdicts).toEqual(new Set(['refuted', 'unknown']));
    expect(unknowns[0].object.file).toBe('b.yaml');
  });

  it('refutes nothing because of a missing object, since the broken file may contain it', async () => {
    const open = app.slice(0, app.lastIndexOf('---\n'));
    const files = (more: Files): Files => ({ 'app.yaml': `${open}---\n${service('NodePort')}`, ...more });
    const verdictsOf = async (inputs: Files) => {
      const { stdout } = await place(inputs).check('--json', ...enforced);
      const { findings } = JSON.parse(stdout);
      return findings.map(
        (each: { invariant: string; verdict: string }) => `${each.invariant} ${each.verdict}`,
      );
    };
    expect(await verdictsOf(files({}))).toContain('default-deny refuted');
    const beside = await verdictsOf(
      files({
        'broken.yaml': 'apiVersion: v1\nkind: {\n',
        'side.yaml': service('LoadBalancer').replace('name: app', 'name: side'),
      }),
    );
    expect(beside).toContain('default-deny unknown');
    // An object that was read can still refute.
    expect(beside).toContain('load-balancers refuted');
    expect(beside).toContain('node-ports refuted');
  });

  it('reports aliases that would exhaust the memory', async () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    );
    const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb, namespace: media}\n${levels.join('\n')}\n`;
    const { code, sentences } = await checked({ 'app.yaml': app, 'bomb.yaml': bomb });
    expect(code).toBe(4);
    expect(sentences).toContain('bomb.yaml is not readable');
  });

  it('reports endless nesting', async () => {
    const deep = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\ndata: ${'['.repeat(5000)}${']'.repeat(5000)}\n`;
    const { code, sentences } = await checked({ 'app.yaml': app, 'deep.yaml': deep });
    expect(code).toBe(4);
    expect(sentences).toContain('deep.yaml is not readable');
  });
});

describe('an unusual repository', () => {
  it('may have ten thousand documents', { timeout: 120_000 }, async () => {
    const documents = Array.from(
      { length: 10_000 },
      (_, index) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map-${index}, namespace: media}\ndata: {k: v}\n`,
    );
    const { code, source } = await checked({ 'app.yaml': app, 'many.yaml': documents.join('---\n') });
    expect(source.objects).toBe(10_003);
    expect(code).toBe(0);
  });

  it('may have Windows line endings', async () => {
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    const { code, source } = await checked({
      'kustomization.yaml': windows(kustomization('namespace: media\nresources:\n- app.yaml')),
      'app.yaml': windows(app),
    });
    expect(source.objects).toBe(3);
    expect(code).toBe(0);
  });

  it('may have unknown kinds', async () => {
    const odd =
      'apiVersion: example.org/v9\nkind: Contraption\nmetadata: {name: odd, namespace: media}\nspec: {a: [1, {b: null}]}\n';
    const { code, source } = await checked({ 'app.yaml': app, 'odd.yaml': odd });
    expect(source.objects).toBe(4);
    expect(code).toBe(4);
  });

  it.each(['${PORT}', '{{ .port }}'])('is analysed if %s replaces a value', async (template) => {
    const texts = [
      app.replace('name: none', `name: "${template}"`),
      app.replace('podSelector: {}', `podSelector: {matchLabels: {app: "${template}"}}`),
      app.replace('image: example.org/app:1.0.0', `image: "${template}"`),
      `${app}---\n${service('ClusterIP').replace('type: ClusterIP', `type: "${template}"`)}`,
      `${app}---\n${service('ClusterIP').replace('port: 80', `port: "${template}"`)}`,
    ];
    for (const text of texts) {
      const { code, problems } = await checked({ 'app.yaml': text });
      expect(problems ?? []).toEqual([]);
      expect([0, 1, 4]).toContain(code);
    }
  });

  it.each(['${PORT}', '{{ .port }}'])(
    'is unknown about the exposure of a Service or a pod that %s decides',
    async (template) => {
      const checkWith = async (text: string) => {
        const { check } = place({ 'app.yaml': text });
        const { proofs, unknowns } = JSON.parse((await check('--json', ...enforced)).stdout);
        return {
          verdicts: (proofs as { invariant: string; verdict: string }[])
            .filter(({ invariant }) => /^(?:node-ports|load-balancers|host-ports|ingresses)$/.test(invariant))
            .map(({ verdict }) => verdict),
          objects: (unknowns as { object?: { kind: string } }[]).map(({ object }) => object?.kind),
        };
      };
      const plain = `${app}---\n${service('ClusterIP')}`;
      expect((await checkWith(plain)).verdicts).toEqual(['proved', 'proved', 'proved', 'proved']);
      const unknown = Array.from({ length: 4 }, () => 'unknown');
      for (const [text, kind] of [
        [plain.replace('type: ClusterIP', `type: "${template}"`), 'Service'],
        [plain.replace('port: 80', `port: "${template}"`), 'Service'],
        [plain.replace('kind: Service', `kind: "${template}"`), template],
        [app.replace('{containers:', `{hostNetwork: "${template}", containers:`), 'Deployment'],
        [app.replace('containerPort: 80', `hostPort: "${template}", containerPort: 80`), 'Deployment'],
      ] as const) {
        expect(text).toContain(template);
        expect(await checkWith(text)).toMatchObject({ verdicts: unknown, objects: [kind] });
      }
    },
  );

  it('does not follow links to a file or directory outside, or in a cycle', async () => {
    const outside = place({ 'secret.yaml': service('LoadBalancer') });
    const { sentences, source } = await checked({ 'app.yaml': app }, (path) => {
      symlinkSync(join(outside.path, 'secret.yaml'), join(path, 'linked.yaml'));
      symlinkSync(outside.path, join(path, 'folder'));
      mkdirSync(join(path, 'inner'));
      symlinkSync(path, join(path, 'inner', 'circle'));
      writeFileSync(join(path, 'inner', 'more.yaml'), service('ClusterIP'));
    });
    expect(source.objects).toBe(4);
    expect(sentences).toContain('leads out of the directory, or nowhere: linked.yaml');
  });

  it('may be a dump of a cluster, with the managed fields of its server', async () => {
    const { source, code } = await checked({
      'dump.yaml': `apiVersion: v1\nkind: List\nitems:\n${app
        .split('---\n')
        .map((each) => `- ${each.trim().replaceAll('\n', '\n  ')}`)
        .join('\n')}\nmetadata: {resourceVersion: ""}\n`,
    });
    expect(source).toMatchObject({ kind: 'manifests', objects: 3 });
    expect(code).toBe(0);
  });
});
