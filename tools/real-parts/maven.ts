import { createHash } from 'node:crypto';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built } from './built.ts';
import type { MavenSource } from './part.ts';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/** How a distribution is fetched. Part of each key. */
export const mavenRecipe = {
  plugin: 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1',
  flags: ['--batch-mode', '--quiet', '--no-transfer-progress'],
} as const;

/** Outside of a project the plugin takes this for the name of a directory, and notes there what it has unpacked. */
const markers = '${project.basedir}';

/**
 * Fetches a zip file with the machine's own Maven, compares its hash, and unpacks it. What Maven itself needs for
 * that goes into a directory that is removed afterwards.
 */
export async function unpackMaven(source: MavenSource, directory: string, run: Run): Promise<Built> {
  const fetched = join(directory, 'fetched');
  const root = join(directory, 'root');
  const maven = (goal: string, output: string) =>
    runProgram(
      'mvn',
      [
        ...mavenRecipe.flags,
        `${mavenRecipe.plugin}:${goal}`,
        `-Dmaven.repo.local=${join(directory, 'repository')}`,
        `-Dartifact=${source.artifact}`,
        `-DoutputDirectory=${output}`,
      ],
      { ...run, directory },
    );
  run.progress('fetching the distribution');
  await maven('copy', fetched);
  const [file = ''] = await readdir(fetched);
  const hash = createHash('sha256')
    .update(await readFile(join(fetched, file)))
    .digest('hex');
  if (hash !== source.hash) {
    throw new ProgramFailure(`${file} has the SHA-256 ${hash}; ${source.hash} is wanted`);
  }
  run.progress('unpacking the distribution');
  await maven('unpack', root);
  const program = join('root', source.program);
  await chmod(join(directory, program), 0o755);
  if (source.prepare.length > 0) {
    run.progress(source.prepare.join(' '));
    await runProgram(join(directory, program), source.prepare, { ...run, directory: root });
  }
  const version = source.artifact.split(':')[2] ?? '';
  return { program, files: {}, version, leftovers: ['fetched', 'repository', markers] };
}
