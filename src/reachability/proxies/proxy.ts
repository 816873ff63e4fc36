import type { ConfigurationSources } from '../../manifests/configurationSources.ts';
import type { ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Control } from '../model/analysis.ts';
import type { Workload } from '../model/workload.ts';
import type { RequestSet } from './requests.ts';

/** Where a route forwards requests to. */
export type Upstream =
  | { kind: 'address'; host: string; port: number }
  /** The proxy answers by itself. */
  | { kind: 'answer' }
  /** The destination is not a host and a port, or the client chooses it. */
  | { kind: 'unknown'; why: string };

/** One place of a proxy's configuration that forwards requests, whatever program the proxy runs. */
export interface ProxyRoute {
  /** The position in the configuration: `ingress[0]`, `location / (line 40)`. */
  name: string;
  /** Undefined for every hostname. A reader that does not read hostnames leaves it out for every route. */
  hostname: string | undefined;
  path: string | undefined;
  /** The requests that the program compares with the route. Of a tunnel, the first route that matches decides. */
  requests: RequestSet;
  /** Ports on which requests come in. A tunnel has none: it opens its connections outwards. */
  ports: readonly number[];
  upstream: Upstream;
  /** What each request must satisfy, all of it. */
  controls: readonly Control[];
  /** Why it refuses every request, if it does. */
  refuses?: string | undefined;
  /** What its controls rest on and no object tells, as sentences. */
  assumptions?: readonly string[];
  object: ObjectRef;
}

/**
 * A workload that runs a proxy, and what its configuration says.
 *
 * The rules of a Gateway (`RouteControls`) are not of this type. They are objects of their own. They have listeners
 * instead of a workload, since a controller creates the pods of Envoy. Their destination is an object that a
 * ReferenceGrant must allow, not a host and a port.
 */
export interface ProxyWorkload {
  workload: Workload;
  /** `tunnel`: requests come from the internet. `server`: they come from whoever can connect to its ports. */
  kind: 'tunnel' | 'server';
  /** The object that holds the configuration. */
  object: ObjectRef;
  /** The texts of the programs that the proxy loads, by their names; undefined if a text is not among the objects. */
  programs?: ReadonlyMap<string, string | undefined>;
  /** In the order of the configuration. */
  routes: readonly ProxyRoute[];
  /** Ports on which it answers by itself and forwards nothing, such as those of probes and metrics. */
  answering: readonly number[];
  /** Why the proxy may forward more than was read; undefined if everything was read. */
  unseen: string | undefined;
  /** What would let it be read, where that is not what it is for other programs of its kind. */
  remedy?: string;
  /** Whether its configuration is made of what the workload mounts, so that it may lead to the Services named there. */
  generated?: boolean;
  /** Why the program does not start with its configuration, if it does not. It has no routes then. */
  refused?: string | undefined;
  /** What the reading rests on and no object tells, as sentences. */
  assumptions?: readonly string[];
}

/** Reads the configuration of one program. */
export interface ProxyReader {
  program: string;
  /**
   * Reads what a workload forwards with this program. It never throws: `unseen` says what it cannot read.
   *
   * @returns nothing if the workload does not run the program, according to its image or command
   */
  read: (sources: ConfigurationSources, workload: Workload) => readonly ProxyWorkload[];
}
