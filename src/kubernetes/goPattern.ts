import { RE2JS } from 're2js';

/** Matches a text anywhere, as `regexp.MatchString` of Go does. */
export type GoPattern = (text: string) => boolean;

const literal = /^[\w /:,;=@%&~<>!"'#-]*$/;
/**
 * Patterns without groups, with at most two repetitions of single characters. JavaScript takes at most quadratic time for
 * them, and gives them the meaning of Go where the text is plain.
 */
const simple = /^\^?(?:(?:[\w /:,;=@%&~<>!"'#-]|\.)*\.[*+](?![*+?])){0,2}(?:[\w /:,;=@%&~<>!"'#-]|\.)*\$?$/;
const plainText = /^[\x20-\x7e]{0,1000}$/;

/**
 * Compiles a regular expression of Go (RE2 syntax). Patterns of a third-party repository may be hostile, so the engine
 * takes time linear in the text, whatever the pattern is.
 *
 * @returns undefined if Go refuses the pattern
 */
export function compileGoPattern(pattern: string): GoPattern | undefined {
  if (literal.test(pattern)) return (text) => text.includes(pattern);
  return isSimple(pattern) ? quick(pattern) : linear(pattern);
}

/** The same, for a pattern that must match the whole text. */
export function compileWholeGoPattern(pattern: string): GoPattern | undefined {
  if (literal.test(pattern)) return (text) => text === pattern;
  const whole = `^(?:${pattern})$`;
  return isSimple(pattern) ? quick(whole) : linear(whole);
}

function isSimple(pattern: string): boolean {
  return pattern.length <= 200 && simple.test(pattern);
}

/** A simple pattern, for which the other engine is not started as long as texts are plain. */
function quick(pattern: string): GoPattern {
  const expression = new RegExp(pattern, 'u');
  let exact: GoPattern | undefined;
  return (text) => {
    if (plainText.test(text)) return expression.test(text);
    exact ??= linear(pattern);
    return exact?.(text) === true;
  };
}

function linear(pattern: string): GoPattern | undefined {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}
