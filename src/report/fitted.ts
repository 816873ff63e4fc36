import { stripVTControlCharacters } from 'node:util';

/** What the text depends on beside colours. */
export interface Place {
  /** The width of the terminal; undefined for a pipe or a file. */
  columns?: number | undefined;
  /** How this program was started, with `-C` where it was given. */
  program?: string | undefined;
}

const commands =
  'init|configure|check|reach|scan|secrets|status|verify|reconcile|doctor|upgrade|docs|manifests|explain|schema';
const named = new RegExp(String.raw`(?<![\w./-])gatehouse(?= (-C |(?:${commands})\b))`, 'g');
/** These take no configuration, so that they need no directory. */
const anywhere = /^(?:init|explain(?! restore\b)|schema)\b/;

/** In place of the spaces that no line may end at; no text holds it, since it is in no writing system. */
const joint = '\uE000';

/** Text with commands as they work where it is printed, and with no line wider than the terminal that can be shorter. */
export function fitted(text: string, { columns, program }: Place): string {
  const working = program === undefined ? text : withProgram(text, program);
  if (columns === undefined || columns < narrowest) return working;
  return joined(working, program ?? 'gatehouse')
    .split('\n')
    .map((line) => wrapped(line, columns))
    .join('\n')
    .replaceAll(joint, ' ');
}

const narrowest = 24;

function withProgram(text: string, program: string): string {
  const alone = program.replace(/ -C (?:'.*'|\S+)$/, '');
  return text.replace(named, (_, next: string, at: number) =>
    next === '-C ' || anywhere.test(text.slice(at + 'gatehouse '.length)) ? alone : program,
  );
}

/** Keeps quoted names and commands whole: a command with a line break in it cannot be pasted. */
function joined(text: string, program: string): string {
  const whole = (part: string): string => part.replaceAll(' ', joint);
  const [start = program] = program.split(' -C ');
  const bare = new RegExp(
    String.raw`(?<!["\`\w./-])${escaped(start)} [^"\`\n;,()]*?(?=[;,()\n]|\. |$)`,
    'gm',
  );
  return text.replace(/"[^"\n]{1,200}"|`[^`\n]{1,200}`/g, whole).replace(bare, whole);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Later lines start below the text of a label: `  to do     …`. */
function wrapped(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const plain = stripVTControlCharacters(line);
  const indent = plain.length - plain.trimStart().length;
  const label = labelOf(plain, columns);
  const margin = ' '.repeat(
    label > 0 && label <= columns / 2 ? label : indent === 0 ? 0 : Math.min(indent + 2, columns / 2),
  );
  const lines: string[] = [];
  let current = '';
  for (const part of line.match(/ *[^ ]+ *$| *[^ ]+/g) ?? [line]) {
    if (
      widthOf(current) < Math.max(label, indent + 1) ||
      widthOf(current) + widthOf(part.trimEnd()) <= columns
    )
      current += part;
    else {
      lines.push(current);
      current = margin + part.trimStart();
    }
  }
  return [...lines, current].join('\n');
}

/** The width of what stands before a text, in one column or, as in a table, in two. */
function labelOf(line: string, columns: number): number {
  const [first = ''] = /^ *\S.{0,20}? {2,}(?=\S)/.exec(line) ?? [];
  const [second = ''] = /^\S(?: ?\S){0,24} {2,}(?=\S)/.exec(line.slice(first.length)) ?? [];
  const both = first.length + second.length;
  return first !== '' && both <= columns / 2 ? both : first.length;
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
