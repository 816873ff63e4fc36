import { styleText } from 'node:util';

/** The styles of text on a terminal. Without colours each style returns the text unchanged. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  unsure(text: string): string;
}

/** @param colours - whether the stream is a terminal that wants them: neither `NO_COLOR` nor `TERM=dumb` is set */
export function styleFor(colours: boolean): Style {
  const mark = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  return {
    strong: mark('bold'),
    faint: mark('dim'),
    good: mark('green'),
    bad: mark('red'),
    unsure: mark('yellow'),
  };
}
