import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeRunDirectory } from './runDirectory.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-runs-'));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

test('a run has an absolute path, also where TMPDIR has none', () => {
  vi.stubEnv('TMPDIR', relative(process.cwd(), scratch));
  const [first, second] = [makeRunDirectory(), makeRunDirectory()];
  expect(first.path).toBe(join(scratch, first.name));
  expect(second.path).not.toBe(first.path);
});
