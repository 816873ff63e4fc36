// Crosses the configuration of Renovate and the manifests of the examples.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageDirectory } from '../src/system/packageDirectory.ts';

const root = packageDirectory();
const { customManagers, packageRules } = JSON.parse(readFileSync(join(root, 'renovate.json'), 'utf8')) as {
  customManagers: { matchStrings: string[]; autoReplaceStringTemplate?: string }[];
  packageRules: { matchPackageNames?: string[]; allowedVersions?: string }[];
};
const versions = readdirSync(join(root, 'src/components'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('versions.ts'))
  .map((file) => [file, readFileSync(join(root, 'src/components', file), 'utf8')] as const);

/** What a pattern finds in a text. */
const matches = (text: string, pattern: string) => [...text.matchAll(new RegExp(pattern, 'g'))];

/** A template of Renovate, filled in: values and conditions alone. */
function filledIn(template: string, values: Record<string, string | undefined>): string {
  return template
    .replace(/\{\{#if (\w+)\}\}(.*?)\{\{\/if\}\}/g, (_all, name: string, text: string) =>
      values[name] ? text : '',
    )
    .replace(/\{\{\{(\w+)\}\}\}/g, (_all, name: string) => values[name] ?? '');
}

it('every version of a component is found by Renovate, with where newer ones are', () => {
  const patterns = customManagers.flatMap(({ matchStrings }) => matchStrings);
  expect(versions.length).toBeGreaterThan(4);
  for (const [file, text] of versions) {
    const announced = text.match(/\/\/ renovate:/g)?.length ?? 0;
    const pinned = text.match(/^ {2}\w+:\s+'[^']*\d[^']*',$/gm)?.length ?? 0;
    const found = patterns.flatMap((pattern) => matches(text, pattern));
    expect([file, found.length, pinned]).toEqual([file, announced, announced]);
    for (const { groups } of found) expect(groups?.['currentValue']).toMatch(/^[^@]*\d[^@]*$/);
  }
});

it('every digest is found by Renovate', () => {
  const patterns = customManagers.flatMap(({ matchStrings }) => matchStrings);
  for (const [file, text] of versions) {
    const found = patterns
      .flatMap((pattern) => matches(text, pattern))
      .map(({ groups }) => groups?.['currentDigest']);
    const digests = text.match(/sha256:\w+/g) ?? [];
    expect([file, ...found.filter((digest) => digest !== undefined).sort()]).toEqual([
      file,
      ...digests.sort(),
    ]);
  }
});

it('what Renovate would write for an image is what is there, and takes a digest where there is none', () => {
  const written = customManagers.flatMap(({ matchStrings, autoReplaceStringTemplate: template }) =>
    matchStrings.flatMap((pattern) => (template === undefined ? [] : [{ pattern, template }])),
  );
  const onOneLine = (text: string): string => text.replace(/\s+/g, ' ');
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const { pattern, template } of written)
    for (const { 0: there, groups } of versions.flatMap(([, text]) => matches(text, pattern))) {
      const same = filledIn(template, {
        ...groups,
        newValue: groups?.['currentValue'],
        newDigest: groups?.['currentDigest'],
      });
      expect(onOneLine(same)).toBe(onOneLine(there));
      const next = filledIn(template, { ...groups, newValue: '9.9', newDigest: digest });
      expect(matches(next, pattern)[0]?.groups).toMatchObject({ currentValue: '9.9', currentDigest: digest });
    }
  expect(written).toHaveLength(1);
});

it('another major version of PostgreSQL is not proposed', () => {
  const rule = packageRules.find(({ matchPackageNames }) =>
    matchPackageNames?.includes('ghcr.io/immich-app/postgres'),
  );
  const allowed = new RegExp(rule?.allowedVersions?.slice(1, -1) ?? '.');
  const [current = ''] = versions.flatMap(
    ([, text]) => /immich-app\/postgres:([^@']+)/.exec(text)?.[1] ?? [],
  );
  expect(
    [current, '14-vectorchord0.5.3', '15-vectorchord0.4.3', '18'].map((tag) => allowed.test(tag)),
  ).toEqual([true, true, false, false]);
});
