import { afterAll, beforeAll, expect, it } from 'vitest';
import { withClusterUid } from '../src/live/clusterUid.ts';
import { commit, git } from './committedExample.ts';
import { kubeconfigFor, makeHome, refuse, startApiServer } from './live/apiServer.ts';
import { gatehouse } from './program.ts';
import { exampleDirectory, type TestDirectory } from './testDirectory.ts';

/** Both are private values of the example: a user who logs in by OpenID Connect, and a context named like the host. */
const email = 'owner@example.org';
const host = 'photos.example.org';

let directory: TestDirectory;

beforeAll(async () => {
  directory = exampleDirectory('home');
  const confirmed = withClusterUid(directory.read('cluster.yaml'), '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58');
  if (!confirmed.ok) throw new Error(JSON.stringify(confirmed.problems));
  directory.write('cluster.yaml', confirmed.value);
  git(directory, 'init', '-q', '-b', 'main');
  expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  commit(directory);
});

afterAll(() => directory[Symbol.dispose]());

it.each([
  ['verify', '--quiet'],
  ['verify', '--json'],
  ['verify', '--from', 'outside', '--only', 'cluster-readable'],
  ['reconcile', '--quiet'],
  ['reconcile', '--json'],
  ['doctor', '--quiet'],
  ['doctor', '--json'],
])('an API server that refuses lets no private value into the output: %s %s', async (...args) => {
  await using home = await makeHome();
  await using server = await startApiServer((_, response) =>
    refuse(response, 403, `User "${email}" of ${host} cannot get resource "namespaces"`),
  );
  const text = kubeconfigFor(server).replaceAll('"home"', JSON.stringify(`${email}@${host}`));
  const kubeconfig = await home.write('config', text);
  const { stdout, stderr } = await gatehouse(directory, ...args, '--kubeconfig', kubeconfig);
  expect(server.requests.length).toBeGreaterThan(0);
  const output = stdout + stderr;
  expect(output).toMatch(/cannot get resource/);
  for (const value of [email, host]) expect(output).not.toContain(value);
});
