import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PrivateValues } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject, Unknown } from '../../manifests/sourcedObject.ts';
import { redactValues } from '../../private-values/redactValues.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Assumptions } from '../../reachability/model/analysis.ts';
import { type Answer, answering, type Query } from '../../reachability/queries.ts';
import type { Environment } from '../../system/environment.ts';
import { type CheckInputs, openRepository } from '../openRepository.ts';
import { objectsOf } from './objectsFile.ts';
import { readQueries } from './queries.ts';
import { answerQuestion, type Question, type QuestionAnswer } from './question.ts';

/** Where the objects come from: a repository, or a file with a bare list of them. */
export interface Source {
  directory: string;
  /** Where files are looked for that are named on the command line. */
  cwd: string;
  /** A file with a List of objects, in the place of the repository. */
  objects?: string;
}

/** What questions are asked of. */
export interface ReachContext {
  objects: readonly SourcedObject[];
  assumptions: Assumptions;
  /** What could not be built: no answer is certain beside it. */
  unseen: readonly Unknown[];
  privateValues: PrivateValues;
  /** The text of a file that was read. */
  textOf: (file: string) => string | undefined;
}

/** One question of a person, answered with every station on the way. */
export async function reachOne(
  source: Source,
  question: Question,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<QuestionAnswer>> {
  const ground = await contextOf(source, environment, inputs, true);
  if (!ground.ok) return ground;
  const answer = answerQuestion(ground.value, question);
  return answer.ok ? ok(redactValues(answer.value, ground.value.privateValues)) : answer;
}

/** The answers to a file of questions, in their order, each found when it is asked for. */
export async function reachMany(
  source: Source,
  queriesFile: string,
  environment: Environment,
  inputs: CheckInputs,
): Promise<Outcome<Iterable<Answer>>> {
  const queries = await reading(queriesFile, () =>
    readQueries(queriesFile, createReadStream(resolve(source.cwd, queriesFile), 'utf8')),
  );
  const ground = await contextOf(source, environment, inputs, false);
  if (!queries.ok || !ground.ok)
    return err(...(queries.ok ? [] : queries.problems), ...(ground.ok ? [] : ground.problems));
  return ok(answersTo(queries.value, ground.value, source));
}

function* answersTo(queries: Iterable<Query>, ground: ReachContext, source: Source): Generator<Answer, void> {
  const { objects, assumptions, unseen, privateValues } = ground;
  const answer = answering(asStored(objects, source), assumptions);
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

async function contextOf(
  source: Source,
  environment: Environment,
  inputs: CheckInputs,
  lines: boolean,
): Promise<Outcome<ReachContext>> {
  if (source.objects !== undefined) return contextOfList(source.cwd, source.objects, inputs, lines);
  const opened = await openRepository(source.directory, environment, inputs);
  if (!opened.ok) return opened;
  const { repository, assumptions, unfilled, privateValues, files } = opened.value;
  return ok({
    objects: repository.objects,
    assumptions,
    unseen: [...repository.unseen, ...unfilled],
    privateValues: privateValues,
    textOf: (file) => files.tree.get(file),
  });
}

/** A list is what an API server holds, and policies in it are taken as enforced unless `none` is said. */
async function contextOfList(
  directory: string,
  file: string,
  { enforcer = 'given', lan = [], vpn = [], pods }: CheckInputs,
  lines: boolean,
): Promise<Outcome<ReachContext>> {
  const text = await readText(directory, file);
  const objects = text.ok ? objectsOf(file, text.value, lines) : text;
  if (!objects.ok) return objects;
  return ok({
    objects: objects.value,
    assumptions: { enforcer, lan, vpn, stored: true, ...(pods ? { podRanges: pods } : {}) },
    unseen: [],
    privateValues: new Map(),
    textOf: () => (text.ok ? text.value : undefined),
  });
}

function readText(directory: string, file: string): Promise<Outcome<string>> {
  return reading(file, async () => ok(await readFile(resolve(directory, file), 'utf8')));
}

/** What is read of a file that a person named, or why it cannot be read. */
async function reading<Value>(file: string, read: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  try {
    return await read();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problem: Problem = {
      code: missing ? 'text-not-found' : 'text-unreadable',
      file,
      message: missing ? 'the file is not there' : 'the file cannot be read',
      expected: 'a file that you may read',
    };
    return err(problem);
  }
}

/** Objects of a repository as the API server would hold them: each Namespace with the label of its name. */
function asStored(objects: readonly SourcedObject[], source: Source): readonly SourcedObject[] {
  if (source.objects !== undefined) return objects;
  return objects.map((each) =>
    each.object.kind === 'Namespace' && each.object.apiVersion === 'v1'
      ? { ...each, object: namedByLabel(each.object) }
      : each,
  );
}

function namedByLabel(object: KubernetesObject): KubernetesObject {
  const { metadata } = object;
  const labels = { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels };
  return { ...object, metadata: { ...metadata, labels } };
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
