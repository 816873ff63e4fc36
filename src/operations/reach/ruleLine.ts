import { isMap, isNode, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Evidence } from '../../reachability/model/analysis.ts';

/**
 * The line of the rule that decides, where the evidence names one such as `ingress[0]`; otherwise the line of its
 * object.
 *
 * @param textOf the text of a file that was read before
 */
export function lineOf(
  { object, rule }: Evidence,
  textOf: (file: string) => string | undefined,
): number | undefined {
  const named = /^((?:in|e)gress(?:Deny)?)\[(\d+)\]/.exec(rule);
  const text = named === null || object.line === undefined ? undefined : textOf(object.file);
  if (named === null || text === undefined) return object.line;
  const lines = new LineCounter();
  const lineAt = (node: unknown): number | undefined => {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? undefined : lines.linePos(start).line;
  };
  for (const { contents } of parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })) {
    const items = isMap(contents) ? contents.get('items', true) : contents;
    const nodes = isSeq(items) ? items.items : [contents];
    const found = nodes.find(
      (node) =>
        isMap(node) && lineAt(node) === object.line && node.getIn(['metadata', 'name']) === object.name,
    );
    if (isMap(found)) return lineAt(found.getIn(['spec', named[1], Number(named[2])], true)) ?? object.line;
  }
  return object.line;
}
