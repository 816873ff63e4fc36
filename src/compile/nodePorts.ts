import type { Component } from '../components/contract/component.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { Loaded } from '../config/load.ts';
import { activeComponents } from './active.ts';
import { type Ready, resolveRequirements } from './resolve.ts';

/** The ports that the components of a configuration open on every node, in ascending order. */
export function requiredNodePorts(
  loaded: Loaded<ClusterSettings & Record<string, unknown>>,
  catalogue: readonly Component[],
): number[] {
  const active = activeComponents(loaded.cluster, loaded, catalogue);
  return nodePortsOf(resolveRequirements(active, catalogue).ready);
}

export function nodePortsOf(ready: readonly Ready[]): number[] {
  const ports = ready.flatMap(({ context }) => context.provided('node-port').map(({ port }) => port));
  return [...new Set(ports)].sort((one, other) => one - other);
}
