import { createHash } from 'node:crypto';
import { isTemplate, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../sourcedObject.ts';
import { type ChartWanted, chartOf } from './chartReference.ts';

/** Why it is not known what a release makes. */
export interface Gap {
  why: string;
  /** What would make it known, where that is something else than the chart at hand. */
  remedy?: string;
}

/** What makes known what Git does not tell. */
export const checkTheCluster = 'Judge what the cluster holds, as kubectl get -A -o yaml prints it';

/** A HelmRelease as Flux installs it. */
export interface Release {
  source: SourcedObject;
  ref: ObjectRef;
  /** Name of the release, which templates know as `.Release.Name`. */
  name: string;
  /** Namespace of the release, in which objects land that name none. */
  namespace: string;
  chart: ChartWanted;
  /** What keeps the chart and its values from telling what is in the cluster. */
  gaps: readonly Gap[];
}

export function isRelease({ object }: SourcedObject): boolean {
  return groupOf(object) === 'helm.toolkit.fluxcd.io' && object.kind === 'HelmRelease';
}

/**
 * Reads a HelmRelease (helm-controller, `api/v2`: names and namespaces of a release, `internal/release/name.go`).
 *
 * @param objects among which its sources are looked for
 */
export function readRelease(source: SourcedObject, objects: readonly SourcedObject[]): Release {
  const { object } = source;
  const own = namespaceOf(object);
  const target = textAt(object, 'spec', 'targetNamespace') || undefined;
  const name =
    textAt(object, 'spec', 'releaseName') ||
    (target === undefined ? object.metadata.name : `${target}-${object.metadata.name}`);
  const release = {
    source,
    ref: refOf(source),
    name: shortName(name),
    namespace: target ?? own,
    chart: chartOf(object, objects),
  };
  return { ...release, gaps: gapsOf(release) };
}

/** Helm allows 53 characters; helm-controller puts a hash in the place of what is too much. */
function shortName(name: string): string {
  if (name.length <= 53) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

function gapsOf({ source, name, namespace }: Omit<Release, 'gaps'>): readonly Gap[] {
  const spec = valueAt(source.object, 'spec');
  const gaps: Gap[] = [];
  if (valueAt(spec, 'kubeConfig') !== undefined)
    gaps.push({
      why: 'it is installed into the cluster of its kubeConfig',
      remedy: 'Judge that cluster by itself',
    });
  if (valueAt(spec, 'suspend') === true)
    gaps.push({
      why: 'it is suspended, so that the cluster keeps what it was before',
      remedy: checkTheCluster,
    });
  if (valueAt(spec, 'upgrade', 'preserveValues') === true)
    gaps.push({ why: 'upgrades keep the values of earlier ones', remedy: checkTheCluster });
  if (valueAt(spec, 'chart', 'spec', 'valuesFiles') !== undefined)
    gaps.push({ why: 'its valuesFiles are not read', remedy: 'Put what they say into its values' });
  if (
    !/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name) ||
    !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace)
  )
    gaps.push(
      isTemplate(name) || isTemplate(namespace)
        ? { why: 'its name or namespace is still to be filled in' }
        : { why: 'its name or namespace is none that helm takes', remedy: 'Mend the name' },
    );
  return gaps;
}
