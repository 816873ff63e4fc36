// Measures `gatehouse configure` against an empty Node program and against kubectl, which builds the result.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleDirectory, type TestDirectory } from '../../tests/testDirectory.ts';
import { growth } from './growth.ts';
import { fortyVolumes } from './volumes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `${root}dist/main.js`;
const rounds = Number(process.env['ROUNDS'] ?? 15);

interface Measured {
  name: string;
  /** The command of a round. The first round, -1, does not count. */
  command: (round: number) => [string, ...string[]];
  /** The expected exit code, if it is not 0. */
  exits?: number;
}

const built = spawnSync(process.execPath, [`${root}tools/build.mjs`, '--program-only'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const directories: TestDirectory[] = [];
/**
 * A directory for each round. All are created before the first round and removed after the last one. For minutes after
 * a removal ext4 checks each removed file again whenever it creates one (`recently_deleted` in its `ialloc.c`), which
 * would take longer than all writes of Gatehouse.
 */
const everyRound = (make: () => TestDirectory): TestDirectory[] => {
  const made = Array.from({ length: rounds + 1 }, make);
  directories.push(...made);
  return made;
};
const configure = (path = ''): [string, ...string[]] => [
  process.execPath,
  program,
  'configure',
  '-C',
  path,
  '--quiet',
];
const configureAnew = (made: readonly TestDirectory[]) => (round: number) => configure(made[round + 1]?.path);

const cold = everyRound(() => exampleDirectory());
const [unchanged] = cold;
if (unchanged === undefined) throw new Error('no round');
const env = { ...process.env, ...unchanged.environment.env };
const measurements: Measured[] = [
  { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] },
  { name: 'gatehouse --version', command: () => [process.execPath, program, '--version'] },
  { name: 'configure, first run', command: configureAnew(cold) },
  { name: 'configure, nothing changed', command: () => configure(unchanged.path) },
  // A chart that is not rendered is unknown.
  {
    name: 'platform, first run',
    command: configureAnew(everyRound(() => exampleDirectory('platform'))),
    exits: 4,
  },
  { name: 'platform with 40 volumes', command: configureAnew(everyRound(fortyVolumes)), exits: 4 },
  ...(spawnSync('kubectl', ['version', '--client']).status === 0
    ? [
        {
          name: 'kubectl kustomize of the result',
          command: (): [string, ...string[]] => ['kubectl', 'kustomize', `${unchanged.path}/clusters/home`],
        },
      ]
    : []),
];
// Otherwise pending writes would be measured.
spawnSync('sync', ['--file-system', unchanged.path]);
console.log(
  `To make 250 empty files takes ${timeToMake(250).toFixed(0)} ms: where it is more than 20, files were removed in the last five minutes, and each file below is as slow to come`,
);

const taken = new Map<string, number[]>(measurements.map(({ name }) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const { name, command, exits = 0 } of measurements) {
    const [file, ...args] = command(round);
    const start = performance.now();
    const { status, stderr } = spawnSync(file, args, { env, encoding: 'utf8' });
    const milliseconds = performance.now() - start;
    if (status !== exits) throw new Error(`${name} ended with ${status}: ${stderr}`);
    if (round >= 0) taken.get(name)?.push(milliseconds);
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
const least = median(taken.get('node -e 0') ?? []);
console.log(`Whole processes, cold, ${rounds} rounds in turn; medians`);
for (const [name, values] of taken) {
  console.log(
    `  ${name.padEnd(32)} ${median(values).toFixed(0).padStart(6)} ms   ${(median(values) / least).toFixed(1).padStart(5)} × node -e 0`,
  );
}

console.log('\nThe stages of one run, and its peak of memory');
const staged = exampleDirectory();
directories.push(staged);
const stages = spawnSync(
  process.execPath,
  [program, 'configure', '-C', staged.path, '--quiet', '--timings'],
  { env, encoding: 'utf8' },
);
console.log(stages.stdout.trimEnd());

await growth();
for (const each of directories) each[Symbol.dispose]();

/** Measures how long the creation of files takes in such a directory, in milliseconds. */
function timeToMake(count: number): number {
  const directory = exampleDirectory();
  directories.push(directory);
  const place = join(directory.path, '.gatehouse', 'staging');
  mkdirSync(place, { recursive: true });
  const start = performance.now();
  for (let index = 0; index < count; index++) writeFileSync(join(place, `${index}`), '', { flag: 'wx' });
  return performance.now() - start;
}
