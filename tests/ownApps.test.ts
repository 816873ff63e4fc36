// Crosses the documents, operations/configure and operations/check: an app of one's own, kept as docs/own-apps.md says.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { shellOf } from './compiledDocuments.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';

it('stays through configure, and is checked like the rest', async () => {
  using directory = home();
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 0, stderr: '' });
  const page = directory.read('docs/own-apps.md');
  const [manifests = '', kustomization = ''] = shellOf(page);
  for (const script of [manifests, kustomization])
    execFileSync('bash', ['-euc', script], { cwd: directory.path });
  const added: { resources: string[] } = parse(/```yaml\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '');
  const entry = 'clusters/home/kustomization.yaml';
  const listed: { resources: string[] } = parse(directory.read(entry));
  directory.write(entry, stringify({ ...listed, resources: [...added.resources, ...listed.resources] }));

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
