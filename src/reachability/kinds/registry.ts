import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { applicationKinds } from './applications.ts';
import { automationKinds } from './automation.ts';
import { databaseKinds } from './databases.ts';
import { deliveryKinds } from './flux.ts';
import type { KindFamily, KindReading } from './kind.ts';
import { kubernetesKinds } from './kubernetes.ts';
import { networkKinds } from './network.ts';
import { observabilityKinds } from './observability.ts';
import { secretKinds } from './secrets.ts';
import { storageKinds } from './storage.ts';
import { waysInKinds } from './waysIn.ts';

/** Every known kind, in the order of the documentation. */
export const kindFamilies: readonly { title: string; kinds: readonly KindFamily[] }[] = [
  { title: 'Kubernetes', kinds: kubernetesKinds },
  { title: 'Flux and others that apply objects', kinds: deliveryKinds },
  { title: 'Networks and policies', kinds: networkKinds },
  { title: 'Ways in', kinds: waysInKinds },
  { title: 'Secrets and certificates', kinds: secretKinds },
  { title: 'Databases and queues', kinds: databaseKinds },
  { title: 'Metrics, logs and alerts', kinds: observabilityKinds },
  { title: 'Storage and copies', kinds: storageKinds },
  { title: 'Admission, automation and nodes', kinds: automationKinds },
  { title: 'Applications', kinds: applicationKinds },
];

const families = kindFamilies.flatMap(({ kinds }) => kinds);

/** By `group/kind`, or by `group/*` for every other kind of a group. A group may be `*.parent`. */
const readings: ReadonlyMap<string, KindReading> = new Map(
  families.flatMap(({ group, kinds, reading }) =>
    kinds.map((kind) => [`${group}/${kind}`, reading] as const),
  ),
);

/** How objects of a kind are read. Undefined for a kind that is not known. */
export function readingOf(group: string, kind: string): KindReading | undefined {
  const groups = [group, ...parentsOf(group).map((parent) => `*.${parent}`)];
  return (
    groups.map((each) => readings.get(`${each}/${kind}`)).find((found) => found !== undefined) ??
    groups.map((each) => readings.get(`${each}/*`)).find((found) => found !== undefined)
  );
}

/**
 * Whether an object is by its kind a way in past every tunnel: an Ingress, or what another controller has instead. Every
 * group may define a kind of its own that is named so, and no other meaning of the name is known.
 */
export function leadsIn(object: KubernetesObject): boolean {
  if (/^(?:Ingress|IngressRoute|IngressRouteTCP|IngressRouteUDP)$/.test(object.kind)) return true;
  return readingOf(groupOf(object), object.kind)?.state === 'leads-in';
}

/** `a.b.c` has the parents `b.c` and `c`. */
function parentsOf(group: string): readonly string[] {
  const parts = group.split('.');
  return parts.slice(1).map((_, index) => parts.slice(index + 1).join('.'));
}
