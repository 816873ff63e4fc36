import { isRelease } from '../../manifests/helm/release.ts';
import { type ObjectRef, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { createEvaluator } from '../evaluator.ts';
import type { Assumptions, Entry } from '../model/analysis.ts';
import { buildModel } from '../model/model.ts';
import { outsideEntries } from './accessMap.ts';
import { findGatedPaths } from './gatedPaths.ts';

/**
 * The paths from outside through objects that charts likely create. Each is unknown, since the chart may create
 * something else, or more.
 */
export function likelyEntries(
  objects: readonly SourcedObject[],
  likely: readonly SourcedObject[],
  assumptions: Assumptions,
): readonly Entry[] {
  if (likely.length === 0) return [];
  const places = new Set(likely.map(placeOf));
  const certain = objects.filter((source) => !(isRelease(source) && places.has(placeOf(source))));
  const guessed = new Set(likely.map((source) => keyOf(refOf(source))));
  const model = createEvaluator(buildModel([...certain, ...likely], assumptions));
  return outsideEntries(model, findGatedPaths(model), assumptions)
    .filter(({ hops, to }) =>
      [...hops.map(({ object }) => object), ...(to === undefined ? [] : [to])].some((ref) =>
        guessed.has(keyOf(ref)),
      ),
    )
    .map((entry) => ({
      ...entry,
      verdict: 'unknown',
      likely: true,
      sentence: `${entry.sentence.replace(/ (?:reaches|does not reach) /, ' likely reaches ')}; what its chart makes is not known for certain`,
    }));
}

function placeOf({ file, line }: SourcedObject): string {
  return `${file}:${line ?? 0}`;
}

function keyOf({ kind, namespace, name, file, line, template }: ObjectRef): string {
  return JSON.stringify([kind, namespace, name, file, line, template]);
}
