import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

const configMap = (data: object, kind = 'ConfigMap') =>
  object('v1', kind, { metadata: { name: 'config', namespace: 'media' }, data });
const reads = (pod: object, fields: object) => workload('Deployment', { pod, container: fields });

describe('a ConfigMap or a Secret that changes', () => {
  const envFrom = (kind: string) => ({
    envFrom: [{ [kind === 'Secret' ? 'secretRef' : 'configMapRef']: { name: 'config' } }],
  });
  const keyRef = (kind: string, key: string) => ({
    env: [
      {
        name: 'A',
        valueFrom: { [kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef']: { name: 'config', key } },
      },
    ],
  });
  const volume = (kind: string, items?: object[]) => ({
    volumes: [
      {
        name: 'c',
        ...(kind === 'Secret'
          ? { secret: { secretName: 'config', items } }
          : { configMap: { name: 'config', items } }),
      },
    ],
  });
  const projected = {
    volumes: [
      {
        name: 'c',
        projected: { sources: [{ configMap: { name: 'config' } }, { secret: { name: 'config' } }] },
      },
    ],
  };
  const parts = (kind: string, keys: string[]) => ({
    volumes: [
      {
        name: 'c',
        projected: {
          sources: keys.map((key) => ({
            [kind === 'Secret' ? 'secret' : 'configMap']: { name: 'config', items: [{ key, path: key }] },
          })),
        },
      },
    ],
  });
  const mount = (more = {}) => ({ volumeMounts: [{ name: 'c', mountPath: '/c', ...more }] });
  const cases: [string, KubernetesObject, string | undefined][] = ['ConfigMap', 'Secret'].flatMap(
    (kind): [string, KubernetesObject, string | undefined][] => [
      [`${kind} as environment`, reads({}, envFrom(kind)), 'by-hand'],
      [`${kind} as a variable`, reads({}, keyRef(kind, 'a')), 'by-hand'],
      [`${kind} as another variable`, reads({}, keyRef(kind, 'b')), undefined],
      [`${kind} as files`, reads(volume(kind), mount()), 'mounted'],
      [`${kind} as projected files`, reads(projected, mount()), 'mounted'],
      [`${kind} as one file`, reads(volume(kind, [{ key: 'a', path: 'a' }]), mount()), 'mounted'],
      [`${kind} as another file`, reads(volume(kind, [{ key: 'b', path: 'b' }]), mount()), undefined],
      [`${kind} as a file that stays`, reads(volume(kind), mount({ subPath: 'a' })), 'by-hand'],
      [`${kind} as another file that stays`, reads(volume(kind), mount({ subPath: 'b' })), undefined],
      [
        `${kind} as a renamed file that stays`,
        reads(volume(kind, [{ key: 'a', path: 'b/c' }]), mount({ subPath: 'b' })),
        'by-hand',
      ],
      [`${kind} as an expression`, reads(volume(kind), mount({ subPathExpr: '$(B)' })), 'by-hand'],
      [`${kind} in several parts`, reads(parts(kind, ['b', 'a']), mount()), 'mounted'],
      [`${kind} in other parts`, reads(parts(kind, ['b', 'c']), mount()), undefined],
      [`${kind} in a volume that is not mounted`, reads(volume(kind), {}), undefined],
      [`${kind} that nobody reads`, workload('Deployment'), undefined],
    ],
  );

  it.each(cases)('says what its readers notice: %s', (name, reader, pods) => {
    const kind = name.split(' ')[0] ?? '';
    const changes = changesOf(
      configMap({ a: 'MQ==', b: 'eA==' }, kind),
      configMap({ a: 'Mg==', b: 'eA==' }, kind),
      [reader],
    );
    expect(changes.flatMap((change) => change.pods ?? [])).toEqual(pods === undefined ? [] : [pods]);
    if (pods === 'by-hand')
      expect(changes[0]?.remedy).toBe('kubectl -n media rollout restart deployment/app');
    expect(changes.length).toBeGreaterThan(0);
  });

  it.each([
    ['Pod', 'v1', {}, 'kubectl -n media delete pod app, and Flux makes it again'],
    ['ReplicaSet', 'apps/v1', {}, 'kubectl -n media delete pods -l app=app'],
    ['DaemonSet', 'apps/v1', {}, 'kubectl -n media rollout restart daemonset/app'],
    [
      'DaemonSet',
      'apps/v1',
      { updateStrategy: { type: 'OnDelete' } },
      'kubectl -n media delete pods -l app=app',
    ],
    [
      'StatefulSet',
      'apps/v1',
      { updateStrategy: { rollingUpdate: { partition: 1 } } },
      'kubectl -n media delete pods -l app=app',
    ],
    ['Deployment', 'apps/v1', { paused: true }, 'kubectl -n media delete pods -l app=app'],
  ])('says how pods of a %s read it: %s %j', (kind, apiVersion, spec, remedy) => {
    const whole = workload(kind, { spec, container: envFrom('ConfigMap') });
    const { template } = whole['spec'] as { template: { spec: object } };
    const reader = kind === 'Pod' ? object(apiVersion, kind, { spec: template.spec }) : whole;
    expect(changesOf(configMap({ a: '1' }), configMap({ a: '2' }), [reader])[0]).toMatchObject({
      pods: 'by-hand',
      remedy,
    });
  });

  it('is a command that a shell takes word for word', () => {
    const hostile = { metadata: { name: '$(id)', namespace: 'media' }, container: envFrom('ConfigMap') };
    const changes = changesOf(configMap({ a: '1' }), configMap({ a: '2' }), [
      workload('Deployment', hostile),
    ]);
    expect(changes[0]?.remedy).toBe("kubectl -n media rollout restart deployment/'$(id)'");
  });

  it('is taken by a pod that restarts for its hash', () => {
    const reader = (hash: string) => {
      const base = reads({}, envFrom('ConfigMap'));
      const { spec } = base as unknown as { spec: { template: object } };
      return {
        ...base,
        spec: {
          ...spec,
          template: { ...spec.template, metadata: { annotations: { 'checksum/config': hash } } },
        },
      };
    };
    const changes = changesBetween(
      [configMap({ a: '1' }), reader('1')],
      [configMap({ a: '2' }), reader('2')],
    );
    expect(changes.flatMap(({ pods }) => pods ?? [])).toEqual(['replaced']);
  });

  it('may be read by a chart that is told its name', () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
      spec: { values: { secret: { existingSecret: 'config' } } },
    });
    expect(
      changesOf(configMap({ a: 'MQ==' }, 'Secret'), configMap({ a: 'Mg==' }, 'Secret'), [release]),
    ).toContainEqual(expect.objectContaining({ name: 'helmrelease/media/app', pods: 'may', certain: false }));
  });

  it('is not certain where no key opens it', () => {
    const [before, after] = ['x', 'y'].map((text) =>
      configMap({ a: `ENC[AES256_GCM,data:${text}]` }, 'Secret'),
    );
    const [change] = changesOf(before as KubernetesObject, after as KubernetesObject, [
      reads({}, envFrom('Secret')),
    ]);
    expect(change).toMatchObject({ pods: 'by-hand', certain: false });
  });

  it('changes who passes where a proxy reads it', () => {
    const proxy = reads(volume('ConfigMap'), {
      image: 'docker.io/nginxinc/nginx-unprivileged:1.30',
      ...mount(),
    });
    const changes = changesOf(configMap({ 'nginx.conf': 'a' }), configMap({ 'nginx.conf': 'b' }), [proxy]);
    expect(changes).toContainEqual(
      expect.objectContaining({ risk: 'network', name: 'configmap/media/config' }),
    );
  });

  it('holds a password that PostgreSQL keeps', () => {
    const server = reads(
      { volumes: [{ name: 'data', hostPath: {} }] },
      { image: 'postgres:16', ...envFrom('Secret') },
    );
    const changes = changesOf(
      configMap({ POSTGRES_PASSWORD: 'MQ==' }, 'Secret'),
      configMap({ POSTGRES_PASSWORD: 'Mg==' }, 'Secret'),
      [server],
    );
    expect(changes[0]).toMatchObject({
      risk: 'data',
      sentence: expect.stringContaining('keeps the password'),
    });
  });

  it('that is new may have been there, made by hand, with another content', () => {
    const secret = configMap({ a: 'MQ==' }, 'Secret');
    const reader = reads({}, envFrom('Secret'));
    expect(changesBetween([reader], [secret, reader])).toContainEqual(
      expect.objectContaining({ name: 'deployment/media/app', pods: 'by-hand', certain: false }),
    );
    expect(changesBetween([], [secret, reader]).flatMap(({ pods }) => pods ?? [])).toEqual([]);
    const files = reads(volume('Secret'), mount());
    expect(changesBetween([files], [secret, files]).flatMap(({ pods }) => pods ?? [])).toEqual([]);
  });

  it('may hold anything, although the API server refuses it', () => {
    const data = { a: { toString: 1 }, b: null, c: [1] };
    expect(changesOf(configMap({}), configMap(data), [reads({}, envFrom('ConfigMap'))])[0]).toMatchObject({
      pods: 'by-hand',
    });
  });
});
