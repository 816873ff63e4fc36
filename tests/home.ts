import { onTestFinished } from 'vitest';
import { renderProblems } from '../src/report/problems.ts';
import { styleFor } from '../src/report/style.ts';
import { type Prepared, prepare } from '../src/workspace/configure.ts';
import { nobody } from '../src/workspace/stages.ts';
import { type ConfigData, type Folder, homeFolder } from './folder.ts';

/** The example home in a folder of its own, until the test is over. */
export function home(): Folder {
  const folder = homeFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder;
}

/** The example home, changed, and all that it comes to. A configuration that does not hold fails the test. */
export async function preparedHome(
  change: { cluster?: (value: ConfigData) => void; overlay?: (value: ConfigData) => void } = {},
): Promise<Prepared> {
  const folder = homeFolder();
  try {
    if (change.cluster) folder.edit('cluster.yaml', change.cluster);
    if (change.overlay) folder.edit('cluster.private.yaml', change.overlay);
    const prepared = await prepare(folder.path, folder.surroundings, nobody);
    if (!prepared.ok) throw new Error(renderProblems(prepared.problems, styleFor(false)));
    return prepared.value;
  } finally {
    folder[Symbol.dispose]();
  }
}

/** Changes that make the home run on three Talos nodes with an NFS library. */
export const threeTalosNodes = {
  cluster(value: ConfigData): void {
    value.cluster.distribution = 'talos';
    value.cluster.nodes = { alpha: {}, beta: {}, gamma: {} };
    value.cluster.network = { pods: '10.244.0.0/16', services: '10.96.0.0/12', policyEnforcer: 'cilium' };
    value.immich.library = { kind: 'nfs', sentinel: value.immich.library.sentinel };
    value.immich.database = { storage: { kind: 'volume', storageClass: 'local-path' } };
  },
  overlay(value: ConfigData): void {
    value.immich.library = { server: '192.0.2.20', path: '/volume1/photos/immich' };
  },
};
