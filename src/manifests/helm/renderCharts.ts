import { availableParallelism } from 'node:os';
import { isFields, textAt, textsIn, valueAt } from '../../kubernetes/fields.ts';
import { isExempt } from '../../kubernetes/substitution.ts';
import type { Environment } from '../../system/environment.ts';
import { type ConfigurationSources, readConfigurationSources } from '../configurationSources.ts';
import type { BuiltTree, Repository } from '../repository.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import type { TreeFiles } from '../sources/treeFiles.ts';
import {
  dependenceOfChart,
  dependenceOfValues,
  hasSchemaElsewhere,
  type WholeChart,
  withDependencies,
} from './chartDependencies.ts';
import { type ChartResolver, cacheOfHelm, type LocalChart, localChart, ownChart } from './chartResolver.ts';
import { brokenBy, type Chart, openChartStore } from './chartStore.ts';
import type { Dependence } from './clusterDependence.ts';
import { guessObjects } from './likelyObjects.ts';
import { findHelm, helmTemplate, withScratch, writeChart } from './program.ts';
import { checkTheCluster, type Gap, isRelease, type Release, readRelease } from './release.ts';
import { type ReleaseValues, valuesOf } from './releaseValues.ts';
import { clusterKindsOf, readRendered } from './renderedObjects.ts';
import { nameOf, renderingRemedy, unrendered } from './unrenderedRelease.ts';

/** What a person says of the charts and of the cluster that they are for. */
export interface RenderOptions {
  /** Folders in which charts are looked for. */
  charts: readonly string[];
  /** The version of Kubernetes, such as `1.34`. */
  kubeVersion?: string;
  /** APIs that the cluster serves beside its own, such as `gateway.networking.k8s.io/v1`. */
  apiVersions: readonly string[];
}

/** Where the releases of a repository are rendered. */
export interface RenderContext {
  /** Nothing where no program is to be started: then every chart is unknown. */
  rendering: RenderOptions | undefined;
  environment: Environment;
  files: TreeFiles;
  /** The folder that holds the files; nothing where they are those of a commit. */
  directory: string | undefined;
  /** Private values that were filled in. */
  values: ReadonlyMap<string, string>;
}

/** What came of one release: its objects in its place, or the release itself with what is not known of it. */
interface Outcome {
  objects: readonly SourcedObject[];
  likely: readonly SourcedObject[];
  assumed: readonly string[];
}

/**
 * Puts what charts make in the place of each HelmRelease whose chart is at hand, where helm is to be asked; every
 * other release stays, with what would make it known. Nothing is fetched.
 *
 * @throws the error of the disk where a folder of charts cannot be listed
 */
export async function renderCharts(repository: BuiltTree, ground: RenderContext): Promise<Repository> {
  const releases = repository.objects.filter(isRelease);
  if (releases.length === 0) return { ...repository, likely: [], assumed: [] };
  const outcomes = await outcomesOf(releases, repository, ground);
  const all = releases.flatMap((release) => outcomes.get(release) ?? []);
  return {
    ...repository,
    objects: repository.objects.flatMap((source) => outcomes.get(source)?.objects ?? [source]),
    likely: all.flatMap(({ likely }) => likely),
    assumed: [...new Set(all.flatMap(({ assumed }) => assumed))],
  };
}

async function outcomesOf(
  releases: readonly SourcedObject[],
  repository: BuiltTree,
  ground: RenderContext,
): Promise<ReadonlyMap<SourcedObject, Outcome>> {
  const resolver = await benchOf(repository, ground);
  const outcomes = new Map<SourcedObject, Outcome>();
  const queue = [...releases];
  const worker = async (scratch: string): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      outcomes.set(next, await outcomeOf(next, resolver, scratch));
  };
  if (resolver.helm === undefined) await worker('');
  else
    await withScratch((scratch) =>
      Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, () => worker(scratch))),
    );
  return outcomes;
}

/** A chart that is written for helm, with what is the same whichever release takes it. */
interface Prepared extends WholeChart {
  folder: string;
  dependence: Dependence;
  /** A schema of its values refers to elsewhere. */
  isLoose: boolean;
}

