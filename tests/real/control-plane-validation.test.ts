import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { realSuite } from './fixtures/suite.ts';
import { podsOf } from './podTemplates.ts';
import { checkWithServer, holds, removeObjects } from './serverCheck.ts';

const namespace = 'checked';
const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

function workload(
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
  container: object,
): KubernetesObject {
  const labels = { app: name };
  const pod = { containers: [{ name: 'main', image: 'example.com/image:1', ...container }] };
  const template = { metadata: { labels }, spec: pod };
  return { apiVersion, kind, metadata: { name, namespace }, spec: { template, ...spec } };
}

/** Objects in an order in which no server would accept them. */
function objects(): KubernetesObject[] {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const modest = { securityContext: restricted };
  const mount = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const job = {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'j', image: 'i', ...modest }] } },
  };
  const selector = (app: string) => ({ selector: { matchLabels: { app } } });
  return [
    workload('apps/v1', 'Deployment', 'modest', selector('modest'), modest),
    workload('apps/v1', 'Deployment', 'greedy', selector('greedy'), {
      securityContext: { privileged: true },
    }),
    workload(
      'apps/v1',
      'StatefulSet',
      'store',
      { ...selector('store'), serviceName: 'store', volumeClaimTemplates: [claim] },
      { ...modest, ...mount },
    ),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: job } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ ports: [{ port: 80 }] }] },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'misspelt', namespace }, dataa: {} },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
    },
    { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'n', namespace } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
  ];
}

realSuite('the server check of finished objects', controlPlaneParts, (parts) => {
  test('applies in order, checks each Pod, reads back, and reports each rejection with its stage', async () => {
    await using cluster = await controlPlane(parts);
    const checked = objects();
    try {
      const results = await checkWithServer(cluster, checked);
      const seen = results.map(
        ({ object, verdict, stage }) => `${object.kind} ${object.name}: ${verdict} ${stage}`,
      );
      expect(seen).toEqual([
        'Deployment modest: accepted applied',
        'Deployment greedy: refused pod',
        'StatefulSet store: accepted applied',
        'CronJob nightly: accepted applied',
        'NetworkPolicy default-deny: accepted applied',
        'ConfigMap misspelt: refused apply',
        'Role reader: accepted applied',
        'Nothing n: refused apply',
        'Namespace checked: accepted applied',
      ]);
      const words = new Map(results.map(({ object, message }) => [object.name, message]));
      expect(words.get('greedy')).toContain('violates PodSecurity "restricted:latest": privileged');
      expect(words.get('misspelt')).toContain('.dataa: field not declared in schema');
      expect(words.get('n')).toBe('the server has no kind Nothing in example.com/v1');
    } finally {
      await removeObjects(cluster, checked);
    }
  });

  test('leaves a clean server, so the same objects can be checked again', async () => {
    await using cluster = await controlPlane(parts);
    await checkWithServer(cluster, objects());
    await removeObjects(cluster, objects());
    expect(await cluster.list('apps/v1', 'Deployment', namespace)).toEqual([]);
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined();
  });
});

describe('the comparison with the stored object', () => {
  test('allows added defaults, but no added list entries', () => {
    expect(holds({ a: 1, b: 2 }, { a: 1 })).toBe(true);
    expect(holds({ ports: [{ port: 80, protocol: 'TCP' }] }, { ports: [{ port: 80 }] })).toBe(true);
    expect(holds({ from: [{ podSelector: {} }, {}] }, { from: [{ podSelector: {} }] })).toBe(false);
    expect(holds({}, { ingress: [] })).toBe(true);
    expect(holds({}, { podSelector: {} })).toBe(false);
    expect(holds({ a: 1 }, { a: 2 })).toBe(false);
  });

  test('makes no Pod for a kind without a template', () => {
    expect(podsOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } })).toEqual([]);
  });
});
