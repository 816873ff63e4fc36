import { compile } from '../../compile/compile.ts';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import { once } from '../../kubernetes/once.ts';
import type { RenderOptions } from '../../manifests/helm/renderCharts.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { withGeneratedSecrets } from '../../private-values/generate.ts';
import { returnedProblems } from '../../private-values/removedRecipients.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Accept, Change } from '../../repository/change.ts';
import { compareWithTree, type Difference } from '../../repository/compare.ts';
import { followedByFlux } from '../../repository/git.ts';
import { type Recovery, recover } from '../../repository/recover.ts';
import { type Written, writeChanges } from '../../repository/write.ts';
import type { Environment } from '../../system/environment.ts';
import { endedExceptions } from '../exceptions.ts';
import { notAtGitRoot } from '../gitRoot.ts';
import { missingCharts } from '../missingCharts.ts';
import { type Progress, runStage } from '../progress.ts';
import { type RunningChanges, runningChanges } from '../upgrade/runningChanges.ts';
import { withinBudget } from '../withinBudget.ts';
import { type AnalysedTree, analyseTree, type LoadedFuture, loadTree } from './analyseTree.ts';
import { branchBefore, type DataLoss, dataLosses } from './dataLoss.ts';
import { encryptPlan } from './encrypt.ts';
import { futureTree } from './futureTree.ts';
import { keepFirst } from './keepFirst.ts';
import { olderFormat } from './olderFormat.ts';
import { besideOwnTaskfile } from './ownTaskfile.ts';
import { refusedByUser } from './refusedWrites.ts';

/** The result of a configuration, and how the directory differs from it. Nothing is written yet. */
export interface Prepared extends LoadedFuture, Omit<AnalysedTree, 'problems' | 'warnings'> {
  configuration: Configuration;
  plan: Plan;
  files: readonly PlannedFile[];
  difference: Difference;
  /** What could not be compared for want of a key, and acceptances that cannot be read. */
  unknown: readonly Problem[];
  /** What the change takes away from what runs. */
  losses: readonly DataLoss[];
  /** What a running cluster gets of it; undefined where nothing runs yet. */
  running: RunningChanges | undefined;
  recovery: Recovery;
}

export interface PrepareOptions {
  /** How helm renders charts. Without it, what they make is unknown. */
  rendering?: RenderOptions | undefined;
  /** How conflicts will be settled. Without it, a conflict keeps the write from happening. */
  accept?: Accept | undefined;
}

/**
 * Everything of `configure` before the last step: read, compile, encrypt, compare, and analyse the directory as it will
 * be. It changes nothing but what an interrupted run left half done.
 */
export function prepare(
  directory: string,
  environment: Environment,
  progress: Progress,
  { rendering, accept }: PrepareOptions = {},
): Promise<Outcome<Prepared>> {
  return withinBudget(async () => {
    const misplaced = await notAtGitRoot(directory);
    if (misplaced.length > 0) return err(...misplaced);
    const recovery = await runStage('recover', progress, () => recover(directory));
    if (!recovery.ok) return recovery;
    const opened = await runStage('read', progress, () => openConfiguration(directory, environment));
    if (!opened.ok) return opened;
    const returned = await returnedProblems(directory);
    if (returned.length > 0) return err(...returned);
    const completed = await withGeneratedSecrets(opened.value, environment);
    if (!completed.ok) return completed;
    const { configuration, privateFile } = completed.value;
    const compiled = await runStage('compile', progress, () => compile(configuration.loaded, catalogue));
    if (compiled.plan === undefined) return err(...compiled.problems);
    const { plan } = compiled;
    const ended = endedExceptions(plan.exceptions, configuration.loaded.places, environment.now());
    if (ended.length > 0) return err(...ended);
    const encrypted = await runStage('encrypt', progress, () =>
      encryptPlan(configuration, plan, environment.now()),
    );
    if (!encrypted.ok) return encrypted;
    const { unknown } = encrypted.value;
    const tasks = await besideOwnTaskfile(directory, plan.files);
    const files = [...tasks.files, ...encrypted.value.files];
    const difference = await runStage('compare', progress, () => compareWithTree(directory, files));
    if (!difference.ok) return difference;
    const missing = await missingCharts(rendering);
    if (missing.length > 0) return err(...missing);

    const context = { configuration, plan, files, environment, rendering };
    const future = await runStage('build', progress, async () => {
      const tree = await futureTree(directory, { plan, files, unknown }, difference.value, accept);
      return { tree, repository: await loadTree(context, tree) };
    });
    const { branch } = configuration.loaded.cluster.repository;
    const followed = once(() => followedByFlux(directory, branchBefore(difference.value) ?? branch));
    const found = await dataLosses({
      ...future,
      directory,
      followed,
      plan,
      difference: difference.value,
      configuration,
    });
    if (found.lockouts.length > 0) return err(...found.lockouts);
    const running = await runStage('running', progress, async () =>
      runningChanges(
        { ...context, ...future, directory, isRecorded: difference.value.record.before !== undefined },
        await followed(),
      ),
    );
    const analysed = await analyseTree(context, future, progress);
    if (!analysed.ok) return analysed;
    const { problems, warnings, ...proved } = analysed.value;
    return ok({
      configuration,
      plan: {
        ...plan,
        warnings: [
          ...olderFormat(configuration.loaded),
          ...plan.warnings,
          ...tasks.warnings,
          ...warnings,
          ...found.warnings,
          ...refusedByUser(running, future.tree),
        ],
      },
      files,
      ...future,
      ...proved,
      difference: withChange(difference.value, privateFile),
      unknown: [...unknown, ...found.unknown, ...problems],
      losses: found.losses,
      running,
      recovery: recovery.value,
    });
  });
}

/** The difference with one more change, in the order of the paths. */
function withChange(difference: Difference, change: Change | undefined): Difference {
  if (change === undefined) return difference;
  const changes = [...difference.changes, change].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ...difference, changes };
}

/** In the place of the last step, where Flux would prune what holds data: the annotation that keeps it, and no more. */
export function applyKept({ configuration, losses }: Prepared): Promise<Outcome<string[]>> {
  return keepFirst(configuration.directory, losses);
}

/** The last step: brings the directory to what was prepared, wholly or not at all. */
export function apply(
  { configuration, difference }: Prepared,
  accept: Accept | undefined,
  progress: Progress,
): Promise<Outcome<Written>> {
  return runStage('write', progress, () =>
    writeChanges(configuration.directory, difference, accept ? { accept } : {}),
  );
}
