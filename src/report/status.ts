import { defined } from '../kubernetes/defined.ts';
import { cleaned } from '../operations/status/cleaned.ts';
import { workOn } from '../operations/status/components.ts';
import type { StatusItem } from '../operations/status/item.ts';
import type { BrokenPromise, Status } from '../operations/status/status.ts';
import type { WrittenDocument } from '../operations/status/writeDocument.ts';
import { redactor } from '../private-values/redact.ts';
import { jsonDocument, printable } from './printable.ts';
import { componentTable, moment } from './statusComponents.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
  /** The list of what is left, where it was to be kept. */
  document?: WrittenDocument | undefined;
}

const titles: Record<StatusItem['priority'], string> = {
  high: 'Nothing works without it',
  medium: 'A promise does not hold',
  low: 'It may stay as it is',
};

/**
 * Broken promises, what is left to do by priority, how far each component has come, and what was not checked. Contains no
 * private value and no control character.
 */
export function reportStatus(status: Status, options: Options, style: Style): string {
  const redact = redactor(status.hidden);
  const clean = (text: string) => printable(redact(text));
  const { left, broken, components, notChecked: unchecked } = cleaned(status, clean);
  if (options.json)
    return jsonDocument(
      defined({
        ...document({ left, broken, components, notChecked: unchecked }),
        document: options.document,
      }),
    );
  const chapters = (Object.keys(titles) as StatusItem['priority'][]).flatMap((priority) => {
    const items = left.filter((item) => item.priority === priority);
    return items.length === 0
      ? []
      : [`${style.strong(titles[priority])}\n\n${items.map((item) => itemText(item, style)).join('\n')}`];
  });
  const parts = [
    ...brokenChapter(broken, style),
    ...chapters,
    ...(options.quiet
      ? behind(components, style)
      : [
          summary({ left, broken, components }, style),
          componentTable(components, style),
          notChecked(unchecked),
          ...writtenText(options.document),
        ]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

type Reported = Pick<Status, 'left' | 'broken' | 'components' | 'notChecked'>;

function brokenChapter(broken: readonly BrokenPromise[], style: Style): string[] {
  if (broken.length === 0) return [];
  return [
    `${style.strong(style.bad('Broken promises'))}\n\n${broken.map((each) => brokenText(each, style)).join('\n')}`,
  ];
}

function brokenText(
  { promise, component, evidence, remedy, at, commit, old }: BrokenPromise,
  style: Style,
): string {
  const asked = `${moment(at)} at ${commit.slice(0, 7)}${old === undefined ? '' : `, ${old}`}`;
  return [
    `  ${style.strong(promise)}${component === undefined ? '' : ` ${style.faint(`(${component})`)}`}`,
    ...evidence.map((each) => `    seen   ${each}`),
    `    asked  ${asked}`,
    `    do     ${remedy}`,
  ].join('\n');
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

function summary({ left, broken, components }: Omit<Reported, 'notChecked'>, style: Style): string {
  const work = components.map(workOn);
  const waiting = work.filter((each) => each === 'something').length;
  const unverified = work.filter((each) => each === 'verification').length;
  const sentences = [
    ...(broken.length === 0 ? [] : [style.bad(counted(broken.length, 'promise', 'broken'))]),
    ...(left.length === 0
      ? []
      : [style.unsure(`${counted(left.length, 'thing', 'left to do')}, about ${minutesOf(left)} minutes`)]),
    ...(waiting === 0 || left.length + broken.length > 0
      ? []
      : [style.unsure(counted(waiting, 'component', 'not deployed'))]),
    ...(unverified === 0 ? [] : [style.unsure(counted(unverified, 'component', 'not verified'))]),
  ];
  return sentences.length === 0
    ? style.good('Nothing is left to do.')
    : sentences.map((each) => `${each}.`).join(' ');
}

function counted(count: number, noun: string, state: string): string {
  return count === 1 ? `1 ${noun} is ${state}` : `${count} ${noun}s are ${state}`;
}

/** Of a report of problems only: the components that wait for something. */
function behind(components: Status['components'], style: Style): string[] {
  const those = components.filter((each) => workOn(each) === 'something');
  return those.length === 0 ? [] : [componentTable(those, style)];
}

function notChecked(list: Status['notChecked']): string {
  const rows = list.map(({ what, command }) => `  ${what}${command === undefined ? '' : ` (${command})`}`);
  return ['Not checked, since status asks no cluster:', ...rows].join('\n');
}

function writtenText(document: WrittenDocument | undefined): string[] {
  if (document === undefined) return [];
  const { file, version, changed } = document;
  return [changed ? `Written: ${file}, version ${version}.` : `${file} is as it was, version ${version}.`];
}

function document({ left, broken, components, notChecked: unchecked }: Reported) {
  return {
    schemaVersion: 1,
    ok: true,
    left,
    minutes: minutesOf(left),
    broken,
    components,
    notChecked: unchecked,
  };
}
