import { fieldsAt, isTemplate, listAt, mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';

/** Fields of `spec` that are read where the chart is found, its values are merged, and its objects are made. */
const read = [
  'chart',
  'chartRef',
  'values',
  'valuesFrom',
  'releaseName',
  'targetNamespace',
  'commonMetadata',
  'postRenderers',
  'postRenderStrategy',
  'install',
  'upgrade',
  'test',
  'suspend',
  'kubeConfig',
  'dependsOn',
];

/**
 * Fields that change nothing of what a chart makes: when and how long helm-controller works, where it keeps its records,
 * what it may do, how it waits and tries again, and whether it undoes changes that others make.
 */
const harmless = [
  'interval',
  'timeout',
  'maxHistory',
  'storageNamespace',
  'serviceAccountName',
  'persistentClient',
  'waitStrategy',
  'healthCheckExprs',
  'driftDetection',
  'rollback',
  'uninstall',
];

/** Every field of a HelmRelease whose effect is known (helm.toolkit.fluxcd.io/v2, helm-controller 1.6). */
export const releaseFields: ReadonlySet<string> = new Set([...read, ...harmless]);

/** Why the cluster may run something else than what the chart makes, by fields that nothing else reads. */
export function causesInSpec(
  { object, uncertain }: SourcedObject,
  objects: readonly SourcedObject[],
): readonly string[] {
  const spec = fieldsAt(object, 'spec');
  const causes = uncertain === undefined ? [] : [uncertain];
  const unknown = Object.keys(spec).find((field) => !releaseFields.has(field));
  if (unknown !== undefined)
    causes.push(`it has the field ${JSON.stringify(unknown)}, of which the effect is not known`);
  if (spec['postRenderStrategy'] !== undefined && listAt(spec, 'postRenderers').length > 0)
    causes.push('its postRenderStrategy decides which objects its postRenderers change');
  const missing = dependenciesOf(object).find((name) => !objects.some((each) => isCalled(each, name)));
  if (missing !== undefined)
    causes.push(`it depends on ${missing}, which is not among these objects, so it is not installed`);
  return causes;
}

function dependenciesOf(object: KubernetesObject): readonly string[] {
  return mapsAt(object, 'spec', 'dependsOn')
    .map(
      (each) => `${textAt(each, 'namespace') || (object.metadata.namespace ?? '')}/${textAt(each, 'name')}`,
    )
    .filter((name) => !isTemplate(name));
}

function isCalled({ object }: SourcedObject, name: string): boolean {
  return (
    object.kind === 'HelmRelease' && `${object.metadata.namespace ?? ''}/${object.metadata.name}` === name
  );
}
