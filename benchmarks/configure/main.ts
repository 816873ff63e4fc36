// How long `gatehouse configure` takes, beside the least that a Node program takes and beside kubectl building the result.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Folder, homeFolder } from '../../tests/folder.ts';
import { growth } from './growth.ts';
import { fortyVolumes } from './volumes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = `${root}dist/main.js`;
const rounds = Number(process.env['ROUNDS'] ?? 15);

interface Subject {
  name: string;
  command: [string, ...string[]];
  /** Brings back the state before the run. Not counted. */
  before?: () => void;
  /** The exit code that is expected, where it is not 0. */
  exits?: number;
}

const folder = homeFolder();
const platform = homeFolder('platform');
const volumes = fortyVolumes();
const env = { ...process.env, ...folder.surroundings.env };
const forgetIn = ({ path }: Folder): void => {
  for (const name of ['apps', 'clusters', 'docs', '.gatehouse', '.sops.yaml', '.gitignore'])
    rmSync(`${path}/${name}`, { recursive: true, force: true });
  // A new file waits for the disk to have taken the removal of hundreds down: that would count as ours.
  spawnSync('sync', ['--file-system', path]);
};
const forget = (): void => forgetIn(folder);
const built = spawnSync(process.execPath, [`${root}tools/build.mjs`, '--program-only'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const subjects: Subject[] = [
  { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
  { name: 'gatehouse --version', command: [process.execPath, program, '--version'] },
  {
    name: 'configure, nothing there yet',
    command: [process.execPath, program, 'configure', '-C', folder.path, '--quiet'],
    before: forget,
  },
  {
    name: 'configure, nothing changed',
    command: [process.execPath, program, 'configure', '-C', folder.path, '--quiet'],
  },
  ...[
    { name: 'platform, nothing there yet', of: platform },
    { name: 'platform with 40 volumes', of: volumes },
  ].map(
    ({ name, of }): Subject => ({
      name,
      command: [process.execPath, program, 'configure', '-C', of.path, '--quiet'],
      before: () => forgetIn(of),
      // A chart that is not rendered leaves something unknown.
      exits: 4,
    }),
  ),
  ...(spawnSync('kubectl', ['version', '--client']).status === 0
    ? [
        {
          name: 'kubectl kustomize of the result',
          command: ['kubectl', 'kustomize', `${folder.path}/clusters/home`] as [string, ...string[]],
        },
      ]
    : []),
];

const taken = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const { name, command, before, exits = 0 } of subjects) {
    before?.();
    const [file, ...args] = command;
    const start = performance.now();
    const { status, stderr } = spawnSync(file, args, { env, encoding: 'utf8' });
    const milliseconds = performance.now() - start;
    if (status !== exits) throw new Error(`${name} ended with ${status}: ${stderr}`);
    // The first round warms the disk's cache and is not counted.
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
forget();
const stages = spawnSync(
  process.execPath,
  [program, 'configure', '-C', folder.path, '--quiet', '--timings'],
  { env, encoding: 'utf8' },
);
console.log(stages.stdout.trimEnd());

await growth();
for (const each of [folder, platform, volumes]) each[Symbol.dispose]();
