/**
 * Characters that a terminal, a log or a pager acts on, and those that make a line look like another: controls (also
 * line breaks), separators of lines and paragraphs, and formats such as those that turn the direction of writing.
 */
const acting = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * One line of text that holds no character that a terminal acts on. Names, values and paths of another one's repository
 * may hold them; each becomes visible, as `\n` or `\u001b`. A report applies it to each text before it puts lines together.
 */
export function printable(text: string): string {
  return text.replaceAll(acting, escaped);
}

/** The same for a text of several lines, whose line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.replaceAll(acting, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** JSON data in which every text is printable. Names of fields stay. Data that is printable already is returned as it is. */
export function printableValues<Value>(value: Value): Value {
  return isPrintable(value) ? value : (mapped(value) as Value);
}

const actsOnce = new RegExp(acting, 'u');

function isPrintable(value: unknown): boolean {
  if (typeof value === 'string') return !actsOnce.test(value);
  if (typeof value !== 'object' || value === null) return true;
  for (const item of Object.values(value)) if (!isPrintable(item)) return false;
  return true;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null || isPrintable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item)]));
}

/** A JSON document with a line break at its end. Characters that a terminal acts on are written as escapes. */
export function jsonDocument(value: unknown): string {
  return `${asEscapes(JSON.stringify(value, null, 2))}\n`;
}

/** One JSON document in one line. */
export function jsonLine(value: unknown): string {
  return `${asEscapes(JSON.stringify(value))}\n`;
}

/** JSON escapes the controls in texts by itself, but not DEL, C1, separators and formats. */
function asEscapes(json: string): string {
  return json.replaceAll(acting, (character) => (character === '\n' ? character : unicode(character)));
}

const short: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

function escaped(character: string): string {
  return short.get(character) ?? unicode(character);
}

function unicode(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => String.raw`\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
