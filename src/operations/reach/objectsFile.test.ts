import { describe, expect, it } from 'vitest';
import { objectsOf } from './objectsFile.ts';

const policy = (metadata: string, spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: web, ${metadata}}\nspec: ${spec}\n`;
const read = (...documents: string[]) => objectsOf('list.yaml', documents.join('---\n'), true);

describe('a list of objects', () => {
  it('is refused with two forms of one object', () => {
    const found = read(
      policy('name: deny', '{podSelector: {}}'),
      policy('name: deny', '{podSelector: {}, ingress: [{}]}'),
    );
    expect(found.ok).toBe(false);
    expect(JSON.stringify(found)).toContain('NetworkPolicy web/deny is there in two forms');
  });

  it('is read with one object twice, and with objects of other namespaces', () => {
    const one = policy('name: deny', '{podSelector: {}}');
    expect(read(one, one, one.replace('namespace: web', 'namespace: other')).ok).toBe(true);
  });

  it('holds each object whose name the API server makes', () => {
    const open = policy('generateName: open-', '{podSelector: {}, ingress: [{}]}');
    const list = `apiVersion: v1\nkind: List\nitems:\n${[open, open].map((text) => `- ${text.trim().replaceAll('\n', '\n  ')}\n`).join('')}`;
    const found = objectsOf('list.yaml', list, true);
    const names = found.ok ? found.value.map(({ object }) => object.metadata.name) : [];
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^open-.{5}$/);
  });
});
