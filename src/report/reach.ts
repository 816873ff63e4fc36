import type { QuestionAnswer, QuestionPath } from '../operations/reach/question.ts';
import type { Answer } from '../reachability/queries.ts';
import type { Style } from './style.ts';

/** Of what is not known, as much as a person reads; the JSON document has all of it. */
const reasonsShown = 5;

/** An answer for a person: every station, with the policy and the line that decides. */
export function renderReach({ from, to, verdict, ways, why }: QuestionAnswer, style: Style): string {
  const head = `${style.strong(from)} → ${style.strong(to)}  ${marked(verdict, style)}`;
  const reasons =
    ways.length === 0 && why.length === 0
      ? ['  No way leads there.']
      : why
          .slice(0, reasonsShown)
          .map((sentence) => `  ${verdict === 'blocked' ? '' : `${style.unsure('not known')}  `}${sentence}`);
  if (why.length > reasonsShown) reasons.push(`  and ${why.length - reasonsShown} more of the kind`);
  return `${[head, ...ways.map((way) => renderWay(way, style)), ...reasons].join('\n\n')}\n`;
}

function renderWay(way: QuestionPath, style: Style): string {
  const directions =
    way.egress === undefined || way.ingress === undefined
      ? []
      : [`    egress ${marked(way.egress, style)}, ingress ${marked(way.ingress, style)}`];
  const hops = way.hops.flatMap(({ at, protocol, port, controls, because }) => [
    `    → ${at}${port === undefined ? '' : `  ${protocol ?? ''} ${port}`}`,
    ...because.map(({ object, rule }) => `        ${placeOf(object)}  ${rule}`),
    ...controls
      .filter(({ certainty }) => certainty !== 'none')
      .map(({ demands, object }) => `        ${placeOf(object)}  demands ${demands}`),
  ]);
  return [`  ${way.from}  ${marked(way.verdict, style)}`, ...directions, ...hops].join('\n');
}

function placeOf({ kind, name, namespace, file, line }: QuestionPath['to']): string {
  const where = file === '' ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${where}`;
}

function marked(verdict: QuestionPath['verdict'], { good, bad, unsure }: Style): string {
  return { allowed: good, blocked: bad, unknown: unsure }[verdict](verdict);
}

/** Characters that are written at once. */
const piece = 2 ** 16;

/** One JSON document a line, in the order of the questions, in pieces: a million answers are no one text. */
export function renderAnswers(answers: Iterable<Answer>): Iterable<string> {
  const known = new WeakMap<Answer, string>();
  return inPieces(answers, (answer) => {
    const found = known.get(answer);
    if (found !== undefined) return found;
    const { verdict, ingress, egress, because } = answer;
    const line = `${JSON.stringify({ verdict, ingress, egress, because })}\n`;
    known.set(answer, line);
    return line;
  });
}

/** The answers in a table for a person, each beside the number of its question. */
export function renderAnswerTable(answers: Iterable<Answer>, style: Style): Iterable<string> {
  return inPieces(answers, ({ verdict, because }, at) => {
    const [first] = because;
    const reason = first === undefined ? '' : `  ${placeOf(first.object)}  ${first.rule}`;
    return `${String(at + 1).padStart(6)}  ${marked(verdict, style)}${reason}\n`;
  });
}

function* inPieces(
  answers: Iterable<Answer>,
  render: (answer: Answer, at: number) => string,
): Generator<string, void> {
  let text = '';
  let at = 0;
  for (const answer of answers) {
    text += render(answer, at);
    at += 1;
    if (text.length < piece) continue;
    yield text;
    text = '';
  }
  yield text;
}
