// How long it takes to answer for every pair of a large cluster on every named port: in this process, and by
// `gatehouse reach --queries` from file to file. The baseline reads the policies word by word, for a part of the
// questions, which must come out the same.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerQueries, type Query, readObjects } from '../../src/reachability/queries.ts';
import { naive, naiveObjects } from '../../tests/reachability/naive.ts';
import { generateCluster } from './cluster.ts';

const size = {
  namespaces: Number(process.env['NAMESPACES'] ?? 50),
  workloads: Number(process.env['WORKLOADS'] ?? 1000),
  policies: Number(process.env['POLICIES'] ?? 500),
};
const rounds = Number(process.env['ROUNDS'] ?? 5);
const root = fileURLToPath(new URL('../..', import.meta.url));

const cluster = generateCluster(size);
const objects = naiveObjects(cluster);
const sourced = readObjects(objects, 'cluster');
const names = cluster.pods.map(({ namespace, name }) => `${namespace}/${name}`);
const queries = names.flatMap((from) =>
  cluster.pods.flatMap(({ ports }, at) =>
    ports.map(({ name }): Query => ({ from, to: names[at] ?? '', protocol: 'TCP', port: name })),
  ),
);

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

interface Spent {
  seconds: number;
  /** Of processor, which a busy machine does not stretch as it does the other. */
  processor: number;
}

function spend(work: () => void): Spent {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
}

/** Rows of the table of pairs: enough to compare, and as many as a reading word by word can do. */
const rows = cluster.pods.filter((_pod, at) => at % Math.ceil(size.workloads / 4) === 0);

function wordByWord(): string[] {
  return rows.flatMap((from) =>
    cluster.pods.flatMap((to) =>
      to.ports.map(({ containerPort }) => {
        const ingress = naive(cluster, 'ingress', from, to, 'TCP', containerPort);
        const egress = naive(cluster, 'egress', from, to, 'TCP', containerPort);
        return ingress === 'allowed' && egress === 'allowed' ? 'allowed' : 'blocked';
      }),
    ),
  );
}

const engine: Spent[] = [];
const baseline: Spent[] = [];
for (let round = 0; round < rounds; round++) {
  let verdicts: string[] = [];
  engine.push(
    spend(() => {
      const answers = answerQueries(sourced, queries, { enforcer: 'given', lan: [], vpn: [] });
      const perRow = queries.length / size.workloads;
      verdicts = rows.flatMap((pod) => {
        const start = cluster.pods.indexOf(pod) * perRow;
        return answers.slice(start, start + perRow).map(({ verdict }) => verdict);
      });
    }),
  );
  let expected: string[] = [];
  baseline.push(
    spend(() => {
      expected = wordByWord();
    }),
  );
  const differing = expected.filter((verdict, at) => verdict !== verdicts[at]).length;
  if (differing > 0) throw new Error(`${differing} of ${expected.length} answers differ from the reading`);
}
const perQuestion = median(engine.map(({ processor }) => processor)) / queries.length;
const perQuestionThere =
  median(baseline.map(({ processor }) => processor)) / (rows.length * (queries.length / size.workloads));
const figures = (spent: readonly Spent[]): string =>
  `${median(spent.map(({ seconds }) => seconds)).toFixed(2)} s, ${median(spent.map(({ processor }) => processor)).toFixed(2)} s of processor`;
say(`${size.workloads} workloads, ${size.policies} policies, ${queries.length} questions`);
say(`all pairs on named ports: ${figures(engine)}`);
say(`a question: ${(perQuestionThere / perQuestion).toFixed(0)} times as fast as a reading word by word`);

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-reach-'));
try {
  writeFileSync(
    join(directory, 'objects.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
  const file = openSync(join(directory, 'queries'), 'w');
  for (let at = 0; at < queries.length; at += 10_000)
    writeSync(
      file,
      queries
        .slice(at, at + 10_000)
        .map((query) => `${JSON.stringify(query)}\n`)
        .join(''),
    );
  closeSync(file);
  spawnSync(process.execPath, [`${root}tools/build.mjs`, '--program-only'], { stdio: 'inherit' });
  const report = `process.on('exit',()=>{const u=process.resourceUsage();require('fs').writeFileSync(process.env.USED,JSON.stringify([u.maxRSS,u.userCPUTime+u.systemCPUTime]))})`;
  writeFileSync(join(directory, 'used.cjs'), report);
  const command: Spent[] = [];
  let peak = 0;
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const out = openSync(join(directory, 'answers'), 'w');
    const start = performance.now();
    const { status } = spawnSync(
      process.execPath,
      [
        ...['--require', join(directory, 'used.cjs'), `${root}dist/main.js`, 'reach', '--json'],
        ...['--objects', join(directory, 'objects.json'), '--queries', join(directory, 'queries')],
      ],
      { stdio: ['ignore', out, 'inherit'], env: { ...process.env, USED: join(directory, 'used') } },
    );
    const seconds = (performance.now() - start) / 1000;
    closeSync(out);
    if (status !== 0) throw new Error(`reach ended with ${status}`);
    const [kilobytes, microseconds]: number[] = JSON.parse(readFileSync(join(directory, 'used'), 'utf8'));
    command.push({ seconds, processor: (microseconds ?? 0) / 1e6 });
    peak = Math.max(peak, (kilobytes ?? 0) / 1024);
  }
  say(`reach --queries, from file to file: ${figures(command)}, at most ${peak.toFixed(0)} MiB`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
