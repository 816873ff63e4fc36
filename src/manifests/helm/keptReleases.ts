import { isFields, valueAt } from '../../kubernetes/fields.ts';
import { isExempt } from '../../kubernetes/substitution.ts';
import { type ConfigurationSources, readConfigurationSources } from '../configurationSources.ts';
import { isFluxKustomization } from '../flux/fields.ts';
import type { BuiltTree, Repository } from '../repository.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { likelyObjects } from './likelyObjects.ts';
import { isRelease, type Release, readRelease, type UnknownCause } from './release.ts';
import { type ReleaseValues, valuesOf } from './releaseValues.ts';
import { unrenderedRelease } from './unrenderedRelease.ts';

/** The objects that replace a release, or the release itself with what is unknown about it. */
export interface RenderedRelease {
  objects: readonly SourcedObject[];
  likely: readonly SourcedObject[];
  assumed: readonly string[];
}

/** A release with its values, as far as they are known. */
export interface ReadRelease {
  release: Release;
  values: ReleaseValues;
  unknowns: readonly UnknownCause[];
  /** It is for another cluster: here it makes nothing, not even likely. */
  isElsewhere: boolean;
}

/** A function that reads the releases of a repository. */
export function releaseReader({
  objects,
  flux,
}: {
  objects: readonly SourcedObject[];
  flux: readonly SourcedObject[];
}): (source: SourcedObject) => ReadRelease {
  // A Flux Kustomization of another repository does not say that its source is this one.
  const allObjects = [...objects.filter((source) => !isFluxKustomization(source)), ...flux];
  const sources: ConfigurationSources = readConfigurationSources(objects);
  const substitutes = flux.some(({ object }) => isFields(valueAt(object, 'spec', 'postBuild')));
  return (source) => {
    const release = readRelease(source, allObjects);
    const values = valuesOf(release, sources, substitutes && !isExempt(source.object));
    return {
      release,
      values,
      unknowns: [...release.unknowns, ...values.unknowns],
      isElsewhere: valueAt(source.object, 'spec', 'kubeConfig') !== undefined,
    };
  };
}

/** A release that stays in place, with what is unknown about it. */
export function keptRelease(
  release: Release,
  unknowns: readonly UnknownCause[],
  likely: readonly SourcedObject[],
): RenderedRelease {
  const unseen = unrenderedRelease(release, unknowns);
  return { objects: [{ ...release.source, unseen }], likely, assumed: [] };
}

/** Keeps every HelmRelease of a repository, with what its chart likely makes: nothing is rendered. */
export function keepReleases(repository: BuiltTree): Repository {
  const read = releaseReader(repository);
  const likely: SourcedObject[] = [];
  const objects = repository.objects.flatMap((source) => {
    if (!isRelease(source)) return [source];
    const { release, values, unknowns, isElsewhere } = read(source);
    const kept = isElsewhere
      ? keptRelease(release, unknowns, [])
      : keptRelease(release, [], likelyObjects(release, values.values));
    likely.push(...kept.likely);
    return kept.objects;
  });
  return { ...repository, objects, likely };
}
