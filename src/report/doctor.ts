import { defined } from '../kubernetes/defined.ts';
import type { CheckResult, CheckVerdict } from '../live/check.ts';
import type { Diagnosis } from '../operations/doctor/doctor.ts';
import { redactor } from '../private-values/redact.ts';
import { jsonDocument, printable } from './printable.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
}

/** What holds, what is missing with the command that mends it, and what nobody could check. Contains no private value. */
export function reportDoctor({ results, hidden }: Diagnosis, options: Options, style: Style): string {
  const redact = redactor(hidden);
  const cleaned = results.map((result) => clean(result, (text) => printable(redact(text))));
  if (options.json) return jsonDocument({ schemaVersion: 1, ok: isKept(cleaned), checks: cleaned });
  const of = (verdict: CheckVerdict): CheckResult[] => cleaned.filter((result) => result.verdict === verdict);
  const parts = [
    ...(options.quiet
      ? []
      : [
          of('kept')
            .map((result) => keptText(result, style))
            .join('\n'),
        ]),
    ...groupsOf(of('not checked')).map((group) => uncheckedText(group, style)),
    ...of('broken').map((result) => openText(result, style.bad('broken'), style)),
    ...(options.quiet && isKept(cleaned) ? [] : [summary(cleaned, style)]),
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
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

function keptText({ promise, evidence }: CheckResult, style: Style): string {
  return `${style.good('kept')}  ${promise} ${style.faint(`(${evidence.join('; ')})`)}`;
}

function openText({ promise, evidence, remedy, field }: CheckResult, mark: string, style: Style): string {
  return [
    `${mark}  ${promise}${field === undefined ? '' : ` ${style.faint(field)}`}`,
    ...evidence.map((line) => `  ${line}`),
    `  ${style.faint('to do')}  ${remedy}`,
  ].join('\n');
}

/** What was not checked for the same reason is one paragraph: none of it has to be mended before that reason is. */
function groupsOf(results: readonly CheckResult[]): CheckResult[][] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    const reason = result.evidence.join('; ');
    groups.set(reason, [...(groups.get(reason) ?? []), result]);
  }
  return [...groups.values()];
}

function uncheckedText(group: readonly CheckResult[], style: Style): string {
  const [first] = group;
  const mark = style.unsure('not checked');
  if (group.length === 1 && first !== undefined) return openText(first, mark, style);
  const promises = group.map(({ promise }) => `  - ${promise}`);
  return [`${mark}  ${first?.evidence.join('; ')}, so that nobody knows whether:`, ...promises].join('\n');
}

function summary(results: readonly CheckResult[], style: Style): string {
  const count = (verdict: CheckVerdict): number =>
    results.filter((result) => result.verdict === verdict).length;
  const text = `${count('kept')} kept, ${count('broken')} broken, ${count('not checked')} not checked.`;
  return isKept(results) ? style.good(text) : text;
}
