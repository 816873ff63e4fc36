// Crosses the command line, the manifest loader, the prover and the reports.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { type BuildOptions, buildTree } from '../../src/manifests/buildTree.ts';
import { flux, place } from './place.ts';

const load = (files: Readonly<Record<string, string>>, options: BuildOptions = {}) =>
  buildTree({ tree: new Map(Object.entries(files)), unread: [] }, options);
const named = (
  objects: readonly { object: KubernetesObject }[],
  name: string,
): KubernetesObject | undefined => objects.find(({ object }) => object.metadata.name === name)?.object;
const kustomization = (fields: string): string => `kind: Kustomization\n${fields}\n`;
const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`;
const settings = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {PORT: "8080", WORD: "yes", ODD: "a: b", EMPTY: ""}\n`;

describe('Flux Kustomizations', () => {
  it('build a directory without a kustomization: manifests below it, and directories that have one', () => {
    const { objects, findings } = load({
      'flux.yaml': flux('apps', 'path: ./apps, targetNamespace: media'),
      'apps/a.yaml': configMap('a', '{}'),
      'apps/deep/b.yaml': configMap('b', '{}'),
      'apps/own/kustomization.yaml': kustomization('namePrefix: x-\nresources: [c.yaml]'),
      'apps/own/c.yaml': configMap('c', '{}'),
      'apps/own/idle.yaml': configMap('idle', '{}'),
    });
    expect(objects.map(({ object }) => [object.metadata.name, object.metadata.namespace])).toEqual([
      ['a', 'media'],
      ['b', 'media'],
      ['x-c', 'media'],
    ]);
    expect(findings.map(({ kind, file }) => `${kind} ${file}`).toSorted()).toEqual([
      'unlisted apps/own/idle.yaml',
      'unlisted flux.yaml',
    ]);
  });

  it('are built after the changes of their parents: patches and variables', () => {
    const child = flux('child', 'path: "./${FOLDER}"').replace('flux-system', 'apps');
    const patch = `{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: any}, spec: {targetNamespace: patched, postBuild: {substitute: {COLOR: red}}}}`;
    const { objects, unseen } = load({
      'flux.yaml': flux(
        'root',
        `path: ./children, postBuild: {substitute: {FOLDER: leaf}}, patches: [{patch: '${patch}', target: {kind: Kustomization}}]`,
      ),
      'children/ks.yaml': child.replace('name: home', 'name: home, namespace: flux-system'),
      'leaf/kustomization.yaml': kustomization('resources: [a.yaml]'),
      'leaf/a.yaml': configMap('a', '{color: "${COLOR}"}'),
    });
    expect(unseen).toEqual([]);
    expect(named(objects, 'a')).toMatchObject({ metadata: { namespace: 'patched' }, data: { color: 'red' } });
  });

  it('apply components, images, prefixes and common metadata', () => {
    const { objects } = load({
      'flux.yaml': flux(
        'apps',
        'path: ./apps, components: [../extra], namePrefix: p-, nameSuffix: -s, images: [{name: web, newTag: "2"}], commonMetadata: {labels: {all: x}, annotations: {note: two}}',
      ),
      'apps/kustomization.yaml': kustomization('resources: [a.yaml]\nimages: [{name: web, newTag: "1"}]'),
      'apps/a.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: "web:0"}]}\n',
      'extra/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [b.yaml]\n',
      'extra/b.yaml': configMap('b', '{}'),
    });
    expect(named(objects, 'p-a-s')).toMatchObject({
      metadata: { labels: { all: 'x' }, annotations: { note: 'two' } },
      spec: { containers: [{ image: 'web:2' }] },
    });
    expect(named(objects, 'p-b-s')).toBeDefined();
  });

  it('substitute in the text of YAML, so a number stays a number', () => {
    const data =
      '{port: "${PORT}", truth: "${WORD}", text: "x ${PORT}", odd: "${ODD}", default: "${NONE:=fall}", empty: "${EMPTY:-full}", gone: "a${NONE}b", escaped: "$${PORT}", lines: "${PORT}\\n"}';
    const { objects, unfilled } = load({
      'flux.yaml': flux(
        'apps',
        'path: ./apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}',
      ),
      'apps/kustomization.yaml': kustomization('resources: [a.yaml, settings.yaml]'),
      'apps/settings.yaml': settings,
      'apps/a.yaml': configMap('a', data),
    });
    expect(unfilled).toEqual([]);
    expect(named(objects, 'a')?.['data']).toEqual({
      ...{
        port: 8080,
        truth: true,
        text: 'x 8080',
        odd: '${ODD}',
        default: 'fall',
        empty: 'full',
        gone: 'a${NONE}b',
      },
      ...{ escaped: '${PORT}', lines: '8080\n' },
    });
    // Before Flux 2.9 it became the empty text. Since then nothing of the Kustomization is applied.
    const reasons = objects.map(({ uncertain }) => uncertain);
    expect(new Set(reasons).size).toBe(1);
    expect(reasons[0]).toContain('nobody sets the variable NONE of ConfigMap');
  });

  it('are rejected completely if a variable has an invalid name', () => {
    const { findings } = load({
      'flux.yaml': flux(
        'apps',
        'path: ./apps, postBuild: {substitute: {1ST: x, FINE: x}, substituteFrom: [{kind: ConfigMap, name: settings}]}',
      ),
      'apps/kustomization.yaml': kustomization('resources: [settings.yaml]'),
      'apps/settings.yaml': settings.replace('{PORT', '{NAS.PATH: /x, PORT'),
    });
    expect(findings.filter(({ kind }) => kind === 'refused').map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining('its variable "NAS.PATH" is not'),
      expect.stringContaining('its variable "1ST" is not'),
    ]);
  });

  it('keep a variable if its value is encrypted, or if a source of variables is missing', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: hidden, namespace: flux-system}\nstringData: {TOKEN: "ENC[x]"}\nsops: {mac: x}\n';
    const files = (from: string) => ({
      'flux.yaml': flux('apps', `path: ./apps, postBuild: {substitute: {A: "1"}, substituteFrom: [${from}]}`),
      'apps/kustomization.yaml': kustomization('resources: [a.yaml, secret.yaml]'),
      'apps/secret.yaml': secret,
      'apps/a.yaml': configMap('a', '{a: "x${A}", token: "${TOKEN:=none}", other: "${OTHER:=none}"}'),
    });
    const encrypted = load(files('{kind: Secret, name: hidden}'));
    expect(named(encrypted.objects, 'a')?.['data']).toEqual({
      a: 'x1',
      token: '${TOKEN:=none}',
      other: 'none',
    });
    expect(encrypted.unfilled[0]?.sentence).toContain('${TOKEN}');
    const missing = load(files('{kind: Secret, name: nowhere, optional: true}'));
    expect(named(missing.objects, 'a')?.['data']).toEqual({
      ...{ a: 'x1', token: '${TOKEN:=none}', other: '${OTHER:=none}' },
    });
    const known = load(files('{kind: Secret, name: hidden}'), { values: new Map([['TOKEN', 'secret']]) });
    expect(named(known.objects, 'a')?.['data']).toEqual({ a: 'x1', token: 'secret', other: 'none' });
  });
});

