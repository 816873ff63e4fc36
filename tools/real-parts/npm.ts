import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built } from './built.ts';
import type { NpmSource } from './part.ts';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/** How a package is fetched. Part of each key. */
export const npmRecipe = { flags: ['--ignore-scripts', '--loglevel=error'] } as const;

/** Fetches the package for this machine with npm, compares its hash, and unpacks it. No script of it runs. */
export async function unpackNpm(source: NpmSource, directory: string, run: Run): Promise<Built> {
  const there = { ...run, directory };
  const name = source.packages[process.arch];
  if (name === undefined) throw new ProgramFailure(`there is no package for ${process.arch}`);
  run.progress('fetching the package');
  await runProgram('npm', ['pack', `${name}@${source.packageVersion}`, ...npmRecipe.flags], there);
  const file = (await readdir(directory)).find((entry) => entry.endsWith('.tgz')) ?? '';
  const hash = createHash('sha512')
    .update(await readFile(join(directory, file)))
    .digest('base64');
  if (!source.hashes.includes(hash))
    throw new ProgramFailure(`${file} has the SHA-512 ${hash}, which is not in the table`);
  run.progress('unpacking the package');
  await runProgram('tar', ['-xzf', file], there);
  const program = join('package', source.program);
  return { program, files: {}, version: source.packageVersion, leftovers: [file] };
}
