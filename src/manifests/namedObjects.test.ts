import { describe, expect, it } from 'vitest';
import { buildTree } from './buildTree.ts';

const configMap = (name: string, rest = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: web${rest}}\ndata: {a: b}\n`;

function build(files: Record<string, string>) {
  return buildTree({ tree: new Map(Object.entries(files)), unread: [] });
}

const plain = (text: string) => build({ 'a.yaml': text }).objects;
const listed = (text: string) => build({ 'a.yaml': text, 'kustomization.yaml': 'resources: [a.yaml]\n' });

describe('a name that YAML 1.1 reads as a boolean', () => {
  it.each(['y', 'Y', 'n', 'yes', 'No', 'on', 'OFF'])(
    '%s is refused by kubectl, and is text for kustomize',
    (name) => {
      const [refused, other, ...more] = plain(`${configMap(name)}---\n${configMap('other')}`);
      expect(refused?.object.metadata.name).toBe(name);
      expect(refused?.refused).toContain(`kubectl refuses ConfigMap web/${name}`);
      expect(other?.refused).toBeUndefined();
      expect(more).toEqual([]);
      const { objects, unseen } = listed(configMap(name));
      expect(objects.map(({ object }) => object.metadata.name)).toEqual([name]);
      expect(unseen).toEqual([]);
    },
  );

  it.each([
    ['true', 'true'],
    ['0123', '83'],
    ['1e3', '1000'],
    ['12', '12'],
    ['null', '(no name)'],
  ])('%s is refused by both', (name, shown) => {
    const [refused] = plain(configMap(name));
    expect(refused?.refused).toContain(`kubectl refuses ConfigMap web/${shown}`);
    const { objects, unseen } = listed(configMap(name));
    expect(objects).toEqual([]);
    expect(unseen[0]?.sentence).toContain('the name of a ConfigMap is missing or no text');
  });

  it.each(['"y"', "'0123'", '!!str y', 'yes-1', '1.30.2', '2001-1'])('%s is a name', (name) => {
    for (const [found] of [plain(configMap(name)), listed(configMap(name)).objects]) {
      expect(found?.refused).toBeUndefined();
      expect(found?.object.metadata.name).toMatch(/^(?:y|0123|yes-1|1\.30\.2|2001-1)$/);
    }
  });

  it('is no object where there are no metadata', () => {
    expect(plain('apiVersion: v1\nkind: Config\nclusters: []\n')).toEqual([]);
  });
});

/** As kustomize 5.8.1 built it. */
it('other values than names are text for kustomize, too, but in a JSON patch', () => {
  const { objects } = listed(configMap('a', ', labels: {a: yes, b: on, c: 2001-01-01}'));
  expect(objects[0]?.object.metadata.labels).toEqual({ a: 'yes', b: 'on', c: '2001-01-01T00:00:00Z' });
  const patched = build({
    'a.yaml': configMap('a', ', labels: {a: b}'),
    'p.yaml': configMap('a', ', labels: {a: on}'),
    'kustomization.yaml':
      'resources: [a.yaml]\npatches:\n- path: p.yaml\n- target: {kind: ConfigMap}\n  patch: |\n    - op: add\n      path: /data/c\n      value: no\n',
  });
  expect(patched.objects[0]?.object.metadata.labels).toEqual({ a: 'on' });
  expect(patched.objects[0]?.object['data']).toEqual({ a: 'b', c: false });
  expect(plain(configMap('a', ', labels: {a: yes}'))[0]?.object.metadata.labels).toEqual({ a: true });
});
