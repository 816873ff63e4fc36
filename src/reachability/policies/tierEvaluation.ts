import type { Evidence, Protocol, Reach } from '../model/analysis.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Workload } from '../model/workload.ts';
import type { CompiledRule, CompiledRules, CompiledTier, Decision } from './flowCache.ts';
import { coversPort } from './policy.ts';
import { priorityOf } from './ruleOrder.ts';

/** A port of a destination. A destination outside the cluster has no named ports. */
export interface Question {
  protocol: Protocol;
  port: number;
  destination: Workload | undefined;
}

/** Whether the peers of a rule select the other side. */
export type PeerMatcher = (rule: CompiledRule) => Truth;

/** Rules of a tier that may match, and were evaluated before the one that decides. */
interface Uncertain {
  deny: CompiledRule[];
  allow: CompiledRule[];
  pass: CompiledRule[];
}

/**
 * Evaluates tier after tier. A rule that may match makes the result unknown, unless the result is the same whether it
 * matches or not.
 *
 * @param matcher creates the matcher of one tier, which is called for the rules in their order
 */
export function evaluateTiers(
  compiled: CompiledRules,
  question: Question,
  matcher: () => PeerMatcher,
): Decision {
  return evaluateTier({ compiled, question, matcher }, 0);
}

interface Evaluation {
  compiled: CompiledRules;
  question: Question;
  matcher: () => PeerMatcher;
}

/** The decision of the tiers from a position on. It creates no closure, since it runs for each pair of workloads. */
function evaluateTier(evaluation: Evaluation, at: number): Decision {
  const { compiled, question } = evaluation;
  const tier = compiled.tiers[at];
  if (tier === undefined) return compiled.otherwise;
  const matches = evaluation.matcher();
  let uncertain: Uncertain | undefined;
  for (const rule of tier.rules) {
    const applied = applies(rule, question, matches(rule));
    if (applied === 'no') continue;
    if (applied === 'maybe') {
      uncertain = withRule(uncertain, rule);
      continue;
    }
    if (tier.mayConflict) uncertain = withConflicts(uncertain, tier, rule, question, matches);
    const certain = rule.decision ?? evaluateTier(evaluation, at + 1);
    return uncertain === undefined ? certain : decidedBy(rule, certain, uncertain, evaluation, at);
  }
  const rest = undecided(tier, evaluation, at);
  return uncertain === undefined ? rest : mergeUncertain(uncertain, rest, evaluation, at);
}

function applies(
  { rule, truth }: CompiledRule,
  { protocol, port, destination }: Question,
  matched: Truth,
): Truth {
  if (matched === 'no') return matched;
  const covered = coversPort(rule, protocol, port, destination);
  return covered === 'yes' && matched === 'yes' ? truth : and(matched, truth, covered);
}

function withRule(uncertain: Uncertain | undefined, rule: CompiledRule): Uncertain {
  const found = uncertain ?? { deny: [], allow: [], pass: [] };
  found[rule.rule.action].push(rule);
  return found;
}

/** Adds the rules of other policies of the same priority. No API defines which of them comes first. */
function withConflicts(
  uncertain: Uncertain | undefined,
  { rules }: CompiledTier,
  certain: CompiledRule,
  question: Question,
  matches: PeerMatcher,
): Uncertain | undefined {
  let found = uncertain;
  const decided = new Set([certain.policy]);
  for (const rule of rules.slice(rules.indexOf(certain) + 1)) {
    if (priorityOf(rule.policy) !== priorityOf(certain.policy)) break;
    if (decided.has(rule.policy)) continue;
    const applied = applies(rule, question, matches(rule));
    if (applied === 'no') continue;
    if (applied === 'yes') decided.add(rule.policy);
    found = withRule(found, rule);
  }
  return found;
}

/** A rule matches for certain, after others that may match. */
function decidedBy(
  rule: CompiledRule,
  certain: Decision,
  uncertain: Uncertain,
  evaluation: Evaluation,
  at: number,
): Decision {
  const filters = evaluation.compiled.tiers[at]?.isOrdered === true;
  const other = disagreeing(uncertain, certain.reach, evaluation, at, filters);
  if (other.length === 0) return certain;
  const rest = rule.decision === undefined ? certain.because : [];
  return { reach: 'unknown', because: [...other, ...rest] };
}

/** The decision if no rule of a tier matches. */
function undecided({ isolation }: CompiledTier, evaluation: Evaluation, at: number): Decision {
  if (isolation?.reach === 'blocked') return isolation;
  const rest = evaluateTier(evaluation, at + 1);
  if (isolation === undefined || rest.reach === 'blocked') return rest;
  return rest === evaluation.compiled.otherwise
    ? isolation
    : { reach: 'unknown', because: [...isolation.because, ...rest.because] };
}

/** No rule matches for certain, but some may. */
function mergeUncertain(uncertain: Uncertain, rest: Decision, evaluation: Evaluation, at: number): Decision {
  if (disagreeing(uncertain, rest.reach, evaluation, at, true).length === 0) return rest;
  return { reach: 'unknown', because: [...evidenceOf(uncertain, evaluation, at), ...rest.because] };
}

/**
 * The evidence of the rules that decide differently.
 *
 * @param filters whether layer-7 conditions count, with which an allow rule may reject a request
 */
function disagreeing(
  uncertain: Uncertain,
  reach: Reach,
  evaluation: Evaluation,
  at: number,
  filters: boolean,
): readonly Evidence[] {
  const { deny, allow, pass } = uncertain;
  const rejects = filters && allow.some(({ rule }) => rule.layer7 !== undefined);
  return evidenceOf(
    {
      deny: reach === 'blocked' ? [] : deny,
      allow: reach === 'allowed' && !rejects ? [] : allow,
      pass: passesTo(pass, evaluation, at) === reach && reach !== 'unknown' ? [] : pass,
    },
    evaluation,
    at,
  );
}

/** The result of the following tiers, if a rule may pass on to them. */
function passesTo(pass: readonly CompiledRule[], evaluation: Evaluation, at: number): Reach | undefined {
  return pass.length === 0 ? undefined : evaluateTier(evaluation, at + 1).reach;
}

function evidenceOf(
  { deny, allow, pass }: Uncertain,
  evaluation: Evaluation,
  at: number,
): readonly Evidence[] {
  return [
    ...deny.map((rule) => mayDo(rule, 'deny it')),
    ...allow.map(({ because }) => because),
    ...pass.map((rule) => mayDo(rule, 'pass it on')),
    ...(pass.length === 0 ? [] : evaluateTier(evaluation, at + 1).because),
  ];
}

function mayDo({ because }: CompiledRule, what: string): Evidence {
  return { ...because, rule: `${because.rule}, which may ${what}` };
}