describe('a field that the in-memory build does not support', () => {
  const files = {
    'kustomization.yaml': kustomization('resources: [a.yaml]\nbuildMetadata: [managedByLabel]'),
    'a.yaml': configMap('a', '{}'),
  };

  it('is unknown without kustomize on the machine', () => {
    const { unseen } = load(files);
    expect(unseen[0]?.sentence).toContain('buildMetadata');
    expect(unseen[0]?.remedy).toContain('kustomize or kubectl on the PATH');
  });

  it('is built by kustomize in a copy of the needed files', () => {
    const { path } = place({});
    mkdirSync(join(path, 'bin'));
    const program = join(path, 'bin', 'kustomize');
    const answer = configMap('from-the-program', '{}');
    writeFileSync(
      program,
      `#!/bin/sh\n[ -e "$3/kustomization.yaml" ] || exit 1\n/bin/cat <<'E'\n${answer}E\n`,
    );
    chmodSync(program, 0o755);
    const { objects, unseen } = load(files, { env: { PATH: join(path, 'bin') } });
    expect(unseen).toEqual([]);
    expect(objects.map(({ object, file }) => [object.metadata.name, file])).toEqual([
      ['from-the-program', 'kustomization.yaml'],
    ]);
    writeFileSync(program, '#!/bin/sh\nexit 1\n');
    expect(load(files, { env: { PATH: join(path, 'bin') } }).unseen).toHaveLength(1);
  });

  it('has the files of its objects also if a program builds it, and never that of a generated kustomization', () => {
    const { path } = place({});
    const program = join(path, 'kustomize');
    const answer = `${configMap('in-a-file', '{}')}---\n${configMap('made', '{}')}`;
    writeFileSync(program, `#!/bin/sh\n/bin/cat <<'E'\n${answer}E\n`);
    chmodSync(program, 0o755);
    const given = {
      'flux.yaml': `---\n${flux('apps', 'path: ./apps')}`,
      'apps/deep/a.yaml': `# first\n---\n${configMap('in-a-file', '{}')}`,
      'apps/other/kustomization.yaml': kustomization('resources: [b.yaml]\nconfigurations: [c.yaml]'),
      'apps/other/b.yaml': configMap('b', '{}'),
      'apps/other/c.yaml': '{}\n',
    };
    const { objects, unseen } = load(given, { env: { PATH: path } });
    expect(unseen).toEqual([]);
    expect(objects.map(({ object, file, line }) => [object.metadata.name, file, line])).toEqual([
      ['in-a-file', 'apps/deep/a.yaml', 3],
      ['made', 'flux.yaml', 2],
    ]);
    const missing = load({ ...given, 'flux.yaml': flux('apps', 'path: ./apps, components: [nowhere]') });
    expect(missing.unseen.map(({ object }) => object?.file)).toEqual([
      'apps/other/kustomization.yaml',
      'flux.yaml',
    ]);
  });

  it('is never fetched from a remote source by any program', () => {
    const { unseen } = load(
      {
        ...files,
        'kustomization.yaml': kustomization(
          'resources: [a.yaml, "https://example.org/x"]\nvars: [{name: A}]',
        ),
      },
      { env: process.env },
    );
    expect(unseen.map(({ sentence }) => sentence).join('\n')).toContain(
      'needs the remote resource https://example.org/x',
    );
  });
});
