import type { Position } from '../problems/problem.ts';

const newline = 0x0a;

/** Finds lines and columns in a text; the starts of the lines are looked for once, when first asked. */
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
      return { line: low + 1, column: width(starts[low] ?? 0, offset) + 1 };
    },
  };
}
