// Crosses components, config and compile: the documents that an example compiles to.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../src/compile/compile.ts';
import type { Plan } from '../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../src/components/catalogue.ts';
import { loadCluster } from '../src/config/load.ts';
import { fillIn, type PrivateValues } from '../src/config/private.ts';

// biome-ignore lint/suspicious/noExplicitAny: a configuration as a test changes it
type Data = any;
export type Change = (cluster: Data, privateFile: Data) => void;

const example = (name: string, file: string): Data =>
  parse(readFileSync(new URL(`../examples/${name}/${file}`, import.meta.url), 'utf8'));

interface Compiled {
  plan: Plan;
  privateValues: PrivateValues;
  /** The documents, by path. */
  documents: Map<string, string>;
}

/** Compiles an example with a change, and gives its documents. */
export function compiled(change: Change = () => {}, name = 'home'): Compiled {
  const [cluster, privateFile] = [example(name, 'cluster.yaml'), example(name, 'cluster.private.yaml')];
  change(cluster, privateFile);
  const file = (name: string, value: Data) => ({
    file: name,
    bytes: new TextEncoder().encode(stringify(value)),
  });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml', cluster), privateFile: file('cluster.private.yaml', privateFile) },
    clusterSchema,
  );
  expect(problems).toEqual([]);
  if (loaded === undefined) throw new Error('the configuration of the test is invalid');
  const { plan, problems: more } = compile(loaded, catalogue);
  expect(more).toEqual([]);
  if (plan === undefined) throw new Error('the configuration of the test does not compile');
  const documents = plan.files.flatMap((planned) =>
    'content' in planned && planned.path.endsWith('.md') ? [[planned.path, planned.content] as const] : [],
  );
  return { plan, privateValues: loaded.private, documents: new Map(documents) };
}

/** The shell blocks of a document. */
export function shellOf(document: string): string[] {
  return [...document.matchAll(/^( *)```sh\n([\s\S]*?)\n\1```$/gm)].map(([, , text = '']) => text);
}

/** Expects that bash parses every block, as committed and with the values filled in. */
export function readByShell(
  documents: Compiled['documents'],
  privateValues: PrivateValues,
  least: number,
): void {
  const blocks = [...documents.values()].flatMap(shellOf);
  expect(blocks.length).toBeGreaterThan(least);
  for (const script of [blocks.join('\n'), fillIn(blocks.join('\n'), privateValues)]) {
    const { stderr, status } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
}
