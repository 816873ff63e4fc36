import type { CheckResult, CheckVerdict } from '../live/check.ts';
import type { Verified } from '../operations/verify/verify.ts';
import { printableValues } from './printable.ts';
import type { Style } from './style.ts';

interface Options {
  quiet?: boolean | undefined;
}

/** The text shows this much evidence of each check; the JSON document has it all. */
const evidenceShown = 5;

const titles: readonly (readonly [CheckVerdict, string])[] = [
  ['broken', 'Broken'],
  ['not checked', 'Not checked'],
  ['kept', 'Kept'],
];

/** What a run of `verify` found: broken promises first, each with what was seen and what to do. */
export function renderVerified(verified: Verified, { quiet = false }: Options, style: Style): string {
  const { results, notes } = printableValues(verified);
  const chapters = titles
    .filter(([verdict]) => !quiet || verdict !== 'kept')
    .flatMap(([verdict, title]) => {
      const found = results.filter((result) => result.verdict === verdict);
      return found.length === 0
        ? []
        : [
            `${style.strong(title)}\n\n${alike(found)
              .map((results) => renderResults(results, style))
              .join('\n')}`,
          ];
    });
  const parts = [
    ...chapters,
    ...(notes.length === 0 ? [] : [['Not asked about:', ...notes.map((note) => `  ${note}`)].join('\n')]),
    ...(quiet && results.every(({ verdict }) => verdict === 'kept') ? [] : [summary(verified, style)]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

/** Results one after another with the same evidence and remedy: both are printed once. */
function alike(results: readonly CheckResult[]): readonly (readonly [CheckResult, ...CheckResult[]])[] {
  const groups: [CheckResult, ...CheckResult[]][] = [];
  for (const result of results) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].verdict !== 'kept' && isAlike(last[0], result)) last.push(result);
    else groups.push([result]);
  }
  return groups;
}

function isAlike(one: CheckResult, other: CheckResult): boolean {
  return one.remedy === other.remedy && one.evidence.join('\n') === other.evidence.join('\n');
}

function renderResults(results: readonly [CheckResult, ...CheckResult[]], style: Style): string {
  const [{ verdict, evidence, remedy }] = results;
  const shown = verdict === 'kept' ? evidence.slice(0, 1) : evidence.slice(0, evidenceShown);
  const more = verdict === 'kept' ? 0 : evidence.length - shown.length;
  return [
    ...results.map(
      ({ promise, id }) => `  ${marks[verdict](style)} ${style.strong(promise)} ${style.faint(`(${id})`)}`,
    ),
    ...shown.map((sentence) => `      ${sentence}`),
    ...(more > 0 ? [`      and ${more} more, with --json`] : []),
    ...(verdict === 'kept' ? [] : [`      do     ${remedy}`]),
  ].join('\n');
}

const marks: Record<CheckVerdict, (style: Style) => string> = {
  kept: (style) => style.good('✓'),
  broken: (style) => style.bad('✗'),
  'not checked': (style) => style.unsure('?'),
};

function summary({ results, context, commit, requests }: Verified, style: Style): string {
  const count = (verdict: CheckVerdict): number => results.filter((each) => each.verdict === verdict).length;
  const numbers = `${count('kept')} kept, ${count('broken')} broken, ${count('not checked')} not checked`;
  const of = commit === undefined ? '' : ` at commit ${commit.slice(0, 12)}`;
  const where = `The cluster of context ${context}${of} was asked with ${requests} requests: ${numbers}.`;
  if (count('broken') > 0) return style.bad(where);
  return count('not checked') > 0 ? style.unsure(where) : style.good(where);
}

/** The same as a document for programs. */
export function verifiedDocument({ results, ...run }: Verified): unknown {
  const ok = results.every(({ verdict }) => verdict === 'kept');
  return { schemaVersion: 1, ok, ...run, results };
}
