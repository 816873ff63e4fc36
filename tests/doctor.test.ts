import { expect, test } from 'vitest';
import { commit, committed, git } from './committedExample.ts';
import { gatehouse } from './program.ts';

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'home',
  contexts: [{ name: 'home', context: { cluster: 'home', user: 'home' } }],
  clusters: [{ name: 'home', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'home', user: { token: 'the-token-of-nobody' } }],
});

/** There is no such file: nobody waits for a cluster. */
const nowhere = ['--kubeconfig', 'no-kubeconfig'];

test('without a cluster, doctor checks what needs none, and calls the rest not checked', async () => {
  const directory = await committed();
  git(directory, 'remote', 'add', 'origin', 'ssh://git@github.com/example/home-ops');
  const { code, stdout, stderr } = await gatehouse(directory, 'doctor', ...nowhere);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('✓ A remote leads to the repository that Flux fetches');
  expect(stdout).toContain('✗ The branch that Flux follows has what is committed');
  expect(stdout).toContain('? The kubeconfig leads to the cluster that cluster.yaml is for');
  // The reason is there once, below all that it concerns.
  expect(stdout.match(/No cluster was asked/g)).toHaveLength(1);
});

test('the document of doctor has every check with its remedy', async () => {
  const directory = await committed();
  const { stdout } = await gatehouse(directory, 'doctor', '--json', ...nowhere);
  const { schemaVersion, ok, checks } = JSON.parse(stdout);
  expect({ schemaVersion, ok }).toEqual({ schemaVersion: 1, ok: false });
  const ids = checks.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const text = expect.stringMatching(/./);
  for (const check of checks) expect(check).toMatchObject({ promise: text, remedy: text });
});

test('nothing is confirmed where there is no cluster', async () => {
  const directory = await committed();
  const before = directory.read('cluster.yaml');
  const { code, stderr } = await gatehouse(directory, 'doctor', '--confirm', ...nowhere);
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('kubeconfig-missing') });
  expect(directory.read('cluster.yaml')).toBe(before);
});

test('reconcile says that the cluster does not answer, and refuses what is no time', async () => {
  const directory = await committed();
  // Git keeps no eye on what is in its own directory.
  directory.write('.git/kubeconfig', kubeconfig);
  const cluster = ['--kubeconfig', '.git/kubeconfig'];
  directory.edit('cluster.yaml', (value) => {
    value.cluster.uid = '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58';
  });
  commit(directory);
  const { code, stderr } = await gatehouse(directory, 'reconcile', '--timeout=1s', ...cluster);
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('does not answer') });
  expect(stderr).not.toContain('the-token-of-nobody');
  expect(await gatehouse(directory, 'reconcile', '--timeout=soon')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is no duration such as 90s, 5m or 1h30m'),
  });
});
