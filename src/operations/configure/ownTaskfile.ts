import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedFile } from '../../compile/plan.ts';
import { taskCommands, taskfile, taskfileNames } from '../../compile/taskfile.ts';
import type { Problem } from '../../problems/problem.ts';
import { readIfThere } from '../../system/regularFile.ts';

/**
 * The plan without the Taskfile where the user has one under another name: Task reads one of the two only. A warning says
 * which calls a Taskfile of the user's does not have.
 */
export async function besideOwnTaskfile(
  directory: string,
  files: readonly PlannedFile[],
): Promise<{ files: readonly PlannedFile[]; warnings: Problem[] }> {
  const names = namesIn(directory);
  const other = taskfileNames.find((name) => name !== taskfile.path && names.has(name));
  const own = other ?? (names.has(taskfile.path) ? taskfile.path : undefined);
  const kept = other === undefined ? files : files.filter(({ path }) => path !== taskfile.path);
  if (own === undefined) return { files: kept, warnings: [] };
  const text = await textOf(join(directory, own));
  const lacking = text === undefined ? [] : taskCommands.filter((command) => !text.includes(command));
  return { files: kept, warnings: lacking.length === 0 ? [] : [warning(own, lacking)] };
}

function namesIn(directory: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(directory));
  } catch {
    return new Set();
  }
}

async function textOf(path: string): Promise<string | undefined> {
  const bytes = await readIfThere(path).catch(() => undefined);
  return bytes?.toString('utf8');
}

function warning(file: string, lacking: readonly string[]): Problem {
  return {
    code: 'own-taskfile',
    file,
    message: `the Taskfile is yours and stays as it is: no task of it calls ${lacking.join(', ')}`,
    expected: 'a task for each command, if you want to start it with task',
    remedy: `add tasks such as: ${lacking[0]?.split(' ').at(-1)}: "${lacking[0]} {{.CLI_ARGS}}"`,
  };
}
