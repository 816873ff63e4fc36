// Crosses commands, operations and repository: what --check says of a lost record.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gatehouse } from './program.ts';
import { exampleDirectory } from './testDirectory.ts';

it('configure --check ends with 1 where only the record of what was written is missing', async () => {
  using directory = exampleDirectory();
  expect((await gatehouse(directory, 'configure')).code).toBe(0);
  expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  const record = join(directory.path, '.gatehouse/manifest.json');
  rmSync(record);
  const checked = await gatehouse(directory, 'configure', '--check');
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain('.gatehouse/manifest.json');
  expect(existsSync(record)).toBe(false);
  expect((await gatehouse(directory, 'configure')).code).toBe(0);
  expect(existsSync(record)).toBe(true);
  expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
});
