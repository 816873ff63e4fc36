import { defined } from '../../kubernetes/defined.ts';
import { describeObject, type ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Evidence, Hop, Verdict } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { type Effect, mayHave } from '../model/unmodelled.ts';

/** What the objects say about one claim of an invariant. */
export interface Conclusion {
  /** What must hold, naming the objects concerned. */
  claim: string;
  verdict: Verdict;
  /** Why it is so. */
  sentence: string;
  /** The objects that decide, the most telling first. */
  evidence: readonly Evidence[];
  /** The path that refutes it, or the path that is not understood. */
  path: readonly Hop[];
  /** What would fix it, where that is not what fixes every breach of its invariant. */
  remedy?: string;
  /** What it rests on and no object tells, beside what each conclusion of its invariant rests on. */
  premises?: readonly string[];
}

/** What speaks against a claim: for certain, or as far as can be seen. */
export interface Objection {
  certain: boolean;
  sentence: string;
  evidence: readonly Evidence[];
  path?: readonly Hop[];
  /** What would fix it, where that is not what fixes every breach of its invariant. */
  remedy?: string;
}

/**
 * The conclusion from objections: one that is certain refutes, one that is not makes it unknown, none proves.
 *
 * @param holds why the claim holds where nothing speaks against it.
 */
export function conclude(
  claim: string,
  objections: readonly Objection[],
  holds: { sentence: string; evidence: readonly Evidence[] },
): Conclusion {
  const refuting = objections.filter(({ certain }) => certain);
  const telling = refuting.length > 0 ? refuting : objections;
  const verdict: Verdict = refuting.length > 0 ? 'refuted' : objections.length > 0 ? 'unknown' : 'proved';
  if (verdict === 'proved') return { claim, verdict, ...holds, path: [] };
  const remedy = telling[0]?.remedy;
  return defined({
    claim,
    verdict,
    remedy,
    sentence: firstOf(telling.map(({ sentence }) => sentence)),
    evidence: telling.flatMap(({ evidence }) => evidence),
    path: telling[0]?.path ?? [],
  });
}

/** Print at most three sentences per conclusion; the evidence names the objects of all. */
const mostSentences = 3;

function firstOf(sentences: readonly string[]): string {
  const left = sentences.length - mostSentences;
  return [...sentences.slice(0, mostSentences), ...(left > 0 ? [`And ${left} more`] : [])].join('. ');
}

/** One objection for each object that is not read and may have one of the effects, in a namespace or anywhere. */
export function unmodelledObjections(
  { unmodelled }: Pick<Model, 'unmodelled'>,
  effects: readonly Effect[],
  namespace?: string,
): readonly Objection[] {
  return unmodelled
    .filter((each) => mayHave(each, effects, namespace))
    .map(({ object, sentence, rule }) => ({ certain: false, sentence, evidence: [{ object, rule }] }));
}

/** A conclusion that holds only if nothing changes the objects on which it rests. */
export function doubted(conclusion: Conclusion, changes: readonly Objection[]): Conclusion {
  if (conclusion.verdict !== 'proved' || changes.length === 0) return conclusion;
  return conclude(conclusion.claim, changes, { sentence: '', evidence: [] });
}

/** A conclusion that a rule makes unknown, with what a user writes instead of the rule. */
export function withRemedy(conclusion: Conclusion): Conclusion {
  if (conclusion.verdict !== 'unknown' || conclusion.remedy !== undefined) return conclusion;
  const found = conclusion.evidence.find(({ remedy }) => remedy !== undefined);
  return found?.remedy === undefined ? conclusion : { ...conclusion, remedy: found.remedy };
}

export function hopOf(object: ObjectRef, because: readonly Evidence[], port?: number): Hop {
  return defined({ at: describeObject(object), object, port, controls: [], because });
}
