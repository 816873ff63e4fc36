import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { executableOn } from './executable.ts';

it('is the first on the PATH that may run, and none by a part that depends on the folder', () => {
  const [first, second] = [1, 2].map(() => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-path-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
    return folder;
  }) as [string, string];
  chmodSync(join(second, 'tool'), 0o755);
  expect(executableOn([first, second].join(delimiter), 'tool')).toBe(join(second, 'tool'));
  expect(executableOn([relative(process.cwd(), second), ''].join(delimiter), 'tool')).toBeUndefined();
});
