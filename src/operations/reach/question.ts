import { describeObject, type ObjectRef } from '../../manifests/sourcedObject.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { analyse } from '../../reachability/analyse.ts';
import { serviceHop } from '../../reachability/entrypoints/pathTracing.ts';
import { createEvaluator, type Evaluator } from '../../reachability/evaluator.ts';
import type { Certainty, Evidence, Hop, Protocol, Reach } from '../../reachability/model/analysis.ts';
import { buildModel } from '../../reachability/model/model.ts';
import { leads } from '../../reachability/model/service.ts';
import { and } from '../../reachability/model/truth.ts';
import { destinationOf, type Origin, sourceOf, type Target } from './questionEnds.ts';
import type { ReachContext } from './reach.ts';
import { lineOf } from './ruleLine.ts';

/** What a person asks, as they wrote it. */
export interface Question {
  /** `namespace/pod`, `namespace/kind/name`, `internet`, `lan`, or a range of addresses. */
  from: string;
  /** `namespace/name:port`, with `/udp` or `/sctp` where it is not TCP. */
  to: string;
}

/** One way from the one to the other, or the attempt. */
export interface QuestionPath {
  from: string;
  to: ObjectRef;
  protocol: Protocol;
  port: number;
  verdict: Reach;
  /** What the policies of the receiving side say; nothing for a way through several stations. */
  ingress?: Reach;
  egress?: Reach;
  hops: readonly Hop[];
  /** What every request must satisfy on the way. */
  demands: readonly string[];
  gate: Certainty;
}

export interface QuestionAnswer {
  from: string;
  to: string;
  verdict: Reach;
  ways: readonly QuestionPath[];
  /** Why there is no way at all, or why it is not known. */
  why: readonly string[];
}

/** Answers one question. An end that is not among the objects is a problem, since a name may be misspelt. */
export function answerQuestion(ground: ReachContext, question: Question): Outcome<QuestionAnswer> {
  const model = createEvaluator(buildModel(ground.objects, ground.assumptions));
  const aim = destinationOf(model, question.to);
  const from = sourceOf(model, question.from);
  const problems = [from, aim].flatMap((each) => ('code' in each ? [each] : []));
  if ('code' in from || 'code' in aim) return err(...problems);
  const { ways, why: doubts } =
    from.kind === 'outside'
      ? waysFromOutside(ground, from.who, aim.targets)
      : waysBetween(model, from, aim.targets);
  const why = [...(aim.problem === undefined ? [] : [aim.problem.why]), ...doubts];
  const blind = ground.unseen.map(({ sentence }) => sentence);
  const open = doubts.length > 0 || (aim.problem !== undefined && aim.problem.kind !== 'missing');
  const verdict = blind.length > 0 ? 'unknown' : overall(ways, open);
  const placed = ways.map((way) => ({
    ...way,
    hops: way.hops.map((hop) => ({ ...hop, because: hop.because.map((each) => withLine(each, ground)) })),
  }));
  return ok({ ...question, verdict, ways: placed, why: [...why, ...blind] });
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

function waysBetween(model: Evaluator, from: Origin & { kind: 'party' }, targets: readonly Target[]): Found {
  const ways = targets.map(({ workload, port, protocol, truth, by }): QuestionPath => {
    const { verdict, ingress, egress, because } = model.flow(from.party, { workload }, protocol, port);
    const led =
      by === undefined || !('workload' in from.party) ? 'yes' : leads(by, from.party.workload, workload);
    const certain = and(truth, led) === 'yes' ? verdict : 'unknown';
    const through = by === undefined ? [] : [serviceHop(by, led)];
    const hop: Hop = {
      at: describeObject(workload.ref),
      object: workload.ref,
      protocol,
      port,
      controls: [],
      because,
    };
    return {
      from: from.name,
      to: workload.ref,
      ...{ protocol, port, ingress, egress, demands: [], gate: 'none' as const },
      verdict: led === 'no' || verdict === 'blocked' ? 'blocked' : certain,
      hops: [...through, hop],
    };
  });
  return { ways, why: [] };
}

/** Ways from outside are those of the access map: nothing outside has a pod's address to speak to. */
function waysFromOutside(ground: ReachContext, who: 'internet' | 'lan', targets: readonly Target[]): Found {
  const { entries, unknowns } = analyse(ground.objects, ground.assumptions);
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
  if (who === 'lan' && ground.assumptions.lan.length === 0)
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
