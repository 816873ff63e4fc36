import { type Cursor, newline, nextLine, space, unsupported } from './cursor.ts';

/** Reads a literal or folded block: the lines that are indented further than `column`. */
export function readBlockScalar(cursor: Cursor, column: number, folds: boolean): string {
  const { text } = cursor;
  const header = /^[|>]([+-]?) *(?: #.*)?$/.exec(text.slice(cursor.at, cursor.end));
  if (header === null) unsupported();
  nextLine(cursor);
  const { lines, isWhole } = blockLines(cursor, column);
  if (!isWhole) unsupported();
  let last = lines.length;
  while (last > 0 && lines[last - 1] === '') last -= 1;
  if (last === 0) unsupported();
  const content = lines.slice(0, last);
  const body = folds ? folded(content) : content.join('\n');
  if (header[1] === '-') return body;
  return header[1] === '+' ? `${body}\n${'\n'.repeat(lines.length - last)}` : `${body}\n`;
}

/** The lines of a block without their indentation, and whether the last line ends with a line break. */
function blockLines(cursor: Cursor, column: number): { lines: string[]; isWhole: boolean } {
  const { text } = cursor;
  const lines: string[] = [];
  let indent = -1;
  let isWhole = true;
  while (cursor.at < text.length) {
    let at = cursor.at;
    while (text.charCodeAt(at) === space) at += 1;
    const own = at - cursor.at;
    const isBlank = at >= cursor.end;
    if (isBlank) {
      if (indent < 0 && own > 0) unsupported();
      lines.push(own > indent && indent >= 0 ? text.slice(cursor.at + indent, cursor.end) : '');
    } else {
      if (indent < 0) {
        if (own <= column) break;
        if (text.charCodeAt(at) === 9) unsupported();
        indent = own;
      }
      if (own < indent) {
        if (own > column || text.charCodeAt(at) === 9) unsupported();
        break;
      }
      lines.push(text.slice(cursor.at + indent, cursor.end));
    }
    isWhole = text.charCodeAt(cursor.end) === newline;
    nextLine(cursor);
  }
  return { lines, isWhole };
}

/** Folds lines. Lines that are indented further are left to the library. */
function folded(lines: readonly string[]): string {
  let body = '';
  let blanks = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') {
      blanks += 1;
      continue;
    }
    if (/^[ \t]/.test(line)) unsupported();
    if (index === 0) body = line;
    else if (body === '') body = '\n'.repeat(blanks) + line;
    else body += blanks === 0 ? ` ${line}` : '\n'.repeat(blanks) + line;
    blanks = 0;
  }
  return body;
}
