import type { Component } from '../components/contract/component.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { Loaded } from '../config/load.ts';
import { activeComponents } from './active.ts';
import { type Ready, resolveRequirements } from './resolve.ts';

/** What components open past every check of who asks. */
export interface Entrances {
  /** The ports that they open on every node, in ascending order. */
  nodePorts: readonly number[];
  /** Their Services for the home network alone, as `namespace/name`. */
  homeServices: readonly string[];
}

/** What the components of a configuration open. */
export function requiredEntrances(
  loaded: Loaded<ClusterSettings & Record<string, unknown>>,
  catalogue: readonly Component[],
): Entrances {
  const active = activeComponents(loaded.cluster, loaded, catalogue);
  return entrancesOf(resolveRequirements(active, catalogue).ready);
}

/** What components open, from the requirements that are resolved. */
export function entrancesOf(ready: readonly Ready[]): Entrances {
  const ports = ready.flatMap(({ context }) => context.provided('node-port').map(({ port }) => port));
  const services = ready.flatMap(({ context }) =>
    context.provided('home-service').map(({ namespace, name }) => `${namespace}/${name}`),
  );
  return {
    nodePorts: [...new Set(ports)].sort((one, other) => one - other),
    homeServices: [...new Set(services)].sort(),
  };
}
