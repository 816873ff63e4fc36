import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import {
  type Endpoint,
  type KubernetesClient,
  kubernetesClient,
} from '../../real/fixtures/kubernetesClient.ts';
import { type Certificate, type Issue, issuerOf } from './certificates.ts';
import { commandInNetworkOfNode, commandInNode, type NodeFacts, nodeAddress, nodeName } from './node.ts';
import { defaultTimeout, type Ran, type RunOptions, run } from './run.ts';
import { commandInPlace, type Place, type WorldFacts } from './world.ts';

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
  /** The program on the machine. */
  readonly kubectl: string;
}

/** A program that was started and goes on. It ends with the cluster at the latest. */
export type SpawnOptions = Pick<RunOptions, 'environment'> & {
  readonly stdio?: 'pipe' | 'ignore';
};

/** A cluster that runs. */
export interface Cluster {
  readonly facts: ClusterFacts;
  readonly node: { readonly name: string; readonly address: string };
  /** The API, with all rights. */
  readonly client: KubernetesClient;
  /** Applies objects in their order, server-side. */
  readonly apply: (objects: readonly KubernetesObject[]) => Promise<void>;
  /** Runs kubectl as the administrator, to its end. */
  readonly kubectl: (...parameters: readonly string[]) => Promise<Ran>;
  /** {@link Cluster.kubectl} with an input or another time. */
  readonly kubectlWith: (options: RunOptions, ...parameters: readonly string[]) => Promise<Ran>;
  /** Runs a command of the node in the node, to its end. */
  readonly execInNode: (command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /**
   * Runs a command of the machine in a place of the world, to its end. It has the address of the place, sees the machine's files
   * and begins in `/`.
   */
  readonly execInWorld: (place: Place, command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** Starts a command of the node in the node. */
  readonly spawnInNode: (command: readonly string[], options?: SpawnOptions) => ChildProcess;
  /** Starts a command of the machine in a place of the world. */
  readonly spawnInWorld: (place: Place, command: readonly string[], options?: SpawnOptions) => ChildProcess;
  /** Issues certificates that every image of the node trusts, for servers of the world. */
  readonly issueForWorld: Issue;
}

/** How the API server is reached. */
export function endpointOf({ server, token, authority, socket }: ClusterFacts): Endpoint {
  return { server, token, authority, socket };
}

/** The cluster of these facts. Nothing is started and nothing must be ended. */
export function clusterFrom(facts: ClusterFacts): Cluster {
  const { node, world, directory } = facts;
  const client = kubernetesClient(endpointOf(facts));
  const kubectlCommand = (parameters: readonly string[]): string[] =>
    commandInNetworkOfNode(node, [
      facts.kubectl,
      `--kubeconfig=${join(directory, 'kubeconfig')}`,
      `--cache-dir=${join(directory, 'kubectl-cache')}`,
      ...parameters,
    ]);
  const kubectlWith = (options: RunOptions, ...parameters: readonly string[]) =>
    run(kubectlCommand(parameters), options);
  return {
    facts,
    node: { name: nodeName, address: nodeAddress },
    client,
    apply: async (objects) => {
      for (const object of objects) await client.apply(object);
    },
    kubectl: (...parameters) => kubectlWith({}, ...parameters),
    kubectlWith,
    execInNode: (command, options = {}) =>
      run(commandInNode(node, bounded(command, options), options.environment), beyond(options)),
    execInWorld: (place, command, options = {}) =>
      run(commandInPlace(world, place, bounded(command, options)), beyond(options)),
    spawnInNode: (command, options = {}) => start(commandInNode(node, command, options.environment), options),
    spawnInWorld: (place, command, options = {}) => start(commandInPlace(world, place, command), options),
    issueForWorld: issuerOf(facts.worldAuthority),
  };
}

/** To kill the command that enters a namespace does not end what it has started there. */
function bounded(command: readonly string[], { timeout = defaultTimeout }: RunOptions): string[] {
  return ['timeout', '--kill-after=1', `${timeout / 1000}`, ...command];
}

function beyond(options: RunOptions): RunOptions {
  return { ...options, timeout: (options.timeout ?? defaultTimeout) + 2_000 };
}

function start(command: readonly string[], { environment = {}, stdio = 'pipe' }: SpawnOptions): ChildProcess {
  const [program = '', ...parameters] = command;
  return spawn(program, parameters, { stdio, env: { ...process.env, ...environment } });
}
