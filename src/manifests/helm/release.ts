import { createHash } from 'node:crypto';
import { isTemplate, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../sourcedObject.ts';
import { type ChartReference, chartReferenceOf } from './chartReference.ts';
import { causesInSpec } from './releaseSpec.ts';

/** Why the objects of a release are unknown. */
export interface UnknownCause {
  cause: string;
  /** What makes them known, if that is more than a local copy of the chart. */
  remedy?: string;
}

/** The remedy for what only the cluster knows. */
export const checkClusterRemedy = 'Check the objects of the cluster, as kubectl get -A -o yaml prints them';

/** A HelmRelease as helm-controller installs it. */
export interface Release {
  source: SourcedObject;
  ref: ObjectRef;
  /** `.Release.Name` in templates. */
  name: string;
  /** `.Release.Namespace`, and the namespace of objects that set none. */
  namespace: string;
  chart: ChartReference;
  /** Why its chart and values do not tell what is in the cluster. */
  unknowns: readonly UnknownCause[];
}

export function isRelease({ object }: SourcedObject): boolean {
  return groupOf(object) === 'helm.toolkit.fluxcd.io' && object.kind === 'HelmRelease';
}

/** What Helm calls the release of a HelmRelease, and where it is. */
export function releaseOf(object: KubernetesObject): Pick<Release, 'name' | 'namespace'> {
  const target = textAt(object, 'spec', 'targetNamespace') || undefined;
  const name =
    textAt(object, 'spec', 'releaseName') ||
    (target === undefined ? object.metadata.name : `${target}-${object.metadata.name}`);
  return { name: shortenedName(name), namespace: target ?? namespaceOf(object) };
}

/**
 * Reads a HelmRelease. Name and namespace follow helm-controller (`api/v2`, `internal/release/name.go`).
 *
 * @param objects the objects among which its sources are found
 */
export function readRelease(source: SourcedObject, objects: readonly SourcedObject[]): Release {
  const { object } = source;
  const release = {
    source,
    ref: refOf(source),
    ...releaseOf(object),
    chart: chartReferenceOf(object, objects),
  };
  return {
    ...release,
    unknowns: [...unknownsOf(release), ...causesInSpec(source, objects).map((cause) => ({ cause }))],
  };
}

/** Helm allows 53 characters. helm-controller replaces the rest of a longer name by a hash. */
function shortenedName(name: string): string {
  if (name.length <= 53) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

function unknownsOf({ source, name, namespace }: Omit<Release, 'unknowns'>): readonly UnknownCause[] {
  const spec = valueAt(source.object, 'spec');
  const unknowns: UnknownCause[] = [];
  if (valueAt(spec, 'kubeConfig') !== undefined)
    unknowns.push({
      cause: 'it is installed into the cluster of its kubeConfig',
      remedy: 'Check that cluster separately',
    });
  if (valueAt(spec, 'suspend') === true)
    unknowns.push({
      cause: 'it is suspended, so the cluster keeps an earlier version of it',
      remedy: checkClusterRemedy,
    });
  if (valueAt(spec, 'upgrade', 'preserveValues') === true)
    unknowns.push({ cause: 'upgrades keep the values of earlier ones', remedy: checkClusterRemedy });
  if (valueAt(spec, 'chart', 'spec', 'valuesFiles') !== undefined)
    unknowns.push({ cause: 'its valuesFiles are not read', remedy: 'Move their content into its values' });
  if (
    !/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name) ||
    !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace)
  )
    unknowns.push(
      isTemplate(name) || isTemplate(namespace)
        ? { cause: 'its name or namespace has a variable that is not filled in' }
        : { cause: 'helm does not accept its name or namespace', remedy: 'Fix the name' },
    );
  return unknowns;
}
