import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Change } from './change.ts';

/**
 * A change as a unified diff, as `git diff` shows it, with `/dev/null` for a file that does not exist. The text of a
 * local file is private: the diff tells only the size of the change. Line endings are not compared, since a checkout with
 * CRLF would change every line.
 */
export function unifiedDiff(change: Change): string {
  const before = change.kind === 'created' ? '/dev/null' : `a/${change.path}`;
  const after = change.kind === 'removed' ? '/dev/null' : `b/${change.path}`;
  if (change.binary) return `Binary files ${before} and ${after} differ\n`;
  if (change.local) return `--- ${before}\n+++ ${after}\n${privateSize(change)}`;
  const [oldText, newText] = [withoutCarriageReturns(change.before), withoutCarriageReturns(change.after)];
  return createTwoFilesPatch(before, after, oldText, newText, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

function withoutCarriageReturns(text = ''): string {
  return text.replaceAll('\r\n', '\n');
}

function privateSize(change: Change): string {
  const count = (text: string | undefined) => (text === undefined ? 0 : text.split('\n').length - 1);
  return `(private: ${count(change.before)} lines before, ${count(change.after)} after)\n`;
}
