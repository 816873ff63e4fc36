import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, tree, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { restartsAmong } from './clusterChange.ts';
import { compareTrees } from './compareTrees.ts';

const container = (fields: object) => ({ container: fields });
const configMap = (data: object, kind = 'ConfigMap') =>
  object('v1', kind, { metadata: { name: 'config', namespace: 'media' }, data });

describe('a release', () => {
  const release = (spec: object) => object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec });
  const source = (tag: string) =>
    object('source.toolkit.fluxcd.io/v1', 'OCIRepository', {
      metadata: { name: 'chart', namespace: 'media' },
      spec: { url: 'oci://example.org/charts/app', ref: { tag } },
    });
  const byRef = { chartRef: { kind: 'OCIRepository', name: 'chart' } };
  const byChart = (version: string) => ({ chart: { spec: { chart: 'app', version } } });

  it.each<[string, KubernetesObject[], KubernetesObject[], string]>([
    ['its version', [release(byChart('1.0.0'))], [release(byChart('1.1.0'))], 'its chart app 1.0.0 → 1.1.0'],
    [
      'the version of its source',
      [release(byRef), source('v1')],
      [release(byRef), source('v2')],
      'its chart app v1 → v2',
    ],
    [
      'a value',
      [release({ values: { image: { tag: '1' } } })],
      [release({ values: { image: { tag: '2' } } })],
      'spec.values.image.tag',
    ],
    ['a patch of its objects', [release({})], [release({ postRenderers: [{}] })], 'spec.postRenderers'],
    [
      'values from elsewhere',
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config' }] }), configMap({ a: '1' })],
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config' }] }), configMap({ a: '2' })],
      'ConfigMap config changes',
    ],
    [
      'values that are new',
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config', optional: true }] })],
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config', optional: true }] }), configMap({})],
      'ConfigMap config is new',
    ],
    [
      'values that are gone',
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config', optional: true }] }), configMap({})],
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config', optional: true }] })],
      'ConfigMap config is gone',
    ],
    ['a field that nobody knows', [release({})], [release({ tomorrow: 1 })], 'spec.tomorrow'],
  ])('may restart pods: %s', (_, before, after, why) => {
    const restarts = restartsAmong(changesBetween(before, after));
    const own = restarts.filter(({ name }) => name === 'helmrelease/media/app');
    expect(own).toMatchObject([{ pods: 'may', certain: false }]);
    expect(own[0]?.sentence).toContain(why);
  });

  it.each([
    ['interval', '1h'],
    ['timeout', '5m'],
    ['upgrade', { remediation: {} }],
    ['dependsOn', [{ name: 'a' }]],
  ])('does not for %s', (field, value) => {
    expect(changesOf(release({}), release({ [field]: value }))).toMatchObject([{ risk: 'nothing' }]);
  });

  it('is compared by what its chart makes where that is known', () => {
    const [before, after] = ['1', '2'].map((version) => {
      const outside: SourcedObject[] = [{ object: release(byChart(version)), file: 'release.yaml' }];
      return tree(
        [
          {
            object: workload('Deployment', container({ image: `a:${version}` })),
            file: 'release.yaml',
            template: 'deployment.yaml',
          },
        ],
        { outside },
      );
    });
    const restarts = restartsAmong(compareTrees(before as never, after as never));
    expect(restarts.map(({ name }) => name)).toEqual(['deployment/media/app']);
  });

  it('loses data where Helm installs it again', () => {
    const changes = changesOf(release({ releaseName: 'a' }), release({ releaseName: 'b' }));
    expect(changes.map(({ risk }) => risk)).toContain('data');
  });
});
