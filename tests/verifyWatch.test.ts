import { expect, it } from 'vitest';
import { withClusterUid } from '../src/live/clusterUid.ts';
import { commit, git } from './committedExample.ts';
import { json, kubeconfigFor, kubeSystem, makeHome, refuse, startApiServer } from './live/apiServer.ts';
import { answering } from './live/opened.ts';
import { gatehouse } from './program.ts';
import { exampleDirectory } from './testDirectory.ts';

const uid = '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58';
const system = { ...kubeSystem, metadata: { name: 'kube-system', uid } };
const other = { ...kubeSystem, metadata: { name: 'kube-system', uid: uid.replace('6', '7') } };

it('asks again with --watch after a run that the cluster refused, and not where it is another', async () => {
  using directory = exampleDirectory('home');
  const confirmed = withClusterUid(directory.read('cluster.yaml'), uid);
  if (!confirmed.ok) throw new Error(JSON.stringify(confirmed.problems));
  directory.write('cluster.yaml', confirmed.value);
  git(directory, 'init', '-q', '-b', 'main');
  expect((await gatehouse(directory, 'configure')).stderr).toBe('');
  commit(directory);
  let runs = 0;
  const others = answering((_, response) => json(response, { items: [], gitVersion: 'v1.36.0' }));
  await using home = await makeHome();
  await using server = await startApiServer((request, response) => {
    if (request.url !== '/api/v1/namespaces/kube-system') return others(request, response);
    runs += 1;
    if (runs === 2) return refuse(response, 403, 'not now');
    // Longer than verify says nothing.
    if (runs === 3) return void setTimeout(() => json(response, other), 2_500);
    json(response, system);
  });
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const ran = await gatehouse(
    directory,
    ...['verify', '--json', '--watch', '1', '--only', 'not-in-git', '--kubeconfig', kubeconfig],
  );
  const lines = ran.stdout.trim().split('\n');
  const codes = lines.map((line) => JSON.parse(line).problems?.map(({ code }: { code: string }) => code));
  expect(codes).toEqual([undefined, ['cluster-forbidden'], ['cluster-is-another']]);
  expect(ran.code).toBe(3);
  // On a busy machine the other runs wait too.
  expect(ran.stderr).toMatch(
    /^(?:The API server of the kubeconfig has not answered yet; waiting for it …\n)+$/,
  );
});
