import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptRecipe, fetchPackages, unpackArchives } from './apt.ts';
import type { Built } from './built.ts';
import { findLoader } from './loader.ts';
import type { DebianSource } from './part.ts';
import { ProgramFailure, type Run } from './run.ts';

/** How packages are fetched and started. Part of each key. */
export const debianRecipe = {
  ...aptRecipe,
  // The program is started by the C library that came with it, so that the machine's own does not matter.
  launcher: [
    '#!/bin/sh',
    'root=$(dirname "$(dirname "$(readlink -f "$0")")")/root',
    'exec "$root/LOADER" --library-path "$root/LIBRARIES" "$root/PROGRAM" "$@"',
    '',
  ].join('\n'),
} as const;

/** Fetches packages of a Debian suite with everything that they depend on and unpacks them into `directory`. */
export async function unpackDebian(source: DebianSource, directory: string, run: Run): Promise<Built> {
  const root = join(directory, 'root');
  await mkdir(root);
  await mkdir(join(directory, 'bin'));
  const { archives, version, leftover } = await fetchPackages(source, directory, run);
  await unpackArchives(archives, root, run);
  const program = await writeLauncher(source, root, directory);
  const files = Object.entries(source.files).map(([word, path]) => [word, join('root', path)] as const);
  return { program, files: Object.fromEntries(files), version, leftovers: [leftover] };
}

async function writeLauncher(source: DebianSource, root: string, directory: string): Promise<string> {
  const loader = await findLoader(root);
  if (loader === undefined) throw new ProgramFailure('the unpacked packages hold no dynamic loader');
  await stat(join(root, source.program));
  const program = join('bin', source.program.slice(source.program.lastIndexOf('/') + 1));
  const launcher = debianRecipe.launcher
    .replace('LOADER', loader.path)
    .replace('LIBRARIES', loader.libraries)
    .replace('PROGRAM', source.program);
  await writeFile(join(directory, program), launcher);
  await chmod(join(directory, program), 0o755);
  return program;
}
