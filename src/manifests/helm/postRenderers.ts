import { fieldsAt, mapsAt } from '../../kubernetes/fields.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { buildDirectory } from '../kustomize/build.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { readerOf } from '../tree.ts';
import type { Release, UnknownCause } from './release.ts';

/** An object as the chart makes it. */
export interface ChartObject {
  source: SourcedObject;
  template: string;
  /** The events of helm for which the object is created; it is not part of the release then. */
  hook: string | undefined;
}

/** Applies `spec.postRenderers` in order. One that cannot be applied is skipped, and adds an unknown. */
export function postRendered(
  { source }: Release,
  objects: readonly ChartObject[],
  unknowns: UnknownCause[],
): readonly ChartObject[] {
  const postRenderers = mapsAt(source.object, 'spec', 'postRenderers');
  return postRenderers.reduce<readonly ChartObject[]>((current, postRenderer, index) => {
    const result = kustomized(current, fieldsAt(postRenderer, 'kustomize'));
    if (typeof result !== 'string') return result;
    unknowns.push({
      cause: `its postRenderers[${index}] is not applied: ${result}`,
      remedy: 'Move it into values',
    });
    return current;
  }, objects);
}

const directory = 'postrender';

/** The objects after a kustomization, or why it cannot be applied. */
function kustomized(
  objects: readonly ChartObject[],
  kustomization: Readonly<Record<string, unknown>>,
): readonly ChartObject[] | string {
  const files = objects.map(
    ({ source: { object } }, at) => [`${directory}/${at}.yaml`, toYamlText(object)] as const,
  );
  const path = `${directory}/kustomization.yaml`;
  const text = toYamlText({ resources: files.map((_file, at) => `${at}.yaml`), ...kustomization });
  const build = buildDirectory(readerOf(new Map([...files, [path, text]])), directory);
  const [finding] = build.findings;
  if (finding !== undefined) return finding.sentence.replaceAll(path, 'it');
  const changed = build.objects.flatMap(({ object, file }) => {
    const before = objects[Number(/(\d+)\.yaml$/.exec(file)?.[1])];
    return before === undefined ? [] : [{ ...before, source: { ...before.source, object } }];
  });
  // Whether post renderers see hooks depends on the version of helm-controller.
  const changesHook = changed.some(
    ({ hook, source: after }) =>
      hook !== undefined && !objects.some((before) => isSame(before.source.object, after.object)),
  );
  return changed.length !== objects.length || changesHook ? 'it changes a hook, or adds objects' : changed;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
