/** A text as lines with their line endings on the disk, so that an edit changes nothing else. */
export interface StyledText {
  /** Whether the text starts with a byte order mark. */
  mark: boolean;
  lines: Line[];
}

interface Line {
  text: string;
  /** Empty only in the last line, if the text does not end with a line ending. */
  end: '' | '\n' | '\r\n';
}

export function splitLines(text: string): StyledText {
  const mark = text.startsWith('\ufeff');
  const body = mark ? text.slice(1) : text;
  const lines: Line[] = [];
  for (const [whole] of body.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const end = whole.endsWith('\r\n') ? '\r\n' : whole.endsWith('\n') ? '\n' : '';
    lines.push({ text: whole.slice(0, whole.length - end.length), end });
  }
  return { mark, lines };
}

export function joinLines({ mark, lines }: StyledText): string {
  return (mark ? '\ufeff' : '') + lines.map(({ text, end }) => text + end).join('');
}

/** The text with LF endings and no mark, for a parser. */
export function plainText({ lines }: StyledText): string {
  return lines.map(({ text, end }) => text + (end === '' ? '' : '\n')).join('');
}

/** Inserts lines with the line endings of the text. A text without a last line ending stays so. */
export function insertLines(styled: StyledText, at: number, texts: readonly string[]): StyledText {
  if (texts.length === 0) return styled;
  const ending = styled.lines[0]?.end === '\r\n' ? '\r\n' : '\n';
  const before = styled.lines.slice(0, at);
  const last = before.at(-1);
  if (last === undefined || last.end !== '') {
    const added = texts.map((text): Line => ({ text, end: ending }));
    return { ...styled, lines: [...before, ...added, ...styled.lines.slice(at)] };
  }
  const added = texts.map((text, index): Line => ({ text, end: index === texts.length - 1 ? '' : ending }));
  return { ...styled, lines: [...before.slice(0, -1), { ...last, end: ending }, ...added] };
}

/** Removes lines by index. A text without a last line ending stays so. */
export function removeLines(styled: StyledText, indexes: ReadonlySet<number>): StyledText {
  const kept = styled.lines.filter((_, index) => !indexes.has(index));
  const last = kept.at(-1);
  const open = styled.lines.at(-1)?.end === '';
  return {
    ...styled,
    lines: open && last !== undefined ? [...kept.slice(0, -1), { ...last, end: '' }] : kept,
  };
}
