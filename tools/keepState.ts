// Keeps what the examples are now as a state that later versions must be able to bring to theirs. See CONTRIBUTING.md.
//
//   npx tsx tools/keepState.ts 2026-11-26-before-the-rebuild [CHECKOUT]
//
// CHECKOUT is a checkout of the version whose state is kept; default: this one. Its own program writes the trees of the bench.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onTheBench } from '../tests/pods/fixtures/fluxBackupsTables.ts';
import { everythingInGit } from '../tests/pods/fixtures/fluxHome.ts';
import { repositoryUrl } from '../tests/pods/fixtures/gitServer.ts';
import type { Change } from '../tests/real/fixtures/writtenRepository.ts';
import { directoryLike } from '../tests/testDirectory.ts';
import { statesDirectory } from '../tests/upgrades/keptTrees.ts';

/** The trees that pods run from: no machine has the whole cluster of the examples. */
const benches: Readonly<Record<string, Change>> = {
  home: everythingInGit(repositoryUrl('home')),
  platform: onTheBench(repositoryUrl('platform')),
};

const inputs = ['cluster.yaml', 'cluster.private.yaml'];

/** Writes the tree of an example on the bench with the program of a checkout. */
function keepBench(checkout: string, example: string, change: Change, kept: string): void {
  using directory = directoryLike(join(checkout, 'examples', example));
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  const program = [join(checkout, 'node_modules/.bin/tsx'), join(checkout, 'src/main.ts'), 'configure'];
  const { status } = spawnSync(process.execPath, program, {
    cwd: directory.path,
    env: { PATH: process.env['PATH'], HOME: directory.environment.home, ...directory.environment.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // With 4 it was written: what charts make is unknown.
  if (status !== 0 && status !== 4)
    throw new Error(`${example}: configure of ${checkout} ended with ${status ?? 'a signal'}`);
  mkdirSync(kept);
  for (const file of inputs) cpSync(join(directory.path, file), join(kept, file));
  cpSync(join(checkout, 'examples', example, 'example.agekey'), join(kept, 'example.agekey'));
  const filter = (path: string): boolean => !inputs.some((file) => path === join(directory.path, file));
  cpSync(directory.path, join(kept, 'repository'), { recursive: true, filter });
}

const [name = '', from = '.'] = process.argv.slice(2);
if (!/^\d{4}-\d\d-\d\d-[a-z0-9-]+$/.test(name))
  throw new Error('the name of the state is its date and what it was, such as 2026-11-26-before-the-rebuild');
const checkout = resolve(from);
const state = join(statesDirectory, name);
if (existsSync(state)) throw new Error(`${state} exists: a state that is kept never changes`);
mkdirSync(state);
for (const [example, change] of Object.entries(benches)) {
  cpSync(join(checkout, 'examples', example), join(state, example), { recursive: true });
  keepBench(checkout, example, change, join(state, `${example}-on-the-bench`));
}
process.stdout.write(`${state}: commit it as it is.\n`);
