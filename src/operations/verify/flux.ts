import { mapsAt, numberAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../../live/check.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { type Dump, isKnownAbsent, remedyOf } from './dump.ts';
import { nameOf } from './objectName.ts';

const kinds = new Set([
  'source.toolkit.fluxcd.io/GitRepository',
  'source.toolkit.fluxcd.io/OCIRepository',
  'source.toolkit.fluxcd.io/HelmRepository',
  'source.toolkit.fluxcd.io/HelmChart',
  'source.toolkit.fluxcd.io/Bucket',
  'kustomize.toolkit.fluxcd.io/Kustomization',
  'helm.toolkit.fluxcd.io/HelmRelease',
]);

/** Whether Flux keeps a state of an object: a source, a Kustomization or a release. */
export function isOfFlux({ object }: Pick<SourcedObject, 'object'>): boolean {
  return kinds.has(`${groupOf(object)}/${object.kind}`);
}

/**
 * Whether Flux has done what an object says, and at the commit that was pushed.
 *
 * @param commit the commit that Flux should have; undefined where it is not known
 */
export function fluxReady(source: SourcedObject, dump: Dump, commit: string | undefined): Answer {
  const live = dump.byName.get(nameOf(source.object));
  const name = describeObject(refOf(source));
  if (live === undefined)
    return isKnownAbsent(source.object, dump)
      ? { verdict: 'broken', evidence: [`${name} is not in the cluster`] }
      : { verdict: 'not checked', evidence: [`${name} could not be read`], ...remedyOf(dump.unread) };
  if (valueAt(live, 'spec', 'suspend') === true)
    return {
      verdict: 'broken',
      evidence: [`${name} is suspended: Flux applies no change of it`],
      remedy: resumeCommand(live),
    };
  const ready = mapsAt(live, 'status', 'conditions').find(({ type }) => type === 'Ready');
  const [status, reason, message] = ['status', 'reason', 'message'].map(
    (field) => textAt(ready, field) ?? '',
  );
  // A source such as an OCI HelmRepository has no state at all.
  if (ready === undefined && live.kind === 'HelmRepository' && textAt(live, 'spec', 'type') === 'oci')
    return { verdict: 'kept', evidence: [`${name} is there; Flux keeps no state of it`] };
  if (status !== 'True')
    return {
      verdict: 'broken',
      evidence: [`${name} is not ready: ${reason || 'no state yet'} ${message}`.trim()],
    };
  if (numberAt(live, 'status', 'observedGeneration') !== numberAt(live, 'metadata', 'generation'))
    return { verdict: 'broken', evidence: [`${name}: Flux has not seen its last change yet`] };
  const revision = revisionOf(live);
  if (isOfRepository(live) && commit !== undefined && revision?.endsWith(commit) !== true)
    return {
      verdict: 'broken',
      evidence: [`${name} is at ${revision ?? 'no commit yet'}, and ${commit} was pushed`],
      remedy: 'gatehouse reconcile',
    };
  return {
    verdict: 'kept',
    evidence: [`${name} is ready${revision === undefined ? '' : ` at ${revision}`}`],
  };
}

function isOfRepository({ kind }: KubernetesObject): boolean {
  return kind === 'GitRepository' || kind === 'Kustomization';
}

/** `main@sha1:…` of a source and of a Kustomization; the version of the chart of a release. */
function revisionOf(object: KubernetesObject): string | undefined {
  return (
    textAt(object, 'status', 'lastAppliedRevision') ??
    textAt(object, 'status', 'artifact', 'revision') ??
    textAt(mapsAt(object, 'status', 'history')[0], 'chartVersion')
  );
}

function resumeCommand({ kind, metadata: { name, namespace = 'default' } }: KubernetesObject): string {
  return `kubectl -n ${namespace} patch ${kind.toLowerCase()} ${name} --type merge -p '{"spec":{"suspend":false}}'`;
}
