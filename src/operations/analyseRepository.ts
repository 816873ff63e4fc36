import type { Repository } from '../manifests/repository.ts';
import type { Unknown } from '../manifests/sourcedObject.ts';
import { type Analysis, analyse } from '../reachability/analyse.ts';
import { invariantOf, type Proof } from '../reachability/invariants/registry.ts';
import type { ValidatedObject } from '../reachability/invariants/structure.ts';
import type { Assumptions } from '../reachability/model/analysis.ts';
import { validateRepository } from './validate.ts';

export interface AnalysisInputs {
  assumptions: Assumptions;
  /** Why private values are not known, where they should be. */
  unfilled?: readonly Unknown[];
  /** Whether Gatehouse has a configuration of the cluster, which then runs the versions of its schemas. */
  own: boolean;
  /** The objects as they were validated before. */
  validated?: readonly ValidatedObject[];
}

/**
 * Analyses a loaded repository: who reaches what, every invariant, and the structure of each object. Where something
 * could not be built, it may hold what changes a verdict, such as a policy, a Service or a Secret in clear text. Then
 * nothing is proved, and only what a known object refutes is refuted.
 */
export async function analyseRepository(repository: Repository, inputs: AnalysisInputs): Promise<Analysis> {
  const { objects, unseen, unfilled: variables, likely, assumed } = repository;
  const { assumptions, unfilled = [], own } = inputs;
  const validated = inputs.validated ?? (await validateRepository(repository));
  const analysis = analyse(objects, assumptions, { likely, structure: { validated, pinned: own } });
  const all = {
    ...analysis,
    // They say which objects there are, so every proof rests on them.
    proofs: analysis.proofs.map((proof) => ({ ...proof, premises: [...proof.premises, ...assumed] })),
    assumptions: [...analysis.assumptions, ...assumed],
    unknowns: [...unfilled, ...variables, ...unseen, ...analysis.unknowns],
  };
  return unseen.length === 0 ? all : withUnseen(all, unseen);
}

/**
 * An analysis of objects of which not all could be read: nothing is proved, and only what a known object refutes is refuted.
 */
export function withUnseen(analysis: Analysis, unseen: readonly Unknown[]): Analysis {
  const more = unseen.length > 1 ? `, and ${unseen.length - 1} more` : '';
  const why = `not everything could be read: ${unseen[0]?.sentence ?? ''}${more}`;
  const evidence = unseen.flatMap(({ object, sentence }) =>
    object === undefined ? [] : [{ object, rule: sentence }],
  );
  return {
    ...analysis,
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
