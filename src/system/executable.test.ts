import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { executableOn } from './executable.ts';

it('returns the first executable on the PATH and skips relative entries', () => {
  const [first, second] = [1, 2].map(() => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-path-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, 'tool'), '#!/bin/sh\n');
    return directory;
  }) as [string, string];
  chmodSync(join(second, 'tool'), 0o755);
  expect(executableOn([first, second].join(delimiter), 'tool')).toBe(join(second, 'tool'));
  expect(executableOn([relative(process.cwd(), second), ''].join(delimiter), 'tool')).toBeUndefined();
});
