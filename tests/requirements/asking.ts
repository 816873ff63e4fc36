import * as z from 'zod';
import { compile } from '../../src/compile/compile.ts';
import { catalogue, clusterSchema } from '../../src/components/catalogue.ts';
import type { Component } from '../../src/components/contract/component.ts';
import type { Requester, Requirement } from '../../src/components/contract/requirements.ts';
import { loadCluster } from '../../src/config/load.ts';
import type { Change } from '../home.ts';
import { exampleDirectory } from '../testDirectory.ts';

/** Who asks in a test. */
export const asker: Requester = { component: 'asking', instance: 'asking', field: 'cluster' };

/** A component that requires what it is told, and makes nothing itself. */
export function asking(...requirements: readonly Requirement[]): Component {
  const component: Component<undefined> = {
    name: 'asking',
    summary: 'Asks in a test.',
    schema: z.undefined(),
    requires: () => requirements,
    build: () => ({ manifests: [] }),
  };
  return component as Component;
}

/**
 * A changed example with more components.
 *
 * @param values of the handles of their requirements, by the names of the handles
 */
export function compiledWith(
  components: readonly Component[],
  change: Change = {},
  values: Readonly<Record<string, string>> = {},
): ReturnType<typeof compile> {
  using directory = exampleDirectory(change.example);
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  if (loaded === undefined) return { problems };
  const privateValues = new Map([...loaded.private, ...Object.entries(values)]);
  return compile({ ...loaded, private: privateValues }, [...catalogue, ...components]);
}
