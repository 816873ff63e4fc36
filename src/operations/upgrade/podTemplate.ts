import { type Fields, fieldsAt, isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { fieldDifferences } from './fieldDifferences.ts';
import { imageOf } from './imageNames.ts';

/** Kinds of Kubernetes whose controllers make pods of a template, and where it is. */
const templates: ReadonlyMap<string, readonly string[]> = new Map([
  ['apps/Deployment', ['spec', 'template']],
  ['apps/StatefulSet', ['spec', 'template']],
  ['apps/DaemonSet', ['spec', 'template']],
  ['apps/ReplicaSet', ['spec', 'template']],
  ['/ReplicationController', ['spec', 'template']],
  ['batch/Job', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ['/Pod', []],
]);

/** Whether the object is of a kind of Kubernetes that makes pods, or a pod. */
export function isWorkload(object: KubernetesObject): boolean {
  return templates.has(kindOf(object));
}

function kindOf(object: KubernetesObject): string {
  return `${groupOf(object)}/${object.kind}`;
}

/** The pod template of a workload; undefined for other kinds. */
export function podTemplateOf(object: KubernetesObject): Fields | undefined {
  const path = templates.get(kindOf(object));
  if (path === undefined) return undefined;
  const template = valueAt(object, ...path);
  return isFields(template) ? template : {};
}

/** The pod of a template as `spec` has it. */
export function podSpecOf(object: KubernetesObject): Fields {
  return fieldsAt(podTemplateOf(object), 'spec');
}

/** Containers of every kind, in the order in which they start. */
export function containersOf(pod: Fields): readonly Fields[] {
  return [...mapsAt(pod, 'initContainers'), ...mapsAt(pod, 'containers')];
}

/** How two pod templates differ. */
export interface TemplateDifference {
  /** Paths within the template. */
  fields: readonly string[];
  /** What changes, each as a phrase: `container server: image a → b, variable DB_HOSTNAME`. */
  parts: readonly string[];
}

export function templateDifference(before: Fields, after: Fields): TemplateDifference {
  const fields = fieldDifferences(relevant(before), relevant(after));
  const containers = new Map<string, string[]>();
  const others: string[] = [];
  for (const field of fields) {
    const [, list = '', name = '', rest = ''] =
      /^spec\.(containers|initContainers|ephemeralContainers)\[([^\]]*)\]\.?(.*)$/.exec(field) ?? [];
    if (name === '') {
      others.push(partOf(field));
      continue;
    }
    const pair = [before, after].map((template) => containerOf(template, list, name));
    const parts = containers.get(name) ?? [];
    containers.set(name, [...parts, partOfContainer(rest, pair[0], pair[1])]);
  }
  return {
    fields,
    parts: [
      ...[...containers].map(([name, parts]) => `container ${name}: ${[...new Set(parts)].join(', ')}`),
      ...new Set(others),
    ],
  };
}

function relevant({ metadata, spec }: Fields): Fields {
  const { labels, annotations } = isFields(metadata) ? metadata : {};
  return { metadata: { labels: labels ?? {}, annotations: annotations ?? {} }, spec };
}

function containerOf(template: Fields, list: string, name: string): Fields | undefined {
  return mapsAt(template, 'spec', list).find((container) => textAt(container, 'name') === name);
}

function partOfContainer(rest: string, before: Fields | undefined, after: Fields | undefined): string {
  if (before === undefined) return 'it is new';
  if (after === undefined) return 'it is gone';
  if (rest === 'image') return imageChange(textAt(before, 'image') ?? '', textAt(after, 'image') ?? '');
  const [, list = '', entry = ''] = /^(env|volumeMounts|ports)\[([^\]]*)\]/.exec(rest) ?? [];
  if (list === 'env') return `variable ${entry}`;
  if (list === 'volumeMounts') return `mount ${entry}`;
  if (list === 'ports') return `port ${entry}`;
  if (rest.endsWith(' (order)')) return `the order of ${rest.slice(0, -' (order)'.length)}`;
  return firstStep(rest);
}

/** The versions alone, where the image is the same one. */
function imageChange(before: string, after: string): string {
  const [old, next] = [imageOf(before), imageOf(after)];
  if (old === undefined || next === undefined || old.repository !== next.repository)
    return `image ${before || 'none'} → ${after || 'none'}`;
  return old.tag === next.tag
    ? `another digest of image ${next.program}${next.tag === '' ? '' : `:${next.tag}`}`
    : `image ${next.program} ${old.tag || 'without a tag'} → ${next.tag || 'without a tag'}`;
}

/** A hash of what the pod reads, by the names that charts and Gatehouse give it. */
const hashName = /checksum|hash|digest/i;

function partOf(field: string): string {
  const [, map = '', name = ''] = /^metadata\.(labels|annotations)(.*)$/.exec(field) ?? [];
  if (map !== '') {
    const key = name.replace(/^\.|^\["|"\]$/g, '');
    if (map === 'labels') return `label ${key}`;
    return hashName.test(key) ? `the hash of its configuration (annotation ${key})` : `annotation ${key}`;
  }
  const volume = /^spec\.volumes\[([^\]]*)\]/.exec(field)?.[1];
  if (volume !== undefined) return `volume ${volume}`;
  if (field.endsWith(' (order)')) return `the order of ${field.slice('spec.'.length, -' (order)'.length)}`;
  return firstStep(field.replace(/^spec\.?/, '')) || 'its pod template';
}

function firstStep(path: string): string {
  return /^[\w-]*/.exec(path)?.[0] ?? path;
}
