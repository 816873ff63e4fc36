import { defined } from '../kubernetes/defined.ts';
import type { CheckResult } from '../live/check.ts';
import type { Diagnosis } from '../operations/doctor/doctor.ts';
import { redactor } from '../private-values/redact.ts';
import { shortenedValues } from '../private-values/shortenedValues.ts';
import { jsonDocument, printable } from './printable.ts';
import { countsOf, renderResults, styleOfWorst } from './results.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
}

/** What holds, what is missing with the command that mends it, and what nobody could check. Contains no private value. */
export function reportDoctor({ results, hidden }: Diagnosis, options: Options, style: Style): string {
  const redact = redactor(hidden);
  const cleaned = shortenedValues(results.map((result) => clean(result, (text) => printable(redact(text)))));
  if (options.json) return jsonDocument({ schemaVersion: 1, ok: isKept(cleaned), checks: cleaned });
  const parts = [
    ...renderResults(cleaned, options, style),
    ...(options.quiet && isKept(cleaned) ? [] : [styleOfWorst(cleaned, style)(`${countsOf(cleaned)}.`)]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

function isKept(results: readonly CheckResult[]): boolean {
  return results.every(({ verdict }) => verdict === 'kept');
}

function clean(result: CheckResult, text: (from: string) => string): CheckResult {
  const { promise, field, evidence, remedy, replaces } = result;
  return defined({
    ...result,
    promise: text(promise),
    field: field === undefined ? undefined : text(field),
    evidence: evidence.map(text),
    remedy: text(remedy),
    replaces: replaces === undefined ? undefined : text(replaces),
  });
}
