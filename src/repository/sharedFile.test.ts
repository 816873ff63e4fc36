import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import fc from '../../tests/fastCheck.ts';
import { editEntries, newKustomization, readEntries } from './kustomization.ts';
import type { PlannedFile } from './plan.ts';
import {
  codesOf,
  compareAndWrite,
  difference,
  expectValue,
  type Files,
  putFiles,
  visible,
  withTree,
} from './testTree.ts';

const file = 'clusters/home/kustomization.yaml';
const entries = (...given: string[]): PlannedFile[] => [{ path: file, entries: given }];

function edit(text: string, add: string[], remove: string[] = []): string {
  return expectValue(editEntries(text, add, new Set(remove), file));
}

describe('editing a kustomization', () => {
  test.each([
    ['indented', 'resources:\n  - a # mine\n  # - off\n', 'resources:\n  - a # mine\n  - x\n  # - off\n'],
    ['not indented', '# top\nresources:\n- a\n\nimages: []\n', '# top\nresources:\n- a\n- x\n\nimages: []\n'],
    ['wide', 'resources:\n    -   "a"\n', 'resources:\n    -   "a"\n    -   x\n'],
    ['no last line ending', 'resources:\n- a', 'resources:\n- a\n- x'],
    ['CRLF', 'resources:\r\n- a\r\n', 'resources:\r\n- a\r\n- x\r\n'],
    ['byte order mark', '\ufeffresources:\n- a\n', '\ufeffresources:\n- a\n- x\n'],
    ['quoted key', '"resources":\n- a\n', '"resources":\n- a\n- x\n'],
    ['nothing listed', 'resources: [] # none\nimages: []\n', 'resources: # none\n  - x\nimages: []\n'],
    ['no value', 'resources:\nimages: []\n', 'resources:\n  - x\nimages: []\n'],
    ['no list', 'kind: Kustomization\n', 'kind: Kustomization\nresources:\n  - x\n'],
    ['flow', 'resources: [a, b] # mine\n', 'resources: [ a, b, x ] # mine\n'],
    ['flow, CRLF', '{resources: [a]}\r\n', '{ resources: [ a, x ] }\r\n'],
    ['empty', '', newKustomization(['x'])],
    ['only a comment', '# mine\n', `# mine\n${newKustomization(['x'])}`],
    ['a key of the same name', 'a:\n  resources:\n  - b\n', 'a:\n  resources:\n  - b\nresources:\n  - x\n'],
    ['a long item', 'resources:\n- >-\n  a\n  b\n', 'resources:\n- >-\n  a\n  b\n- x\n'],
  ])('%s: adds an entry and leaves the rest alone', (_, before, after) => {
    expect(edit(before, ['x'])).toBe(after);
  });

  test.each([
    ['between others', 'resources:\n- a\n- x # ours\n- b\n', 'resources:\n- a\n- b\n'],
    ['the only one', '# top\nresources: # list\n- x\n', '# top\nresources: [] # list\n'],
    ['flow', 'resources: [a, x]\n', 'resources: [ a ]\n'],
    ['the last, without a line ending', 'resources:\n- a\n- x', 'resources:\n- a'],
  ])('%s: removes an entry and leaves the rest alone', (_, before, after) => {
    expect(edit(before, [], ['x'])).toBe(after);
  });

  test('quotes an entry if YAML needs it', () => {
    const odd = ['- a', 'a: b', '#x', 'yes', '"', 'a\nb', '  a'];
    const text = edit('resources:\n- a\n', odd);
    expect(expectValue(readEntries(text, file))).toEqual(['a', ...odd]);
    expect(expectValue(readEntries(newKustomization(odd), file))).toEqual(odd);
  });

  test.each([
    ['not YAML', 'resources: [\n'],
    ['a tab', 'resources:\n\t- a\n'],
    ['a list', '- a\n'],
    ['several documents', 'resources: []\n---\nresources: []\n'],
    ['resources is a map', 'resources:\n  a: b\n'],
    ['duplicate keys', 'resources: []\nresources: []\n'],
    ['nested for ever', '['.repeat(50_000)],
  ])('%s is a problem with its place', (_, text) => {
    expect(editEntries(text, ['x'], new Set(), file)).toMatchObject({
      ok: false,
      problems: [{ code: 'kustomization-unreadable', file }],
    });
  });

  test.each([
    ['an entry', 'x: &a ../a\nresources:\n- *a\n- b\n', ['../a', 'b']],
    ['an entry in a flow list', 'x: &a ../a\nresources: [*a, b]\n', ['../a', 'b']],
    ['an entry of the same list', 'resources:\n- &a ../a\n- *a\n', ['../a', '../a']],
    ['the list', 'x: &l\n- ../a\n- b\nresources: *l\n', ['../a', 'b']],
    ['an empty list', 'x: &l []\nresources: *l\n', []],
  ])('reads an alias for %s', (_, text, expected) => {
    expect(expectValue(readEntries(text, file))).toEqual(expected);
  });

  test.each([
    ['adds beside', 'x: &a ../a\nresources:\n- *a\n', ['b'], [], 'x: &a ../a\nresources:\n- *a\n- b\n'],
    ['removes', 'x: &a ../a\nresources:\n- *a\n- b\n', [], ['../a'], 'x: &a ../a\nresources:\n- b\n'],
    ['removes in flow', 'x: &a ../a\nresources: [*a, b]\n', [], ['../a'], 'x: &a ../a\nresources: [ b ]\n'],
  ])('%s an alias', (_, text, add, remove, after) => {
    expect(edit(text, add, remove)).toBe(after);
  });

  test.each([
    ['a list that is an alias', 'x: &l [a]\nresources: *l\n', ['b'], []],
    ['a list that another field repeats', 'resources: &l [a]\ncomponents: *l\n', ['b'], []],
    ['a block list that another field repeats', 'resources: &l\n- a\ncomponents: *l\n', ['b'], []],
    ['an anchor that an alias needs', 'resources:\n- &a ../a\n- b\ncomponents:\n- *a\n', [], ['../a']],
    ['an anchor in flow', 'resources: [&a ../a, b]\ncomponents: [*a]\n', [], ['../a']],
    ['an alias without an anchor', 'resources:\n- *a\n', ['b'], []],
    ['an anchor in the next field', 'resources: [*a]\nx: &a b\n', ['b'], []],
    ['resources by a merge key', 'x: &m\n  resources: [a]\n<<: *m\n', ['b'], []],
  ])('refuses to edit %s', (_, text, add, remove) => {
    expect(editEntries(text, add, new Set(remove), file)).toMatchObject({
      ok: false,
      problems: [{ code: 'kustomization-unreadable', file }],
    });
  });

  test('restores the same bytes after adding and removing', () => {
    const item = fc.stringMatching(/^[a-z./]{1,9}$/).map((entry) => `../${entry}`);
    const line = fc.constantFrom('', '  # note', '# note');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(item, line), { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(fc.stringMatching(/^ours-[a-z]{1,9}$/), { minLength: 1 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '  '),
        fc.boolean(),
        (items, ours, ending, indent, isOpen) => {
          const list = items.flatMap(([entry, note]) => [`${indent}- ${entry}`, ...(note ? [note] : [])]);
          const text =
            ['kind: Kustomization # x', 'resources:', ...list].join(ending) + (isOpen ? '' : ending);
          expect(edit(edit(text, ours), [], ours)).toBe(text);
        },
      ),
    );
  });
});

