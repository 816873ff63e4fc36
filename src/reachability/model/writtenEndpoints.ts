import { mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';

/** The addresses to which a Service leads because someone wrote them, by `namespace/name` of the Service. */
export type WrittenEndpoints = ReadonlyMap<string, readonly string[]>;

/**
 * Reads Endpoints and EndpointSlices (discovery.k8s.io/v1). Those that a controller of Kubernetes wrote repeat what a
 * selector says, and are left out: a slice names its writer in a label, and Endpoints of a Service with a selector are
 * overwritten.
 */
export function readWrittenEndpoints(
  objects: readonly SourcedObject[],
  hasSelector: (service: string) => boolean,
): WrittenEndpoints {
  const found = new Map<string, readonly string[]>();
  for (const { object } of objects) {
    const service = serviceOf(object);
    if (service === undefined || (object.kind === 'Endpoints' && hasSelector(service))) continue;
    found.set(service, [...(found.get(service) ?? []), ...addressesIn(object)]);
  }
  return found;
}

const managed = 'endpointslice.kubernetes.io/managed-by';

function serviceOf(object: KubernetesObject): string | undefined {
  const kind = `${groupOf(object)}/${object.kind}`;
  if (kind === '/Endpoints') return `${namespaceOf(object)}/${object.metadata.name}`;
  if (kind !== 'discovery.k8s.io/EndpointSlice') return undefined;
  if (
    /^endpointslice(?:mirroring)?-controller\.k8s\.io$/.test(
      textAt(object, 'metadata', 'labels', managed) ?? '',
    )
  )
    return undefined;
  const name = textAt(object, 'metadata', 'labels', 'kubernetes.io/service-name');
  return name === undefined ? undefined : `${namespaceOf(object)}/${name}`;
}

function addressesIn(object: KubernetesObject): readonly string[] {
  const subsets = mapsAt(object, 'subsets').flatMap((subset) =>
    mapsAt(subset, 'addresses').flatMap((address) => textAt(address, 'ip') ?? []),
  );
  return [...subsets, ...mapsAt(object, 'endpoints').flatMap((endpoint) => textsAt(endpoint, 'addresses'))];
}
