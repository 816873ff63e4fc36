import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isKubernetesObject } from '../kubernetes/manifests.ts';
import { mountedFiles, readConfigurationSources } from './configurationSources.ts';

const sources = readConfigurationSources(
  ['closed', 'open']
    .map((name): unknown => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'edge' },
      data: { 'config.yaml': name },
      binaryData: { 'extra.conf': 'eA==' },
    }))
    .filter(isKubernetesObject)
    .map((object) => ({ object, file: 'files.yaml' })),
);

/** The texts of the files at each path that a container sees. */
function seen(mounts: string, volumes: string): Readonly<Record<string, readonly (string | undefined)[]>> {
  const files = mountedFiles(
    sources,
    'edge',
    parse(`{volumes: [${volumes}]}`),
    parse(`{volumeMounts: [${mounts}]}`),
  );
  return Object.fromEntries(
    files.map(({ path }) => [path, files.filter((file) => file.path === path).map(({ text }) => text)]),
  );
}

const volumes =
  '{name: closed, configMap: {name: closed}}, {name: open, configMap: {name: open}}, {name: e, emptyDir: {}}';
const file = '/c/config.yaml';

describe('the files that a container sees', () => {
  it.each([
    [
      'the deeper mount',
      '{name: closed, mountPath: /c}, {name: open, mountPath: /c/config.yaml, subPath: config.yaml}',
      ['open'],
    ],
    [
      'the deeper mount, listed first',
      '{name: open, mountPath: /c/config.yaml, subPath: config.yaml}, {name: closed, mountPath: /c}',
      ['open'],
    ],
    [
      'the later of two that are equal',
      '{name: closed, mountPath: /c}, {name: open, mountPath: /c/}',
      ['open'],
    ],
    [
      'the path without its dots',
      '{name: closed, mountPath: /c}, {name: open, mountPath: /x/../c/./}',
      ['open'],
    ],
    ['the mount alone', '{name: closed, mountPath: /c}, {name: e, mountPath: /c2}', ['closed']],
  ])('come from %s', (_, mounts, texts) => {
    expect(seen(mounts, volumes)[file]).toEqual(texts);
  });

  it.each([
    ['a volume that is written at runtime', '{name: closed, mountPath: /c/d}, {name: e, mountPath: /c/d/}'],
    ['one over the file', '{name: closed, mountPath: /c/d}, {name: e, mountPath: /c/d/config.yaml}'],
  ])('are hidden by %s', (_, mounts) => {
    expect(seen(mounts, volumes)['/c/d/config.yaml']).toBeUndefined();
  });

  it.each([
    ['{configMap: {name: closed}}, {configMap: {name: open}}', ['open']],
    ['{configMap: {name: open}}, {configMap: {name: closed}}', ['closed']],
    ['{configMap: {name: closed}}, {secret: {name: elsewhere}}', [undefined]],
    ['{secret: {name: elsewhere}}, {configMap: {name: closed}}', ['closed']],
    ['{configMap: {name: closed}}, {secret: {name: elsewhere, items: [{key: a, path: b}]}}', ['closed']],
    [
      '{configMap: {name: closed}}, {downwardAPI: {items: [{path: config.yaml, fieldRef: {fieldPath: metadata.name}}]}}',
      [undefined],
    ],
  ])('come from the last projected source of %s', (list, texts) => {
    expect(seen('{name: p, mountPath: /c}', `{name: p, projected: {sources: [${list}]}}`)[file]).toEqual(
      texts,
    );
  });

  it('count where they are binary', () => {
    expect(seen('{name: closed, mountPath: /c}', volumes)['/c/extra.conf']).toEqual([undefined]);
  });
});
