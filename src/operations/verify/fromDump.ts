import type { LiveCluster } from '../../live/cluster.ts';
import type { Dump } from './dump.ts';

/** The cluster, of which is not asked again what was listed already. Secrets are, since only their names were read. */
export function fromDump(cluster: LiveCluster, { objects, complete }: Dump): LiveCluster {
  const isKnown = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
    complete.some((each) => each.apiVersion === apiVersion && each.kind === kind) && kind !== 'Secret';
  return {
    ...cluster,
    get: async (reference) =>
      isKnown(reference)
        ? objects.find(
            ({ apiVersion, kind, metadata }) =>
              apiVersion === reference.apiVersion &&
              kind === reference.kind &&
              metadata.name === reference.name &&
              metadata.namespace === reference.namespace,
          )
        : cluster.get(reference),
    list: async (selection) =>
      isKnown(selection) && selection.labelSelector === undefined && selection.fieldSelector === undefined
        ? objects.filter(
            ({ apiVersion, kind, metadata }) =>
              apiVersion === selection.apiVersion &&
              kind === selection.kind &&
              (selection.namespace === undefined || metadata.namespace === selection.namespace),
          )
        : cluster.list(selection),
  };
}
