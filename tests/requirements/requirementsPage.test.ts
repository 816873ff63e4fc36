// Crosses docs/requirements.md, the examples, the commands and the fields: what the page names exists.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterSchema } from '../../src/components/catalogue.ts';
import { fieldsAt, fieldsOf } from '../../src/config/fields.ts';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';

const root = join(import.meta.dirname, '../..');
const examples = { home: 'examples/home/repository', platform: 'examples/platform/repository' };
const page = readFileSync(join(root, 'docs/requirements.md'), 'utf8');

interface Row {
  item: string;
  asks: string;
  metBy: string;
}

/** The rows of a chapter. */
function rowsOf(chapter: string): Row[] {
  const [, text = ''] = page.split(`\n## ${chapter}\n`);
  const [own = ''] = text.split('\n## ');
  return [...own.matchAll(/^\| (.+?) \| (.+?) \| (.+) \|$/gm)]
    .map(([, item = '', asks = '', metBy = '']) => ({ item, asks, metBy }))
    .filter(({ item }) => item !== 'item');
}

const chapters = {
  tasks: rowsOf('Tasks of the first text'),
  specification: rowsOf('Specification of the first text'),
  steps: rowsOf('Steps of the second text'),
};
const all = Object.values(chapters).flat();
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
const numbered = (prefix: string, count: number, digits: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(digits, '0')}`);

describe('the page of the requirements', () => {
  it('has a row for each task', () => {
    expect(chapters.tasks.map(({ item }) => item)).toEqual(numbered('T', 37, 3));
  });

  it('has a row for each functional requirement and success criterion', () => {
    const items = chapters.specification.map(({ item }) => item);
    expect(items.filter((item) => !/[a-z]$/.test(item))).toEqual([
      ...numbered('FR-', 12, 3),
      ...numbered('SC-', 5, 3),
    ]);
    expect(items).toEqual([...items].sort());
  });

  it('has a row for each numbered step of the second text', () => {
    const steps = Object.entries({ VolSync: 5, 'Talos Backup': 7, 'JWT SecurityPolicy': 7, tuppr: 6 });
    expect(chapters.steps.map(({ item }) => item)).toEqual(
      steps.flatMap(([section, count]) => numbered(`${section} `, count, 1)),
    );
  });

  it.each(all)('$item: names what meets it, or says why it is met otherwise', ({ metBy }) => {
    expect(quoted(metBy).length > 0 || /^(?:another form|not in this version)[:,]? /.test(metBy)).toBe(true);
  });
});

describe.each([
  { repository: examples.home, rows: [...chapters.tasks, ...chapters.specification] },
  { repository: examples.platform, rows: chapters.steps },
])('what the rows of $repository name', ({ repository, rows }) => {
  const names = rows.flatMap(({ item, metBy }) => quoted(metBy).map((name) => ({ item, name })));

  it('each file is in the example or in the project', () => {
    const files = names.filter(({ name }) => /^[\w.-]+(?:\/[\w.-]+)+$|^[\w-]+\.md$/.test(name));
    expect(files.length).toBeGreaterThan(10);
    const roots = [join(root, repository), root];
    expect(files.filter(({ name }) => !roots.some((base) => existsSync(join(base, name))))).toEqual([]);
  });

  it('each chapter of a document has its heading', () => {
    const missing = rows.filter(({ metBy }) =>
      [...metBy.matchAll(/`(docs\/[\w-]+\.md)`, under ([^;|]+?)(?=$|;|, has)/g)].some(
        ([, file = '', title = '']) => {
          if (title === 'these titles') return false;
          const headings = readFileSync(join(root, repository, file), 'utf8').match(/^#+ .*$/gm) ?? [];
          return !headings.some(
            (heading) => heading.replace(/^#+ (?:\d+\. )?/, '').replace(/ \(\d+ min\)$/, '') === title,
          );
        },
      ),
    );
    expect(missing).toEqual([]);
  });

  it('each field is one of the configuration', () => {
    const schema = fieldsOf(clusterSchema);
    const fields = names.filter(
      ({ name }) => /^[a-z]+[A-Za-z]*(?:\.[a-zA-Z]+)+$/.test(name) && !/\.(?:md|yaml|ts)$/.test(name),
    );
    expect(fields.length).toBeGreaterThan(3);
    expect(fields.filter(({ name }) => fieldsAt(schema, name.split('.')).length === 0)).toEqual([]);
  });

  it('each command is one of the program, with its flags', async () => {
    using directory = home();
    const commands = new Set(names.map(({ name }) => name).filter((name) => name.startsWith('gatehouse ')));
    expect(commands.size).toBeGreaterThan(1);
    for (const command of commands) {
      const { code, stdout, stderr } = await gatehouse(directory, ...command.split(' ').slice(1), '--help');
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
      for (const flag of command.match(/--\w[\w-]*/g) ?? []) expect(stdout).toContain(flag);
    }
  });
});
