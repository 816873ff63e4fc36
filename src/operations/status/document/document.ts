import type { Plan } from '../../../compile/plan.ts';
import type { Component } from '../../../components/contract/component.ts';
import type { ComponentStatus } from '../components.ts';
import type { StatusItem } from '../item.ts';
import { body, type Content } from './body.ts';
import { remainingItems } from './items.ts';
import { inline } from './markdown.ts';
import { type Mark, type Previous, readPrevious, withMark } from './previous.ts';

/** What the document is made from, with every text already free of private values. */
export interface Sources {
  catalogue: readonly Component[];
  components: readonly ComponentStatus[];
  left: readonly StatusItem[];
  /** Undefined where the configuration does not compile. */
  plan: Pick<Plan, 'files' | 'objects' | 'checks'> | undefined;
  isPrivate: (field: string) => boolean;
}

/** The document of now, and whether it differs from the one before. */
export interface Remaining {
  text: string;
  version: string;
  changed: boolean;
}

/**
 * The list of what is left as a document. A pure function: the same states and the same day make the same text of the same
 * text before, and where nothing changed that text itself, with its date.
 *
 * Each change raises the version: the first digit where a component was turned on or off, the second where something came
 * that is left or was done, and the third where only a state or the words changed. The rows of the log and the notes
 * between their two lines stay as they are; everything else is written anew.
 *
 * @param before the text on the disk; undefined where there is none
 * @param date the day, as in `2026-03-01`
 */
export function remainingWork(sources: Sources, before: string | undefined, date: string): Remaining {
  const previous = before === undefined ? undefined : readPrevious(before);
  const mark = markOf(sources);
  const make = (version: string, day: string, log: readonly string[]): string => {
    const content = contentOf(sources, previous, { version, date: day, log });
    return withMark(body(content), mark);
  };
  if (previous === undefined) {
    const row = rowOf(date, '1.0.0', 'Initial assessment');
    return { text: make('1.0.0', date, [row]), version: '1.0.0', changed: true };
  }
  const same = make(previous.version, previous.date, previous.log);
  if (same === previous.text) return { text: same, version: previous.version, changed: false };
  const change = changeOf(previous.mark, mark, sources);
  const version = raised(previous.version, change.digit);
  const log = [...previous.log, rowOf(date, version, change.words)];
  return { text: make(version, date, log), version, changed: true };
}

/** Whether Gatehouse wrote a text as it is, but for the notes and the log. */
export function isAsWritten(text: string): boolean {
  return readPrevious(text).mark !== undefined;
}

function contentOf(
  { catalogue, components, left, plan, isPrivate }: Sources,
  previous: Previous | undefined,
  stated: Pick<Content, 'version' | 'date' | 'log'>,
): Content {
  return {
    ...stated,
    items: remainingItems(catalogue, components, left, plan),
    catalogue,
    on: turnedOn(components),
    documents: documentsOf(plan),
    isPrivate,
    compiles: plan !== undefined,
    notes: previous?.notes ?? '',
  };
}

function turnedOn(components: readonly ComponentStatus[]): string[] {
  return components.filter(({ state }) => state !== 'not enabled').map(({ name }) => name);
}

function documentsOf(plan: Sources['plan']): ReadonlyMap<string, string> {
  return new Map(
    (plan?.files ?? []).flatMap((file) => {
      if (!('content' in file) || !/^docs\/[^/]+\.md$/.test(file.path)) return [];
      return [[file.path, /^# (.*)$/m.exec(file.content)?.[1] ?? file.path] as const];
    }),
  );
}

function markOf({ catalogue, components, left, plan }: Sources): Mark {
  const items = remainingItems(catalogue, components, left, plan);
  return {
    on: turnedOn(components).sort(),
    items: Object.fromEntries(items.map(({ component, state }) => [component.name, state])),
    left: left.map(({ id }) => id).sort(),
  };
}

type Digit = 'major' | 'minor' | 'patch';

function changeOf(before: Mark | undefined, after: Mark, { left }: Sources): { digit: Digit; words: string } {
  if (before === undefined) return { digit: 'minor', words: 'Written anew by Gatehouse' };
  const on = added(before.on, after.on);
  const off = added(after.on, before.on);
  const items = [...new Set([...Object.keys(before.items), ...Object.keys(after.items)])];
  const moved = items
    .filter((name) => ![...on, ...off].includes(name))
    .flatMap((name) => movement(name, before.items[name], after.items[name]));
  const came = added(before.left, after.left).map((id) => left.find((item) => item.id === id)?.missing ?? id);
  const done = added(after.left, before.left);
  const parts = [
    ...(on.length > 0 ? [`Turned on: ${on.join(', ')}`] : []),
    ...(off.length > 0 ? [`Turned off: ${off.join(', ')}`] : []),
    ...(came.length > 0 ? [`Added: ${came.join('; ')}`] : []),
    ...(done.length > 0 ? [`Done: ${done.join(', ')}`] : []),
    ...moved,
  ];
  const comesOrGoes = items.some((name) => !(name in before.items && name in after.items));
  if (on.length + off.length > 0) return { digit: 'major', words: parts.join('; ') };
  if (came.length + done.length > 0 || comesOrGoes) return { digit: 'minor', words: parts.join('; ') };
  return { digit: 'patch', words: parts.length === 0 ? 'Updated the text' : parts.join('; ') };
}

function movement(name: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (after === undefined) return [`${name}: nothing is left`];
  return [before === undefined ? `${name}: "${after}"` : `${name}: "${before}" is now "${after}"`];
}

function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((item) => !before.includes(item));
}

function raised(version: string, digit: Digit): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (digit === 'major') return `${major + 1}.0.0`;
  return digit === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function rowOf(date: string, version: string, changes: string): string {
  return `| ${date} | ${version} | ${inline(changes).replaceAll('|', '\\|')} |`;
}
