// Crosses operations/status and commands: the document that is kept against the one that people kept by hand.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configured, finished, pushed } from '../deployedExample.ts';
import { home } from '../home.ts';
import { gatehouse } from '../program.ts';

const seed = new URL('../../../shared/seeds/003_f9e3c7d30594eac0.txt', import.meta.url);
const reason = existsSync(seed) ? '' : ' (skipped: the document of the seed is not on this machine)';
const theirs = existsSync(seed) ? readFileSync(seed, 'utf8') : '';

/** The headings in their order, without those of the items, which differ from home to home. */
const headingsOf = (text: string): string[] =>
  (text.replace(/^```[\s\S]*?^```$/gm, '').match(/^#{1,3} .*$/gm) ?? []).filter(
    (heading) => !/^### \d/.test(heading),
  );

/** The heads of the tables in their order, and the lines below them. */
const tablesOf = (text: string): string[] => text.match(/^\|.*\|\n\| -[ -|]*\|$/gm) ?? [];

/** The labels at the head of the document in their order. */
const labelsOf = (text: string): string[] =>
  [
    ...text
      .split('\n---\n', 1)
      .join('')
      .matchAll(/^> \*\*([^*]+):\*\*/gm),
  ].map(([, label = '']) => label);

/** The labels within the items. What stands in brackets behind one says more of one item. */
const itemLabelsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^(?:> )?\*\*([A-Za-z. ]+?)(?: [A-Z]{2}[A-Z ]*)?(?: \([^)]*\))?:\*\*/gm)].map(
      ([, label = '']) => label,
    ),
  );

/** What could be done later: the items of the table, and the ways to sign in below it. */
const considered = (text: string): string[] => {
  const [, chapter = ''] = text.split('\n## Future Considerations\n');
  const [own = ''] = chapter.split('\n## ');
  return [...own.matchAll(/^(?:\| |\d+\. )\**([^|*]+?)\**(?: \||(?= (?:\(|- )))/gm)].map(
    ([, item = '']) => item,
  );
};

async function documentOf(example: string, write = true): Promise<string> {
  const directory = home(example);
  if (write) await gatehouse(directory, 'configure');
  await gatehouse(directory, 'status', '--write');
  return directory.read('docs/remaining-work.md');
}

describe.skipIf(reason !== '')(`the document of what is left${reason}`, () => {
  it.each(['home', 'platform'])(
    'has the headings, labels and tables of the seed, in their order: %s',
    async (example) => {
      const ours = await documentOf(example);
      expect(headingsOf(theirs).length).toBeGreaterThan(10);
      expect(headingsOf(ours)).toEqual(headingsOf(theirs));
      expect(labelsOf(theirs)).toContain('Assessment Date');
      expect(labelsOf(ours)).toEqual(labelsOf(theirs));
      expect(tablesOf(theirs)).toHaveLength(3);
      expect(tablesOf(ours)).toEqual(tablesOf(theirs));
    },
  );

  it('considers all that the seed considers', async () => {
    const wanted = considered(theirs);
    expect(wanted).toEqual(expect.arrayContaining(['Shared bjw-s Repository', 'JWT SecurityPolicy']));
    const ours = considered(await documentOf('platform'));
    expect(wanted.filter((item) => !ours.includes(item))).toEqual([]);
  });

  it('names the parts of an item as the seed does', async () => {
    const labels = itemLabelsOf(theirs);
    const ours = new Set([
      ...itemLabelsOf(await documentOf('platform')),
      ...itemLabelsOf(await documentOf('home', false)),
    ]);
    expect([...ours]).toEqual(
      expect.arrayContaining([
        'Status',
        'Required Work',
        'Effort',
        'Implementation Guide',
        'cluster.yaml variables',
      ]),
    );
    // The seed has no file of private values.
    expect([...ours].filter((label) => !labels.has(label) && label !== 'Private values')).toEqual([]);
    const deployed = home();
    finished(deployed);
    await configured(deployed);
    pushed(deployed);
    await gatehouse(deployed, 'status', '--write');
    const steps = itemLabelsOf(deployed.read('docs/remaining-work.md'));
    expect(labels.has('Verification Steps') && steps.has('Verification Steps')).toBe(true);
  });

  it('writes effort, items and log as the seed does', async () => {
    const ours = await documentOf('platform');
    const effort = /^\*\*Effort:\*\* ~[\d.-]+ (?:minutes|hours?)/m;
    const item = /^### 1\. .* - [A-Z][A-Z ]+$/m;
    const row = /^\| \d{4}-\d{2}-\d{2} \| \d+\.\d+\.\d+ \| .* \|$/m;
    for (const form of [effort, item, row]) {
      expect(theirs).toMatch(form);
      expect(ours).toMatch(form);
    }
  });
});
