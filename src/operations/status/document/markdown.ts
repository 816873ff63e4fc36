/** One line of Markdown: what a reader of HTML would take for an element stays text, outside of code. */
export function inline(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => inline(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `| ${head.map((cell) => '-'.repeat(cell.length)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function numbered(steps: readonly string[]): string {
  return steps.map((step, index) => `${index + 1}. ${inline(step)}`).join('\n');
}

/** `~30 minutes`, `~2 hours`: to five minutes, and from an hour on to half an hour. */
export function effort(minutes: number): string {
  if (minutes <= 55) return `~${Math.max(5, Math.ceil(minutes / 5) * 5)} minutes`;
  const hours = Math.ceil(minutes / 30) / 2;
  return hours === 1 ? '~1 hour' : `~${hours} hours`;
}

/** A link to a document of the repository, from `docs/`; its name alone where the repository does not have it. */
export function link(path: string, documents: ReadonlyMap<string, string>): string {
  const name = path.split('/').at(-1) ?? path;
  if (!documents.has(path)) return `\`${path}\``;
  return `[${name}](${path.startsWith('docs/') ? path.slice('docs/'.length) : `../${path}`})`;
}
