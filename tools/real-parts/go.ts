import { chmod, copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Built } from './built.ts';
import type { GoSource } from './part.ts';
import { type Run, runProgram } from './run.ts';

/** The flags and the environment of a Go build, one and the same for every program. Part of each key. */
export const goRecipe = {
  flags: ['-mod=readonly', '-trimpath', '-buildvcs=false'],
  link: ['-s', '-w'],
  environment: { CGO_ENABLED: '0', GOWORK: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '' },
} as const;

/**
 * Builds a program of the Go module proxy into `directory`. The modules come with the checksums of `go.sum`: Go
 * refuses any other bytes. Go's own caches keep what an interrupted build has done.
 *
 * @param pins the directory with `go.mod` and `go.sum`; it is copied, since Go may want to write there
 * @param jobs how many packages are compiled at a time
 */
export async function buildGo(
  source: GoSource,
  directory: string,
  pins: string,
  jobs: number,
  run: Run,
): Promise<Built> {
  const work = join(directory, 'build');
  await mkdir(work);
  await mkdir(join(directory, 'bin'));
  await copyFile(join(pins, 'go.mod'), join(work, 'go.mod'));
  await copyFile(join(pins, 'go.sum'), join(work, 'go.sum'));
  if (source.package.startsWith('./')) {
    await cp(join(pins, source.package), join(work, source.package), { recursive: true });
  }
  const program = join('bin', programName(source));
  const variables = Object.entries(source.variables).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  const flags = ['-p', String(jobs), '-v', ...goRecipe.flags];
  const link = ['-ldflags', [...goRecipe.link, ...variables].join(' ')];
  let compiled = 0;
  await runProgram('go', ['build', ...flags, ...link, '-o', join(directory, program), source.package], {
    ...run,
    directory: work,
    environment: goRecipe.environment,
    onLine: (line) => {
      if (line.startsWith('go: downloading ')) run.progress(line.replace('go: downloading', 'fetching'));
      else run.progress(`${++compiled} packages compiled, ${line}`);
    },
  });
  const files = await copyModuleFiles(source, directory, work, run);
  return { program, files, version: source.moduleVersion.replace(/^v/, ''), leftovers: ['build'] };
}

const moduleAnswer = z.object({ Dir: z.string() });

/** Copies the files of the module that the table names into `directory/module`: program and manifests cannot drift apart. */
async function copyModuleFiles(
  { module, files = {} }: GoSource,
  directory: string,
  work: string,
  run: Run,
): Promise<Record<string, string>> {
  if (Object.keys(files).length === 0) return {};
  const answer = await runProgram('go', ['list', '-mod=readonly', '-m', '-json', module], {
    ...run,
    directory: work,
    environment: goRecipe.environment,
  });
  const { Dir } = moduleAnswer.parse(JSON.parse(answer));
  const copied: Record<string, string> = {};
  for (const [word, path] of Object.entries(files)) {
    copied[word] = join('module', path);
    const place = join(directory, 'module', path);
    await mkdir(dirname(place), { recursive: true });
    await cp(join(Dir, path), place, { recursive: true });
    await makeWritable(place);
  }
  return copied;
}

/** Go's cache is read-only; a directory that nobody may write into cannot be removed. */
async function makeWritable(place: string): Promise<void> {
  await chmod(place, 0o755);
  for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
    const path = join(place, entry.name);
    if (entry.isDirectory()) await makeWritable(path);
    else await chmod(path, 0o644);
  }
}

/** The last word of the package's path that is no major version: `…/kustomize/v5` makes `kustomize`. */
function programName(source: GoSource): string {
  return source.package.split('/').findLast((word) => !/^v\d+$/.test(word)) ?? 'program';
}
