import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built } from './install.ts';
import type { DebianSource } from './part.ts';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/**
 * How packages are fetched and started. `Check-Valid-Until` is off because a mirror may be frozen at a date; what
 * is trusted is the archive's signature. Part of each key.
 */
export const debianRecipe = {
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  options: {
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::Check-Valid-Until': 'false',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
  },
  // The program is started by the C library that came with it, so that the machine's own does not matter.
  launcher: [
    '#!/bin/sh',
    'root=$(dirname "$(dirname "$(readlink -f "$0")")")/root',
    'exec "$root/LOADER" --library-path "$root/LIBRARIES" "$root/PROGRAM" "$@"',
    '',
  ].join('\n'),
} as const;

/**
 * Fetches packages of a Debian suite with everything that they depend on and unpacks them into `directory`, without
 * root's rights and without touching the machine's packages: apt works on directories of its own and an empty list of
 * installed packages. The mirror is the one of the machine's own configuration, or `$GATEHOUSE_DEBIAN_MIRROR`.
 */
export async function unpackDebian(source: DebianSource, directory: string, run: Run): Promise<Built> {
  const root = join(directory, 'root');
  const apt = join(directory, 'apt');
  for (const path of [
    root,
    join(apt, 'state/lists/partial'),
    join(apt, 'cache/archives/partial'),
    join(directory, 'bin'),
  ]) {
    await mkdir(path, { recursive: true });
  }
  const mirror = process.env['GATEHOUSE_DEBIAN_MIRROR'] || (await mirrorOfThisMachine(directory, run));
  const sources = join(apt, 'sources.list');
  await writeFile(sources, `deb [signed-by=${debianRecipe.keyring}] ${mirror} ${source.suite} main\n`);
  await writeFile(join(apt, 'status'), '');
  const options = aptOptions(apt, sources);
  const there = { ...run, directory };
  run.progress(`reading the packages of ${source.suite}`);
  await runProgram('apt-get', [...options, 'update', '--error-on=any'], there);
  run.progress('fetching packages');
  const wanted = Object.keys(source.packages);
  await runProgram('apt-get', [...options, 'install', '--yes', '--download-only', ...wanted], there);
  const archives = join(apt, 'cache/archives');
  const fetched = (await readdir(archives)).filter((file) => file.endsWith('.deb')).sort();
  run.progress(`unpacking ${fetched.length} packages`);
  for (const file of fetched) await runProgram('dpkg-deb', ['--extract', join(archives, file), root], there);
  const version = versionOfFirst(source, fetched);
  const program = await writeLauncher(source, root, directory);
  const files = Object.entries(source.files).map(([word, path]) => [word, join('root', path)] as const);
  return { program, files: Object.fromEntries(files), version, leftovers: ['apt'] };
}

function aptOptions(apt: string, sources: string): string[] {
  const options = {
    ...debianRecipe.options,
    'Dir::State': join(apt, 'state'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': sources,
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** The first mirror of apt's own configuration that carries this machine's Debian release. */
async function mirrorOfThisMachine(directory: string, run: Run): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1];
  const id = /^ID=(.*)$/m.exec(release)?.[1];
  const format = [
    'indextargets',
    '--no-release-info',
    '--format',
    '$(RELEASE) $(REPO_URI)',
    'Created-By: Packages',
  ];
  const targets = await runProgram('apt-get', format, { ...run, directory });
  const mirror = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([suite]) => id === 'debian' && suite === codename)?.[1];
  if (mirror !== undefined) return mirror;
  throw new ProgramFailure(
    'apt names no mirror of Debian on this machine: set GATEHOUSE_DEBIAN_MIRROR to the address of one',
  );
}

/**
 * The version of the first package, after all were compared with the lowest versions of the table.
 *
 * @throws ProgramFailure when the suite carries an older one
 */
function versionOfFirst(source: DebianSource, fetched: readonly string[]): string {
  const versions = Object.entries(source.packages).map(([name, lowest]) => {
    const file = fetched.find((candidate) => candidate.startsWith(`${name}_`));
    const version = decodeURIComponent(file?.split('_')[1] ?? '0').replace(/^\d+:/, '');
    if (version.localeCompare(lowest, 'en', { numeric: true }) >= 0) return version;
    throw new ProgramFailure(
      `Debian ${source.suite} carries ${name} ${version}; ${lowest} or later is wanted`,
    );
  });
  return versions[0] ?? '0';
}

async function writeLauncher(source: DebianSource, root: string, directory: string): Promise<string> {
  const loader = await findLoader(root);
  const libraries = loader.slice(0, loader.lastIndexOf('/'));
  await stat(join(root, source.program));
  const program = join('bin', source.program.slice(source.program.lastIndexOf('/') + 1));
  const launcher = debianRecipe.launcher
    .replace('LOADER', loader)
    .replace('LIBRARIES', libraries)
    .replace('PROGRAM', source.program);
  await writeFile(join(directory, program), launcher);
  await chmod(join(directory, program), 0o755);
  return program;
}

/** The dynamic loader beside the libraries: `usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2`. */
async function findLoader(root: string): Promise<string> {
  const below = join('usr', 'lib');
  for (const triplet of await readdir(join(root, below))) {
    const files = await readdir(join(root, below, triplet)).catch(() => []);
    const loader = files.find((file) => /^ld-linux.*\.so\.\d+$/.test(file));
    if (loader !== undefined) return join(below, triplet, loader);
  }
  throw new ProgramFailure('the unpacked packages hold no dynamic loader');
}
