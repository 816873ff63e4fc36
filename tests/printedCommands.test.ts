// Crosses components, compile, operations/configure and the files of the repository.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { prepare } from '../src/operations/configure/configure.ts';
import { noProgress } from '../src/operations/progress.ts';
import { home } from './home.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

it('no text tells a user to fetch the package of another project from the registry', () => {
  const { name } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  expect(name).toBe('@gatehouse-home/gatehouse');
  const files = ['src', 'docs', 'examples', 'tools', '.ci'].flatMap((directory) =>
    readdirSync(`${root}${directory}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  );
  const fetching =
    /\b(?:npx|npm (?:exec|i|install|create)|pnpm dlx|yarn dlx|bunx)(?: -\S+)*(?: --)? @?gatehouse(?:-home)?\b/;
  expect(fetching.test('npx --yes gatehouse init')).toBe(true);
  expect(fetching.test('npm install -g @gatehouse-home/gatehouse')).toBe(true);
  for (const file of [...files, `${root}README.md`, `${root}CONTRIBUTING.md`])
    expect(`${file}: ${fetching.exec(readFileSync(file, 'latin1'))?.[0] ?? ''}`).toBe(`${file}: `);
});

it('a store that is turned off is left out of the backups where another one is on', async () => {
  const directory = home('platform');
  directory.edit('cluster.yaml', (cluster) => {
    Object.assign(cluster, { rustfs: { ...(cluster['rustfs'] as object), enabled: false } });
  });
  const outcome = await prepare(directory.path, directory.environment, noProgress);
  const problems = outcome.ok ? [] : outcome.problems.filter(({ code }) => code === 'claim-unanswered');
  expect(problems.length).toBeGreaterThan(0);
  for (const { remedy } of problems) {
    expect(remedy).toContain('let volsync use s3 alone');
    expect(remedy).not.toContain('turn volsync off');
  }
});
