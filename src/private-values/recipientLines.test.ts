import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withRecipients } from './recipientLines.ts';

const add = (text: string, ...recipients: string[]): string =>
  withRecipients(text, { add: recipients, remove: [] });
const remove = (text: string, ...recipients: string[]): string =>
  withRecipients(text, { add: [], remove: recipients });

describe('recipients in the text of cluster.yaml', () => {
  it('adds a line below the last item with its indentation and changes nothing else', () => {
    const text =
      "# home\nsecrets: # who\n  recipients:\n  -   age1a   # me\n\n  # end\nimmich: {port:   '3'}\n";
    expect(add(text, 'age1b')).toBe(text.replace('# me\n', '# me\n  -   age1b\n'));
  });

  it('removes the line of a recipient and keeps the comments of the others', () => {
    const text = 'secrets:\n  recipients:\n    - age1a # me\n    - age1b # her\n';
    expect(remove(text, 'age1b')).toBe('secrets:\n  recipients:\n    - age1a # me\n');
    expect(remove(text, 'age1a')).toBe('secrets:\n  recipients:\n    - age1b # her\n');
  });

  it('adds and removes in one call', () => {
    const text = 'secrets:\n  recipients:\n    - age1a\n    - age1b\n';
    const changed = withRecipients(text, { add: ['age1c'], remove: ['age1a'] });
    expect(changed).toBe('secrets:\n  recipients:\n    - age1b\n    - age1c\n');
  });

  it('does not add a recipient twice', () => {
    const text = 'secrets:\n  recipients:\n    - age1a\n';
    expect(add(text, 'age1a')).toBe(text);
  });

  it('keeps the line endings, and ends a last line that had no line break', () => {
    const windows = 'secrets:\r\n  recipients:\r\n    - age1a\r\n';
    expect(add(windows, 'age1b')).toBe(`${windows}    - age1b\r\n`);
    const open = 'secrets:\n  recipients:\n    - age1a';
    expect(add(open, 'age1b')).toBe(`${open}\n    - age1b\n`);
  });

  it.each([
    ['a list in brackets', 'secrets:\n  recipients: [age1a]\n', ['age1a', 'age1b']],
    ['an empty list', 'secrets:\n  recipients: []\n', ['age1b']],
    ['no list', 'secrets: {}\n', ['age1b']],
    ['no section', 'cluster:\n  name: home # mine\n', ['age1b']],
  ])('writes %s', (_name, text, expected) => {
    expect(parse(add(text, 'age1b')).secrets.recipients).toEqual(expected);
  });
});
