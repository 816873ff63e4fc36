import { insertLines, joinLines, removeLines, splitLines } from './styledText.ts';

/** The lines of a text, as they are compared: without white space at their end, which no reader sees. */
export function readLines(text: string): string[] {
  return splitLines(text).lines.map((line) => line.text.trimEnd());
}

/**
 * Adds lines at the end and takes lines out, and leaves every other byte as it is. A line that comes more than
 * once is taken out only where it stands last: that is where it was added.
 */
export function editLines(text: string, add: readonly string[], remove: ReadonlySet<string>): string {
  const styled = splitLines(text);
  const present = readLines(text);
  const indexes = new Set([...remove].map((line) => present.lastIndexOf(line)).filter((index) => index >= 0));
  const shorter = removeLines(styled, indexes);
  return joinLines(add.length === 0 ? shorter : insertLines(shorter, shorter.lines.length, add));
}
