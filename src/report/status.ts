import { defined } from '../kubernetes/defined.ts';
import type { StatusItem } from '../operations/status/item.ts';
import type { Status } from '../operations/status/status.ts';
import { redactor } from '../private-values/redact.ts';
import { jsonDocument, printable } from './printable.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
}

const titles: Record<StatusItem['priority'], string> = {
  high: 'Nothing works without it',
  medium: 'A promise does not hold',
  low: 'It may stay as it is',
};

/** What is left to do, by priority, and what was not checked. Contains no private value and no control character. */
export function reportStatus(status: Status, options: Options, style: Style): string {
  const redact = redactor(status.hidden);
  const clean = (text: string) => printable(redact(text));
  const left = status.left.map((item) => cleaned(item, clean));
  if (options.json) return jsonDocument(document(status, left));
  const chapters = (Object.keys(titles) as StatusItem['priority'][]).flatMap((priority) => {
    const items = left.filter((item) => item.priority === priority);
    return items.length === 0
      ? []
      : [`${style.strong(titles[priority])}\n\n${items.map((item) => itemText(item, style)).join('\n')}`];
  });
  const parts = [...chapters, ...(options.quiet ? [] : [summary(left, style), notChecked(status)])];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

function cleaned(item: StatusItem, clean: (text: string) => string): StatusItem {
  return defined({
    ...item,
    missing: clean(item.missing),
    source: clean(item.source),
    field: clean(item.field),
    command: item.command === undefined ? undefined : clean(item.command),
  });
}

function itemText({ missing, source, minutes, field, command }: StatusItem, style: Style): string {
  return [
    `  ${style.strong(missing)} ${style.faint(`(${minutes} min)`)}`,
    `    from   ${source}`,
    `    field  ${field}`,
    ...(command === undefined ? [] : [`    run    ${command}`]),
  ].join('\n');
}

function minutesOf(left: readonly StatusItem[]): number {
  return left.reduce((sum, { minutes }) => sum + minutes, 0);
}

function summary(left: readonly StatusItem[], style: Style): string {
  if (left.length === 0) return style.good('Nothing is left to do that the files show.');
  const things = left.length === 1 ? '1 thing is' : `${left.length} things are`;
  return style.unsure(`${things} left to do, about ${minutesOf(left)} minutes.`);
}

function notChecked({ notChecked: list }: Status): string {
  const rows = list.map(({ what, command }) => `  ${what}${command === undefined ? '' : ` (${command})`}`);
  return ['Not checked, since status reads files only:', ...rows].join('\n');
}

function document({ notChecked: list }: Status, left: readonly StatusItem[]): unknown {
  return { schemaVersion: 1, ok: true, left, minutes: minutesOf(left), notChecked: list };
}
