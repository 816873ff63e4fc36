import { stripVTControlCharacters } from 'node:util';

/** What Vitest tells of an error. */
export interface SeenError {
  readonly message?: string | undefined;
  /** What was expected and received, line by line. */
  readonly diff?: string | undefined;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

/** How many lines before and after one that differs are shown. */
const around = 1;

/** How long a message may be, in characters: a snapshot of everything may stand in it. */
const longestMessage = 700;

/** An error in few lines: what it says, where in this project, and what was expected and received. */
export function failureText({ message = '', diff = '', stack = '', cause }: SeenError): string {
  const said = stripVTControlCharacters(message).trim();
  const where = stripVTControlCharacters(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:internal|\(?<anonymous>\)?$/.test(line));
  return [
    cut(said, longestMessage),
    ...because(cause),
    ...where.slice(0, 3).map((line) => line.trim()),
    ...changes(stripVTControlCharacters(diff)),
  ]
    .join('\n')
    .trim();
}

function because(cause: unknown): string[] {
  const message = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'message') : undefined;
  return typeof message === 'string'
    ? [`because: ${cut(stripVTControlCharacters(message), longestMessage)}`]
    : [];
}

/** The lines of a diff that differ, with their neighbours. */
function changes(diff: string): string[] {
  const lines = diff.split('\n').filter((line) => line.trim() !== '');
  const isChange = (line: string | undefined): boolean => line !== undefined && /^[-+]/.test(line);
  const kept = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(isChange),
  );
  return lines.flatMap((line, index) => {
    if (kept[index]) return [line];
    return kept[index - 1] && kept.includes(true, index) ? ['  …'] : [];
  });
}

/** A text that is too long, without its middle. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2) - 1;
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}
