import { fieldsAt, mapsAt, numberAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { LiveReference, ServedKind } from '../../live/cluster.ts';

/** A condition of an object. */
export interface Condition {
  status: string;
  reason: string;
  message: string;
}

/** What Flux does with an object: it fetches, packs a chart, applies a directory, or installs a chart. */
export type FluxRole = 'source' | 'chart' | 'kustomization' | 'release';

/** An object that Flux reconciles, as the cluster has it. */
export interface FluxObject {
  /** `Kustomization flux-system/home` */
  key: string;
  reference: LiveReference;
  role: FluxRole;
  suspended: boolean;
  /** Whether it is being removed. */
  leaving: boolean;
  generation: number | undefined;
  /** Whether its status is about the object as it is now. */
  current: boolean;
  /** The last request for a reconciliation that was handled. */
  handled: string | undefined;
  ready: Condition | undefined;
  stalled: Condition | undefined;
  reconciling: Condition | undefined;
  healthy: Condition | undefined;
  /** What a source has fetched, or what was applied last. */
  revision: string | undefined;
  /** What was tried last. */
  attempted: string | undefined;
  /** Keys of the objects of the same kind that must be ready before. */
  dependsOn: readonly string[];
  /** The key of what it reads: a source, or the chart that Flux packs. */
  from: string | undefined;
  /** The key of the Kustomization that applies it. */
  appliedBy: string | undefined;
  /** The objects that a Kustomization has applied. */
  inventory: readonly InventoryEntry[];
  /** The URL of a source, and its branch. */
  url: string | undefined;
  branch: string | undefined;
}

/** An object that a Kustomization has applied. */
export interface InventoryEntry {
  group: string;
  version: string;
  kind: string;
  namespace: string | undefined;
  name: string;
}

const sources = 'source.toolkit.fluxcd.io';
const roles: Readonly<Record<string, FluxRole>> = {
  [`GitRepository.${sources}`]: 'source',
  [`OCIRepository.${sources}`]: 'source',
  [`Bucket.${sources}`]: 'source',
  [`HelmRepository.${sources}`]: 'source',
  [`HelmChart.${sources}`]: 'chart',
  'Kustomization.kustomize.toolkit.fluxcd.io': 'kustomization',
  'HelmRelease.helm.toolkit.fluxcd.io': 'release',
};

/** The kinds that Flux reconciles and the cluster serves, each in one version. */
export function fluxKinds(served: readonly ServedKind[]): ServedKind[] {
  const kinds = new Map<string, ServedKind>();
  for (const each of served) {
    const name = `${each.kind}.${groupOf({ apiVersion: each.apiVersion })}`;
    if (roles[name] === undefined || each.resource.includes('/')) continue;
    if (!kinds.has(name) || each.preferred) kinds.set(name, each);
  }
  return [...kinds.values()];
}

/** Whether Flux fetches the object itself and keeps a status of it: a registry of charts has none. */
export function isFluxObject(object: KubernetesObject): boolean {
  return roles[`${object.kind}.${groupOf(object)}`] !== undefined && textAt(object, 'spec', 'type') !== 'oci';
}

export function fluxKey(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

/** Reads what decides of an object. */
export function readFluxObject(object: KubernetesObject): FluxObject {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace = 'default' } = metadata;
  const role = roles[`${kind}.${groupOf(object)}`] ?? 'source';
  const generation = numberAt(metadata, 'generation');
  const labels = textMapAt(metadata, 'labels');
  const owner = labels.get('kustomize.toolkit.fluxcd.io/name');
  return {
    key: fluxKey(kind, namespace, name),
    reference: { apiVersion, kind, name, namespace },
    role,
    suspended: valueAt(object, 'spec', 'suspend') === true,
    leaving: metadata['deletionTimestamp'] !== undefined,
    generation,
    current: numberAt(object, 'status', 'observedGeneration') === generation,
    handled: textAt(object, 'status', 'lastHandledReconcileAt'),
    ready: conditionOf(object, 'Ready'),
    stalled: conditionOf(object, 'Stalled'),
    reconciling: conditionOf(object, 'Reconciling'),
    healthy: conditionOf(object, 'Healthy'),
    revision:
      textAt(object, 'status', 'artifact', 'revision') ?? textAt(object, 'status', 'lastAppliedRevision'),
    attempted: textAt(object, 'status', 'lastAttemptedRevision'),
    dependsOn: mapsAt(object, 'spec', 'dependsOn').map((other) =>
      fluxKey(kind, textAt(other, 'namespace') ?? namespace, textAt(other, 'name') ?? ''),
    ),
    from: fromOf(object, role, namespace),
    appliedBy:
      owner === undefined
        ? undefined
        : fluxKey('Kustomization', labels.get('kustomize.toolkit.fluxcd.io/namespace') ?? namespace, owner),
    inventory: mapsAt(object, 'status', 'inventory', 'entries').flatMap(inventoryEntry),
    url: textAt(object, 'spec', 'url'),
    branch: textAt(object, 'spec', 'ref', 'branch'),
  };
}

function fromOf(object: KubernetesObject, role: FluxRole, namespace: string): string | undefined {
  if (role === 'release') {
    const chart = fieldsAt(object, 'spec', 'chart', 'spec');
    const packedIn = textAt(chart, 'sourceRef', 'namespace') ?? namespace;
    // Flux names the HelmChart so that releases of several namespaces do not collide.
    if (textAt(chart, 'chart') !== undefined)
      return fluxKey('HelmChart', packedIn, `${namespace}-${object.metadata.name}`);
    return referred(fieldsAt(object, 'spec', 'chartRef'), namespace);
  }
  return referred(fieldsAt(object, 'spec', 'sourceRef'), namespace);
}

function referred(reference: object, namespace: string): string | undefined {
  const kind = textAt(reference, 'kind');
  const name = textAt(reference, 'name');
  if (kind === undefined || name === undefined) return undefined;
  return fluxKey(kind, textAt(reference, 'namespace') ?? namespace, name);
}

function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  const found = mapsAt(object, 'status', 'conditions').find((condition) => condition['type'] === type);
  if (found === undefined) return undefined;
  return {
    status: textAt(found, 'status') ?? 'Unknown',
    reason: textAt(found, 'reason') ?? '',
    message: (textAt(found, 'message') ?? '').trim(),
  };
}

/** `NAMESPACE_NAME_GROUP_KIND`; a colon in a name is written as two underscores. */
function inventoryEntry(entry: object): InventoryEntry[] {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(textAt(entry, 'id') ?? '');
  if (match === null) return [];
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return [
    {
      group,
      kind,
      version: textAt(entry, 'v') ?? 'v1',
      namespace: namespace === '' ? undefined : namespace,
      name: name.replaceAll('__', ':'),
    },
  ];
}
