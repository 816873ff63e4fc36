import { fillIn, type PrivateValues } from '../../config/private.ts';

/**
 * A Markdown document with the private values filled in, so that its commands can still be pasted: in single quotes of
 * a shell an apostrophe of a value is `'\''`, and no value ends the code or the cell of the table that it is in.
 */
export function filledDocument(content: string, privateValues: PrivateValues): string {
  const parts = content.split(/^( *```[\s\S]*?\n *```)$/m);
  return parts
    .map((part, index) =>
      index % 2 === 1
        ? filledShell(part, privateValues)
        : part
            .split('\n')
            .map((line) => filledLine(line, privateValues))
            .join('\n'),
    )
    .join('');
}

function filledLine(line: string, privateValues: PrivateValues): string {
  if (!line.includes('${')) return line;
  const values = line.startsWith('|') ? withEscapedBars(privateValues) : privateValues;
  const parts = line.split(/(`[^`\n]+`)/);
  return parts
    .map((part, index) =>
      index % 2 === 1 ? codeSpan(filledShell(part.slice(1, -1), values)) : fillIn(part, values),
    )
    .join('');
}

function withEscapedBars(privateValues: PrivateValues): PrivateValues {
  return new Map([...privateValues].map(([name, value]) => [name, value.replaceAll('|', '\\|')]));
}

/** A code span ends at as many backticks as it begins with (CommonMark 0.31, 6.1). */
function codeSpan(text: string): string {
  if (!text.includes('`')) return `\`${text}\``;
  const longest = Math.max(...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
}

/** Fills in a text of a POSIX shell. Outside of quotes, a reference is to be read and not to be run. */
function filledShell(text: string, privateValues: PrivateValues): string {
  let filled = '';
  let quote: keyof typeof tokens = '';
  for (let at = 0; at < text.length; ) {
    const token: string = tokens[quote].exec(text.slice(at))?.[0] ?? '';
    if (token.startsWith('${')) filled += inQuotes(fillIn(token, privateValues), quote);
    else filled += fillIn(token, privateValues);
    if (token === quote) quote = '';
    else if (quote === '' && (token === "'" || token === '"')) quote = token;
    at += token.length;
  }
  return filled;
}

/** A reference, an escaped character, a comment up to the end of its line, or one character, by the quotes around it. */
const tokens = {
  '': /^(?:\$\{\w+\}|\\[\s\S]|\s#[^\n]*|[\s\S])/,
  "'": /^(?:\$\{\w+\}|[\s\S])/,
  '"': /^(?:\$\{\w+\}|\\[\s\S]|[\s\S])/,
} as const;

function inQuotes(value: string, quote: string): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`);
  return quote === '"' ? value.replace(/["\\$`]/g, '\\$&') : value;
}
