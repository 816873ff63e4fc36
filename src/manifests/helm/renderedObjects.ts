import { defined } from '../../kubernetes/defined.ts';
import { fieldsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { isManifest, readDocuments } from '../tree.ts';
import { type ChartObject, postRendered } from './postRenderers.ts';
import { checkClusterRemedy, type Release, type UnknownCause } from './release.ts';

/** The objects of a rendered chart. */
export interface RenderedObjects {
  objects: readonly SourcedObject[];
  unknowns: readonly UnknownCause[];
}

/**
 * Reads the output of `helm template` and changes it as helm-controller does: post renderers, origin labels, the
 * namespace of the release. File and line of each object are those of its release.
 *
 * @param clearTexts texts that the release has in clear text
 */
export function readHelmOutput(
  release: Release,
  output: string,
  clearTexts: ReadonlySet<string>,
  clusterKinds: ReadonlySet<string>,
): RenderedObjects {
  const unknowns: UnknownCause[] = [];
  const printed = documentsOf(output).flatMap(({ template, text }) => {
    const { objects, others, malformed } = readDocuments(template, text);
    if (malformed !== undefined || others > 0)
      unknowns.push({
        cause: `its template ${template} has a document that is not an object`,
        remedy: 'Fix the values',
      });
    if (!objects.every(isManifest))
      unknowns.push({
        cause: `its template ${template} has an object without a name`,
        remedy: checkClusterRemedy,
      });
    return objects.filter(isManifest).map((source): ChartObject => {
      const hook = textAt(source.object, 'metadata', 'annotations', 'helm.sh/hook');
      return { source, template, hook };
    });
  });
  const installed = printed.filter(({ hook }) => hook === undefined || isInstalled(release, hook));
  unknowns.push(...installed.flatMap(unknownHook));
  const rendered = postRendered(release, installed, unknowns);
  const objects = rendered.map((each) => asInstalled(release, each, clearTexts, clusterKinds));
  return { objects, unknowns };
}

interface Document {
  template: string;
  text: string;
}

/** Helm prints the path of the template before each document, and only once if a template has several. */
function documentsOf(output: string): readonly Document[] {
  let template = '';
  return output
    .split(/^---[ \t]*(?:#.*)?$/m)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      template = /^# Source: (.+)$/m.exec(text)?.[1] ?? template;
      return { template, text };
    });
}

/** Test hooks run if the release enables them, hooks of Helm 2 never, and others unless all hooks are disabled. */
function isInstalled({ source }: Release, hook: string): boolean {
  const events = hook.split(',').map((event) => event.trim());
  if (events.every((event) => event === 'crd-install')) return false;
  const spec = valueAt(source.object, 'spec');
  if (events.every((event) => event === 'test' || event === 'test-success'))
    return valueAt(spec, 'test', 'enable') === true;
  return !(
    valueAt(spec, 'install', 'disableHooks') === true && valueAt(spec, 'upgrade', 'disableHooks') === true
  );
}

/** Kinds for which a verdict stays correct if the object is counted after helm has removed it. */
const harmlessHookKinds = new Set([
  'Job',
  'Pod',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'PersistentVolumeClaim',
]);

/** A hook exists for a limited time. A policy that is a hook does not protect before and after. */
function unknownHook({ source: { object }, hook, template }: ChartObject): readonly UnknownCause[] {
  if (hook === undefined || harmlessHookKinds.has(object.kind)) return [];
  const cause = `its ${object.kind} ${object.metadata.name} of ${template} is a hook (${hook}), which helm may remove again`;
  return [{ cause, remedy: checkClusterRemedy }];
}

function asInstalled(
  release: Release,
  { source, template, hook }: ChartObject,
  clearTexts: ReadonlySet<string>,
  clusterKinds: ReadonlySet<string>,
): SourcedObject {
  const { object } = source;
  const { file, line, appliedBy } = release.source;
  const common = fieldsAt(release.source.object, 'spec', 'commonMetadata');
  const originLabels = {
    'helm.toolkit.fluxcd.io/name': release.source.object.metadata.name,
    'helm.toolkit.fluxcd.io/namespace': release.ref.namespace ?? 'default',
  };
  const { metadata } = object;
  const isClusterScoped = clusterKinds.has(`${groupOf(object)}/${object.kind}`);
  const identity =
    isClusterScoped || metadata.namespace !== undefined
      ? metadata
      : { ...metadata, namespace: release.namespace };
  const labels = {
    ...metadata.labels,
    ...Object.fromEntries(textMapAt(common, 'labels')),
    ...originLabels,
  };
  const annotations = { ...metadata.annotations, ...Object.fromEntries(textMapAt(common, 'annotations')) };
  return defined({
    object: { ...object, metadata: { ...identity, labels, annotations } },
    file,
    line,
    template: hook === undefined ? template : `${template} (hook ${hook})`,
    appliedBy,
    encrypted: (object.kind === 'Secret' && !hasClearTextSecret(object, clearTexts)) || undefined,
  });
}

/**
 * A Secret of a chart is in no file. But if the release sets its password in clear text, the password is in Git.
 */
function hasClearTextSecret(object: SourcedObject['object'], clearTexts: ReadonlySet<string>): boolean {
  const texts = [
    ...[...textMapAt(object, 'data')].map(
      ([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')] as const,
    ),
    ...textMapAt(object, 'stringData'),
  ];
  return texts.some(
    ([key, text]) => /pass|pwd|token|secret|credential|key/i.test(key) && text !== '' && clearTexts.has(text),
  );
}
