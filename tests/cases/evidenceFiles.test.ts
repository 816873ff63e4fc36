// Crosses the loader, the prover and the report: each file that a report names is a file of the directory.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gatehouse } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

const shared = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
const directories = [
  ...['home', 'platform'].map((name) => join(examples, name, 'repository')),
  ...['strangers', 'reports'].flatMap((group) => {
    const at = join(shared, group);
    if (!existsSync(at)) return [];
    return readdirSync(at).map((name) => {
      const input = join(at, name, 'input');
      return existsSync(input) ? input : join(at, name);
    });
  }),
];

/** Every value of a field `file`, at any depth. An empty one means that the place is not known. */
function filesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'file' && typeof inner === 'string' && inner !== '' ? [inner] : filesIn(inner),
  );
}

describe('every file that a report names', () => {
  it('is in the directory', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    for (const path of directories) {
      const ran = await gatehouse(
        { path, environment: environmentOf(path) },
        ...['check', '--json', '--enforcer', 'cilium', '--pods', '10.42.0.0/16'],
      );
      const report: unknown = JSON.parse(ran.stdout);
      const files = new Set(filesIn(report));
      wrong.push(
        ...[...files].filter((file) => !existsSync(join(path, file))).map((file) => join(path, file)),
      );
    }
    expect(wrong).toEqual([]);
  });
});
