import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLSeq } from 'yaml';

/**
 * Adds and removes recipients in the text of `cluster.yaml`. Every other line keeps its bytes: a block list is edited
 * line by line. The YAML library writes only a new list, and one in brackets.
 */
export function withRecipients(
  text: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): string {
  const document = parseDocument(text);
  const list = document.getIn(['secrets', 'recipients'], true);
  const items = isSeq(list) ? list.items.map(textOf) : [];
  const added = add.filter((recipient) => !items.includes(recipient));
  const kept = items.filter((recipient) => !remove.includes(recipient));
  if (isSeq(list) && !list.flow && kept.length > 0) return editLines(text, list, { added, remove });
  const secrets = document.get('secrets', true);
  if (!isMap(secrets)) document.set('secrets', document.createNode({}));
  document.setIn(['secrets', 'recipients'], document.createNode([...kept, ...added]));
  return document.toString({ lineWidth: 0 });
}

function editLines(
  text: string,
  list: YAMLSeq,
  { added, remove }: { added: readonly string[]; remove: readonly string[] },
): string {
  const lines = list.items.map((item) => ({ recipient: textOf(item), ...lineOf(text, item) }));
  const last = lines.at(-1);
  if (last === undefined) return text;
  const line = text.slice(last.start, last.end);
  const [, indent = ''] = /^(\s*-\s*)/.exec(line) ?? [];
  const end = line.endsWith('\r\n') ? '\r\n' : '\n';
  const before = line.endsWith('\n') ? '' : end;
  const insertion = added.map((recipient) => `${indent}${recipient}${end}`).join('');
  const withNew = `${text.slice(0, last.end)}${insertion === '' ? '' : before}${insertion}${text.slice(last.end)}`;
  return lines
    .filter(({ recipient }) => remove.includes(recipient))
    .reduceRight((result, { start, end: stop }) => result.slice(0, start) + result.slice(stop), withNew);
}

/** The line of a list item, with its line break. */
function lineOf(text: string, item: unknown): { start: number; end: number } {
  const at = (item as Node).range?.[0] ?? 0;
  const newline = text.indexOf('\n', at);
  return { start: text.lastIndexOf('\n', at) + 1, end: newline === -1 ? text.length : newline + 1 };
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : '';
}
