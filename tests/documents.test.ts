// Crosses the documents of the project and the tree: what they name exists.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentFile } from '../src/operations/status/documentFile.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

describe.each(pages)('%s', (page) => {
  it('names only files of the project that exist', () => {
    const paths = [...textOf(page).matchAll(/`((?:src|tests|tools|benchmarks|proxy|docs)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    // Documents that are written into a user's repository are files of an example, but for the copies with values.
    const written = (path: string) =>
      path.startsWith('docs/local') ||
      path === documentFile ||
      ['home', 'platform'].some((name) => existsSync(join(root, 'examples', name, 'repository', path)));
    expect(paths.filter((path) => !written(path) && !existsSync(join(root, path)))).toEqual([]);
  });

  it('links only to pages that exist', () => {
    const links = [...textOf(page).matchAll(/\]\(([^)#:]+\.md)\)/g)].map(([, target = '']) =>
      join(root, page, '..', target),
    );
    expect(links.filter((target) => !existsSync(target))).toEqual([]);
  });
});

it('lists every decision in the index of decisions', () => {
  const index = textOf('docs/decisions/README.md');
  const files = readdirSync(join(root, 'docs/decisions')).filter((file) => file !== 'README.md');
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !index.includes(`(${file})`))).toEqual([]);
});

it.each(['home', 'platform'])('names no schema in the example %s that is not beside it', (name) => {
  const text = textOf(`examples/${name}/cluster.yaml`);
  const schemas = [...text.matchAll(/\$schema=(\S+)/g)].map(([, path = '']) =>
    join(root, 'examples', name, path),
  );
  expect(schemas.filter((path) => !existsSync(path))).toEqual([]);
});
