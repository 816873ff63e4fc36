import { listAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Effect, possibleRestart } from './clusterChange.ts';
import { fieldDifferences } from './fieldDifferences.ts';
import { listed } from './listed.ts';
import { findObject, type TreeIndex } from './treeIndex.ts';

/**
 * The fields of a HelmRelease after whose change helm-controller upgrades the release: chart, values and what it does
 * to the objects of the chart (`DetermineReleaseState`, helm-controller 1.6). Those that say when it upgrades and how
 * it goes on after a failure are not among them.
 */
const upgrading =
  /^spec\.(?:chart\.spec\.(?:chart|version|sourceRef|valuesFiles?)|chartRef|values|valuesFrom|postRenderers|commonMetadata|releaseName|targetNamespace|storageNamespace)\b/;

/** What says when and how, and changes no object of the release. */
const timing =
  /^spec\.(?:interval|timeout|chart\.spec\.(?:interval|reconcileStrategy|verify|ignoreMissingValuesFiles)|maxHistory|dependsOn|install|upgrade|rollback|uninstall|test|driftDetection|serviceAccountName|persistentClient|waitStrategy|healthCheckExprs)\b/;

/** A release before and after, with the trees that hold its source and its values. */
export interface ChangedRelease {
  before: KubernetesObject;
  after: KubernetesObject;
  fields: readonly string[];
}

/** What an upgrade of a release may do, of which the chart is not rendered. */
export function releaseChanges(
  { before, after, fields }: ChangedRelease,
  trees: { before: TreeIndex; after: TreeIndex },
): Effect[] {
  const own = fields.filter((field) => upgrading.test(field));
  const unknown = fields.filter(
    (field) =>
      field.startsWith('spec.') && field !== 'spec.suspend' && !upgrading.test(field) && !timing.test(field),
  );
  const [old, next] = [sourceOf(before, trees.before), sourceOf(after, trees.after)];
  const ofSource = fieldDifferences(old?.['spec'], next?.['spec'], 'spec').filter((field) =>
    /^spec\.(?:ref|url|endpoint|bucketName|layerSelector|chart|version|sourceRef)\b/.test(field),
  );
  const values = changedValues(after, trees);
  if (own.length + unknown.length + ofSource.length + values.length === 0) return [];
  const [from, to] = [versionOf(before, old), versionOf(after, next)];
  const reasons = [
    ...(from === to
      ? []
      : [`its chart ${chartOf(after, next)} ${from ?? 'without a version'} → ${to ?? 'without a version'}`]),
    ...(from === to && ofSource.length > 0 ? [`${listed(ofSource)} of the source of its chart changes`] : []),
    ...phrased(
      [...own, ...unknown].filter((field) => field !== 'spec.chart.spec.version'),
      'its ',
      ' changes',
    ),
    ...values.map((change) => `${change}, from which it takes values`),
  ];
  return [
    {
      ...possibleRestart,
      fields: [...own, ...unknown, ...ofSource],
      sentence: `Helm upgrades the release, since ${reasons.join(', and ')}: which of its pods restart only the chart says`,
      remedy: 'render the chart to know it: --charts DIR, with the directory that holds its archives',
    },
  ];
}

function phrased(fields: readonly string[], begin: string, end: string): string[] {
  return fields.length === 0 ? [] : [`${begin}${listed(fields)}${end}`];
}

/** The source of the chart of a release. */
export function sourceOf(
  { metadata, spec }: KubernetesObject,
  index: TreeIndex,
): KubernetesObject | undefined {
  const reference = valueAt(spec, 'chartRef') ?? valueAt(spec, 'chart', 'spec', 'sourceRef');
  return findObject(
    index,
    textAt(reference, 'kind') ?? '',
    textAt(reference, 'namespace') ?? metadata.namespace,
    textAt(reference, 'name'),
  );
}

/** The version of the chart of a release: its own, or that of the artifact that it refers to. */
export function versionOf(
  { spec }: KubernetesObject,
  source: KubernetesObject | undefined,
): string | undefined {
  return (
    textAt(spec, 'chart', 'spec', 'version') ??
    textAt(source, 'spec', 'ref', 'digest') ??
    textAt(source, 'spec', 'ref', 'tag') ??
    textAt(source, 'spec', 'ref', 'semver') ??
    textAt(source, 'spec', 'version')
  );
}

/** The name of the chart of a release. */
export function chartOf({ spec }: KubernetesObject, source: KubernetesObject | undefined): string {
  return textAt(spec, 'chart', 'spec', 'chart') ?? textAt(source, 'spec', 'url')?.split('/').at(-1) ?? '';
}

/** What becomes of the ConfigMaps and Secrets of `valuesFrom`. One that is new may have been made by hand before. */
function changedValues(release: KubernetesObject, trees: { before: TreeIndex; after: TreeIndex }): string[] {
  return listAt(release, 'spec', 'valuesFrom').flatMap((from) => {
    const [kind, name] = [textAt(from, 'kind') ?? '', textAt(from, 'name')];
    const [old, next] = [trees.before, trees.after].map((index) =>
      findObject(index, kind, release.metadata.namespace, name),
    );
    if (old === undefined && next === undefined) return [];
    if (old === undefined) return [`${kind} ${name} is new`];
    if (next === undefined) return [`${kind} ${name} is gone`];
    const changes = ['data', 'stringData'].some((map) => fieldDifferences(old[map], next[map]).length > 0);
    return changes ? [`${kind} ${name} changes`] : [];
  });
}
