// Compiles each example and keeps what comes out beside it, and the picture in the README. With --check it changes nothing, and fails if it would.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { apply, prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import { renderProblems } from '../src/report/problems.ts';
import { styleFor } from '../src/report/style.ts';
import { exampleDirectory, examples } from '../tests/testDirectory.ts';
import { drawPicture } from './picture.ts';

const inputs = ['cluster.yaml', 'cluster.private.yaml'];
const check = process.argv.includes('--check');
let stale = 0;

for (const name of readdirSync(examples)) {
  const repository = join(examples, name, 'repository');
  const directory = exampleDirectory(name);
  // `prepare` compares with what is there, so that the ciphertext of unchanged values stays.
  if (existsSync(repository)) cpSync(repository, directory.path, { recursive: true });
  const prepared = await prepare(directory.path, directory.environment, noProgress);
  if (!prepared.ok) throw new Error(renderProblems(prepared.problems, styleFor(false)));
  const { changes } = prepared.value.difference;
  for (const { kind, path } of changes)
    process.stdout.write(`${kind.padEnd(8)} examples/${name}/repository/${path}\n`);
  stale += changes.length;
  if (name === 'home' && drawPicture(prepared.value, check)) {
    process.stdout.write('changed  README.md\n');
    stale += 1;
  }
  if (!check) {
    const written = await apply(prepared.value, 'theirs', noProgress);
    if (!written.ok) throw new Error(renderProblems(written.problems, styleFor(false)));
    rmSync(repository, { recursive: true, force: true });
    mkdirSync(repository);
    cpSync(directory.path, repository, {
      recursive: true,
      filter: (path) => !inputs.some((file) => path === join(directory.path, file)),
    });
  }
  directory[Symbol.dispose]();
}
if (check && stale > 0) {
  process.stderr.write(
    `${stale} files of the examples are not what the compiler makes: run "npm run golden" and look at the difference.\n`,
  );
  process.exitCode = 1;
}
