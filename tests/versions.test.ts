// Crosses the versions of the components and the page that says what was proved of each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageDirectory } from '../src/system/packageDirectory.ts';

interface Versions {
  chart?: { version: string };
  images?: Record<string, string>;
}

const root = packageDirectory();
const page = readFileSync(join(root, 'docs/versions.md'), 'utf8');
const modules = await Promise.all(
  readdirSync(join(root, 'src/components'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('versions.ts'))
    .map(async (file) => {
      const read: Versions = await import(join(root, 'src/components', file));
      return { component: file.split('/')[0] ?? '', ...read };
    }),
);
const images = modules.flatMap(({ component, images: named = {} }) =>
  Object.entries(named).map(([name, image]) => {
    const [tagged = '', digest] = image.split('@');
    return {
      row: `${component}, ${name}`.toLowerCase(),
      tagged,
      tag: tagged.slice(tagged.lastIndexOf(':') + 1),
      digest,
    };
  }),
);

/** The rows of the table after a heading of columns. */
function rowsOf(head: string): string[][] {
  const lines = page.split('\n');
  const rows = lines.slice(lines.indexOf(head) + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/versions.md', () => {
  it('has each version of a component, and no other', () => {
    const charts = modules.flatMap(({ component, chart }) =>
      chart ? [[`${component}, chart`, chart.version]] : [],
    );
    expect(charts.length).toBeGreaterThan(3);
    const expected = [...charts, ...images.map(({ row, tag }) => [row, tag])];
    const rows = rowsOf('| what | before | now | proved |').map(([what = '', , now]) => [
      what.toLowerCase(),
      now,
    ]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  it('says of each version what was proved', () => {
    for (const row of rowsOf('| what | before | now | proved |'))
      expect(row).toEqual(Array(4).fill(expect.stringMatching(/./)));
  });

  it('names two repositories of different owners for each digest, and how it is known to be the index', () => {
    const rows = rowsOf('| image | named by | the index |');
    expect(rows.map(([image]) => image).sort()).toEqual(
      images.flatMap(({ tagged, digest }) => (digest ? [`\`${tagged}\``] : [])).sort(),
    );
    for (const [image, namedBy = '', index] of rows) {
      const owners = [...namedBy.matchAll(/\(https:\/\/github\.com\/([^/]+)\/[^/)]+\)/g)].map(
        ([, owner]) => owner,
      );
      expect([image, new Set(owners).size]).toEqual([image, 2]);
      expect(index).toMatch(/\w/);
    }
  });

  it('says why each other image has none', () => {
    // Two components may run one image.
    const tags = new Set(images.flatMap(({ tagged, digest }) => (digest ? [] : [`\`${tagged}\``])));
    expect(
      rowsOf('| image | why |')
        .map(([image]) => image)
        .sort(),
    ).toEqual([...tags].sort());
  });
});

it.each(images.filter(({ digest }) => digest !== undefined))(
  'the digest of $tagged is a digest',
  ({ digest }) => {
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  },
);
