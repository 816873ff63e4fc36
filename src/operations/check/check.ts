import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartedRepository } from '../../manifests/helm/renderCharts.ts';
import type { TreeFinding } from '../../manifests/kustomizationReach.ts';
import type { Repository } from '../../manifests/loadRepository.ts';
import { readGitTree } from '../../manifests/sources/commit.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { type Analysis, analyse } from '../../reachability/analyse.ts';
import type { RouteControls } from '../../reachability/gateways/analysedRule.ts';
import { routeControls } from '../../reachability/gateways/routeControls.ts';
import { invariantOf, type Proof } from '../../reachability/invariants/registry.ts';
import type { Verdict } from '../../reachability/model/analysis.ts';
import type { Environment } from '../../system/environment.ts';
import { type CheckInputs, type LoadedRepository, loadFiles, openRepository } from '../openRepository.ts';
import { validateObjects } from '../validate.ts';
import { type Acceptance, acceptancesPath } from './acceptances.ts';
import { type CheckChanges, changesBetween } from './changes.ts';
import { type CheckFinding, findingsOf, staleAmong } from './findings.ts';

/** What a check says of a folder. No text in it holds a private value. */
export interface Checked {
  /** Refuted or unknown where a finding is that nobody accepted. */
  verdict: Verdict;
  source: Pick<Repository, 'kind' | 'files'> & { objects: number };
  judgement: Analysis;
  /** What each rule of each Gateway API route demands. */
  routes: readonly RouteControls[];
  findings: readonly CheckFinding[];
  /** What of the files goes nowhere, without which the verdict is the same. */
  notes: readonly TreeFinding[];
  /** Accepted, and not there any more. */
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
 * Judges a folder: any repository of Flux, kustomize or plain YAML, ours or not. Nothing is written, and nothing is
 * asked but Git and, where that is said, helm.
 */
export async function check(
  directory: string,
  environment: Environment,
  options: CheckOptions,
): Promise<Outcome<Checked>> {
  const opened = await openRepository(directory, environment, options);
  if (!opened.ok) return opened;
  const { repository, privateValues, inputs } = opened.value;
  if (repository.objects.length === 0 && repository.unseen.length === 0) return err(nothingThere());
  const analysis = analyseRepository(repository, opened.value);
  const changes =
    options.base === undefined
      ? ok(undefined)
      : await changesSince(directory, options.base, analysis, async (before) =>
          analyseRepository(
            await loadFiles(before, privateValues, inputs, { surroundings: environment }),
            opened.value,
          ),
        );
  if (!changes.ok) return changes;
  const { entries: acceptances, problems } = await acceptancesOf(directory);
  const findings = findingsOf(analysis, acceptances);
  const { kind, files } = repository;
  const checked: Checked = {
    verdict: verdictOf(findings),
    source: { kind, files, objects: repository.objects.length },
    routes: routesOf(repository),
    ...{ judgement: analysis, findings, problems },
    notes: repository.findings.filter(({ kind }) => kind === 'unlisted' || kind === 'unreached'),
    stale: staleAmong(acceptances, analysis.proofs),
    changes: changes.value,
  };
  return ok(redactValues(checked, privateValues));
}

async function acceptancesOf(directory: string): Promise<{ entries: Acceptance[]; problems: Problem[] }> {
  const text = await readFile(join(directory, acceptancesPath), 'utf8').catch(() => undefined);
  if (text === undefined) return { entries: [], problems: [] };
  const { readAcceptances } = await import('./readAcceptances.ts');
  return readAcceptances(text);
}

function routesOf({ objects, unseen }: Repository): readonly RouteControls[] {
  const blind = unseen.map(({ sentence }) => sentence);
  return routeControls(objects).map((route) => ({ ...route, unknowns: [...route.unknowns, ...blind] }));
}

async function changesSince(
  directory: string,
  base: string,
  after: Analysis,
  judgeFiles: (files: Parameters<typeof loadFiles>[0]) => Promise<Analysis>,
): Promise<Outcome<CheckChanges>> {
  const files = await readGitTree(directory, base);
  return files.ok ? ok(changesBetween(base, await judgeFiles(files.value), after)) : files;
}

/**
 * The judgement of what could be built. Where something could not, it may hold whatever changes a verdict: a policy, a
 * Service, a Secret in the clear. Then only what is refuted by something that is there is certain.
 */
function analyseRepository(
  { objects, unseen, unfilled: variables, likely, assumed }: ChartedRepository,
  { assumptions, unfilled, own }: Pick<LoadedRepository, 'assumptions' | 'unfilled' | 'own'>,
): Analysis {
  const structure = { validated: validateObjects(objects), pinned: own };
  const judged = analyse(objects, assumptions, { likely, structure });
  const analysis = { ...judged, assumptions: [...judged.assumptions, ...assumed] };
  const unknowns = [...unfilled, ...variables, ...unseen, ...analysis.unknowns];
  const [first] = unseen;
  if (first === undefined) return { ...analysis, unknowns };
  const why = `not everything could be read: ${first.sentence}${unseen.length > 1 ? `, and ${unseen.length - 1} more` : ''}`;
  const evidence = unseen.flatMap(({ object, sentence }) =>
    object === undefined ? [] : [{ object, rule: sentence }],
  );
  return {
    ...analysis,
    unknowns,
    entries: analysis.entries.map((entry) =>
      entry.verdict === 'unknown'
        ? entry
        : { ...entry, verdict: 'unknown', sentence: `${entry.sentence}; ${why}` },
    ),
    proofs: analysis.proofs.map((proof): Proof => {
      if (proof.verdict === 'proved') return { ...proof, verdict: 'unknown', sentence: why, evidence };
      const isCertain = invariantOf(proof.invariant).brokenByPresence && proof.evidence.length > 0;
      if (proof.verdict === 'unknown' || isCertain) return proof;
      const all = [...proof.evidence, ...evidence];
      return { ...proof, verdict: 'unknown', sentence: `${proof.sentence}; ${why}`, evidence: all };
    }),
  };
}

function verdictOf(findings: readonly CheckFinding[]): Verdict {
  const open = findings.filter(({ accepted }) => accepted === undefined);
  if (open.some(({ verdict }) => verdict === 'refuted')) return 'refuted';
  return open.length > 0 ? 'unknown' : 'proved';
}

function nothingThere(): Problem {
  return {
    code: 'nothing-to-judge',
    message: 'there is no Kubernetes object in this folder',
    expected: 'a repository of Flux or kustomize, or YAML files with objects',
    remedy: 'name the folder, or its entry with --entry',
  };
}
