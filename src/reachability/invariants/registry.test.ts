import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invariants } from './registry.ts';

const documented = readFileSync(new URL('../../../docs/check.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replaceAll(/ +/g, ' ').trim());
const source = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

describe('the registry of invariants', () => {
  it('gives each invariant an id of its own', () => {
    const ids = invariants.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps the ids by which users accept findings', () => {
    expect(invariants.map(({ id }) => id)).toEqual([
      'outside-gated',
      'proxy-demands',
      'node-ports',
      'load-balancers',
      'ingresses',
      'host-ports',
      'backend-clients',
      'proxy-clients',
      'internal-clients',
      'ways-work',
      'default-deny',
      'labelled-routes',
      'secrets-encrypted',
      'objects-valid',
    ]);
  });

  it('lists each file that defines an invariant', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) =>
      /\nexport const \w+ = \{\n {2}id: '[\s\S]*\n\} as const satisfies Invariant;\n/.test(source(file)),
    );
    expect(files).toHaveLength(invariants.length);
  });

  it.each(invariants)('holds $id to its contract', ({ id, title, promise, remedy }) => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    const file = `${id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())}.ts`;
    expect(source(file)).toContain(`id: '${id}'`);
    for (const text of [title, promise, remedy]) expect(text).toMatch(/^[A-Z].*[^.\s]$/);
    expect(documented).toContain(`| \`${id}\` | ${promise} |`);
  });
});
