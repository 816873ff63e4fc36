import type { TreeFinding } from '../../manifests/findings.ts';
import { loadClusters } from '../../manifests/loadRepository.ts';
import type { Repository } from '../../manifests/repository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import type { TreeFiles } from '../../manifests/sources/treeFiles.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { admit } from '../../reachability/admission.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import type { RouteControls } from '../../reachability/gateways/analysedRule.ts';
import { routeControls } from '../../reachability/gateways/routeControls.ts';
import type { Structure } from '../../reachability/invariants/structure.ts';
import type { Verdict } from '../../reachability/model/analysis.ts';
import { nodeSettingsIn } from '../../reachability/policies/switches/nodeSettings.ts';
import { certainRoutes } from '../../reachability/uncertainObjects.ts';
import type { Environment } from '../../system/environment.ts';
import { analyseRepository } from '../analyseRepository.ts';
import { type CheckInputs, openRepository } from '../openRepository.ts';
import type { OpenRoute } from '../openRoutes.ts';
import { validateRepository } from '../validate.ts';
import { withinBudget } from '../withinBudget.ts';
import type { Acceptance } from './acceptances.ts';
import { acceptancesIn, acceptancesSince } from './acceptancesFile.ts';
import { acceptedByExceptions, exceptionsBefore } from './acceptedExceptions.ts';
import { type CheckChanges, changesBetween } from './changes.ts';
import { type AnalysedCluster, type CheckedCluster, combined, settingsOfCluster } from './clusters.ts';
import { type Acceptances, type CheckFinding, findingsOf, staleAmong } from './findings.ts';

/** The result of a check. No text in it holds a private value. */
export interface Checked {
  /** Refuted or unknown where a finding is not accepted. */
  verdict: Verdict;
  source: Pick<Repository, 'kind' | 'files'> & { objects: number };
  analysis: Analysis;
  /** What each rule of each Gateway API route demands. */
  routes: readonly RouteControls[];
  findings: readonly CheckFinding[];
  /** Each of several clusters by itself; empty where the repository is that of one. */
  clusters: readonly CheckedCluster[];
  /** Files that are not applied, on which no verdict depends. */
  notes: readonly TreeFinding[];
  /** Acceptances of findings that are gone. */
  stale: readonly Acceptance[];
  changes: CheckChanges | undefined;
  /** What is wrong with the acceptances. */
  problems: readonly Problem[];
}

export interface CheckOptions extends CheckInputs {
  /** A commit to compare with. */
  base?: string;
}

/**
 * Checks a directory: any repository of Flux, kustomize or plain YAML, ours or not. Nothing is written. No program runs
 * but Git, kustomize for what is not built in memory, and helm where rendering is asked for.
 */
export async function check(
  directory: string,
  environment: Environment,
  options: CheckOptions,
): Promise<Outcome<Checked>> {
  const opened = await openRepository(directory, environment, options);
  if (!opened.ok) return opened;
  const { clusters, privateValues, inputs, files: tree } = opened.value;
  if (clusters.every(({ objects, unseen }) => objects.length === 0 && unseen.length === 0))
    return err(nothingThere(opened.value.own));
  const analyseAll = async (
    repositories: readonly Repository[],
    of: TreeFiles,
  ): Promise<readonly AnalysedCluster[]> => {
    const settings = nodeSettingsIn(of.tree);
    const names = repositories.flatMap(({ cluster }) => cluster ?? []);
    const all: AnalysedCluster[] = [];
    for (const repository of repositories) {
      const nodeSettings = settingsOfCluster(settings, repository.cluster, names);
      const assumptions = { ...opened.value.assumptions, nodeSettings };
      const validated = await validateRepository(repository);
      const analysis = await analyseRepository(repository, { ...opened.value, assumptions, validated });
      all.push({ repository, analysis, structure: { validated, pinned: opened.value.own } });
    }
    return all;
  };
  const analysed = await analyseAll(clusters, tree);
  const analysis = combined(analysed);
  const { base } = options;
  const changes =
    base === undefined
      ? ok(undefined)
      : await withinBudget(() =>
          changesSince(directory, base, analysis, async (before) =>
            combined(
              await analyseAll(
                await loadClusters(before, {
                  values: privateValues,
                  environment,
                  entries: inputs.entries,
                  rendering: inputs.rendering,
                }),
                before,
              ),
            ),
          ),
        );
  if (!changes.ok) return changes;
  const { exceptions } = opened.value;
  const { problems: invalid, ...acceptances } = await acceptancesOf(directory, base, exceptions);
  const problems = [
    ...invalid,
    ...exceptions.flatMap(({ ended }) => ended ?? []),
    ...(opened.value.own ? await returnedIn(directory) : []),
  ];
  const findings = findingsOf(analysis, acceptances);
  const [{ kind, files, findings: found }] = clusters;
  const each = analysed.map((cluster) => checkedCluster(cluster, acceptances));
  const checked: Checked = {
    verdict: verdictOf(findings),
    source: { kind, files, objects: each.reduce((sum, { source }) => sum + source.objects, 0) },
    analysis,
    routes: each.flatMap(({ routes }) => routes),
    findings,
    clusters: each.length > 1 ? each : [],
    problems,
    notes: found.filter(({ kind }) => kind === 'unlisted' || kind === 'unreached'),
    stale: staleAmong(acceptances.entries, analysis.proofs),
    changes: changes.value,
  };
  return ok(redactValues(checked, privateValues));
}

