import { defined } from '../../src/kubernetes/defined.ts';
import { scanHistory } from '../../src/privacy/history.ts';
import { scanTree } from '../../src/privacy/tree.ts';

/** The program that is measured, as a process of its own: `node measuredScan.mjs tree|history FOLDER [WORKER [THREADS]]`. */
const [mode, directory = '.', worker, threads] = process.argv.slice(2);

/** The number of private values of a home with all components. */
const values = Array.from({ length: 40 }, (_, i) => {
  const value = i % 2 === 0 ? `service-${i}.orchard-vale-${i}.net` : `q7Zr${i}Kx1Vb9Tn3${'m'.repeat(i)}`;
  return { name: `VALUE_${i}`, value };
});

const options = { directory, values, key: new Uint8Array(32) };
const { report, problems } =
  mode === 'tree'
    ? await scanTree(options)
    : await scanHistory(
        defined({
          ...options,
          worker: worker === undefined ? undefined : new URL(worker),
          threads: threads === undefined ? undefined : Number(threads),
        }),
      );

const peak = Math.round(process.resourceUsage().maxRSS / 1024);
const { texts = 0, bytes = 0, findings = [] } = report ?? {};
process.stdout.write(
  JSON.stringify({ texts, bytes, findings: findings.length, problems: problems.length, peak }),
);
