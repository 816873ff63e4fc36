import type { Position } from '../problems/problem.ts';

const newline = 0x0a;

/** Finds lines and columns in a text. It indexes the lines once, at the first use. */
export interface Positions {
  /** Line and column (in UTF-16 code units) of a byte offset, both counted from 1. */
  at(offset: number): Position;
  /** Length in UTF-16 code units of a range of bytes. */
  width(start: number, end: number): number;
}

export function positionsOf(bytes: Uint8Array): Positions {
  const decoder = new TextDecoder();
  let starts: number[] | undefined;
  const linesOf = (): number[] => {
    const found = [0];
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) found.push(at + 1);
    return found;
  };
  const width = (start: number, end: number): number => decoder.decode(bytes.subarray(start, end)).length;
  /** The last result: on a long line the next column is counted from there. */
  let last = { start: -1, offset: 0, column: 1 };
  const columnOf = (start: number, offset: number): number => {
    const isAfter = last.start === start && last.offset <= offset;
    const from = isAfter ? last : { start, offset: start, column: 1 };
    last = { start, offset, column: from.column + width(from.offset, offset) };
    return last.column;
  };
  return {
    width,
    at(offset) {
      starts ??= linesOf();
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: columnOf(starts[low] ?? 0, offset) };
    },
  };
}
