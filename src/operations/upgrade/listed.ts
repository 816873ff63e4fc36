import type { KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf } from '../../manifests/sourcedObject.ts';

/** `Kind namespace/name`, as sentences name an object. */
export function titleOf(object: KubernetesObject): string {
  return describeObject(refOf({ object, file: '' }));
}

/** The parts of an object in which fields change, shortened where there are many. */
export function listed(fields: readonly string[], shown = 4): string {
  const parts = [...new Set(fields.map(shortened))];
  const more = parts.length - shown;
  if (more > 1) return `${parts.slice(0, shown).join(', ')} and ${more} more fields`;
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** A path as deep as a reader needs it: `spec.ingress`, `spec.ports[http].nodePort`, `data["nginx.conf"]`. */
function shortened(path: string): string {
  return /^spec\.(?:ingress|egress|rules|endpointSelector|podSelector)\b/.exec(path)?.[0] ?? path;
}
