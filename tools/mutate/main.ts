// Changes repositories in every known way that opens something, and fails if a promise that is then false stays proved.
// Without flags it writes docs/mutations.md. --check compares it. It takes a sample of large trees; --all takes every
// mutant and writes nothing. --only ID and --tree NAME run a part.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { families } from './registry.ts';
import { type Outcome, runOn } from './runner.ts';
import { tableOf } from './table.ts';
import { mutatedTrees } from './trees.ts';

const processes = 2;
const table = fileURLToPath(new URL('../../docs/mutations.md', import.meta.url));
const isAll = process.argv.includes('--all');
const operators = families.flatMap((family) => family.operators);

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Every nth mutant of each tree, in this process. */
async function shard(number: number): Promise<readonly Outcome[]> {
  const [only, treeName] = [flag('--only'), flag('--tree')];
  const chosen = only === undefined ? operators : operators.filter(({ id }) => id === only);
  const outcomes: Outcome[] = [];
  for (const tree of await mutatedTrees()) {
    if (treeName !== undefined && tree.name !== treeName) continue;
    const every = isAll ? 1 : tree.every;
    outcomes.push(...(await runOn(tree, chosen, { every, isMine: (index) => index % processes === number })));
  }
  return outcomes;
}

function inProcess(number: number): Promise<readonly Outcome[]> {
  const rest = process.argv.slice(2).filter((argument) => argument !== '--check');
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...rest, '--shard', String(number)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        : reject(new Error(`a part of the mutants ended with ${code}`)),
    );
  });
}

const number = flag('--shard');
if (number !== undefined) {
  process.stdout.write(JSON.stringify(await shard(Number(number))));
} else {
  const parts = await Promise.all(Array.from({ length: processes }, (_, each) => inProcess(each)));
  report(parts.flat());
}

function report(outcomes: readonly Outcome[]): void {
  const open = new Set(operators.filter((operator) => operator.open !== undefined).map(({ id }) => id));
  const survivors = outcomes.filter(({ result }) => result === 'survived');
  for (const { operator, tree, where, survivors: claims } of survivors)
    process.stdout.write(
      `survived ${operator}${open.has(operator) ? ' (known)' : ''}: ${where} in ${tree}\n  ${claims.join('\n  ')}\n`,
    );
  const unmarked = survivors.filter(({ operator }) => !open.has(operator));
  if (unmarked.length > 0) process.exitCode = 1;
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  process.stdout.write(
    `${outcomes.length} mutants: ${[...counts].map((each) => each.join(' ')).join(', ')}\n`,
  );
  if (isAll || flag('--only') !== undefined || flag('--tree') !== undefined) return;
  const text = tableOf(families, outcomes);
  if (!process.argv.includes('--check')) writeFileSync(table, text);
  else if (readFileSync(table, 'utf8') !== text) {
    process.stderr.write(
      'docs/mutations.md is not what the mutants show: run "npm run mutate" and look at the difference.\n',
    );
    process.exitCode = 1;
  }
}
