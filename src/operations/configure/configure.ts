import { compile } from '../../compile/compile.ts';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { ChartedRepository, RenderOptions } from '../../manifests/helm/renderCharts.ts';
import { isFluxKustomization } from '../../manifests/kustomizationReach.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { withGeneratedSecrets } from '../../private-values/generate.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { type Analysis, analyse } from '../../reachability/analyse.ts';
import type { Accept, Change } from '../../repository/change.ts';
import { compareWithTree, type Difference } from '../../repository/compare.ts';
import { type Recovery, recover } from '../../repository/recover.ts';
import { type Written, writeChanges } from '../../repository/write.ts';
import type { Environment } from '../../system/environment.ts';
import { assumptionsOf } from '../assumptions.ts';
import { type Progress, staged } from '../progress.ts';
import { invalidObjects } from '../validate.ts';
import { encryptPlan } from './encrypt.ts';
import { type FileProof, fileProofs } from './fileProofs.ts';
import { leaks } from './leaks.ts';
import { type ReadBack, readBack } from './readBack.ts';

/** All that a configuration comes to, and how the folder differs from it. Nothing is written yet. */
export interface Prepared {
  configuration: Configuration;
  plan: Plan;
  files: readonly PlannedFile[];
  analysis: Analysis;
  fileProofs: readonly FileProof[];
  difference: Difference;
  /** What could not be compared, for want of a key. */
  unknown: readonly Problem[];
  recovery: Recovery;
}

/**
 * Everything of `configure` before the last step: read, compile, encrypt, validate, search, prove, compare. It
 * changes nothing but what an interrupted run left half done.
 *
 * @param rendering - how helm renders the charts that are at hand; without it, what they make is unknown
 */
export async function prepare(
  directory: string,
  environment: Environment,
  progress: Progress,
  rendering?: RenderOptions,
): Promise<Outcome<Prepared>> {
  const recovery = await staged('recover', progress, () => recover(directory));
  if (!recovery.ok) return recovery;
  const opened = await staged('read', progress, () => openConfiguration(directory, environment));
  if (!opened.ok) return opened;
  const completed = await withGeneratedSecrets(opened.value, environment);
  if (!completed.ok) return completed;
  const { workspace: configuration, overlay: privateFile } = completed.value;
  const compiled = await staged('compile', progress, () => compile(configuration.loaded, catalogue));
  if (compiled.plan === undefined) return err(...compiled.problems);
  const { plan } = compiled;
  const encrypted = await staged('encrypt', progress, () =>
    encryptPlan(configuration, plan, environment.now()),
  );
  if (!encrypted.ok) return encrypted;
  const files = [...plan.files, ...encrypted.value.files];

  const back = await staged('build', progress, () => readBack(configuration, plan, files));
  const invalid = await staged('validate', progress, () => invalidObjects(back.objects));
  const leaked = await staged('search', progress, () => leaks(files, configuration.loaded));
  if (invalid.length + leaked.length > 0) return err(...invalid, ...leaked);
  const charted =
    rendering === undefined
      ? ok({ objects: back.objects, likely: [], assumed: [] })
      : await staged('render', progress, () => withCharts(configuration, back, rendering, environment));
  if (!charted.ok) return charted;
  const analysis = await staged('prove', progress, () => judged(configuration, charted.value));
  const difference = await staged('compare', progress, () => compareWithTree(directory, files));
  if (!difference.ok) return difference;
  return ok({
    configuration,
    plan,
    files,
    analysis,
    fileProofs: fileProofs(configuration, plan, files, back),
    difference: withChange(difference.value, privateFile),
    unknown: encrypted.value.unknown,
    recovery: recovery.value,
  });
}

type Charted = Pick<ChartedRepository, 'objects' | 'likely' | 'assumed'>;

/** What the cluster gets, with what charts make in the place of their releases. */
async function withCharts(
  { directory, loaded }: Configuration,
  { tree, objects }: ReadBack,
  rendering: RenderOptions,
  environment: Environment,
): Promise<Outcome<Charted>> {
  const { missingCharts, renderCharts } = await import('../../manifests/helm/renderCharts.ts');
  const missing = await missingCharts(rendering);
  if (missing.length > 0) return err(...missing);
  const flux = objects.filter(isFluxKustomization);
  const built = { kind: 'flux' as const, objects, flux, files: tree.size };
  return ok(
    await renderCharts(
      { ...built, findings: [], unseen: [], unfilled: [] },
      {
        rendering: { kubeVersion: loaded.cluster.cluster.kubernetes, ...rendering },
        files: { tree: new Map(tree), unread: [] },
        ...{ environment: environment, directory, values: loaded.private },
      },
    ),
  );
}

function judged(configuration: Configuration, { objects, likely, assumed }: Charted): Analysis {
  const analysis = analyse(objects, assumptionsOf(configuration), { likely });
  return { ...analysis, assumptions: [...analysis.assumptions, ...assumed] };
}

/** The difference with one more change, in the order of the paths. */
function withChange(difference: Difference, change: Change | undefined): Difference {
  if (change === undefined) return difference;
  const changes = [...difference.changes, change].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ...difference, changes };
}

/** The last step: brings the folder to what was prepared, wholly or not at all. */
export function apply(
  { configuration, difference }: Prepared,
  accept: Accept | undefined,
  progress: Progress,
): Promise<Outcome<Written>> {
  return staged('write', progress, () =>
    writeChanges(configuration.directory, difference, accept ? { accept } : {}),
  );
}
