import { defined } from '../kubernetes/defined.ts';
import type { Judged, State } from '../operations/reconcile/judge.ts';
import type { Failure, Reconciled } from '../operations/reconcile/types.ts';
import { redactor } from '../private-values/redact.ts';
import { jsonDocument, printable } from './printable.ts';
import type { Style } from './style.ts';

interface Options {
  json?: boolean;
  quiet?: boolean;
}

/** What became of each object, what is to blame, and what is to be known beside. Contains no private value. */
export function reportReconcile(found: Reconciled, options: Options, style: Style): string {
  const redact = redactor(found.hidden);
  const clean = (text: string): string => printable(redact(text));
  if (options.json) return jsonDocument(document(found, clean));
  const parts = [
    ...(found.failure === undefined ? [] : [failureText(found.failure, clean, style)]),
    ...leftText(found, clean, style),
    ...notesText(found, clean, style),
    ...(options.quiet && isGood(found) ? [] : [summary(found, clean, style)]),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

/** Whether all was done, and nothing is unknown. */
function isGood({ judged, notes, ended }: Reconciled): boolean {
  return (
    ended === 'finished' &&
    judged.every(({ state }) => state === 'done') &&
    !notes.some((note) => note.isUnknown)
  );
}

function failureText(failure: Failure, clean: (text: string) => string, style: Style): string {
  const { object, state, reason, unready, events, remedy } = failure;
  const how = state === 'failed' ? 'failed' : 'was not done in time';
  const lines = [
    `${style.bad(`${clean(object.key)} ${how}`)}`,
    ...(reason === '' ? [] : [`  ${clean(reason)}`]),
    ...unready.map((line) => `  ${style.unsure('not ready')}  ${clean(line)}`),
    ...events.map(({ at, type, reason: why, message, count }) => {
      const times = count > 1 ? ` (${count} times)` : '';
      return `  ${style.faint(`${clean(at)} ${clean(type)} ${clean(why)}`)}${times}: ${clean(message)}`;
    }),
    `  ${style.faint('to do')}      ${clean(remedy)}`,
  ];
  return lines.join('\n');
}

const words: Record<Exclude<State, 'done'>, string> = {
  failed: 'failed',
  suspended: 'is suspended, and was not asked',
  blocked: 'was not asked',
  waiting: 'was not asked',
  working: 'is not done',
};

/** Everything that is not done, but for the one to blame. */
function leftText({ judged, failure }: Reconciled, clean: (text: string) => string, style: Style): string[] {
  const left = judged.filter(({ state, object }) => state !== 'done' && object.key !== failure?.object.key);
  if (left.length === 0) return [];
  return [left.map((each) => `${lineOf(each, clean, style)}`).join('\n')];
}

/** An object in one line. */
export function lineOf(
  { object, state, reason }: Judged,
  clean: (text: string) => string,
  style: Style,
): string {
  const name = clean(object.key);
  if (state === 'done')
    return `${style.good('done')}  ${name}  ${style.faint(clean(object.revision ?? ''))}`.trimEnd();
  const mark = state === 'failed' ? style.bad : style.unsure;
  return `${mark(name)} ${words[state]}${reason === '' ? '' : `: ${clean(reason)}`}`;
}

function notesText({ notes }: Reconciled, clean: (text: string) => string, style: Style): string[] {
  return notes.map(({ message, remedy, isUnknown }) =>
    [
      `${isUnknown ? style.unsure(clean(message)) : clean(message)}`,
      ...(remedy === undefined ? [] : [`  ${style.faint('to do')}  ${clean(remedy)}`]),
    ].join('\n'),
  );
}

function summary(found: Reconciled, clean: (text: string) => string, style: Style): string {
  const { ended, revision, judged } = found;
  const done = judged.filter(({ state }) => state === 'done').length;
  const all = `${done} of ${judged.length} objects are done`;
  const at = revision === undefined ? '' : ` at ${clean(revision)}`;
  if (ended === 'interrupted') return `${all}${at}. Interrupted: Flux goes on by itself.`;
  if (ended === 'timeout') return `${all}${at}. The time is over: Flux goes on by itself.`;
  return isGood(found) ? style.good(`${all}${at}.`) : `${all}${at}.`;
}

function document(found: Reconciled, clean: (text: string) => string): object {
  const { ended, revision, judged, notes, failure } = found;
  const objectOf = ({ object, state, reason }: Judged): object =>
    defined({
      kind: object.reference.kind,
      namespace: object.reference.namespace,
      name: object.reference.name,
      state,
      reason: reason === '' ? undefined : clean(reason),
      revision: object.revision === undefined ? undefined : clean(object.revision),
    });
  return defined({
    schemaVersion: 1,
    ok: isGood(found),
    ended,
    revision: revision === undefined ? undefined : clean(revision),
    objects: judged.map(objectOf),
    notes: notes.map(({ message, remedy, isUnknown }) =>
      defined({
        message: clean(message),
        remedy: remedy === undefined ? undefined : clean(remedy),
        isUnknown,
      }),
    ),
    failure:
      failure === undefined
        ? undefined
        : {
            ...objectOf(failure),
            unready: failure.unready.map(clean),
            events: failure.events.map((event) => ({
              ...event,
              at: clean(event.at),
              type: clean(event.type),
              reason: clean(event.reason),
              message: clean(event.message),
            })),
            remedy: clean(failure.remedy),
          },
  });
}
