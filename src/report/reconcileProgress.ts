import type { Judged } from '../operations/reconcile/judge.ts';
import type { ReconcileProgress } from '../operations/reconcile/types.ts';
import { redactor } from '../private-values/redact.ts';
import { printable } from './printable.ts';
import { lineOf } from './reconcile.ts';
import type { Style } from './style.ts';

/** Where progress is printed. */
interface ProgressStream {
  write: (text: string) => void;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Prints how far a run is. */
export interface ProgressPrinter {
  show: (progress: ReconcileProgress) => void;
  /** Takes away what is redrawn. */
  done: () => void;
}

/** How many lines are redrawn at most. */
const most = 12;
/** How long the same reason stands before a log gets a line for it, in milliseconds. */
const steady = 5_000;

/** Prints progress to a stream, with the private values of the run replaced; nothing without a stream. */
export function reconcilePrinter(stream: ProgressStream | undefined, style: Style): ProgressPrinter {
  let printer: ProgressPrinter | undefined;
  return {
    show(progress) {
      if (stream === undefined) return;
      if (printer === undefined) {
        const redact = redactor(progress.hidden);
        printer = progressTo(stream, (text) => printable(redact(text)), style);
      }
      printer.show(progress);
    },
    done: () => printer?.done(),
  };
}

/**
 * On a terminal: a line that stays for each object that is done, and below them one for each that is waited for, which are
 * drawn again. In a log: a line when an object is done or has failed, and one for a reason that stays.
 */
function progressTo(stream: ProgressStream, clean: (text: string) => string, style: Style): ProgressPrinter {
  const said = new Map<string, string>();
  const sayOnce = (key: string, line: string): string[] => {
    if (said.get(key) === line) return [];
    said.set(key, line);
    return [line];
  };
  const settled = ({ judged }: ReconcileProgress): string[] =>
    judged
      .filter(({ state }) => state === 'done' || state === 'failed')
      .flatMap((each) => sayOnce(each.object.key, lineOf(each, clean, style)));
  return stream.isTTY === true
    ? redrawn(stream, clean, style, settled)
    : logged(stream, clean, style, { settled, sayOnce });
}

function redrawn(
  stream: ProgressStream,
  clean: (text: string) => string,
  style: Style,
  settled: (progress: ReconcileProgress) => string[],
): ProgressPrinter {
  let drawn = 0;
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[J`);
  const width = Math.max((stream.columns ?? 80) - 1, 20);
  return {
    show(progress) {
      const lasting = settled(progress);
      const open = waitedFor(progress, clean);
      const lines = open.length > most ? [...open.slice(0, most), `… and ${open.length - most} more`] : open;
      // A line that wraps would be more than one to take away.
      const block = lines.map((line) => style.faint(cut(line, width)));
      stream.write(`${erase()}${[...lasting, ...block].map((line) => `${line}\n`).join('')}`);
      drawn = block.length;
    },
    done() {
      stream.write(erase());
      drawn = 0;
    },
  };
}

interface Saying {
  settled: (progress: ReconcileProgress) => string[];
  sayOnce: (key: string, line: string) => string[];
}

function logged(
  stream: ProgressStream,
  clean: (text: string) => string,
  style: Style,
  { settled, sayOnce }: Saying,
): ProgressPrinter {
  const since = new Map<string, { line: string; at: number }>();
  const steadyLines = (progress: ReconcileProgress): string[] =>
    entries(progress, clean).flatMap(([key, line]) => {
      const before = since.get(key);
      if (before?.line !== line) {
        since.set(key, { line, at: performance.now() });
        return [];
      }
      return performance.now() - before.at < steady ? [] : sayOnce(key, line);
    });
  return {
    show(progress) {
      const lines = [...settled(progress), ...steadyLines(progress)];
      if (lines.length > 0) stream.write(style.fit(lines.map((line) => `${line}\n`).join('')));
    },
    done: () => undefined,
  };
}

function waitedFor(progress: ReconcileProgress, clean: (text: string) => string): string[] {
  return entries(progress, clean).map(([, line]) => line);
}

/** What is waited for, by a name that stays the same. */
function entries(
  { judged, unready, trouble }: ReconcileProgress,
  clean: (text: string) => string,
): [string, string][] {
  const open = judged.filter(({ state }) => state === 'working' || state === 'waiting');
  return [
    ...(trouble === undefined
      ? []
      : [['', `The API server does not answer: ${clean(trouble)}`] satisfies [string, string]]),
    ...open.flatMap((each) => linesOf(each, unready.get(each.object.key) ?? [], clean)),
  ];
}

function linesOf({ object, reason }: Judged, unready: readonly string[], clean: (text: string) => string) {
  const first: [string, string] = [object.key, `${clean(object.key)}: ${clean(reason)}`];
  return [first, ...unready.map((line): [string, string] => [`${object.key} ${line}`, `  ${clean(line)}`])];
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join('')}…`;
}