describe('a shared kustomization', () => {
  test('is created, and removed when it holds only our entries', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, entries('../../apps/a/')));
      expect(visible(directory)).toEqual({ [file]: newKustomization(['../../apps/a/']) });
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)).toEqual({});
    });
  });

  test('keeps entries of the user when ours are removed', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, entries('../../apps/a')));
      const text = `# mine\n${newKustomization(['own.yaml', '../../apps/a'])}`;
      putFiles(directory, { [file]: text });
      expect(await difference(directory, entries('../../apps/a'))).toMatchObject({
        changes: [],
        conflicts: [],
      });
      expectValue(await compareAndWrite(directory, entries('../../apps/b')));
      expect(visible(directory)[file]).toBe(text.replace('apps/a', 'apps/b'));
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)[file]).toBe(`# mine\n${newKustomization(['own.yaml'])}`);
    });
  });

  test('keeps an entry that the user had before, even if it is planned', async () => {
    const mine: Files = { [file]: 'resources:\n- ../../apps/a/\n' };
    await withTree(mine, async (directory) => {
      expectValue(await compareAndWrite(directory, entries('../../apps/a', './b')));
      expect(visible(directory)[file]).toBe('resources:\n- ../../apps/a/\n- ./b\n');
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)).toEqual(mine);
    });
  });

  test('adds our entries again after the user removed them', async () => {
    await withTree({ [file]: 'resources:\n- own\n' }, async (directory) => {
      expectValue(await compareAndWrite(directory, entries('a')));
      putFiles(directory, { [file]: 'resources:\n- own\n' });
      expectValue(await compareAndWrite(directory, entries('a')));
      expect(visible(directory)[file]).toBe('resources:\n- own\n- a\n');
    });
  });

  test('stops the write when it cannot be read', async () => {
    await withTree({ [file]: 'resources: {\n', other: '' }, async (directory) => {
      const outcome = await compareAndWrite(directory, [...entries('a'), { path: 'new', content: '' }]);
      expect(codesOf(outcome)).toEqual(['kustomization-unreadable']);
      expect(Object.keys(visible(directory))).toEqual([file, 'other']);
    });
  });

  test('replaces a file that Gatehouse owned', async () => {
    await withTree({}, async (directory) => {
      expectValue(await compareAndWrite(directory, [{ path: file, content: newKustomization(['a']) }]));
      expectValue(await compareAndWrite(directory, entries('b')));
      expect(visible(directory)).toEqual({ [file]: newKustomization(['b']) });
    });
  });
});

