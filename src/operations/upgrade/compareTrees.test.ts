import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import {
  changesBetween,
  changesOf,
  kustomization,
  object,
  tree,
  workload,
} from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { restartsAmong } from './clusterChange.ts';
import { compareTrees } from './compareTrees.ts';

const container = (fields: object) => ({ container: fields });
const claim = (mode: string) =>
  object('v1', 'PersistentVolumeClaim', {
    metadata: { name: 'data', namespace: 'media' },
    spec: { accessModes: [mode] },
  });

describe('what Flux does with an object', () => {
  const by = (object: KubernetesObject, appliedBy: string | undefined): SourcedObject => ({
    object,
    file: 'a.yaml',
    ...(appliedBy === undefined ? {} : { appliedBy }),
  });

  it.each<[string, KubernetesObject, string]>([
    ['a workload', workload('Deployment'), 'restart'],
    ['a claim', claim('ReadWriteOnce'), 'data'],
    ['a policy', object('networking.k8s.io/v1', 'NetworkPolicy'), 'network'],
  ])('is named where another Flux Kustomization applies it: %s', (_, moved, risk) => {
    const changes = changesBetween([by(moved, 'flux-system/home')], [by(moved, 'flux-system/other')]);
    expect(changes).toMatchObject([
      { risk, certain: false, sentence: expect.stringContaining('flux-system/home → flux-system/other') },
    ]);
  });

  it('prunes nothing that its Kustomization does not prune', () => {
    const keeping = { ...kustomization, spec: { prune: false } };
    const all = (objects: readonly KubernetesObject[]) => ({
      objects: objects.map((each) => by(each, 'flux-system/home')),
      outside: [],
      unseen: [],
    });
    expect(compareTrees(all([keeping, workload('Deployment')]), all([keeping]))).toMatchObject([
      { risk: 'nothing', sentence: expect.stringContaining('does not prune') },
    ]);
  });

  it('is not certain where not everything is built', () => {
    const unseen = [{ sentence: 'It is broken', remedy: 'Fix it' }];
    expect(compareTrees(tree([workload('Deployment')]), tree([], { unseen }))).toMatchObject([
      { certain: false },
    ]);
  });

  it.each(['reconcile: disabled', 'ssa: IfNotPresent', 'ssa: Ignore'])(
    'leaves an object alone that says %s',
    (annotation) => {
      const [name = '', value = ''] = annotation.split(': ');
      const metadata = { annotations: { [`kustomize.toolkit.fluxcd.io/${name}`]: value } };
      expect(
        changesOf(
          workload('Deployment', { metadata }),
          workload('Deployment', { metadata, ...container({ image: 'a:2' }) }),
        ),
      ).toMatchObject([{ risk: 'nothing' }]);
    },
  );

  it('makes an object again where its whole Kustomization is told to', () => {
    const forced = { ...kustomization, spec: { prune: true, force: true } };
    const all = (object: KubernetesObject) => ({
      objects: [by(forced, undefined), by(object, 'flux-system/home')],
      outside: [],
      unseen: [],
    });
    const changes = compareTrees(
      all(workload('Deployment')),
      all(workload('Deployment', { spec: { selector: {} } })),
    );
    expect(changes).toMatchObject([{ risk: 'restart', gap: 'until-ready' }]);
  });

  it('is said to be uncertain where two forms are applied', () => {
    const after = {
      ...by(workload('Deployment', container({ image: 'a:2' })), 'flux-system/home'),
      uncertain: 'Two forms are applied',
    };
    expect(changesBetween([by(workload('Deployment'), 'flux-system/home')], [after])).toMatchObject([
      { certain: false, sentence: expect.stringContaining('Two forms are applied') },
    ]);
  });
});

describe('for every tree', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const json = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      value,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  const kinds = fc.constantFrom(
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['batch/v1', 'Job'],
    ['v1', 'Service'],
    ['v1', 'Secret'],
    ['v1', 'ConfigMap'],
    ['v1', 'PersistentVolumeClaim'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['example.org/v1', 'Anything'],
    ['postgresql.cnpg.io/v1', 'Cluster'],
    ['v1', 'Namespace'],
    ['tuppr.home-operations.com/v1alpha1', 'TalosUpgrade'],
  );
  const objects = fc.array(
    fc
      .tuple(kinds, fc.constantFrom('a', 'b', 'c'), json, json)
      .map(([[apiVersion = '', kind = ''], name, spec, data]) =>
        object(apiVersion, kind, { metadata: { name, namespace: 'media' }, spec, data }),
      ),
    { maxLength: 6 },
  );

  it('the same tree changes nothing', () => {
    fc.assert(
      fc.property(objects, (all) => {
        expect(compareTrees(tree(all), tree(structuredClone(all)))).toEqual([]);
      }),
    );
  });

  it('an object that differs is named, and no comparison fails', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const changes = compareTrees(tree(before), tree(after));
        const names = new Set(changes.map(({ name }) => name));
        const last = (all: readonly KubernetesObject[]) =>
          new Map(all.map((each) => [`${each.apiVersion}/${each.kind}/${each.metadata.name}`, each]));
        const [old, next] = [last(before), last(after)];
        for (const [key, each] of [...old, ...next])
          if (!old.has(key) || !next.has(key))
            expect(names).toContain(`${each.kind.toLowerCase()}/media/${each.metadata.name}`);
      }),
    );
  });

  it('each change of a pod template is a restart', () => {
    const pod = fc.record({
      containers: fc.array(
        fc.record({ name: fc.constantFrom('a', 'b'), image: fc.constantFrom('x:1', 'x:2') }),
        { maxLength: 2 },
      ),
      nodeName: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(pod, pod, fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'), (one, other, kind) => {
        const [before, after] = [one, other].map((spec) => workload(kind, { pod: spec }));
        const restarts = restartsAmong(changesOf(before as KubernetesObject, after as KubernetesObject));
        const differs = JSON.stringify(before) !== JSON.stringify(after);
        expect(restarts.length > 0).toBe(differs);
      }),
    );
  });
});
