import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { filledDocument } from './filledDocument.ts';

const fill = (text: string, value: string): string => filledDocument(text, new Map([['X', value]]));

test.each([
  ["ask `${X}`, don't", "ask `o'brien`, don't"],
  ["`ls '${X}'` and `ls '${X}/a'`", "`ls 'o'\\''brien'` and `ls 'o'\\''brien/a'`"],
  [
    "```sh\n# it's\nls \"$HOME/${X}\" '${X}'\n```\n",
    "```sh\n# it's\nls \"$HOME/o'brien\" 'o'\\''brien'\n```\n",
  ],
  ["   ```sh\n   ls '${X}'\n   ```\nthen '${X}'", "   ```sh\n   ls 'o'\\''brien'\n   ```\nthen 'o'brien'"],
])('an apostrophe of a value does not end the quotes of a shell: %j', (text, filled) => {
  expect(fill(text, "o'brien")).toBe(filled);
});

test('no value ends the code or the cell that it is in', () => {
  expect(fill('the directory `${X}`', '/a`b')).toBe('the directory `` /a`b ``');
  expect(fill('| `${X}` | ${X} |', '/a|b')).toBe('| `/a\\|b` | /a\\|b |');
});

test('a shell reads each value as one word, exactly', () => {
  const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 });
  const values = fc.array(
    printable.filter((value) => !value.includes('```')),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(values, (all) => {
      const names = all.map((_, index) => `V_${index}`);
      const text = `\`\`\`sh\n${names
        .map((name) => `printf '%s\\0' '\${${name}}' 'a/\${${name}}/b' "\${${name}}" # it's \${${name}}`)
        .join('\n')}\n\`\`\``;
      const filled = filledDocument(text, new Map(names.map((name, index) => [name, all[index] ?? ''])));
      const script = filled.split('\n').slice(1, -1).join('\n');
      const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(all.flatMap((each) => [each, `a/${each}/b`, each]));
    }),
    { numRuns: 40 },
  );
});
