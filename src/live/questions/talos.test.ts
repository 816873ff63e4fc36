import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../../tests/live/fakeCluster.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { TalosAccessForms } from '../talos/machineConfig.ts';
import { askTalosApi, askTalosPair } from './talos.ts';

const now = () => new Date('2026-11-30T12:00:00Z');
const node = (name: string, address: string, osImage = 'Talos (v1.13.2)', kubelet = 'v1.36.0') =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: name === 'worker' ? {} : { 'node-role.kubernetes.io/control-plane': '' },
    },
    status: {
      addresses: [{ type: 'InternalIP', address }],
      nodeInfo: { osImage, kubeletVersion: kubelet },
    },
  }) satisfies KubernetesObject;

describe('the Talos API', () => {
  const access = { roles: ['os:admin'], namespaces: ['system-upgrade'] };
  const question = { kind: 'talos-api', document: false, ...access } as const;
  const { cluster } = fakeCluster([node('alpha', '192.0.2.10'), node('worker', '192.0.2.11')]);
  const talos = (answers: Readonly<Record<string, TalosAccessForms | { why: string }>>) => ({
    access: async (address: string) => answers[address] ?? { why: 'nobody answers' },
  });
  const has = { document: undefined, feature: access };

  it('is kept where every node lets the roles in from the namespaces', async () => {
    const asking = { cluster, now, talos: talos({ '192.0.2.10': has, '192.0.2.11': has }) };
    expect(await askTalosApi(question, asking)).toEqual({
      verdict: 'kept',
      evidence: [
        'Node alpha lets pods of system-upgrade be os:admin',
        'Node worker lets pods of system-upgrade be os:admin',
      ],
    });
  });

  it('names the node that lacks something, and what', async () => {
    const feature = { roles: ['os:reader'], namespaces: [] };
    const lacks = talos({ '192.0.2.10': has, '192.0.2.11': { document: undefined, feature } });
    expect(await askTalosApi(question, { cluster, now, talos: lacks })).toEqual({
      verdict: 'broken',
      evidence: [
        'Node worker has no os:admin among allowedRoles, and no system-upgrade among allowedKubernetesNamespaces',
      ],
    });
    const without = talos({ '192.0.2.10': { document: access, feature: undefined }, '192.0.2.11': has });
    expect((await askTalosApi(question, { cluster, now, talos: without })).evidence).toEqual([
      'Node alpha has no kubernetesTalosAPIAccess',
    ]);
  });

  it('asks the control plane alone for the document of 1.14', async () => {
    const asking = { cluster, now, talos: talos({ '192.0.2.10': { document: access, feature: undefined } }) };
    expect((await askTalosApi({ ...question, document: true }, asking)).verdict).toBe('kept');
  });

  it('is not checked where a node does not answer, and broken where another one lacks it', async () => {
    const silent = await askTalosApi(question, { cluster, now, talos: talos({ '192.0.2.10': has }) });
    expect(silent.verdict).toBe('not checked');
    expect(silent.evidence).toEqual(['Node worker: nobody answers']);
    const lacks = talos({ '192.0.2.10': { document: undefined, feature: undefined } });
    expect((await askTalosApi(question, { cluster, now, talos: lacks })).verdict).toBe('broken');
  });

  it('is not checked without talosctl, and says the command', async () => {
    const answer = await askTalosApi(question, { cluster, now });
    expect(answer.verdict).toBe('not checked');
    expect(answer.remedy).toContain('talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 8');
  });

  it('is not checked where there is no node to ask', async () => {
    const nobody = { cluster: fakeCluster([]).cluster, now, talos: talos({}) };
    expect((await askTalosApi(question, nobody)).verdict).toBe('not checked');
  });
});

describe('Talos and Kubernetes', () => {
  const question = { kind: 'talos-pair', runs: { 12: [30, 35], 13: [31, 36] } } as const;
  const ask = (version: string, ...nodes: KubernetesObject[]) =>
    askTalosPair(question, fakeCluster(nodes, { version }).cluster);

  it.each([
    ['v1.36.0', node('alpha', '192.0.2.10'), 'kept', 'Node alpha: Talos 1.13.2 runs Kubernetes 1.36.0'],
    [
      'v1.37.0',
      node('alpha', '192.0.2.10'),
      'broken',
      'Node alpha: Talos 1.13.2 runs Kubernetes 1.31 to 1.36, and not 1.37.0',
    ],
    [
      'v1.36.0',
      node('alpha', '192.0.2.10', undefined, 'v1.30.9'),
      'broken',
      'Node alpha: Talos 1.13.2 runs Kubernetes 1.31 to 1.36, and not 1.30.9',
    ],
    [
      'v1.36.0',
      node('alpha', '192.0.2.10', 'Talos (v1.15.0)'),
      'not checked',
      'Node alpha: which Kubernetes Talos 1.15.0 runs is not known here',
    ],
    [
      'v1.36.0',
      node('alpha', '192.0.2.10', 'Debian GNU/Linux 13'),
      'not checked',
      'Node alpha does not say a version of Talos: Debian GNU/Linux 13',
    ],
  ])('Kubernetes %s: %#', async (version, one, verdict, sentence) => {
    expect(await ask(version, one)).toEqual({ verdict, evidence: [sentence] });
  });

  it('names the one node that cannot', async () => {
    const answer = await ask('v1.36.0', node('alpha', 'a'), node('beta', 'b', 'Talos (v1.12.4)'));
    expect(answer).toEqual({
      verdict: 'broken',
      evidence: ['Node beta: Talos 1.12.4 runs Kubernetes 1.30 to 1.35, and not 1.36.0'],
    });
  });

  it('is not checked without nodes, or without a version', async () => {
    expect((await ask('v1.36.0')).verdict).toBe('not checked');
    expect((await ask('unknown', node('alpha', 'a'))).verdict).toBe('not checked');
  });
});
