import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramFailure, type Run, runProgram } from './run.ts';

/**
 * How packages are fetched. `Check-Valid-Until` is off because a mirror may be frozen at a date; what is trusted is the
 * archive's signature. Part of each key.
 */
export const aptRecipe = {
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  options: {
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::Check-Valid-Until': 'false',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
  },
} as const;

/** Packages of a suite, and the lowest version that is accepted of each: a suite moves on, and old versions leave it. */
export interface SuitePackages {
  readonly suite: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** Packages that were fetched: their archives, and the version of the first that was asked for. */
export interface FetchedPackages {
  readonly archives: readonly string[];
  readonly version: string;
  /** The directory of apt, below the one of the recipe, that is needed no more once all are unpacked. */
  readonly leftover: string;
}

/**
 * Fetches packages of a Debian suite with everything that they depend on, without root's rights and without touching
 * the machine's packages: apt works on directories of its own and an empty list of installed packages. The mirror is
 * the one of the machine's own configuration, or `$GATEHOUSE_DEBIAN_MIRROR`.
 *
 * @throws ProgramFailure when the suite carries an older version than the lowest that is accepted
 */
export async function fetchPackages(
  wanted: SuitePackages,
  directory: string,
  run: Run,
): Promise<FetchedPackages> {
  const apt = join(directory, 'apt');
  for (const path of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(apt, path), { recursive: true });
  }
  const mirror = process.env['GATEHOUSE_DEBIAN_MIRROR'] || (await mirrorOfThisMachine(directory, run));
  const sources = join(apt, 'sources.list');
  await writeFile(sources, `deb [signed-by=${aptRecipe.keyring}] ${mirror} ${wanted.suite} main\n`);
  await writeFile(join(apt, 'status'), '');
  const options = aptOptions(apt, sources);
  const there = { ...run, directory };
  run.progress(`reading the packages of ${wanted.suite}`);
  await runProgram('apt-get', [...options, 'update', '--error-on=any'], there);
  run.progress('fetching packages');
  const names = Object.keys(wanted.packages);
  await runProgram('apt-get', [...options, 'install', '--yes', '--download-only', ...names], there);
  const archives = join(apt, 'cache/archives');
  const fetched = (await readdir(archives)).filter((file) => file.endsWith('.deb')).sort();
  return {
    archives: fetched.map((file) => join(archives, file)),
    version: versionOfFirst(wanted, fetched),
    leftover: 'apt',
  };
}

/** Unpacks archives into a root, one after the other. No script of a package runs. */
export async function unpackArchives(archives: readonly string[], root: string, run: Run): Promise<void> {
  run.progress(`unpacking ${archives.length} packages`);
  for (const archive of archives) {
    await runProgram('dpkg-deb', ['--extract', archive, root], { ...run, directory: root });
  }
}

function aptOptions(apt: string, sources: string): string[] {
  const options = {
    ...aptRecipe.options,
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

/** The version of the first package, after all were compared with the lowest versions of the table. */
function versionOfFirst({ suite, packages }: SuitePackages, fetched: readonly string[]): string {
  const versions = Object.entries(packages).map(([name, lowest]) => {
    const file = fetched.find((candidate) => candidate.startsWith(`${name}_`));
    const version = decodeURIComponent(file?.split('_')[1] ?? '0').replace(/^\d+:/, '');
    if (version.localeCompare(lowest, 'en', { numeric: true }) >= 0) return version;
    throw new ProgramFailure(`Debian ${suite} carries ${name} ${version}; ${lowest} or later is wanted`);
  });
  return versions[0] ?? '0';
}
