// Crosses the command verify, operations, live, report and repository: what a run leaves in files.
import { expect, it } from 'vitest';
import { everyValue } from '../src/config/private.ts';
import type { KubernetesObject } from '../src/kubernetes/object.ts';
import type { CheckResult } from '../src/live/check.ts';
import { recordFile } from '../src/operations/verify/record.ts';
import { prepareVerify } from '../src/operations/verify/verify.ts';
import { unsearchable } from '../src/privacy/commonValues.ts';
import { commit, git } from './committedExample.ts';
import { kubeconfigFor, makeHome, startApiServer } from './live/apiServer.ts';
import { runningObjects, servedKinds } from './live/runningCluster.ts';
import { servingObjects } from './live/servedObjects.ts';
import { gatehouse } from './program.ts';
import { exampleDirectory } from './testDirectory.ts';

const uid = '6f1c1a0e-4c0b-4a39-9d4e-2f6d3c1b7a58';
/** C0, DEL and C1, ends of lines and paragraphs, and formats. */
const acting = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, at) => 0x7f + at)]
  .concat([0x2028, 0x2029, 0x200b, 0x202e, 0x2066, 0xfeff])
  .map((code) => String.fromCharCode(code));

it.each(['home', 'platform'])(
  'no file of a run has a private value or a control character: %s',
  async (example) => {
    using directory = exampleDirectory(example);
    directory.edit('cluster.yaml', (value) => {
      value.cluster.uid = uid;
    });
    git(directory, 'init', '-q', '-b', 'main');
    expect((await gatehouse(directory, 'configure')).stderr).toBe('');
    commit(directory);
    const prepared = await prepareVerify(directory.path, directory.environment);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    const { tree, configuration } = prepared.value;
    // Values that are in many texts anyway, such as a port, are no secret by themselves.
    const values = [...everyValue(configuration.loaded).values()].filter(
      (value) => value !== '' && unsearchable(value) === undefined,
    );
    expect(values.length).toBeGreaterThan(7);
    const inGit = [...tree.repository.objects, ...tree.repository.outside].map(({ object }) => object);
    const running = runningObjects(inGit, tree.commit ?? '');
    const hostile = sayingEverywhere(running, [...values.map((value) => ` ${value} `), ...acting]);
    const system: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system', uid },
    };
    const objects = [...hostile, system];
    await using home = await makeHome();
    await using server = await startApiServer(servingObjects(objects, servedKinds(objects)));
    const kubeconfig = await home.write('config', kubeconfigFor(server));
    directory.write('.git/report.xml', '');
    const ran = await gatehouse(
      directory,
      'verify',
      '--kubeconfig',
      kubeconfig,
      '--junit',
      '.git/report.xml',
    );
    expect(ran.code).toBe(1);
    // On a busy machine it says that it waits.
    expect(ran.stderr).toMatch(
      /^(?:The API server of the kubeconfig has not answered yet; waiting for it …\n)?$/,
    );
    const files = { junit: directory.read('.git/report.xml'), record: directory.read(recordFile), ...ran };
    const { results }: { results: CheckResult[] } = JSON.parse(files.record);
    const broken = results.filter(({ verdict }) => verdict === 'broken');
    expect(files.junit.match(/<failure /g)).toHaveLength(broken.length);
    // What the cluster said is there, in place of its private values and its controls.
    for (const text of [files.junit, files.record, files.stdout]) {
      expect(text).toMatch(/hostile.*\$\{[A-Z_0-9]+\}/);
      expect(values.filter((value) => text.includes(value))).toEqual([]);
      expect(acting.filter((character) => character !== '\n' && text.includes(character))).toEqual([]);
    }
  },
);

/** The objects, and others, that say these texts wherever somebody of the cluster may say what he wants. */
function sayingEverywhere(
  objects: readonly KubernetesObject[],
  texts: readonly string[],
): KubernetesObject[] {
  const says = `hostile ${texts.join('|')}`;
  const changed = objects.map((object): KubernetesObject => {
    if (object.kind === 'Kustomization' || object.kind === 'HelmRelease')
      return {
        ...object,
        status: { conditions: [{ type: 'Ready', status: 'False', reason: says, message: says }] },
      };
    if (object.kind === 'Pod')
      return {
        ...object,
        status: { containerStatuses: [{ name: says, state: { waiting: { reason: says, message: says } } }] },
      };
    return object;
  });
  const others = texts.map((text, index): KubernetesObject => {
    const managedFields = [{ manager: `hostile ${text}`, operation: 'Update', time: says, fieldsV1: {} }];
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `hostile ${text}`, namespace: 'media', uid: `hostile-${index}`, managedFields },
      spec: {
        type: 'NodePort',
        ports: [{ port: 80, nodePort: 31_000 + index, name: text }],
        selector: { app: text },
      },
    };
  });
  return [...changed, ...others];
}
