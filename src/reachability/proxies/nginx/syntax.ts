/** One directive of an nginx configuration; `block` is set if braces follow. */
export interface Directive {
  name: string;
  args: readonly string[];
  /** Line in its file, counted from 1. */
  line: number;
  block?: readonly Directive[];
}

interface Token {
  text: string;
  line: number;
  quoted: boolean;
}

/**
 * Reads the grammar of nginx's configuration: words, quoted words, comments, `;` and braces. `${name}` inside a
 * word is not a block.
 *
 * @returns undefined if braces or quotes are not closed
 */
export function parseNginx(text: string): readonly Directive[] | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  const root: Directive[] = [];
  const open: { into: Directive[] }[] = [{ into: root }];
  let words: Token[] = [];
  for (const token of tokens) {
    const into = open.at(-1)?.into;
    if (into === undefined) return undefined;
    if (token.quoted || !';{}'.includes(token.text)) {
      words.push(token);
    } else if (token.text === '}') {
      if (words.length > 0 || open.length === 1) return undefined;
      open.pop();
    } else {
      const [first, ...rest] = words;
      if (first === undefined) return undefined;
      const block: Directive[] = [];
      const directive = { name: first.text, args: rest.map((word) => word.text), line: first.line };
      into.push(token.text === '{' ? { ...directive, block } : directive);
      if (token.text === '{') open.push({ into: block });
      words = [];
    }
  }
  return words.length === 0 && open.length === 1 ? root : undefined;
}

const word = /(?:\$\{[^}]*\}|\\[\s\S]|[^\s;{}\\])+/y;
const double = /"((?:\\[\s\S]|[^"\\])*)"/y;
const single = /'((?:\\[\s\S]|[^'\\])*)'/y;
const blank = /(?:\s+|#[^\n]*)+/y;

function tokenize(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    const start = line;
    const space = take(blank);
    if (space !== undefined) {
      line += countLines(space[0]);
      continue;
    }
    const character = text.charAt(at);
    if (';{}'.includes(character)) {
      tokens.push({ text: character, line, quoted: false });
      at += 1;
      continue;
    }
    const quote = character === '"' ? take(double) : character === "'" ? take(single) : undefined;
    const match = quote ?? (character === '"' || character === "'" ? undefined : take(word));
    if (match === undefined) return undefined;
    line += countLines(match[0]);
    const quoted = quote !== undefined;
    tokens.push({
      text: quoted ? (match[1] ?? '').replace(/\\(["'\\])/g, '$1') : match[0],
      line: start,
      quoted,
    });
  }
  return tokens;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
