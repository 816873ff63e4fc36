import { defined } from '../../kubernetes/defined.ts';
import { type ObjectRef, refOf } from '../../manifests/sourcedObject.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { analyse } from '../../reachability/analyse.ts';
import { type AnswerPart, type BlockAnswer, createBlockAnswerer } from '../../reachability/blockAnswers.ts';
import { serviceHop, workloadHop } from '../../reachability/entrypoints/pathTracing.ts';
import { createEvaluator, type Evaluator } from '../../reachability/evaluator.ts';
import type { Certainty, Evidence, Hop, Protocol, Reach } from '../../reachability/model/analysis.ts';
import { buildModel } from '../../reachability/model/model.ts';
import { leads } from '../../reachability/model/service.ts';
import { and } from '../../reachability/model/truth.ts';
import type { ReachContext } from './context.ts';
import { destinationOf, type Origin, sourceOf, type Target } from './questionEnds.ts';
import { lineOf } from './ruleLine.ts';

/** A question as the user wrote it. */
export interface Question {
  /** `namespace/pod`, `namespace/kind/name`, `internet`, `lan`, or a range of addresses. */
  from: string;
  /** `namespace/name:port`, with `/udp` or `/sctp` where it is not TCP. */
  to: string;
}

/** One path from the source to the destination, open or blocked. */
export interface QuestionPath {
  from: string;
  to: ObjectRef;
  protocol: Protocol;
  port: number;
  verdict: Reach;
  /** What the policies of the destination say; undefined for a path of several hops. */
  ingress?: Reach;
  egress?: Reach;
  /** The parts of a range whose answers differ. */
  parts?: readonly AnswerPart[];
  hops: readonly Hop[];
  /** What every request on the path must satisfy. */
  demands: readonly string[];
  gate: Certainty;
}

export interface QuestionAnswer {
  from: string;
  to: string;
  verdict: Reach;
  ways: readonly QuestionPath[];
  /** Why there is no path, or why it is not known. */
  why: readonly string[];
  /** Objects that the API server refuses, or may, each as a sentence: they decide nothing for certain. */
  refused: readonly string[];
}

/** Answers one question. A name that is not among the objects is a problem, since it may be misspelt. */
export function answerQuestion(context: ReachContext, question: Question): Outcome<QuestionAnswer> {
  return questionAnswerer(context)(question);
}

/** Answers questions about the same objects, of which the model is built once. */
export function questionAnswerer(context: ReachContext): (question: Question) => Outcome<QuestionAnswer> {
  const model = createEvaluator(buildModel(context.objects, context.assumptions));
  return (question) => answerFrom(model, context, question);
}

function answerFrom(model: Evaluator, context: ReachContext, question: Question): Outcome<QuestionAnswer> {
  const destination = destinationOf(model, question.to);
  const source = sourceOf(model, question.from);
  const problems = [source, destination].flatMap((each) => ('code' in each ? [each] : []));
  if ('code' in source || 'code' in destination) return err(...problems);
  const { ways, why: doubts } =
    source.kind === 'outside'
      ? pathsFromOutside(context, source.who, destination.targets)
      : pathsBetween(model, source, destination.targets, context);
  const { problem } = destination;
  const why = [...(problem === undefined ? [] : [problem.why]), ...doubts];
  const unseen = context.unseen.map(({ sentence }) => sentence);
  const open = doubts.length > 0 || (problem !== undefined && problem.kind !== 'missing');
  const verdict = unseen.length > 0 ? 'unknown' : overall(ways, open);
  const placed = ways.map((way) => ({
    ...way,
    hops: way.hops.map((hop) => ({ ...hop, because: hop.because.map((each) => withLine(each, context)) })),
  }));
  return ok({ ...question, verdict, ways: placed, why: [...why, ...unseen], refused: context.refused ?? [] });
}

function withLine(because: Evidence, { textOf }: ReachContext): Evidence {
  const line = lineOf(because, textOf);
  return line === undefined ? because : { ...because, object: { ...because.object, line } };
}

function overall(ways: readonly QuestionPath[], open: boolean): Reach {
  if (ways.some(({ verdict }) => verdict === 'allowed')) return 'allowed';
  return open || ways.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'blocked';
}

interface Found {
  ways: readonly QuestionPath[];
  why: readonly string[];
}

function pathsBetween(
  model: Evaluator,
  from: Origin & { kind: 'party' },
  targets: readonly Target[],
  { objects }: ReachContext,
): Found {
  const uncertain = objects.filter((each) => each.uncertain !== undefined).map(refOf);
  const isUncertain = (ref: ObjectRef | undefined): boolean => uncertain.some((each) => isSameRef(each, ref));
  const ofBlock = createBlockAnswerer(model.network, model.flow);
  const ways = targets.map(({ workload, port, protocol, truth, by }): QuestionPath => {
    const { verdict, ingress, egress, because, parts }: BlockAnswer =
      'workload' in from.party
        ? model.flow(from.party, { workload }, protocol, port)
        : ofBlock({ workload, block: from.party.addresses, side: 'from', protocol, port });
    const led =
      by === undefined || !('workload' in from.party) ? 'yes' : leads(by, from.party.workload, workload);
    const ends = [workload.ref, by?.ref, 'workload' in from.party ? from.party.workload.ref : undefined];
    const certain = and(truth, led) === 'yes' && !ends.some(isUncertain) ? verdict : 'unknown';
    const through = by === undefined ? [] : [serviceHop(by, led)];
    const hop = workloadHop({ workload, port, protocol }, because);
    return defined({
      from: from.name,
      to: workload.ref,
      protocol,
      port,
      verdict: led === 'no' || verdict === 'blocked' ? 'blocked' : certain,
      ingress,
      egress,
      parts,
      hops: [...through, hop],
      demands: [],
      gate: 'none' as const,
    });
  });
  return { ways, why: [] };
}

/** Paths from outside are those of the access map: nothing outside can connect to the address of a pod. */
function pathsFromOutside(context: ReachContext, who: 'internet' | 'lan', targets: readonly Target[]): Found {
  const { entries, unknowns } = analyse(context.objects, context.assumptions);
  const mine = entries.filter((entry) => entry.who === who);
  const ways = mine.flatMap((entry): readonly QuestionPath[] => {
    const last = entry.hops.at(-1);
    const target = targets.find(
      ({ workload, port, protocol }) =>
        isSameRef(workload.ref, entry.to) && last?.port === port && last.protocol === protocol,
    );
    if (target === undefined) return [];
    const { from, verdict, hops, demands, gate } = entry;
    return [
      {
        from,
        to: target.workload.ref,
        protocol: target.protocol,
        port: target.port,
        verdict,
        hops,
        demands,
        gate,
      },
    ];
  });
  if (who === 'lan' && context.assumptions.lan.length === 0)
    return { ways, why: ['The ranges of the home network are not known: name them with --lan'] };
  const astray = mine.filter(({ to, verdict }) => to === undefined && verdict === 'unknown');
  const hidden = unknowns.filter(({ object }) => object !== undefined);
  return { ways, why: [...astray, ...hidden].map(({ sentence }) => sentence) };
}

function isSameRef(one: ObjectRef, other: ObjectRef | undefined): boolean {
  return (
    other !== undefined &&
    one.kind === other.kind &&
    one.name === other.name &&
    one.namespace === other.namespace &&
    one.file === other.file
  );
}
