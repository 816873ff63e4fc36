import { isDeepStrictEqual } from 'node:util';
import { nameOf } from '../../compile/heldData.ts';
import { valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { appliedByHand, keyOf } from '../configure/writtenBefore.ts';
import { type ClusterChange, type Effect, eachOnce, possibleRestart, risks } from './clusterChange.ts';
import { configurationChanges } from './configurationChanges.ts';
import { controllerChanges } from './controllerChanges.ts';
import { dataChanges } from './dataChanges.ts';
import { objectDifferences } from './fieldDifferences.ts';
import { effectOfCreation, effectOfMove, effectOfRemoval, type Trees } from './goneObjects.ts';
import { listed } from './listed.ts';
import { networkChanges } from './networkChanges.ts';
import { isWorkload } from './podTemplate.ts';
import { refusals } from './refusedChanges.ts';
import { releaseChanges } from './releaseChanges.ts';
import { type ComparedTree, indexOf } from './treeIndex.ts';
import { workloadChanges } from './workloadChanges.ts';

/**
 * What happens to a running cluster when what it applies becomes another tree: every object that differs is in the list
 * at least once, by its worst risk first. Private values are filled in on both sides, and no sentence has one: they name
 * fields. What only a chart or a controller knows is not certain.
 */
export function compareTrees(before: ComparedTree, after: ComparedTree): ClusterChange[] {
  const trees: Trees = { before: indexOf(before), after: indexOf(after) };
  const keys = [...new Set([...trees.before.byKey.keys(), ...trees.after.byKey.keys()])];
  const created = keys.flatMap((key) =>
    trees.before.byKey.has(key) ? [] : (trees.after.byKey.get(key)?.object ?? []),
  );
  const changes = keys.flatMap((key) => {
    const [old, next] = [trees.before.byKey.get(key), trees.after.byKey.get(key)];
    if (old === undefined) return next === undefined ? [] : changesOfCreation(next, trees);
    if (next === undefined) return [changeOf(old, effectOfRemoval(old, trees, created))];
    return changesOfObject(old, next, trees);
  });
  return sorted(merged([...changes, ...changesOfReleases(trees)]));
}

/** What is new in the repository may have been made by hand before, with other content. */
function changesOfCreation(source: SourcedObject, trees: Trees): ClusterChange[] {
  const { apiVersion, kind, metadata } = source.object;
  const readers = effectsOnReaders({ apiVersion, kind, metadata }, source.object, trees);
  return [
    changeOf(source, effectOfCreation(source)),
    ...readers
      .filter(({ pods }) => pods === 'by-hand')
      .map((change) => ({
        ...change,
        certain: false,
        sentence: `${change.sentence}, if it was there before with another content`,
      })),
  ];
}

/** Says each thing once, and of an object that nothing happens to it only where nothing else does. */
function merged(changes: readonly ClusterChange[]): ClusterChange[] {
  const affected = new Set(changes.flatMap(({ risk, name }) => (risk === 'nothing' ? [] : [name])));
  return eachOnce(changes).filter(({ risk, name }) => risk !== 'nothing' || !affected.has(name));
}

function sorted(changes: readonly ClusterChange[]): ClusterChange[] {
  const rank = ({ risk, certain }: ClusterChange): number => risks.indexOf(risk) * 2 + (certain ? 0 : 1);
  return changes.toSorted(
    (one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0),
  );
}

/** A release follows its source and its values, which may change where the release itself does not. */
function changesOfReleases(trees: Trees): ClusterChange[] {
  return [...trees.after.byKey].flatMap(([key, source]) => {
    const before = trees.before.byKey.get(key)?.object;
    const after = source.object;
    if (before === undefined || !isRelease(after) || valueAt(after, 'spec', 'suspend') === true) return [];
    if (trees.before.rendered.has(key) && trees.after.rendered.has(key)) return [];
    const fields = objectDifferences(before, after);
    return releaseChanges({ before, after, fields }, trees).map((effect) => changeOf(source, effect));
  });
}

function isRelease({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'HelmRelease' && apiVersion.startsWith('helm.toolkit.fluxcd.io/');
}

function changeOf(source: SourcedObject, effect: Effect): ClusterChange {
  const why = source.uncertain;
  return {
    ...effect,
    certain: effect.certain && why === undefined,
    name: nameOf(source.object),
    object: refOf(source),
    sentence: why === undefined ? effect.sentence : `${effect.sentence}. It may not: ${why}`,
  };
}

function changesOfObject(before: SourcedObject, after: SourcedObject, trees: Trees): ClusterChange[] {
  const moved = effectOfMove(before, after, trees);
  const moves = moved === undefined ? [] : [changeOf(after, moved)];
  if (before.object === after.object || isDeepStrictEqual(before.object, after.object)) return moves;
  const fields = objectDifferences(before.object, after.object);
  if (fields.length === 0) return moves;
  const ignored = whyIgnored(after);
  if (ignored !== undefined)
    return [
      ...moves,
      changeOf(after, { ...harmless(fields), sentence: `its ${listed(fields)} changes, and ${ignored}` }),
    ];
  const refused = refusals(before, after, trees.after);
  if (refused.length > 0) return [...moves, ...refused.map((effect) => changeOf(after, effect))];
  const effects = effectsOf(before.object, after.object, fields, trees);
  const found = [
    ...effects.map((effect) => changeOf(after, effect)),
    ...effectsOnReaders(before.object, after.object, trees),
  ];
  const isSaid = found.some(({ name }) => name === nameOf(after.object));
  return [...moves, ...found, ...(isSaid ? [] : [changeOf(after, harmless(fields))])];
}

function harmless(fields: readonly string[]): Effect {
  return { risk: 'nothing', certain: true, fields, sentence: `its ${listed(fields)} changes` };
}

/** Why Flux or the cluster does not take a change of an object. */
function whyIgnored({ object, file, appliedBy }: SourcedObject): string | undefined {
  const annotation = (name: string): string | undefined =>
    object.metadata.annotations?.[`kustomize.toolkit.fluxcd.io/${name}`]?.toLowerCase();
  if (annotation('reconcile') === 'disabled') return 'Flux is told to leave the object alone';
  if (['ifnotpresent', 'ignore'].includes(annotation('ssa') ?? ''))
    return 'Flux is told to apply it only where it is not there';
  return appliedBy === undefined && appliedByHand.test(file)
    ? 'no commit changes that in the cluster: apply the file by hand'
    : undefined;
}

function effectsOf(
  before: KubernetesObject,
  after: KubernetesObject,
  fields: readonly string[],
  trees: Trees,
): Effect[] {
  const data = dataChanges(before, after, trees.before);
  const network = networkChanges(before, after, fields, trees.after);
  if (isWorkload(after)) return [...data, ...workloadChanges(before, after, trees.after), ...network];
  if (isRelease(after)) return [...data, ...suspension(before, after)];
  if (after.kind === 'ConfigMap' || after.kind === 'Secret') return [...data, ...network];
  return [...data, ...network, ...controllerChanges(before, after, fields)];
}

/** A release that is suspended keeps what it is. */
function suspension(before: KubernetesObject, after: KubernetesObject): Effect[] {
  const [old, next] = [before, after].map((release) => valueAt(release, 'spec', 'suspend') === true);
  return old && !next
    ? [
        {
          ...possibleRestart,
          fields: ['spec.suspend'],
          sentence: 'it is no longer suspended: Helm upgrades the release to what it says by now',
        },
      ]
    : [];
}

/** Effects on pods and releases that read a ConfigMap or a Secret which changes. */
function effectsOnReaders(before: KubernetesObject, after: KubernetesObject, trees: Trees): ClusterChange[] {
  if (after.kind !== 'ConfigMap' && after.kind !== 'Secret') return [];
  return configurationChanges(before, after, trees).flatMap(({ on, effect }) => {
    const source = trees.after.byKey.get(keyOf(on));
    return source === undefined ? [] : [changeOf(source, effect)];
  });
}
