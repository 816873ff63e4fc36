import { partsOrObstacles } from './cluster/partsOrObstacles.ts';
import { endStaleRuns } from './cluster/runDirectory.ts';
import { startCluster } from './cluster/start.ts';
import { places } from './cluster/world.ts';

/** `npm run pods`: keeps a cluster up until Ctrl-C. */
async function main(): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const parts = await partsOrObstacles();
  if (typeof parts !== 'function') {
    say(`No cluster can run here. What is missing:\n${parts.map((line) => `  ${line}`).join('\n')}`);
    return 1;
  }
  for (const name of await endStaleRuns()) say(`Ended what ${name} had left`);
  // Before the cluster is up its guardian ends it.
  let end = (): void => process.exit(1);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end());
  await using cluster = await startCluster(parts, say);
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const { directory } = cluster.facts;
  say(`
The cluster is up. Ctrl-C ends it and leaves nothing.

  ${directory}/kubectl get pods -A        as the administrator
  ${directory}/in-node                    a shell in the node; in-node COMMAND runs one
  ${directory}/in-world lan curl …        a command in a place: ${Object.keys(places).join(', ')}
  ${directory}/logs/                      what each daemon has logged
`);
  // A promise alone does not keep a process.
  const alive = setInterval(() => undefined, 60_000);
  await ended;
  clearInterval(alive);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
