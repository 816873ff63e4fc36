import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotReady, type ProgramToStart, startProgram, withFreshPorts } from './fixtures/program.ts';
import { clearScratch, isRunning, noteProcess, staleScratches } from './fixtures/scratch.ts';

let scratch = '';

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gatehouse-cleanup-'));
  for (const directory of ['processes', 'logs', 'notes']) await mkdir(join(scratch, directory));
});
afterEach(() => clearScratch(scratch));

/** A Node program with this source. */
function node(text: string, isReady = async () => true): ProgramToStart {
  return { name: 'node', path: process.execPath, parameters: ['--eval', text], isReady, timeout: 10_000 };
}

const sleep = 'setInterval(() => undefined, 1000)';

describe('a started program', () => {
  test('ends when its scope is left', async () => {
    const noted = await (async () => {
      await using program = await startProgram(scratch, node(sleep));
      expect(isRunning(program.process)).toBe(true);
      return program.process;
    })();
    expect(isRunning(noted)).toBe(false);
    expect(await readdir(join(scratch, 'processes'))).toEqual([]);
  });

  test('ends with the scratch directory if its scope was never left', async () => {
    const { process: noted } = await startProgram(scratch, node(sleep));
    await clearScratch(scratch);
    expect(isRunning(noted)).toBe(false);
  });

  test('is not ready if it ended, and the message has its log', async () => {
    const broken = node(`console.error('no such flag'); process.exit(3)`, async () => false);
    const failure = await startProgram(scratch, broken).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotReady);
    expect(String(failure)).toContain('node ended; it logged:\nno such flag');
  });

  test('reports that it cannot be started', async () => {
    const absent = { ...node(''), path: join(scratch, 'absent') };
    await expect(startProgram(scratch, absent)).rejects.toThrow(/cannot start .*ENOENT/);
  });

  test('gets other ports if its own were taken in the meantime', async () => {
    const taken = createServer();
    const tried: number[] = [];
    const listen = (port: number) => `require('node:net').createServer().listen(${port}, '127.0.0.1')`;
    const program = await withFreshPorts(1, async (port) => {
      tried.push(port(0));
      if (tried.length === 1) await new Promise<void>((done) => taken.listen(port(0), '127.0.0.1', done));
      const isReady = async () => tried.length > 1;
      return startProgram(scratch, node(listen(port(0)), isReady));
    });
    await new Promise((done) => taken.close(done));
    await program[Symbol.asyncDispose]();
    expect(tried.length).toBe(2);
  });
});

describe('leftovers of an earlier run', () => {
  test('are found by their dead owner, and only their own processes are ended', async () => {
    const stale = await mkdtemp(join(tmpdir(), 'gatehouse-real-999999999-'));
    await mkdir(join(stale, 'processes'));
    await using mine = await startProgram(scratch, node(sleep));
    const left = await startProgram(scratch, node(sleep));
    noteProcess(stale, left.process.pid, 'node');
    const reused = { pid: mine.process.pid, start: '1', program: 'a process that ended long ago' };
    await writeFile(join(stale, 'processes', `${reused.pid}.json`), JSON.stringify(reused));
    expect(await staleScratches()).toContain(stale);
    await clearScratch(stale);
    expect(isRunning(left.process)).toBe(false);
    expect(isRunning(mine.process)).toBe(true);
    await rm(stale, { recursive: true, force: true });
  });
});