/** Without a commit to compare with, each acceptance counts. */
async function acceptancesOf(
  directory: string,
  base: string | undefined,
  exceptions: readonly OpenRoute[],
): Promise<Acceptances & { problems: readonly Problem[] }> {
  const lasting = exceptions.filter(({ ended }) => ended === undefined).map(({ exception }) => exception);
  if (base !== undefined) {
    const { entries, counting, problems } = await acceptancesSince(directory, base);
    const before = await exceptionsBefore(directory, base, lasting);
    const added = lasting.filter((exception) => !before.includes(exception));
    return {
      entries: [
        ...entries,
        ...acceptedByExceptions(before),
        ...acceptedByExceptions(added).map((entry) => ({ ...entry, added: true as const })),
      ],
      counting: [...counting, ...acceptedByExceptions(before)],
      problems,
    };
  }
  const { entries, problems } = await acceptancesIn(directory);
  const all = [...entries, ...acceptedByExceptions(lasting)];
  return { entries: all, counting: all, problems };
}

/** Removed recipients who are back. A third-party repository needs none of this code. */
async function returnedIn(directory: string): Promise<readonly Problem[]> {
  const { returnedProblems } = await import('../../private-values/removedRecipients.ts');
  return returnedProblems(directory);
}

function checkedCluster(
  { repository, analysis, structure }: AnalysedCluster,
  acceptances: Acceptances,
): CheckedCluster {
  const findings = findingsOf(analysis, acceptances);
  return {
    name: repository.cluster ?? '',
    verdict: verdictOf(findings),
    source: { objects: repository.objects.length },
    analysis,
    routes: routesOf(repository, structure),
    findings,
  };
}

function routesOf({ objects, unseen }: Repository, structure: Structure): readonly RouteControls[] {
  const notSeen = unseen.map(({ sentence }) => sentence);
  return certainRoutes(routeControls, admit(objects, structure).objects).map((route) => ({
    ...route,
    unknowns: [...route.unknowns, ...notSeen],
  }));
}

async function changesSince(
  directory: string,
  base: string,
  after: Analysis,
  analyseFiles: (files: TreeFiles) => Promise<Analysis>,
): Promise<Outcome<CheckChanges>> {
  const files = await readGitTree(directory, base);
  return files.ok ? ok(changesBetween(base, await analyseFiles(files.value), after)) : files;
}

function verdictOf(findings: readonly CheckFinding[]): Verdict {
  const open = findings.filter(({ accepted }) => accepted === undefined);
  if (open.some(({ verdict }) => verdict === 'refuted')) return 'refuted';
  return open.length > 0 ? 'unknown' : 'proved';
}

function nothingThere(own: boolean): Problem {
  if (own)
    return {
      code: 'nothing-to-judge',
      message: 'there is a configuration in this directory, and nothing was written from it yet',
      expected: 'the files that configure writes',
      remedy: 'run "gatehouse configure" first, which also proves what it writes',
    };
  return {
    code: 'nothing-to-judge',
    message: 'there is no Kubernetes object in this directory',
    expected: 'a repository of Flux or kustomize, or YAML files with objects',
    remedy: 'name the directory, or its entry with --entry',
  };
}
