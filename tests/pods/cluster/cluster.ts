import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { type KubernetesClient, kubernetesClient } from '../../real/fixtures/kubernetesClient.ts';
import { replaceNode, restartDaemons, restartNode } from './boot.ts';
import { type Issue, issuerOf } from './certificates.ts';
import type { daemons } from './daemons.ts';
import { type ClusterFacts, endpointOf, writeFacts } from './facts.ts';
import { commandInNetworkOfNode, commandInNode, nodeAddress, nodeName } from './node.ts';
import { defaultTimeout, type Ran, type RunOptions, run } from './run.ts';
import { commandInPlace, type Place } from './world.ts';

/** How a program is started that goes on. */
export type SpawnOptions = Pick<RunOptions, 'environment'> & {
  readonly stdio?: 'pipe' | 'ignore';
};

/** A cluster that runs. */
export interface Cluster {
  /** The facts as they are now. */
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
  /** Starts a command of the node in the node. It ends with its child process here, and with the cluster at the latest. */
  readonly spawnInNode: (command: readonly string[], options?: SpawnOptions) => ChildProcess;
  /** {@link Cluster.spawnInNode} for a command of the machine in a place of the world. */
  readonly spawnInWorld: (place: Place, command: readonly string[], options?: SpawnOptions) => ChildProcess;
  /**
   * Ends the node at once, as a power cut does, and starts it again on its disk. Resolves when the node is Ready and names are
   * answered; other pods may need longer. Nobody else may use the cluster meanwhile.
   */
  readonly restartNode: () => Promise<void>;
  /** Ends daemons of the node with SIGTERM, all before one of them is started again. Resolves when all are started. */
  readonly restartDaemons: (...names: readonly (keyof typeof daemons)[]) => Promise<void>;
  /**
   * Throws the cluster away with all that is on its disk, and makes an empty one in its place, which is complete when this
   * resolves. Its address and the keys to it are the same. Nobody else may use the cluster meanwhile.
   */
  readonly replace: () => Promise<void>;
  /**
   * Leaves what is on the cluster where it is: the next suite gets an empty one, if there is a next one. To remove much, with
   * what waits for it, takes longer. Whoever removes something asks for {@link ClusterFacts.isGivenUp}.
   */
  readonly giveUp: () => void;
  /** Issues certificates that every image of the node trusts, for servers of the world. */
  readonly issueForWorld: Issue;
}

/** The cluster of these facts. Nothing is started and nothing must be ended. */
export function clusterFrom(facts: ClusterFacts): Cluster {
  let current = facts;
  const client = kubernetesClient(endpointOf(facts));
  const kubectlWith = (options: RunOptions, ...parameters: readonly string[]) =>
    run(kubectlCommand(current, parameters), options);
  return {
    get facts() {
      return current;
    },
    node: { name: nodeName, address: nodeAddress },
    client,
    apply: async (objects) => {
      for (const object of objects) await client.apply(object);
    },
    kubectl: (...parameters) => kubectlWith({}, ...parameters),
    kubectlWith,
    execInNode: (command, options = {}) =>
      run(commandInNode(current.node, bounded(command, options), options.environment), beyond(options)),
    execInWorld: (place, command, options = {}) =>
      run(commandInPlace(current.world, place, bounded(command, options)), beyond(options)),
    spawnInNode: (command, options = {}) =>
      start(commandInNode(current.node, attached(command), options.environment), options),
    spawnInWorld: (place, command, options = {}) =>
      start(commandInPlace(current.world, place, attached(command)), options),
    restartNode: async () => {
      current = await restartNode(current);
    },
    restartDaemons: (...names) => restartDaemons(current, names),
    replace: async () => {
      current = await replaceNode(current);
    },
    giveUp: () => {
      current = { ...current, isGivenUp: true };
      writeFacts(current);
    },
    issueForWorld: issuerOf(facts.worldAuthority),
  };
}

/** It runs on the machine, in the network of the node. */
function kubectlCommand({ node, kubectl, directory }: ClusterFacts, parameters: readonly string[]): string[] {
  return commandInNetworkOfNode(node, [
    kubectl,
    `--kubeconfig=${join(directory, 'kubeconfig')}`,
    `--cache-dir=${join(directory, 'kubectl-cache')}`,
    ...parameters,
  ]);
}

/** To kill the command that enters a namespace does not end what it has started there. */
function bounded(command: readonly string[], { timeout = defaultTimeout }: RunOptions): string[] {
  return ['timeout', '--kill-after=1', `${timeout / 1000}`, ...command];
}

function beyond(options: RunOptions): RunOptions {
  return { ...options, timeout: (options.timeout ?? defaultTimeout) + 2_000 };
}

/** Whoever enters a process namespace is the parent of the command and waits outside: to end it is to end the command. */
function attached(command: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...command];
}

function start(command: readonly string[], { environment = {}, stdio = 'pipe' }: SpawnOptions): ChildProcess {
  const [program = '', ...parameters] = command;
  return spawn(program, parameters, { stdio, env: { ...process.env, ...environment } });
}
