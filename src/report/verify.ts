import type { Verified } from '../operations/verify/verify.ts';
import { calendarDocument, renderCalendar } from './calendar.ts';
import { printableValues } from './printable.ts';
import { countsOf, renderResults, styleOfWorst } from './results.ts';
import type { Style } from './style.ts';

interface Options {
  quiet?: boolean | undefined;
}

/** What a run of `verify` found: each promise with what was seen, and what to do. */
export function renderVerified(verified: Verified, { quiet = false }: Options, style: Style): string {
  const { results, notes } = printableValues(verified);
  const parts = [
    ...renderResults(results, { quiet }, style),
    ...renderCalendar(results, style),
    ...(notes.length === 0 ? [] : [['Not asked about:', ...notes.map((note) => `  ${note}`)].join('\n')]),
    ...(quiet && results.every(({ verdict }) => verdict === 'kept') ? [] : [summary(verified, style)]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

function summary({ results, context, commit, requests }: Verified, style: Style): string {
  const of = commit === undefined ? '' : ` at commit ${commit.slice(0, 12)}`;
  const where = `The cluster of context ${context}${of} was asked with ${requests} requests: ${countsOf(results)}.`;
  return styleOfWorst(results, style)(where);
}

/** The same as a document for programs. */
export function verifiedDocument({ results, ...run }: Verified): unknown {
  const ok = results.every(({ verdict }) => verdict === 'kept');
  return { schemaVersion: 1, ok, ...run, results, calendar: calendarDocument(results) };
}
