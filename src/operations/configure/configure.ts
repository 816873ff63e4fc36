import { compile } from '../../compile/compile.ts';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { catalogue } from '../../components/catalogue.ts';
import type { RenderOptions } from '../../manifests/helm/renderCharts.ts';
import { loadRepository } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import { type Configuration, openConfiguration } from '../../private-values/configuration.ts';
import { withGeneratedSecrets } from '../../private-values/generate.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import type { Accept, Change } from '../../repository/change.ts';
import { compareWithTree, type Difference } from '../../repository/compare.ts';
import { type Recovery, recover } from '../../repository/recover.ts';
import { type Written, writeChanges } from '../../repository/write.ts';
import type { Environment } from '../../system/environment.ts';
import { analyseRepository } from '../analyseRepository.ts';
import { assumptionsOf } from '../assumptions.ts';
import { missingCharts } from '../missingCharts.ts';
import { type Progress, runStage } from '../progress.ts';
import { invalidObjects, validateObjects } from '../validate.ts';
import { encryptPlan } from './encrypt.ts';
import { differingObjects, type FileProof, filesReached, nothingPrivate, planBuilt } from './fileProofs.ts';
import { type FutureTree, futureTree, plannedTree } from './futureTree.ts';
import { leaks } from './leaks.ts';
import { type AnyProof, type Refutations, refutationsOf } from './refutations.ts';

/** The result of a configuration, and how the directory differs from it. Nothing is written yet. */
export interface Prepared {
  configuration: Configuration;
  plan: Plan;
  files: readonly PlannedFile[];
  /** The directory as it is after the write. */
  tree: FutureTree;
  /** What the cluster gets of that directory. Private values are filled in, so it exists in memory only. */
  repository: Repository;
  analysis: Analysis;
  fileProofs: readonly FileProof[];
  refuted: Refutations;
  difference: Difference;
  /** What could not be compared, for want of a key. */
  unknown: readonly Problem[];
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
export async function prepare(
  directory: string,
  environment: Environment,
  progress: Progress,
  { rendering, accept }: PrepareOptions = {},
): Promise<Outcome<Prepared>> {
  const recovery = await runStage('recover', progress, () => recover(directory));
  if (!recovery.ok) return recovery;
  const opened = await runStage('read', progress, () => openConfiguration(directory, environment));
  if (!opened.ok) return opened;
  const completed = await withGeneratedSecrets(opened.value, environment);
  if (!completed.ok) return completed;
  const { configuration, privateFile } = completed.value;
  const compiled = await runStage('compile', progress, () => compile(configuration.loaded, catalogue));
  if (compiled.plan === undefined) return err(...compiled.problems);
  const { plan } = compiled;
  const encrypted = await runStage('encrypt', progress, () =>
    encryptPlan(configuration, plan, environment.now()),
  );
  if (!encrypted.ok) return encrypted;
  const { unknown } = encrypted.value;
  const files = [...plan.files, ...encrypted.value.files];
  const difference = await runStage('compare', progress, () => compareWithTree(directory, files));
  if (!difference.ok) return difference;
  const missing = await missingCharts(rendering);
  if (missing.length > 0) return err(...missing);

  const context = { configuration, plan, files, environment, rendering };
  const future = await runStage('build', progress, async () => {
    const tree = await futureTree(directory, { plan, files, unknown }, difference.value, accept);
    return { tree, repository: await loadTree(context, tree) };
  });
  const analysed = await analyseTree(context, future, progress);
  if (!analysed.ok) return analysed;
  return ok({
    configuration,
    plan,
    files,
    ...future,
    ...analysed.value,
    difference: withChange(difference.value, privateFile),
    unknown,
    recovery: recovery.value,
  });
}

interface AnalysisContext {
  configuration: Configuration;
  plan: Plan;
  files: readonly PlannedFile[];
  environment: Environment;
  rendering: RenderOptions | undefined;
}

type Analysed = Pick<Prepared, 'analysis' | 'fileProofs' | 'refuted'>;

/** Proves of the future tree what `check` proves of it once it is written, and what must hold of the files. */
async function analyseTree(
  context: AnalysisContext,
  future: Pick<Prepared, 'tree' | 'repository'>,
  progress: Progress,
): Promise<Outcome<Analysed>> {
  const { configuration, plan, files } = context;
  const { tree, repository } = future;
  const validated = await runStage('validate', progress, () => validateObjects(repository.objects));
  const planAlone = once(async () => {
    const planned = plannedTree(plan, files);
    return { tree: planned, repository: await loadTree(context, planned) };
  });
  // A user's patch may be what makes an object of ours invalid.
  const invalid = validated.some(
    ({ source, findings }) => findings.length > 0 && tree.written.has(source.file) && !source.template,
  )
    ? invalidObjects(
        validateObjects((await planAlone()).repository.objects.filter(({ template }) => !template)),
      )
    : [];
  const leaked = await runStage('search', progress, () => leaks(files, configuration.loaded));
  if (invalid.length + leaked.length > 0) return err(...invalid, ...leaked);
  return runStage('prove', progress, async () => {
    const assumptions = assumptionsOf(configuration);
    const analysis = analyseRepository(repository, { assumptions, own: true, validated });
    const differing = differingObjects(plan, future);
    const byGatehouse = differing.length === 0 ? [] : differingObjects(plan, await planAlone());
    const fileProofs = [
      filesReached(future),
      planBuilt(
        plan,
        future,
        differing.filter((name) => !byGatehouse.includes(name)),
      ),
      nothingPrivate(configuration, tree),
    ];
    const proofsOfPlan = async (): Promise<readonly AnyProof[]> => {
      const alone = await planAlone();
      const { proofs } = analyseRepository(alone.repository, { assumptions, own: true });
      return [...proofs, filesReached(alone), planBuilt(plan, alone, [])];
    };
    const refuted = await refutationsOf([...analysis.proofs, ...fileProofs], tree, proofsOfPlan);
    return ok({ analysis, fileProofs, refuted });
  });
}

/** The one loader, with everything that the configuration knows. */
function loadTree(
  { configuration: { directory, loaded }, environment, rendering }: AnalysisContext,
  { files, decrypted }: FutureTree,
): Promise<Repository> {
  return loadRepository(files, {
    values: loaded.private,
    decrypted,
    environment,
    rendering: rendering && { kubeVersion: loaded.cluster.cluster.kubernetes, ...rendering },
    directory,
  });
}

/** A function that does its work at the first call only. */
function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let result: Promise<Value> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** The difference with one more change, in the order of the paths. */
function withChange(difference: Difference, change: Change | undefined): Difference {
  if (change === undefined) return difference;
  const changes = [...difference.changes, change].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ...difference, changes };
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
