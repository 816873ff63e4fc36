import { describe, expect, it } from 'vitest';
import { readerOf } from '../tree.ts';
import { buildDirectory } from './build.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {a: b, keep: c}}\n';

function build(patches: string, written: string) {
  const patch = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  annotations:\n    a: ${written}\n`;
  const files = {
    'entry/kustomization.yaml': `resources: [c.yaml]\n${patches}\n`,
    'entry/c.yaml': configMap,
    'entry/p.yaml': patch,
  };
  const { objects, findings } = buildDirectory(readerOf(new Map(Object.entries(files))), 'entry');
  return { annotations: objects[0]?.object.metadata.annotations, unknown: findings.map(({ kind }) => kind) };
}

// The expected values are what kustomize 5.8.1 builds.
describe('an annotation of a patch that is not a string', () => {
  it.each([
    ['null', 'null'],
    ['~', '~'],
    ['', ''],
    ['12', '12'],
    ['1.50', '1.50'],
    ['0x1F', '0x1F'],
    ['yes # a note', 'yes'],
    ["'quoted'", 'quoted'],
    ['|\n      long\n      text', 'long\ntext\n'],
  ])('becomes its source text in a patch with a target: %j', (written, text) => {
    for (const patches of [
      'patches: [{path: p.yaml, target: {kind: ConfigMap}}]',
      'patchesStrategicMerge: [p.yaml]',
    ])
      expect(build(patches, written)).toEqual({ annotations: { a: text, keep: 'c' }, unknown: [] });
  });

  it('removes the annotation if it is null in a patch without a target', () => {
    expect(build('patches: [{path: p.yaml}]', 'null')).toEqual({ annotations: { keep: 'c' }, unknown: [] });
  });

  it('is unknown if it is a map', () => {
    expect(build('patches: [{path: p.yaml, target: {kind: ConfigMap}}]', '{x: y}').unknown).toEqual([
      'unknown',
    ]);
  });
});
