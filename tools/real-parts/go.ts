import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built } from './install.ts';
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
  return { program, files: {}, version: source.moduleVersion.replace(/^v/, ''), leftovers: ['build'] };
}

/** The last word of the package's path that is no major version: `…/kustomize/v5` makes `kustomize`. */
function programName(source: GoSource): string {
  return source.package.split('/').findLast((word) => !/^v\d+$/.test(word)) ?? 'program';
}
