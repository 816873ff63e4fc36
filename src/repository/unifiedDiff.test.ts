import { expect, test } from 'vitest';
import type { Change } from './change.ts';
import { unifiedDiff } from './unifiedDiff.ts';

test.each<[string, Change, string]>([
  [
    'a new file',
    { kind: 'created', path: 'a b', after: 'x\n' },
    '--- /dev/null\n+++ b/a b\n@@ -0,0 +1,1 @@\n+x\n',
  ],
  [
    'a removed file without a last line ending',
    { kind: 'removed', path: 'a', before: 'x' },
    '--- a/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n\\ No newline at end of file\n',
  ],
  [
    'a changed file that was checked out with CRLF',
    { kind: 'changed', path: 'a', before: '1\r\n2\r\n', after: '1\n3\n' },
    '--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n',
  ],
  [
    'bytes that are not text',
    { kind: 'removed', path: 'a', binary: true },
    'Binary files a/a and /dev/null differ\n',
  ],
  [
    'a private file',
    { kind: 'changed', path: 'a', before: 'photos.example.org\n', after: 'b\nc\n', local: true },
    '--- a/a\n+++ b/a\n(private: 1 lines before, 2 after)\n',
  ],
])('shows %s', (_, change, diff) => {
  expect(unifiedDiff(change)).toBe(diff);
});
