// Crosses commands, operations, private-values and secrets, with strace.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { privateMatcher } from '../../../src/privacy/matcher.ts';
import { searchedValuesOf } from '../../../src/private-values/searchedValues.ts';
import { bundledProgram, gatehouse } from '../../program.ts';
import { exampleDirectory, type TestDirectory } from '../../testDirectory.ts';
import { realSuite, skipBecause } from '../fixtures/suite.ts';

/** The writes and program arguments of a process and its children. */
interface Traced {
  /** The calls with a private value, in any form that the scanner supports. */
  clear: string[];
  /** All calls, as strace writes them. */
  calls: string[];
}

const password = 'q7Rz3mVx9KpL2sTn8WdY4fHb6JcG1aE5';

function mayTrace(strace: string): boolean {
  return spawnSync(strace, ['-qq', '-o', '/dev/null', 'true']).status === 0;
}

realSuite('what is written to the disk', ['strace'], ({ strace }) => {
  if (!mayTrace(strace.path)) {
    skipBecause(inject('realScratch'), 'tracing', ['the right to trace a process (ptrace)']);
    return;
  }

  /** Runs the program under strace. `-y` names the file of each descriptor. */
  async function trace(directory: TestDirectory, args: readonly string[], editor = 'true'): Promise<Traced> {
    const log = join(await mkdtemp(join(inject('realScratch'), 'trace-')), 'log');
    const calls =
      'trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,execve,rename,renameat,renameat2';
    const program = await bundledProgram();
    const parameters = ['-f', '-y', '-qq', '-s', '1000000', '-e', calls, '-o', log];
    const { status, stderr } = spawnSync(strace.path, [...parameters, process.execPath, program, ...args], {
      cwd: directory.path,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: directory.environment.home,
        // strace cannot trace writes of io_uring.
        UV_USE_IO_URING: '0',
        EDITOR: editor,
        ...directory.environment.env,
      },
    });
    expect({ args, status, stderr }).toMatchObject({ status: 0, stderr: '' });
    const lines = readFileSync(log, 'utf8').split('\n');
    return { clear: lines.filter((line) => searcher.search(line).length > 0), calls: lines };
  }

  const source = exampleDirectory();
  const privateFile = {
    file: 'cluster.private.yaml',
    bytes: Buffer.from(source.read('cluster.private.yaml')),
  };
  const { values } = searchedValuesOf(privateFile);
  const searcher = privateMatcher([...values, { name: 'PASSWORD', value: password }]);
  source[Symbol.dispose]();

  /** Encrypts the private values file of the example, with one secret that is delivered in Git. */
  async function encryptedHome(): Promise<TestDirectory> {
    const directory = exampleDirectory();
    directory.edit('cluster.yaml', (value) => {
      value.immich.database = { delivery: 'sops' };
    });
    directory.edit('cluster.private.yaml', (value) => {
      value.immich.database = { password };
    });
    const env = { ...directory.environment.env, EDITOR: 'true' };
    const place = { path: directory.path, environment: { ...directory.environment, env } };
    expect(await gatehouse(place, 'secrets', 'edit')).toMatchObject({ code: 0 });
    return directory;
  }

  test('the trace finds a value that is written', async () => {
    using directory = await encryptedHome();
    const { clear } = await trace(directory, ['secrets', 'get', 'immich.host']);
    expect(clear).toHaveLength(1);
    expect(clear[0]).toMatch(/write/);
  });

  test('configure writes no plain text, and passes none to another program', async () => {
    using directory = await encryptedHome();
    for (const _ of ['everything', 'nothing']) {
      const { clear, calls } = await trace(directory, ['configure']);
      expect(clear).toEqual([]);
      expect(calls.length).toBeGreaterThan(5);
    }
    expect(directory.read('apps/media/immich/secret.sops.yaml')).toContain('ENC[AES256_GCM');
  });

  test('secrets edit writes plain text only to memory, and overwrites it there', async () => {
    using directory = await encryptedHome();
    const editor = join(inject('realScratch'), 'change-a-value.sh');
    writeFileSync(`${editor}.sed`, 's/example-team/another-team/\n');
    writeFileSync(editor, '#!/bin/sh\nsed -i -f "$0.sed" "$1"\n', { mode: 0o755 });
    const { clear, calls } = await trace(directory, ['secrets', 'edit'], editor);
    expect(clear.length).toBeGreaterThan(1);
    expect(
      clear.filter((line) => !/\b(?:p?write(?:64|v)?)\(\d+<\/dev\/shm\/gatehouse-[^>]*>/.test(line)),
    ).toEqual([]);
    expect(calls.filter((line) => /<\/dev\/shm\/gatehouse-[^>]*>, "\\0\\0/.test(line))).not.toEqual([]);
    expect((await gatehouse(directory, 'secrets', 'get', 'originProxy.team')).stdout).toBe('another-team\n');
  });
});
