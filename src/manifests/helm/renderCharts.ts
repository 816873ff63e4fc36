import { availableParallelism } from 'node:os';
import type { BuiltTree, Repository } from '../repository.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import type { RenderedRelease } from './keptReleases.ts';
import { findHelm, type HelmProgram, withScratch } from './program.ts';
import { isRelease } from './release.ts';
import { releaseRenderer } from './releaseRenderer.ts';
import type { RenderContext } from './renderContext.ts';

export type { RenderContext, RenderOptions } from './renderContext.ts';

/**
 * Replaces each HelmRelease by the objects of its chart. This is the entry of the module.
 *
 * Charts are rendered by the `helm` on the `PATH`, with the values and the post renderers that helm-controller would
 * apply. Only charts that are available locally are rendered: those in the repository, in the directories of
 * {@link RenderOptions.charts}, and in helm's cache. Nothing is fetched. A release whose objects are not certain stays
 * in place with an unknown that says why and what would make it known; what it likely makes is in `likely`, and no
 * verdict counts that as known.
 *
 * @throws the file system error if a directory of charts cannot be listed
 */
export async function renderCharts(repository: BuiltTree, context: RenderContext): Promise<Repository> {
  const releases = repository.objects.filter(isRelease);
  if (releases.length === 0) return { ...repository, likely: [] };
  const rendered = await renderReleases(releases, repository, context);
  const all = releases.flatMap((release) => rendered.get(release) ?? []);
  return {
    ...repository,
    objects: repository.objects.flatMap((source) => rendered.get(source)?.objects ?? [source]),
    outside: [...repository.outside, ...releases.filter((each) => !isKept(each, rendered.get(each)))],
    likely: all.flatMap(({ likely }) => likely),
    assumed: [...new Set([...repository.assumed, ...all.flatMap(({ assumed }) => assumed)])],
  };
}

function isKept({ object }: SourcedObject, rendered: RenderedRelease | undefined): boolean {
  return rendered === undefined || rendered.objects.some((each) => each.object === object);
}

async function renderReleases(
  releases: readonly SourcedObject[],
  repository: Pick<BuiltTree, 'objects' | 'flux'>,
  context: RenderContext,
): Promise<ReadonlyMap<SourcedObject, RenderedRelease>> {
  const renderAll = async (
    helm: HelmProgram | undefined,
  ): Promise<ReadonlyMap<SourcedObject, RenderedRelease>> => {
    const render = await releaseRenderer(repository, context, helm);
    const rendered = new Map<SourcedObject, RenderedRelease>();
    const queue = [...releases];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        rendered.set(next, await render(next));
    };
    const workers = helm === undefined ? 1 : Math.min(4, availableParallelism());
    await Promise.all(Array.from({ length: workers }, work));
    return rendered;
  };
  const path = findHelm(context.environment);
  return path === undefined ? renderAll(undefined) : withScratch((scratch) => renderAll({ path, scratch }));
}