describe('a directory with a kustomization of another name', () => {
  const plans: [string, PlannedFile][] = [
    ['shared', { path: file, entries: ['a'] }],
    ['owned', { path: file, content: newKustomization(['a']) }],
  ];
  describe.each(plans)('%s', (_, planned) => {
    test.each(['kustomization.yml', 'Kustomization'])('gets no second one beside %s', async (name) => {
      const mine = { [`clusters/home/${name}`]: newKustomization(['own.yaml']) };
      await withTree(mine, async (directory) => {
        const outcome = await compareAndWrite(directory, [planned, { path: 'new', content: '' }]);
        expect(outcome).toMatchObject({
          ok: false,
          problems: [
            {
              code: 'kustomization-twice',
              file: `clusters/home/${name}`,
              remedy: expect.stringContaining(`mv clusters/home/${name} ${file}`),
            },
          ],
        });
        expect(visible(directory)).toEqual(mine);
      });
    });

    test('keeps none beside the one of Gatehouse', async () => {
      const own = { [file]: newKustomization(['a']), 'clusters/home/Kustomization': '' };
      await withTree(own, async (directory) => {
        const outcome = await compareAndWrite(directory, [planned]);
        expect(codesOf(outcome)).toEqual(['kustomization-twice']);
        expect(outcome).toMatchObject({ problems: [{ remedy: expect.stringContaining('remove') }] });
      });
    });

    test('may have a directory of that name, and files of similar names', async () => {
      const files = { 'clusters/home/Kustomization/a': '', 'clusters/home/kustomization.yml.bak': '' };
      await withTree(files, async (directory) => {
        expectValue(await compareAndWrite(directory, [planned]));
        expect(visible(directory)[file]).toBe(newKustomization(['a']));
      });
    });
  });
});

describe('shared lines', () => {
  const lines = (...given: string[]): PlannedFile[] => [{ path: '.gitignore', lines: given }];

  test.each([
    ['LF', 'node_modules\n', 'node_modules\n/private\n'],
    ['CRLF', 'node_modules\r\n\r\n# mine\r\n', 'node_modules\r\n\r\n# mine\r\n/private\r\n'],
    ['a byte order mark and no last line ending', '\ufeffx\r\ny', '\ufeffx\r\ny\r\n/private'],
  ])('%s: our line is added and taken out again', async (_, before, after) => {
    await withTree({ '.gitignore': before }, async (directory) => {
      expectValue(await compareAndWrite(directory, lines('/private')));
      expect(visible(directory)).toEqual({ '.gitignore': after });
      expect(await difference(directory, lines('/private'))).toMatchObject({ changes: [], unchanged: 1 });
      expectValue(await compareAndWrite(directory, lines()));
      expect(visible(directory)).toEqual({ '.gitignore': before });
    });
  });

  test('keeps a line that the user had before', async () => {
    await withTree({ '.gitignore': '/private  \n' }, async (directory) => {
      expectValue(await compareAndWrite(directory, lines('/private', '/docs')));
      expectValue(await compareAndWrite(directory, []));
      expect(visible(directory)).toEqual({ '.gitignore': '/private  \n' });
    });
  });

  test('reports a file that is not text', async () => {
    await withTree({}, async (directory) => {
      writeFileSync(join(directory, '.gitignore'), Uint8Array.of(0xc3, 0x28));
      expect(codesOf(await compareAndWrite(directory, lines('/private')))).toEqual(['text-not-utf8']);
    });
  });
});
