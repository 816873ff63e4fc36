import { styleText } from 'node:util';
import { fitted, type Place } from './fitted.ts';

/** How text appears on one stream. Without colours each style returns the text unchanged. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  unsure(text: string): string;
  /**
   * Text for a reader, with commands as they work here, and lines that end between words. Private values must be
   * removed before: a line break may be within them.
   */
  fit(text: string): string;
}

/** @param colours - whether the stream is a terminal that wants them: neither `NO_COLOR` nor `TERM=dumb` is set */
export function styleFor(colours: boolean, place: Place = {}): Style {
  const mark = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  return {
    strong: mark('bold'),
    faint: mark('dim'),
    good: mark('green'),
    bad: mark('red'),
    unsure: mark('yellow'),
    fit: (text) => fitted(text, place),
  };
}
