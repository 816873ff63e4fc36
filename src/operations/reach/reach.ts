import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Unknown } from '../../manifests/sourcedObject.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { type Answer, createAnswerer, type Query } from '../../reachability/queries.ts';
import type { Environment } from '../../system/environment.ts';
import type { CheckInputs } from '../openRepository.ts';
import { type ReachContext, reachContext, reading, type Source } from './context.ts';
import { readQueries } from './queries.ts';
import { answerQuestion, type Question, type QuestionAnswer } from './question.ts';

/** Answers one question, with every hop of each path. */
export async function reachOne(
  source: Source,
  question: Question,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<QuestionAnswer>> {
  const context = await reachContext(source, environment, inputs, true);
  if (!context.ok) return context;
  const answer = answerQuestion(context.value, question);
  return answer.ok ? ok(redactValues(answer.value, context.value.privateValues)) : answer;
}

/** Answers a file of questions in their order, each one when the caller takes it. */
export async function reachMany(
  source: Source,
  queriesFile: string,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<Iterable<Answer>>> {
  const queries = await reading(queriesFile, () =>
    readQueries(queriesFile, createReadStream(resolve(source.cwd, queriesFile), 'utf8')),
  );
  const context = await reachContext(source, environment, inputs, false);
  if (!queries.ok || !context.ok)
    return err(...(queries.ok ? [] : queries.problems), ...(context.ok ? [] : context.problems));
  return ok(answersTo(queries.value, context.value));
}

function* answersTo(queries: Iterable<Query>, context: ReachContext): Generator<Answer, void> {
  const { objects, assumptions, unseen, privateValues } = context;
  const answer = createAnswerer(objects, assumptions);
  const shown = new Map<Answer, Answer>();
  for (const query of queries) {
    const found = completed(answer(query), query, unseen);
    if (privateValues.size === 0) yield found;
    else {
      const known = shown.get(found) ?? redactValues(found, privateValues);
      shown.set(found, known);
      yield known;
    }
  }
}

function completed(answer: Answer, query: Query, unseen: readonly Unknown[]): Answer {
  const [first] = unseen;
  if (first !== undefined) {
    const object = first.object ?? { kind: 'File', name: '', file: '' };
    const because = [...answer.because, { object, rule: first.sentence }];
    return { verdict: 'unknown', ingress: 'unknown', egress: 'unknown', because };
  }
  if (answer.because.length > 0 || answer.verdict !== 'unknown') return answer;
  const object = { kind: 'Query', name: `${query.from} to ${query.to}`, file: '' };
  const rule = `one of the two, or the port ${query.port}, is not among the objects`;
  return { ...answer, because: [{ object, rule }] };
}
