import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { programInvocation } from './invocation.ts';

function place(): { script: string; bin: string; env: Record<string, string>; node: string } {
  const root = mkdtempSync(join(tmpdir(), "it's here "));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bin, script, node] = [join(root, 'bin'), join(root, 'main.js'), join(root, 'bin/node')];
  mkdirSync(bin);
  writeFileSync(script, 'process.stdout.write("started")');
  chmodSync(script, 0o755);
  symlinkSync(process.execPath, node);
  return { script, bin, env: { PATH: bin }, node };
}

it('is the name on the PATH where that is this program, by a link or not', () => {
  const { script, bin, env, node } = place();
  symlinkSync(script, join(bin, 'gatehouse'));
  expect(programInvocation({ env, script, node })).toBe('gatehouse');
});

it('is the path of the program where another one has the name', () => {
  const { script, bin, env, node } = place();
  writeFileSync(join(bin, 'gatehouse'), '');
  chmodSync(join(bin, 'gatehouse'), 0o755);
  expect(programInvocation({ env, script, node })).toMatch(/^node '/);
});

it.each([true, false])('can be pasted into a shell, with node on the PATH: %s', (onPath) => {
  const { script, env, node } = place();
  const command = programInvocation({ env: onPath ? env : {}, script, node });
  expect(execFileSync('/bin/sh', ['-c', command], { env }).toString()).toBe('started');
});
