import { compile } from '../../compile/compile.ts';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { ChartedRepository, Rendering } from '../../manifests/helm/renderCharts.ts';
import { isFluxKustomization } from '../../manifests/kustomizationReach.ts';
import { openWorkspace, type Workspace } from '../../private-values/configuration.ts';
import { withMadeSecrets } from '../../private-values/generate.ts';
import { done, failed, type Outcome } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { judge } from '../../reachability/analyse.ts';
import type { Judgement } from '../../reachability/model/analysis.ts';
import type { Accept, Change } from '../../repository/change.ts';
import { compareWithTree, type Difference } from '../../repository/compare.ts';
import { type Recovery, recover } from '../../repository/recover.ts';
import { type Written, writeChanges } from '../../repository/write.ts';
import type { Surroundings } from '../../system/environment.ts';
import { assumptionsOf } from '../assumptions.ts';
import { staged, type Watcher } from '../progress.ts';
import { invalidObjects } from '../validate.ts';
import { encryptPlan } from './encrypt.ts';
import { type FileProof, fileProofs } from './fileProofs.ts';
import { leaks } from './leaks.ts';
import { type ReadBack, readBack } from './readBack.ts';

/** All that a configuration comes to, and how the folder differs from it. Nothing is written yet. */
export interface Prepared {
  workspace: Workspace;
  plan: Plan;
  files: readonly PlannedFile[];
  judgement: Judgement;
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
  surroundings: Surroundings,
  watcher: Watcher,
  rendering?: Rendering,
): Promise<Outcome<Prepared>> {
  const recovery = await staged('recover', watcher, () => recover(directory));
  if (!recovery.ok) return recovery;
  const opened = await staged('read', watcher, () => openWorkspace(directory, surroundings));
  if (!opened.ok) return opened;
  const completed = await withMadeSecrets(opened.value, surroundings);
  if (!completed.ok) return completed;
  const { workspace, overlay } = completed.value;
  const compiled = await staged('compile', watcher, () => compile(workspace.loaded, catalogue));
  if (compiled.plan === undefined) return failed(...compiled.problems);
  const { plan } = compiled;
  const encrypted = await staged('encrypt', watcher, () => encryptPlan(workspace, plan, surroundings.now()));
  if (!encrypted.ok) return encrypted;
  const files = [...plan.files, ...encrypted.value.files];

  const back = await staged('build', watcher, () => readBack(workspace, plan, files));
  const invalid = await staged('validate', watcher, () => invalidObjects(back.objects));
  const leaked = await staged('search', watcher, () => leaks(files, workspace.loaded));
  if (invalid.length + leaked.length > 0) return failed(...invalid, ...leaked);
  const charted =
    rendering === undefined
      ? done({ objects: back.objects, likely: [], assumed: [] })
      : await staged('render', watcher, () => withCharts(workspace, back, rendering, surroundings));
  if (!charted.ok) return charted;
  const judgement = await staged('prove', watcher, () => judged(workspace, charted.value));
  const difference = await staged('compare', watcher, () => compareWithTree(directory, files));
  if (!difference.ok) return difference;
  return done({
    ...{ workspace, plan, files, judgement },
    fileProofs: fileProofs(workspace, plan, files, back),
    difference: withChange(difference.value, overlay),
    unknown: encrypted.value.unknown,
    recovery: recovery.value,
  });
}

type Charted = Pick<ChartedRepository, 'objects' | 'likely' | 'assumed'>;

/** What the cluster gets, with what charts make in the place of their releases. */
async function withCharts(
  { directory, loaded }: Workspace,
  { tree, objects }: ReadBack,
  rendering: Rendering,
  surroundings: Surroundings,
): Promise<Outcome<Charted>> {
  const { missingCharts, renderCharts } = await import('../../manifests/helm/renderCharts.ts');
  const missing = await missingCharts(rendering);
  if (missing.length > 0) return failed(...missing);
  const flux = objects.filter(isFluxKustomization);
  const built = { kind: 'flux' as const, objects, flux, files: tree.size };
  return done(
    await renderCharts(
      { ...built, findings: [], unseen: [], unfilled: [] },
      {
        rendering: { kubeVersion: loaded.cluster.cluster.kubernetes, ...rendering },
        files: { tree: new Map(tree), unread: [] },
        ...{ surroundings, directory, vault: loaded.private },
      },
    ),
  );
}

function judged(workspace: Workspace, { objects, likely, assumed }: Charted): Judgement {
  const judgement = judge(objects, assumptionsOf(workspace), likely);
  return { ...judgement, assumptions: [...judgement.assumptions, ...assumed] };
}

/** The difference with one more change, in the order of the paths. */
function withChange(difference: Difference, change: Change | undefined): Difference {
  if (change === undefined) return difference;
  const changes = [...difference.changes, change].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ...difference, changes };
}

/** The last step: brings the folder to what was prepared, wholly or not at all. */
export function apply(
  { workspace, difference }: Prepared,
  accept: Accept | undefined,
  watcher: Watcher,
): Promise<Outcome<Written>> {
  return staged('write', watcher, () =>
    writeChanges(workspace.directory, difference, accept ? { accept } : {}),
  );
}
