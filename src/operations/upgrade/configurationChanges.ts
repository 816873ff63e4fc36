import { nameOf } from '../../compile/heldData.ts';
import { fieldsAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Effect } from './clusterChange.ts';
import { mentions, type Reading, readingsOf } from './configurationReaders.ts';
import { isOfController } from './controllerChanges.ts';
import { fieldDifferences } from './fieldDifferences.ts';
import { titleOf } from './listed.ts';
import { isWorkload, podTemplateOf } from './podTemplate.ts';
import { restartOf } from './rollout.ts';
import { findObject, type TreeIndex } from './treeIndex.ts';

/** An effect on another object than the one that changes. */
export interface EffectOn {
  on: KubernetesObject;
  effect: Effect;
}

/** The keys of a ConfigMap or a Secret whose content changes; the second for those that cannot be decrypted. */
export function changedKeys(before: KubernetesObject, after: KubernetesObject): string[] {
  const [old, next] = [contentOf(before), contentOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].filter((key) => old.get(key) !== next.get(key));
}

/** The content by key, as a pod would read it: `stringData` wins over `data`. */
export function contentOf(source: KubernetesObject): ReadonlyMap<string, string> {
  const isSecret = source.kind === 'Secret';
  const bytes = (value: unknown, encoding: 'base64' | 'utf8'): string => {
    const text = textOf(value);
    return isSecret && !isEncrypted(text) ? Buffer.from(text, encoding).toString('latin1') : text;
  };
  return new Map([
    ...Object.entries(fieldsAt(source, 'binaryData')).map(([key, value]) => [key, textOf(value)] as const),
    ...Object.entries(fieldsAt(source, 'data')).map(([key, value]) => [key, bytes(value, 'base64')] as const),
    ...Object.entries(fieldsAt(source, 'stringData')).map(
      ([key, value]) => [key, bytes(value, 'utf8')] as const,
    ),
  ]);
}

/** What is no text is refused by the API server, and still compared. A map may have a field `toString`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** SOPS keeps the bytes of a value that stays: other bytes may hold another value. */
export function isEncrypted(text: string): boolean {
  return text.startsWith('ENC[');
}

/**
 * What a change of a ConfigMap or a Secret does to those who read it: pods that restart anyway take it, mounted files
 * follow in about a minute (the sync period of the kubelet and its cache), and variables stay as they were.
 */
export function configurationChanges(
  before: KubernetesObject,
  after: KubernetesObject,
  trees: { before: TreeIndex; after: TreeIndex },
): EffectOn[] {
  const keys = changedKeys(before, after);
  if (keys.length === 0) return [];
  const certain = ![before, after].some((source) => [...contentOf(source).values()].some(isEncrypted));
  const within = trees.after.byNamespace.get(after.metadata.namespace ?? '') ?? [];
  return within.flatMap((object): EffectOn[] => {
    if (isWorkload(object)) {
      if (isReplaced(object, trees.before) || runsAnew(object)) return [];
      return effectsOnPods(after, keys, readingsOf(object, after)).map((effect) => ({
        on: object,
        effect: { ...effect, certain: certain && effect.certain, ...remedyOf(effect, object) },
      }));
    }
    const effect = effectOnController(after, keys, object, trees.after);
    return effect === undefined ? [] : [{ on: object, effect }];
  });
}

function remedyOf({ pods }: Effect, workload: KubernetesObject): Pick<Effect, 'remedy'> {
  return pods === 'by-hand' ? { remedy: restartOf(workload) } : {};
}

/** Its pods are made again, or for the first time, and read the new content. */
function isReplaced(workload: KubernetesObject, before: TreeIndex): boolean {
  const old = findObject(before, workload.kind, workload.metadata.namespace, workload.metadata.name);
  if (old === undefined) return true;
  return fieldDifferences(podTemplateOf(old), podTemplateOf(workload)).length > 0;
}

/** The next run of a CronJob reads what is there then, and a Job that ended reads nothing more. */
function runsAnew({ kind }: KubernetesObject): boolean {
  return kind === 'CronJob' || kind === 'Job';
}

function effectsOnPods(
  source: KubernetesObject,
  changed: readonly string[],
  readings: readonly Reading[],
): Effect[] {
  const read = readings.filter(({ keys }) => keys === undefined || keys.some((key) => changed.includes(key)));
  const stale = read.filter(({ as }) => as !== 'file');
  const named = `${titleOf(source)} changes (${keysIn(changed)})`;
  const fields = changed.map((key) => `data[${JSON.stringify(key)}]`);
  if (stale.length > 0) {
    const how = stale.every(({ as }) => as === 'environment') ? 'as environment' : 'when it starts';
    return [
      {
        risk: 'restart',
        certain: true,
        pods: 'by-hand',
        gap: 'none',
        fields,
        sentence: `its pods do not notice that ${named}, which ${containersIn(stale)} reads ${how}: restart them by hand`,
      },
    ];
  }
  if (read.length === 0) return [];
  return [
    {
      risk: 'restart',
      certain: true,
      pods: 'mounted',
      gap: 'none',
      fields,
      sentence: `no pod restarts: ${named}, which ${containersIn(read)} has as files, and they follow in about a minute. Whether the program reads them again only it knows`,
    },
  ];
}

function keysIn(keys: readonly string[]): string {
  return keys.length > 4 ? `${keys.slice(0, 4).join(', ')} and ${keys.length - 4} more` : keys.join(', ');
}

function containersIn(readings: readonly Reading[]): string {
  return `container ${[...new Set(readings.map(({ container }) => container))].join(' and ')}`;
}

/** A chart or a controller that is told the name may read the source. */
function effectOnController(
  source: KubernetesObject,
  changed: readonly string[],
  object: KubernetesObject,
  after: TreeIndex,
): Effect | undefined {
  const { kind } = object;
  const isRelease = kind === 'HelmRelease';
  if (!isRelease && !isOfController(object)) return undefined;
  if (isRelease && after.rendered.has(`helm.toolkit.fluxcd.io/${nameOf(object)}`)) return undefined;
  const isValues = fieldsAt(object, 'spec')['valuesFrom'];
  if (!mentions(object['spec'], source.metadata.name) || mentions(isValues, source.metadata.name))
    return undefined;
  return {
    risk: 'restart',
    certain: false,
    pods: 'may',
    gap: 'unknown',
    fields: changed.map((key) => `data[${JSON.stringify(key)}]`),
    sentence: `its pods may read ${titleOf(source)}, which changes (${keysIn(changed)}): whether they notice only ${isRelease ? 'the chart' : 'its controller'} says`,
  };
}
