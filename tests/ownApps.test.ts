// Crosses the documents, operations/configure and operations/check: an app of one's own, kept as docs/own-apps.md says.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { shellOf } from './compiledDocuments.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';

const entry = 'clusters/home/kustomization.yaml';

/** Does what the page says, up to the commit. */
async function withOwnApp(directory: ReturnType<typeof home>): Promise<string> {
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  const page = directory.read('docs/own-apps.md');
  const [manifests = '', kustomization = ''] = shellOf(page);
  for (const script of [manifests, kustomization])
    execFileSync('bash', ['-euc', script], { cwd: directory.path });
  const added: { resources: string[] } = parse(/```yaml\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '');
  const listed: { resources: string[] } = parse(directory.read(entry));
  directory.write(entry, stringify({ ...listed, resources: [...added.resources, ...listed.resources] }));
  return page;
}

it('stays through configure, and is checked like the rest', async () => {
  using directory = home();
  await withOwnApp(directory);

  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0 });
  expect(parse(directory.read(entry)).resources).toContain('own.yaml');
  expect(await gatehouse(directory, 'check')).toMatchObject({ code: 0 });

  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'open', namespace: 'own' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  };
  directory.write('own/namespace.yaml', `${directory.read('own/namespace.yaml')}---\n${stringify(service)}`);
  const checked = await gatehouse(directory, 'check');
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain('own/open');
});

it('is in the local manifests where the directory itself is named, and refused with its Flux Kustomization', async () => {
  using directory = home();
  execFileSync('git', ['init', '--quiet'], { cwd: directory.path });
  const page = await withOwnApp(directory);
  const refused = await gatehouse(directory, 'manifests', '--local');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  const [, code = '', instead = '', before = ''] =
    /refuses yours with `([^`]+)`[\s\S]*with `- ([^`]+)` in the place of `- ([^`]+)`/.exec(page) ?? [];
  expect(refused.stderr).toContain(code);
  expect(refused.stderr).toContain('docs/own-apps.md');

  rmSync(join(directory.path, 'clusters/home', before));
  directory.write(entry, directory.read(entry).replace(before, instead));
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0 });
  expect(await gatehouse(directory, 'manifests', '--local')).toMatchObject({ code: 0, stderr: '' });
  expect(parse(directory.read(entry)).resources).toContain(instead);
});
