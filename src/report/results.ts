import type { CheckResult, CheckVerdict } from '../live/check.ts';
import type { Style } from './style.ts';

/** The text shows this much evidence of each check; the JSON document has it all. */
const evidenceShown = 5;

/** The last lines are those that a terminal shows: what is broken comes there. */
const chapters: readonly (readonly [CheckVerdict, string])[] = [
  ['kept', 'Kept'],
  ['not checked', 'Not checked'],
  ['broken', 'Broken'],
];

const marks: Record<CheckVerdict, (style: Style) => string> = {
  kept: (style) => style.good('✓'),
  broken: (style) => style.bad('✗'),
  'not checked': (style) => style.unsure('?'),
};

/** Results by verdict, each with what was seen and what to do. The caller redacts, and makes the texts printable. */
export function renderResults(
  results: readonly CheckResult[],
  { quiet = false }: { quiet?: boolean | undefined },
  style: Style,
): readonly string[] {
  return chapters
    .filter(([verdict]) => !quiet || verdict !== 'kept')
    .flatMap(([verdict, title]) => {
      const found = alike(results.filter((result) => result.verdict === verdict));
      return found.length === 0
        ? []
        : [`${style.strong(title)}\n\n${found.map((each) => renderGroup(each, style)).join('\n')}`];
    });
}

/** `3 kept, 1 broken, 0 not checked`. */
export function countsOf(results: readonly CheckResult[]): string {
  const count = (verdict: CheckVerdict): number => results.filter((each) => each.verdict === verdict).length;
  return `${count('kept')} kept, ${count('broken')} broken, ${count('not checked')} not checked`;
}

/** The style of a summary: that of the worst verdict. */
export function styleOfWorst(results: readonly CheckResult[], style: Style): (text: string) => string {
  if (results.some(({ verdict }) => verdict === 'broken')) return style.bad;
  return results.some(({ verdict }) => verdict === 'not checked') ? style.unsure : style.good;
}

type Group = readonly [CheckResult, ...CheckResult[]];

/**
 * Results with the same evidence and remedy: both are printed once. What was not checked for one reason has that reason in
 * common, and none of it has to be mended before.
 */
function alike(results: readonly CheckResult[]): readonly Group[] {
  const groups = new Map<string, [CheckResult, ...CheckResult[]]>();
  for (const result of results) {
    const { verdict, id, evidence, remedy } = result;
    const key = verdict === 'kept' ? id : JSON.stringify([evidence, verdict === 'broken' ? remedy : '']);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return [...groups.values()];
}

function renderGroup(group: Group, style: Style): string {
  const [{ verdict, evidence, remedy }] = group;
  const shown = verdict === 'kept' ? evidence.slice(0, 1) : evidence.slice(0, evidenceShown);
  const more = verdict === 'kept' ? 0 : evidence.length - shown.length;
  return [
    ...group.map(
      ({ promise, id }) => `  ${marks[verdict](style)} ${style.strong(promise)} ${style.faint(`(${id})`)}`,
    ),
    ...shown.map((sentence) => `      ${sentence}`),
    ...(more > 0 ? [`      and ${more} more, with --json`] : []),
    ...(verdict === 'kept' || group.some((each) => each.remedy !== remedy) ? [] : [`      do     ${remedy}`]),
  ].join('\n');
}
