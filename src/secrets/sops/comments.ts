import { isCollection, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { looksSealed } from './cipher.ts';

/**
 * Attaches comments to the value that they introduce. The parser takes all comments between a nested block and the next
 * key as part of that block; go-yaml and SOPS take those after a blank line as the heading of the next key. The level
 * matters, since an encrypted comment is bound to it.
 */
export function attachComments(root: YAMLMap): void {
  moveHeadings(root);
  for (const child of childrenOf(root)) moveTrailingComments(child);
}

function moveHeadings(node: YAMLMap | YAMLSeq): void {
  for (const [index, item] of node.items.entries()) {
    const value = isMap(node) ? node.items[index]?.value : item;
    if (!isCollection(value)) continue;
    moveHeadings(value);
    const next = node.items[index + 1];
    const heading = isMap(node) ? node.items[index + 1]?.key : next;
    if (!isScalar(heading) && !isCollection(heading)) continue;
    const moved = takeHeading(value);
    if (moved !== undefined) heading.commentBefore = joined([moved, heading.commentBefore]);
    // Without a blank line, the writer would join the end of one block and the heading of the next.
    if (moved !== undefined || (heading.commentBefore && endsInComment(value))) heading.spaceBefore = true;
  }
}

/** Removes and returns the part after a blank line of the comment that ends a block, or its last nested block. */
function takeHeading(node: YAMLMap | YAMLSeq): string | undefined {
  const blank = node.comment?.indexOf('\n\n') ?? -1;
  if (node.comment && blank >= 0) {
    const heading = node.comment.slice(blank + 2);
    node.comment = node.comment.slice(0, blank);
    return heading;
  }
  const last = isMap(node) ? node.items.at(-1)?.value : node.items.at(-1);
  return isCollection(last) ? takeHeading(last) : undefined;
}

function endsInComment(node: YAMLMap | YAMLSeq): boolean {
  const last = isMap(node) ? node.items.at(-1)?.value : node.items.at(-1);
  return Boolean(node.comment) || (isCollection(last) && endsInComment(last));
}

/** In go-yaml, a comment at the end of a block belongs to the innermost block that ends there. */
function moveTrailingComments(node: YAMLMap | YAMLSeq): void {
  const last = isMap(node) ? node.items.at(-1)?.value : node.items.at(-1);
  if (node.comment && !node.flow && isCollection(last) && !last.flow && last.items.length > 0) {
    last.comment = joined([last.comment, node.comment]);
    node.comment = null;
  }
  for (const child of childrenOf(node)) moveTrailingComments(child);
}

function childrenOf(node: YAMLMap | YAMLSeq): (YAMLMap | YAMLSeq)[] {
  const values: unknown[] = isMap(node) ? node.items.map(({ value }) => value) : node.items;
  return values.filter((value) => isCollection(value));
}

/**
 * Turns list items that are encrypted comments into comments. In a list, and only there, SOPS 3.13 writes a comment as a
 * value of the type `comment`.
 */
export function liftListComments(root: YAMLMap): void {
  liftComments(root);
  attachComments(root);
}

function liftComments(node: YAMLMap | YAMLSeq): void {
  for (const child of childrenOf(node)) liftComments(child);
  if (!isSeq(node)) return;
  let pending: string[] = [];
  node.items = node.items.filter((item) => {
    if (isScalar(item) && isSealedComment(item.value)) {
      pending.push(String(item.value));
      return false;
    }
    if (pending.length > 0 && (isScalar(item) || isCollection(item)))
      item.commentBefore = joined([...pending, item.commentBefore]);
    pending = [];
    return true;
  });
  if (pending.length > 0) node.comment = joined([...pending, node.comment]);
}

function isSealedComment(value: unknown): boolean {
  return typeof value === 'string' && looksSealed(value) && value.endsWith(',type:comment]');
}

function joined(lines: (string | null | undefined)[]): string {
  return lines.filter((line) => line).join('\n');
}
