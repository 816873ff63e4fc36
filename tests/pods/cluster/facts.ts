import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../real/fixtures/kubernetesClient.ts';
import type { Certificate } from './certificates.ts';
import type { NodeFacts } from './node.ts';
import type { WorldFacts } from './world.ts';

/** What every process of a run must know to use the run's cluster. It can be written as JSON. */
export interface ClusterFacts {
  /** The directory of the run: logs, kubeconfig, tools. */
  readonly directory: string;
  readonly node: NodeFacts;
  readonly world: WorldFacts;
  /** The API server, as the node's network names it. */
  readonly server: string;
  /** The socket that leads there from anywhere. */
  readonly socket: string;
  readonly token: string;
  readonly authority: string;
  readonly worldAuthority: Certificate;
  /** The version of each part that takes part. */
  readonly versions: Readonly<Record<string, string>>;
  /** The store of images. */
  readonly images: string;
  /** The program on the machine. */
  readonly kubectl: string;
  /** What is on the cluster is of no use to anybody: whoever comes next replaces it. */
  readonly isGivenUp?: boolean;
}

/** How the API server is reached. */
export function endpointOf({ server, token, authority, socket }: ClusterFacts): Endpoint {
  return { server, token, authority, socket };
}

/** Writes the facts into the directory of the run, where other processes of the run read them. */
export function writeFacts(facts: ClusterFacts): void {
  const file = join(facts.directory, 'cluster.json');
  writeFileSync(`${file}.new`, JSON.stringify(facts), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The facts as they are now: a node that was restarted has another first process. */
export function readFacts(directory: string): ClusterFacts {
  return JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8'));
}
