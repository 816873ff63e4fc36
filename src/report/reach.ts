import type { QuestionAnswer, QuestionPath } from '../operations/reach/question.ts';
import type { Answer } from '../reachability/queries.ts';
import { jsonLine, printable, printableValues } from './printable.ts';
import type { Style } from './style.ts';

/** The number of reasons that are shown. The JSON document has all of them. */
const reasonsShown = 5;

/** An answer as text: every hop, with the policy rule that decides. */
export function renderReach(answer: QuestionAnswer, style: Style): string {
  const { from, to, verdict, ways, why, refused } = printableValues(answer);
  const head = `${style.strong(from)} → ${style.strong(to)}  ${marked(verdict, style)}`;
  const reasons =
    ways.length === 0 && why.length === 0
      ? ['  No path leads there.']
      : why
          .slice(0, reasonsShown)
          .map((sentence) => `  ${verdict === 'blocked' ? '' : `${style.unsure('not known')}  `}${sentence}`);
  if (why.length > reasonsShown) reasons.push(`  and ${why.length - reasonsShown} more reasons`);
  const refusals = refused.slice(0, reasonsShown).map((sentence) => `  ${sentence}`);
  if (refused.length > reasonsShown)
    refusals.push(`  and ${refused.length - reasonsShown} more objects that the API server refuses, or may`);
  return `${[head, ...ways.map((way) => renderWay(way, style)), ...reasons, ...refusals].join('\n\n')}\n`;
}

function renderWay(way: QuestionPath, style: Style): string {
  const directions =
    way.egress === undefined || way.ingress === undefined
      ? []
      : [`    egress ${marked(way.egress, style)}, ingress ${marked(way.ingress, style)}`];
  const parts = (way.parts ?? []).map(
    ({ addresses, verdict }) => `    ${addresses.join(', ')}  ${marked(verdict, style)}`,
  );
  const hops = way.hops.flatMap(({ at, protocol, port, controls, because }) => [
    `    → ${at}${port === undefined ? '' : `  ${protocol ?? ''} ${port}`}`,
    ...because.map(({ object, rule }) => `        ${placeOf(object)}  ${rule}`),
    ...controls
      .filter(({ certainty }) => certainty !== 'none')
      .map(({ demands, object }) => `        ${placeOf(object)}  demands ${demands}`),
  ]);
  return [`  ${way.from}  ${marked(way.verdict, style)}`, ...directions, ...parts, ...hops].join('\n');
}

function placeOf({ kind, name, namespace, file, line }: QuestionPath['to']): string {
  const where = file === '' ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${where}`;
}

function marked(verdict: QuestionPath['verdict'], { good, bad, unsure }: Style): string {
  return { allowed: good, blocked: bad, unknown: unsure }[verdict](verdict);
}

/** The number of characters per write. */
const piece = 2 ** 16;

/** One JSON document per line, in the order of the queries, in pieces: a million answers do not fit into one string. */
export function renderAnswers(answers: Iterable<Answer>): Iterable<string> {
  const known = new WeakMap<Answer, string>();
  return inPieces(answers, (answer) => {
    const found = known.get(answer);
    if (found !== undefined) return found;
    const { verdict, ingress, egress, because, parts } = answer;
    const line = jsonLine({ verdict, ingress, egress, because, parts });
    known.set(answer, line);
    return line;
  });
}

/** The answers as a table, each with the number of its query. */
export function renderAnswerTable(answers: Iterable<Answer>, style: Style): Iterable<string> {
  return inPieces(answers, ({ verdict, because }, at) => {
    const [first] = because;
    const reason = first === undefined ? '' : `  ${printable(`${placeOf(first.object)}  ${first.rule}`)}`;
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