/** What is the same for every release. */
interface Bench extends ChartResolver {
  /** Charts that releases share are read and written once. */
  prepared: Map<Chart, Promise<Prepared>>;
  ground: RenderContext;
  objects: readonly SourcedObject[];
  stores: ConfigurationSources;
  substitutes: boolean;
  helm: string | undefined;
  clusterKinds: ReadonlySet<string>;
  /** APIs that the objects themselves use, so that the cluster serves them. */
  used: readonly string[];
}

async function benchOf({ objects, flux }: BuiltTree, ground: RenderContext): Promise<Bench> {
  const { rendering, environment } = ground;
  const cache = rendering === undefined ? undefined : await cacheOfHelm(environment);
  const folders = [...(rendering?.charts ?? []), ...(cache === undefined ? [] : [cache])];
  return {
    prepared: new Map(),
    ownCharts: new Map(),
    files: ground.files,
    directory: ground.directory,
    ground,
    objects: [...objects, ...flux],
    stores: readConfigurationSources(objects),
    substitutes: flux.some(({ object }) => isFields(valueAt(object, 'spec', 'postBuild'))),
    store: await openChartStore(folders),
    helm: rendering === undefined ? undefined : findHelm(environment),
    clusterKinds: clusterKindsOf(objects),
    used: usedApis(objects),
  };
}

/** Both forms in which charts ask: `group/version` and `group/version/Kind`. */
function usedApis(objects: readonly SourcedObject[]): readonly string[] {
  const used = new Set<string>();
  for (const { object } of objects) {
    if (!/^[\w.-]+\.[\w.-]+\/\w+$/.test(object.apiVersion) || !/^\w+$/.test(object.kind)) continue;
    used.add(object.apiVersion).add(`${object.apiVersion}/${object.kind}`);
  }
  return [...used].toSorted();
}

async function outcomeOf(source: SourcedObject, resolver: Bench, scratch: string): Promise<Outcome> {
  const release = readRelease(source, resolver.objects);
  const inputs = valuesOf(release, resolver.stores, resolver.substitutes && !isExempt(source.object));
  const guess = (): readonly SourcedObject[] => guessObjects(release, inputs.values);
  const gaps = [...release.gaps, ...inputs.gaps];
  // What is installed elsewhere makes nothing here, likely or not.
  if (valueAt(source.object, 'spec', 'kubeConfig') !== undefined) return stays(release, gaps, []);
  if (resolver.ground.rendering === undefined) return stays(release, [], guess());
  const attempt = await attemptOf(release, inputs, resolver, scratch);
  if (attempt.objects === undefined) return stays(release, [...attempt.gaps, ...gaps], guess());
  const open = [...attempt.gaps, ...gaps];
  return open.length > 0
    ? stays(release, open, attempt.objects)
    : { objects: attempt.objects, likely: [], assumed: attempt.assumed };
}

function stays(release: Release, gaps: readonly Gap[], likely: readonly SourcedObject[]): Outcome {
  const unseen = unrendered(release, gaps);
  return { objects: [{ ...release.source, unseen }], likely, assumed: [] };
}

/** A rendering; without objects where there is none. Where there are gaps, the objects are likely at most. */
interface Attempt {
  objects: readonly SourcedObject[] | undefined;
  gaps: readonly Gap[];
  assumed: readonly string[];
}

const without = (why: string, remedy?: string): Attempt => ({
  objects: undefined,
  gaps: [{ why, ...(remedy === undefined ? {} : { remedy }) }],
  assumed: [],
});

async function attemptOf(
  release: Release,
  inputs: ReleaseValues,
  resolver: Bench,
  scratch: string,
): Promise<Attempt> {
  if (resolver.helm === undefined)
    return without('there is no helm on the PATH', `Install helm. ${renderingRemedy(release.chart)}`);
  const found = await localChart(release, resolver);
  if (found === undefined) return without('the chart is not at hand');
  if ('broken' in found) return without(`the chart cannot be used: ${found.broken}`, 'Mend the chart');
  const prepared = await preparedOf(found, resolver, scratch).catch(brokenBy);
  if ('broken' in prepared) return without(`the chart cannot be used: ${prepared.broken}`, 'Mend the chart');
  if (prepared.gaps.length > 0) return { objects: undefined, gaps: prepared.gaps, assumed: [] };
  const { name, namespace } = release;
  const flags = flagsOf(release, resolver, prepared.isLoose);
  const run = { release: name, namespace, chart: prepared.folder, values: inputs.values, flags };
  const printed = await helmTemplate(resolver.helm, scratch, run);
  if (!printed.ok)
    return without(`helm refuses: ${spoken(printed.words, inputs, resolver.ground.values)}`, refusal);
  const rendered = readRendered(release, printed.output, inputs.clear, resolver.clusterKinds);
  const dependence = joined(prepared.dependence, dependenceOfValues(inputs.values));
  return {
    objects: rendered.objects,
    gaps: [...clusterGaps(dependence, resolver.ground.rendering), ...rendered.gaps],
    assumed: [
      ...found.assumed,
      ...prepared.chosen,
      ...(dependence.capabilities ? [clusterSentence(resolver)] : []),
      ...(prepared.isLoose
        ? [`The values of ${nameOf(release.chart)} fit its schema, which refers to elsewhere`]
        : []),
    ],
  };
}

