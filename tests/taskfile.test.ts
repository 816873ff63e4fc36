// Crosses compile, operations/configure, repository and commands.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { TestDirectory } from './testDirectory.ts';

const file = 'Taskfile.yaml';

async function configure(directory: TestDirectory): Promise<string> {
  const { code, stdout, stderr } = await gatehouse(directory, 'configure');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('the Taskfile', () => {
  it('has a task for each command of every day, which is one call of gatehouse', async () => {
    const directory = home();
    await configure(directory);
    const { version, tasks } = parse(directory.read(file));
    expect(version).toBe('3');
    expect(Object.keys(tasks)).toEqual(['configure', 'reconcile', 'verify', 'status']);
    for (const [name, task] of Object.entries(tasks)) {
      expect(task).toEqual({
        desc: expect.stringMatching(/^[A-Z].*[^.]$/),
        cmd: `gatehouse ${name} {{.CLI_ARGS}}`,
      });
    }
    expect(await configure(directory)).not.toContain(file);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });

  it('of the user stays as it is, and is named with what it does not call', async () => {
    const directory = home();
    const mine = "version: '3'\ntasks:\n  up:\n    cmds: [gatehouse configure, git push]\n";
    directory.write(file, mine);
    const stdout = await configure(directory);
    expect(stdout).toMatch(
      /Taskfile\.yaml.*the Taskfile is yours and stays as it is: no task of it calls gatehouse reconcile, gatehouse verify, gatehouse status/,
    );
    expect(directory.read(file)).toBe(mine);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
    const whole = `${mine}  all: gatehouse reconcile && gatehouse verify && gatehouse status\n`;
    directory.write(file, whole);
    expect(await configure(directory)).not.toContain('the Taskfile is yours');
    expect(directory.read(file)).toBe(whole);
  });

  it('keeps the tasks that the user adds to it', async () => {
    const directory = home();
    await configure(directory);
    const more = `${directory.read(file)}\n  mine:\n    cmd: echo mine\n`;
    directory.write(file, more);
    expect(await configure(directory)).not.toContain('the Taskfile is yours');
    expect(directory.read(file)).toBe(more);
    expect((await gatehouse(directory, 'configure', '--check')).code).toBe(0);
  });

  it.each(['Taskfile.yml', 'taskfile.dist.yaml'])(
    'is not written beside %s, since Task reads one only',
    async (name) => {
      const directory = home();
      await configure(directory);
      directory.write(name, "version: '3'\n");
      expect(await configure(directory)).toContain(`${name}`);
      expect(existsSync(join(directory.path, file))).toBe(false);
      rmSync(join(directory.path, name));
      await configure(directory);
      expect(existsSync(join(directory.path, file))).toBe(true);
    },
  );

  it('is nothing to be opened where a pipe or a directory has its name', async () => {
    const directory = home();
    execFileSync('mkfifo', [join(directory.path, 'Taskfile.yml')]);
    mkdirSync(join(directory.path, 'taskfile.yml'));
    await configure(directory);
    expect(existsSync(join(directory.path, file))).toBe(false);
  });
});
