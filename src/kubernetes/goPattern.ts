import { RE2JS } from 're2js';

/** Matches a text anywhere, as `regexp.MatchString` of Go does. */
export type GoPattern = (text: string) => boolean;

const literal = /^[\w /:,;=@%&~<>!"'#-]*$/;

/**
 * Compiles a regular expression of Go (RE2 syntax). Patterns of a third-party repository may be hostile, so the engine
 * takes time linear in the text, whatever the pattern is.
 *
 * @returns undefined if Go refuses the pattern
 */
export function compileGoPattern(pattern: string): GoPattern | undefined {
  if (literal.test(pattern)) return (text) => text.includes(pattern);
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}

/** The same, for a pattern that must match the whole text. */
export function compileWholeGoPattern(pattern: string): GoPattern | undefined {
  if (literal.test(pattern)) return (text) => text === pattern;
  return compileGoPattern(`^(?:${pattern})$`);
}
