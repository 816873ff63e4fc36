import { groupOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import type { ServedKind } from '../../src/live/cluster.ts';
import { json, type Reply, refuse } from './apiServer.ts';

/** Answers as an API server that has these objects. Every kind is read in all namespaces, or in one. */
export function servingObjects(objects: readonly KubernetesObject[], kinds: readonly ServedKind[]): Reply {
  const discovery = (core: boolean): object => ({
    kind: 'APIGroupDiscoveryList',
    items: [...new Set(kinds.map((each) => groupOf({ ...each })))]
      .filter((group) => (group === '') === core)
      .map((group) => ({
        metadata: { name: group },
        versions: versionsOf(kinds.filter((each) => groupOf({ ...each }) === group)),
      })),
  });
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://api.example');
    if (pathname === '/version') return json(response, { gitVersion: 'v1.36.0' });
    if (pathname === '/api' || pathname === '/apis') return json(response, discovery(pathname === '/api'));
    const [, root, ...parts] = pathname.split('/');
    const apiVersion = parts.splice(0, root === 'api' ? 1 : 2).join('/');
    // The namespace of an object, or an object of the kind Namespace.
    const [namespace] = parts.length > 2 ? parts.splice(0, 2).slice(1) : [];
    const [resource, name] = parts;
    const kind = kinds.find((each) => each.apiVersion === apiVersion && each.resource === resource);
    if (kind === undefined) return refuse(response, 404, 'not found');
    const found = objects.filter(
      (each) =>
        each.kind === kind.kind &&
        each.apiVersion === kind.apiVersion &&
        (namespace === undefined || each.metadata.namespace === namespace),
    );
    if (name === undefined) return json(response, { kind: `${kind.kind}List`, metadata: {}, items: found });
    const one = found.find(({ metadata }) => metadata.name === name);
    return one === undefined ? refuse(response, 404, 'not found') : json(response, one);
  };
}

function versionsOf(kinds: readonly ServedKind[]): object[] {
  const versionOf = ({ apiVersion }: ServedKind): string => apiVersion.split('/').at(-1) ?? '';
  return [...new Set(kinds.map(versionOf))].map((version) => ({
    version,
    freshness: 'Current',
    resources: kinds
      .filter((each) => versionOf(each) === version)
      .map(({ resource, kind, namespaced, verbs }) => ({
        resource,
        responseKind: { kind },
        scope: namespaced ? 'Namespaced' : 'Cluster',
        verbs,
      })),
  }));
}
