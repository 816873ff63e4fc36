// Crosses the configuration of Renovate and the manifests of the examples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageDirectory } from '../src/system/packageDirectory.ts';

const root = packageDirectory();

it('every version of a component is found by Renovate, with where newer ones are', () => {
  const { customManagers } = JSON.parse(readFileSync(join(root, 'renovate.json'), 'utf8')) as {
    customManagers: { matchStrings: string[] }[];
  };
  const patterns = customManagers.flatMap(({ matchStrings }) => matchStrings);
  const files = readdirSync(join(root, 'src/components'), { recursive: true, encoding: 'utf8' });
  const versions = files.filter((file) => file.endsWith('versions.ts'));
  expect(versions.length).toBeGreaterThan(4);
  for (const file of versions) {
    const text = readFileSync(join(root, 'src/components', file), 'utf8');
    const announced = text.match(/\/\/ renovate:/g)?.length ?? 0;
    const pinned = text.match(/^ {2}\w+: '[^']*\d[^']*',$/gm)?.length ?? 0;
    const found = patterns.flatMap((pattern) => [...text.matchAll(new RegExp(pattern, 'g'))]);
    expect([file, found.length, pinned]).toEqual([file, announced, announced]);
    for (const { groups } of found) expect(groups?.['currentValue']).toMatch(/\d/);
  }
});