function preparedOf({ chart, folder }: LocalChart, resolver: Bench, scratch: string): Promise<Prepared> {
  const known = resolver.prepared.get(chart);
  if (known !== undefined) return known;
  const prepare = async (): Promise<Prepared> => {
    const finder = { store: resolver.store, own: (path: string) => ownChart(path, resolver) };
    const whole = await withDependencies(chart, finder, folder);
    return {
      ...whole,
      folder: await writeChart(scratch, whole.files),
      dependence: dependenceOfChart(whole.files),
      isLoose: hasSchemaElsewhere(whole.files),
    };
  };
  const prepared = prepare();
  resolver.prepared.set(chart, prepared);
  return prepared;
}

function joined(one: Dependence, other: Dependence): Dependence {
  return {
    capabilities: one.capabilities || other.capabilities,
    live: [...new Set([...one.live, ...other.live])],
  };
}

/** What of the cluster decides, and nobody has told. */
function clusterGaps(
  { capabilities, live }: Dependence,
  rendering: RenderOptions | undefined,
): readonly Gap[] {
  const gaps: Gap[] = [];
  if (capabilities && rendering?.kubeVersion === undefined)
    gaps.push({
      why: 'it depends on the version of Kubernetes and on the APIs that the cluster serves',
      remedy: 'Say --kube-version, and --api-versions where it asks for APIs that no object uses',
    });
  if (live.length > 0) gaps.push({ why: `the chart ${live.join(', and ')}`, remedy: checkTheCluster });
  return gaps;
}

const refusal = 'Mend the values, or the chart: Flux would not install it either';

function flagsOf({ source }: Release, { ground, used }: Bench, isLoose: boolean): readonly string[] {
  const spec = valueAt(source.object, 'spec');
  const { kubeVersion, apiVersions = [] } = ground.rendering ?? {};
  const skipsCrds =
    textAt(spec, 'install', 'crds') === 'Skip' || valueAt(spec, 'install', 'skipCRDs') === true;
  const skipsSchema = valueAt(spec, 'install', 'disableSchemaValidation') === true;
  const told = apiVersions.flatMap((api) => {
    const [group, version] = api.split('/');
    return [api, `${group}/${version}`];
  });
  return [
    ...(skipsCrds ? [] : ['--include-crds']),
    ...(isLoose || skipsSchema ? ['--skip-schema-validation'] : []),
    ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
    ...[...new Set([...used, ...told])].map((api) => `--api-versions=${api}`),
  ];
}

function clusterSentence({ ground }: Bench): string {
  const { kubeVersion = '', apiVersions = [] } = ground.rendering ?? {};
  const told = apiVersions.length === 0 ? '' : `, and ${apiVersions.join(', ')}`;
  return `The cluster runs Kubernetes ${kubeVersion}, and serves its own APIs, those that objects here use${told}`;
}

/** Helm’s words may quote a value: where one is private, only the place is left. */
function spoken(
  words: string,
  { values, secret }: ReleaseValues,
  privateValues: ReadonlyMap<string, string>,
): string {
  const texts = textsIn(values);
  const isPrivate =
    secret.length > 0 ||
    [...privateValues.values()].some((value) => value !== '' && texts.some((text) => text.includes(value)));
  if (!isPrivate) return words;
  const place = /\(?([\w.-]+\/[\w./-]+\.(?:ya?ml|tpl|txt)(?::\d+)*)/.exec(words)?.[1];
  const where = place === undefined ? '' : ` at ${place}`;
  return `its words${where} are left out, since they may hold a private value`;
}
