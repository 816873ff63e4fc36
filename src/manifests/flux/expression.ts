/** An expression of `${…}`: what it does with a variable, and with the arguments of that. */
export interface Expression {
  name: string;
  /** Empty for `${NAME}`, `#` without arguments for `${#NAME}`, otherwise what is between the name and the arguments. */
  operator: string;
  arguments: readonly (string | Expression)[];
}

/** A part of a text: as it stands, or an expression with its source. */
export type Part = string | { source: string; expression: Expression };

/**
 * Splits a text as fluxcd/pkg/envsubst 1.7 does, which kustomize-controller 1.9 uses: `$$` is a dollar sign outside of
 * expressions, and a name is letters, digits and underscores.
 *
 * @returns the parts, or the source of the expression that Flux refuses
 */
export function parseExpressions(text: string): readonly Part[] | { malformed: string } {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('${', at)) {
      const found = readExpression(text, at + 2);
      if (found === undefined) return { malformed: excerpt(text, at) };
      parts.push(literal, { source: text.slice(at, found.end), expression: found.expression });
      literal = '';
      at = found.end;
    } else {
      const next = text.indexOf('$', at + 1);
      const end = next < 0 ? text.length : next;
      const escapes = text.startsWith('$$', at);
      literal += escapes ? '$' : text.slice(at, end);
      at = escapes ? at + 2 : end;
    }
  }
  return [...parts, literal].filter((part) => part !== '');
}

/** The source up to its first closing brace or the end of its line, for messages. */
function excerpt(text: string, at: number): string {
  const line = text.slice(at, at + 60).split('\n')[0] ?? '';
  const end = line.indexOf('}');
  return end < 0 ? line : line.slice(0, end + 1);
}

interface Found {
  expression: Expression;
  /** Where the text goes on after the closing brace. */
  end: number;
}

const identifier = /[\p{L}\p{Nd}_]+/uy;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Reads an expression from after its `${`. Undefined where the library refuses it. */
function readExpression(text: string, start: number): Found | undefined {
  if (text[start] === '#') {
    const name = match(identifier, text, start + 1);
    return name === undefined ? undefined : closed(text, start + 1 + name.length, name, '#', []);
  }
  const name = match(identifier, text, start);
  if (name === undefined) return undefined;
  const at = start + name.length;
  if (text[at] === '}') return closed(text, at, name, '', []);
  const read = readers.find(({ begins }) => match(begins, text, at) !== undefined);
  const operator = read === undefined ? undefined : match(read.begins, text, at);
  return read === undefined || operator === undefined
    ? undefined
    : read.arguments(text, at + operator.length, name, operator);
}

interface ArgumentReader {
  begins: RegExp;
  arguments: (text: string, at: number, name: string, operator: string) => Found | undefined;
}

const readers: readonly ArgumentReader[] = [
  { begins: /:[=\-?+]|=/y, arguments: readDefault },
  // Before another character the library goes back too far, and then refuses the expression.
  { begins: /:(?=[\x00-\x7f])/y, arguments: readSlice },
  { begins: /[,^]{1,2}/y, arguments: (text, at, name, operator) => closed(text, at, name, operator, []) },
  { begins: /\/[/#%]?/y, arguments: readReplacement },
  { begins: /##?|%%?/y, arguments: readPattern },
];

function closed(
  text: string,
  at: number,
  name: string,
  operator: string,
  found: Expression['arguments'],
): Found | undefined {
  return text[at] === '}' ? { expression: { name, operator, arguments: found }, end: at + 1 } : undefined;
}

/** Any number of texts and expressions. */
function readDefault(text: string, start: number, name: string, operator: string): Found | undefined {
  const found: (string | Expression)[] = [];
  let at = start;
  while (text[at] !== '}') {
    const argument = readArgument(text, at, '}', false);
    if (argument === undefined) return undefined;
    found.push(argument.value);
    at = argument.end;
  }
  return closed(text, at, name, operator, found);
}

function readPattern(text: string, at: number, name: string, operator: string): Found | undefined {
  const pattern = readArgument(text, at, '}', false);
  return pattern === undefined ? undefined : closed(text, pattern.end, name, operator, [pattern.value]);
}

function readSlice(text: string, at: number, name: string, operator: string): Found | undefined {
  const position = readArgument(text, at, ':}', false);
  if (position === undefined) return undefined;
  const colons = match(/:+/y, text, position.end);
  if (colons === undefined) return closed(text, position.end, name, operator, [position.value]);
  const length = readArgument(text, position.end + colons.length, '}', false);
  return length === undefined
    ? undefined
    : closed(text, length.end, name, operator, [position.value, length.value]);
}

function readReplacement(text: string, at: number, name: string, operator: string): Found | undefined {
  const pattern = readArgument(text, at, '/', true);
  if (pattern === undefined) return undefined;
  const slashes = match(/\/+/y, text, pattern.end);
  if (slashes === undefined) return undefined;
  const rest = pattern.end + slashes.length;
  if (text[rest] === '}') return closed(text, rest, name, operator, [pattern.value]);
  const replacement = readArgument(text, rest, '}', true);
  return replacement === undefined
    ? undefined
    : closed(text, replacement.end, name, operator, [pattern.value, replacement.value]);
}

/** One argument: an expression, or text of at least one character up to one that ends it. */
function readArgument(
  text: string,
  start: number,
  ends: string,
  escapes: boolean,
): { value: string | Expression; end: number } | undefined {
  if (text.startsWith('${', start)) {
    const found = readExpression(text, start + 2);
    return found === undefined ? undefined : { value: found.expression, end: found.end };
  }
  let value = '';
  let at = start;
  while (at < text.length && !text.startsWith('${', at)) {
    const escaped = escapes ? match(/\$\$|\\[/\\]/y, text, at) : undefined;
    const character = text[at] ?? '';
    if (escaped === undefined && ends.includes(character)) break;
    value += escaped?.[1] ?? character;
    at += escaped?.length ?? 1;
  }
  return at === start ? undefined : { value, end: at };
}
