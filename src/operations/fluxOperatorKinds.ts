import { groupOf } from '../kubernetes/object.ts';
import { valueAt } from '../kubernetes/path.ts';
import type { Finding } from '../kubernetes/validate.ts';
import { chartReferenceOf } from '../manifests/helm/chartReference.ts';
import type { SourcedObject } from '../manifests/sourcedObject.ts';

/**
 * The kinds that the Flux Operator adds to the definitions of Alert and Receiver when it installs Flux: Flux Operator
 * 0.58, `notificationPatchTmpl` of `internal/builder/templates.go`.
 */
const addedKinds: readonly unknown[] = ['FluxInstance', 'ResourceSet', 'ResourceSetInputProvider'];

/** The lists of objects whose kinds are restricted. */
const listOf: ReadonlyMap<string, string> = new Map([
  ['Alert', 'eventSources'],
  ['Receiver', 'resources'],
]);

/** Whether the Flux Operator installs Flux, by a FluxInstance or by a release of its chart. */
export function isFluxOfOperator(objects: readonly SourcedObject[]): boolean {
  return objects.some(({ object }) => {
    if (object.kind === 'FluxInstance') return groupOf(object) === 'fluxcd.controlplane.io';
    return object.kind === 'HelmRelease' && chartReferenceOf(object, objects).name === 'flux-instance';
  });
}

/** Whether a finding is about a kind that the Flux Operator adds. */
export function isOfAddedKind(object: SourcedObject['object'], { code, path }: Finding): boolean {
  const [spec, list, , field, ...more] = path;
  return (
    code === 'not-a-choice' &&
    groupOf(object) === 'notification.toolkit.fluxcd.io' &&
    spec === 'spec' &&
    list === listOf.get(object.kind) &&
    field === 'kind' &&
    more.length === 0 &&
    addedKinds.includes(valueAt(object, path))
  );
}
