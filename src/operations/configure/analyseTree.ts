import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { once } from '../../kubernetes/once.ts';
import type { RenderOptions } from '../../manifests/helm/renderCharts.ts';
import { loadRepository } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import type { PrivateMatcher } from '../../privacy/matcher.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import type { Proof } from '../../reachability/invariants/registry.ts';
import { nodeSettingsIn } from '../../reachability/policies/switches/nodeSettings.ts';
import type { Environment } from '../../system/environment.ts';
import { analyseRepository } from '../analyseRepository.ts';
import { assumptionsOf } from '../assumptions.ts';
import { acceptancesIn } from '../check/acceptancesFile.ts';
import { acceptedBy } from '../check/findings.ts';
import { acceptedNow } from '../exceptions.ts';
import { type Progress, runStage } from '../progress.ts';
import { invalidObjects, validateObjects, validateRepository } from '../validate.ts';
import { privateInFiles } from './committedFiles.ts';
import {
  differingObjects,
  type FileProof,
  filesReached,
  type LoadedTree,
  namespaceIn,
  nothingPrivate,
  planBuilt,
} from './fileProofs.ts';
import { type FutureTree, plannedTree } from './futureTree.ts';
import { matcherOf, searchPlan } from './leaks.ts';
import { type AnyProof, type Refutations, refutationsOf } from './refutations.ts';
import { wordWarnings } from './wordWarnings.ts';

/** What a tree is analysed with. */
export interface AnalysisContext {
  configuration: Configuration;
  plan: Plan;
  files: readonly PlannedFile[];
  environment: Environment;
  rendering: RenderOptions | undefined;
}

/** A tree as it will be on the disk, with what a cluster gets of it. Private values are filled in, in memory. */
export interface LoadedFuture {
  tree: FutureTree;
  repository: Repository;
}

/** What is proved of a tree, and whose each refuted proof is. */
export interface AnalysedTree {
  analysis: Analysis;
  fileProofs: readonly FileProof[];
  refuted: Refutations;
  /** Proofs that do not hold and that the user accepts, as `check` takes them. */
  accepted: readonly { proof: Proof; reason: string }[];
  /** All proofs but those. */
  open: readonly AnyProof[];
  /** Objects of Gatehouse that a user's own files change or remove, by name. */
  changedByUser: readonly string[];
  /** Acceptances that cannot be read, and what could not be searched. */
  problems: readonly Problem[];
  /** Private values that are words of these files. */
  warnings: readonly Problem[];
}

/** The one loader, with everything that the configuration knows. */
export function loadTree(
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

/** Proves of the future tree what `check` proves of it once it is written, and what must hold of the files. */
export async function analyseTree(
  context: AnalysisContext,
  future: LoadedFuture,
  progress: Progress,
): Promise<Outcome<AnalysedTree>> {
  const { configuration, plan, files } = context;
  const { tree, repository } = future;
  const validated = await runStage('validate', progress, () => validateRepository(repository));
  const planAlone = once(async () => {
    const planned = plannedTree(plan, files);
    return { tree: planned, repository: await loadTree(context, planned) };
  });
  // A user's patch may be what makes an object of ours invalid.
  const invalid = validated.some(
    ({ source, findings }) => findings.length > 0 && tree.written.has(source.file) && !source.template,
  )
    ? invalidObjects(
        await validateObjects((await planAlone()).repository.objects.filter(({ template }) => !template)),
      )
    : [];
  const { matcher, inFiles, leaked, words } = await runStage('search', progress, async () => {
    const found = matcherOf(configuration.loaded);
    const inFiles = await privateInFiles(configuration, tree, found);
    const planned = await searchPlan(configuration, plan, files, {
      matcher: found,
      now: context.environment.now(),
    });
    return { matcher: found, inFiles, ...planned };
  });
  const wrong = [...invalid, ...leaked, ...inFiles.found];
  if (wrong.length > 0) return err(...wrong);
  return runStage('prove', progress, async () => {
    const analysis = await analyseRepository(repository, {
      assumptions: {
        ...assumptionsOf(configuration, plan),
        nodeSettings: nodeSettingsIn(tree.files.tree),
      },
      own: true,
      validated,
    });
    const analysed = await attributed(context, future, { analysis, matcher, planAlone });
    return ok({
      ...analysed,
      problems: [...analysed.problems, ...inFiles.unknown],
      warnings: wordWarnings(configuration.loaded, words),
    });
  });
}

/** What is known of the future tree before its files are proved. */
interface FoundOut {
  analysis: Analysis;
  matcher: PrivateMatcher;
  /** The planned files without any file of the user; loaded at the first call. */
  planAlone: () => Promise<LoadedTree & { repository: Repository }>;
}

/** Adds the proofs of the files, and decides whose each refuted proof is. */
async function attributed(
  { configuration, plan, environment }: AnalysisContext,
  future: LoadedFuture,
  { analysis, matcher, planAlone }: FoundOut,
): Promise<Omit<AnalysedTree, 'warnings'>> {
  const { tree } = future;
  const differing = differingObjects(plan, future);
  const byGatehouse = differing.length === 0 ? [] : differingObjects(plan, await planAlone());
  const changedByUser = differing.filter((name) => !byGatehouse.includes(name));
  const fileProofs = [
    filesReached(future),
    planBuilt(plan, future, changedByUser),
    nothingPrivate(configuration, tree, matcher),
  ];
  const proofsOfPlan = async (): Promise<readonly AnyProof[]> => {
    const alone = await planAlone();
    const { proofs } = await analyseRepository(alone.repository, {
      assumptions: assumptionsOf(configuration, plan),
      own: true,
    });
    return [...proofs, filesReached(alone), planBuilt(plan, alone, [])];
  };
  const acceptances = await acceptancesIn(configuration.directory);
  const entries = [...acceptances.entries, ...acceptedNow(plan.exceptions, environment.now())];
  const accepted = analysis.proofs.flatMap((proof) => {
    const reason = proof.verdict === 'proved' ? undefined : acceptedBy(proof, entries);
    return reason === undefined ? [] : [{ proof, reason }];
  });
  const open = [
    ...analysis.proofs.filter((proof) => !accepted.some((each) => each.proof === proof)),
    ...fileProofs,
  ];
  // A file of ours that the user keeps is the user's: the plan alone decides then.
  const changed = tree.kept.length > 0 ? [] : changedByUser.map(namespaceIn);
  const refuted = await refutationsOf(
    open,
    { written: tree.written, changed: new Set(changed) },
    proofsOfPlan,
  );
  return { analysis, fileProofs, refuted, accepted, open, changedByUser, problems: acceptances.problems };
}
