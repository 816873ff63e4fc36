import { insertLines, joinLines, removeLines, splitLines } from './styledText.ts';

/** The lines of a text for comparison: without trailing white space. */
export function readLines(text: string): string[] {
  return splitLines(text).lines.map((line) => line.text.trimEnd());
}

/**
 * Adds lines at the end and removes lines. Every other byte stays. Of equal lines, only the last one is removed: that is
 * the one that was added.
 */
export function editLines(text: string, add: readonly string[], remove: ReadonlySet<string>): string {
  const styled = splitLines(text);
  const present = readLines(text);
  const indexes = new Set([...remove].map((line) => present.lastIndexOf(line)).filter((index) => index >= 0));
  const shorter = removeLines(styled, indexes);
  return joinLines(add.length === 0 ? shorter : insertLines(shorter, shorter.lines.length, add));
}
