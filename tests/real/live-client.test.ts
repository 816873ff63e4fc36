import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveEvent, LiveSelection } from '../../src/live/cluster.ts';
import { identityOf, type OpenCluster, openCluster } from '../../src/live/openCluster.ts';
import { kubeconfigFor, makeHome, type Parts } from '../live/apiServer.ts';
import { failure } from '../live/opened.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { type OwnControlPlane, ownControlPlane } from './fixtures/ownControlPlane.ts';
import { realSuite } from './fixtures/suite.ts';

const environment = { env: {}, home: '/nonexistent', platform: 'linux', now: () => new Date() } as const;
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' } as const;

async function opened(kubeconfig: string): Promise<OpenCluster> {
  const identity = await identityOf({ kubeconfig, environment });
  if (!identity.ok) throw new Error(JSON.stringify(identity.problems));
  const cluster = await openCluster({ uid: identity.value.uid, kubeconfig, environment });
  if (!cluster.ok) throw new Error(JSON.stringify(cluster.problems));
  return cluster.value;
}

realSuite('the client of a running cluster', controlPlaneParts, (parts) => {
  let own: OwnControlPlane;
  beforeAll(async () => {
    own = await ownControlPlane(parts);
  });
  afterAll(() => own[Symbol.asyncDispose]());

  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  /** A kubeconfig for the own control plane; its certificate is for 127.0.0.1 and signed by itself. */
  const configured = (user: NonNullable<Parts['user']>): string => {
    const { server, authority } = own.endpoint;
    return kubeconfigFor({ url: server, authority: { certificate: authority, key: '' } }, { user });
  };

  test('finds every kind in two requests, and lists those of definitions', async () => {
    await using plane = await controlPlane(parts);
    const cluster = await opened(plane.kubeconfig);
    const before = cluster.sent();
    const { served, missing } = await cluster.kinds();
    expect(cluster.sent() - before).toBe(2);
    expect(missing).toEqual([]);
    expect(served).toContainEqual(
      expect.objectContaining({
        apiVersion: 'gateway.envoyproxy.io/v1alpha1',
        kind: 'SecurityPolicy',
        resource: 'securitypolicies',
        namespaced: true,
        preferred: true,
      }),
    );
    const crds = await cluster.list({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
    });
    expect(crds?.length).toBeGreaterThan(60);
    expect(crds?.[0]).toMatchObject({
      kind: 'CustomResourceDefinition',
      metadata: { managedFields: expect.anything() },
    });
    expect(
      await cluster.list({ apiVersion: 'gateway.envoyproxy.io/v1alpha1', kind: 'SecurityPolicy' }),
    ).toEqual([]);
    expect(await cluster.list({ apiVersion: 'absent.example/v1', kind: 'Absent' })).toBeUndefined();
    expect(await cluster.version()).toMatchObject({ gitVersion: 'v1.36.0' });
    expect(await cluster.read('/readyz')).toBe('ok');
    cluster.close();
  });

  test('lists by pages, and leaves nothing out', async () => {
    await using plane = await controlPlane(parts);
    await using namespace = await plane.namespace();
    const names = Array.from({ length: 1_201 }, (_, index) => `c-${String(index).padStart(5, '0')}`);
    const create = (name: string) =>
      plane.create({ ...configMaps, metadata: { name, namespace: namespace.name }, data: { name } });
    for (let at = 0; at < names.length; at += 50) await Promise.all(names.slice(at, at + 50).map(create));
    const cluster = await opened(plane.kubeconfig);
    await cluster.kinds();
    const before = cluster.sent();
    const listed = await cluster.list({ ...configMaps, namespace: namespace.name });
    expect(listed?.map(({ metadata }) => metadata.name).sort()).toEqual(names);
    expect(cluster.sent() - before).toBe(5);
    const one = await cluster.list({
      ...configMaps,
      namespace: namespace.name,
      fieldSelector: 'metadata.name=c-00007',
    });
    expect(one?.map(({ metadata }) => metadata.name)).toEqual(['c-00007']);
    cluster.close();
  });

  test('lists the names of Secrets alone, and knows when there is none', async () => {
    await using home = await makeHome();
    const cluster = await opened(await home.write('config', configured({ token: own.endpoint.token })));
    const secrets = () => cluster.list({ apiVersion: 'v1', kind: 'Secret', onlyMetadata: true });
    expect(await secrets()).toEqual([]);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one', namespace: 'default' } };
    await own.admin.create({ ...secret, stringData: { key: 'of nobody' } });
    const listed = await secrets();
    expect(listed).toMatchObject([secret]);
    expect(Object.keys(listed?.[0] ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
    await own.admin.remove({ ...secret, ...secret.metadata });
    cluster.close();
  });

  test('connects with a token and with a client certificate', async () => {
    await using home = await makeHome();
    const users = [
      { token: own.endpoint.token },
      {
        'client-certificate-data': base64(own.certificate.certificate),
        'client-key-data': base64(own.certificate.key),
      },
    ];
    for (const user of users) {
      const cluster = await opened(await home.write('config', configured(user)));
      expect((await cluster.list({ apiVersion: 'v1', kind: 'Namespace' }))?.length).toBeGreaterThan(3);
      cluster.close();
    }
    const kubeconfig = await home.write('config', configured({ token: 'of-nobody' }));
    expect(await identityOf({ kubeconfig, environment })).toMatchObject({
      ok: false,
      problems: [{ code: 'credentials-unusable' }],
    });
  });

  test('tells what the user may not', async () => {
    await using home = await makeHome();
    const kubeconfig = await home.write('config', configured({ token: own.guest }));
    expect(await identityOf({ kubeconfig, environment })).toMatchObject({
      problems: [{ code: 'cluster-forbidden' }],
    });
    // The role "view" is put together by a controller, which does not run here.
    await own.admin.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['namespaces', 'configmaps'], verbs: ['get', 'list', 'watch'] }],
    });
    await own.admin.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'guest' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
    });
    // The authorizer learns of the binding a little later.
    await expect
      .poll(async () => (await identityOf({ kubeconfig, environment })).ok, { timeout: 60_000 })
      .toBe(true);
    const cluster = await opened(kubeconfig);
    expect(await cluster.list({ ...configMaps, namespace: 'kube-system' })).toBeDefined();
    const secrets = failure(cluster.list({ apiVersion: 'v1', kind: 'Secret' }));
    expect(await secrets).toMatchObject({
      failure: 'forbidden',
      status: 403,
      message: expect.stringMatching(/cannot list resource/),
    });
    const created = cluster.writer().create({ ...configMaps, metadata: { name: 'c', namespace: 'default' } });
    expect(await failure(created)).toMatchObject({ failure: 'forbidden' });
    cluster.close();
  });

  test('refuses another cluster, after one request', async () => {
    await using plane = await controlPlane(parts);
    await using home = await makeHome();
    const mine = await identityOf({ kubeconfig: plane.kubeconfig, environment });
    const kubeconfig = await home.write('config', configured({ token: own.endpoint.token }));
    const other = await identityOf({ kubeconfig, environment });
    if (!mine.ok || !other.ok) throw new Error('a cluster did not answer');
    expect(mine.value.uid).not.toBe(other.value.uid);
    expect(await openCluster({ uid: mine.value.uid, kubeconfig, environment })).toMatchObject({
      ok: false,
      problems: [{ code: 'cluster-is-another', message: expect.stringContaining(other.value.uid) }],
    });
  });

  test('creates, patches and removes; an unknown field is refused by name', async () => {
    await using plane = await controlPlane(parts);
    await using namespace = await plane.namespace();
    const cluster = await opened(plane.kubeconfig);
    const writer = cluster.writer();
    const metadata = { name: 'c', namespace: namespace.name };
    const created = await writer.create({ ...configMaps, metadata, data: { a: '1', b: '2' } });
    expect(created.metadata['managedFields']).toMatchObject([{ manager: 'gatehouse' }]);
    await writer.patch({ ...configMaps, ...metadata }, { data: { a: null } });
    expect(await cluster.get({ ...configMaps, ...metadata })).toMatchObject({ data: { b: '2' } });
    expect(await failure(writer.create({ ...configMaps, metadata }))).toMatchObject({
      failure: 'refused',
      status: 409,
    });
    const wrong = { ...configMaps, metadata: { ...metadata, name: 'd' }, dataa: {} };
    expect(await failure(writer.create(wrong))).toMatchObject({
      message: expect.stringMatching(/unknown field "dataa"/),
    });
    await writer.remove({ ...configMaps, ...metadata });
    expect(await cluster.get({ ...configMaps, ...metadata })).toBeUndefined();
    await writer.remove({ ...configMaps, ...metadata });
    cluster.close();
  });

  test('goes on with a watch and with requests when the API server was stopped and started', async () => {
    await using home = await makeHome();
    const kubeconfig = await home.write('config', configured({ token: own.endpoint.token }));
    const cluster = await opened(kubeconfig);
    const selection: LiveSelection = { ...configMaps, namespace: 'default', labelSelector: 'watched=yes' };
    const apply = (name: string, value: string) =>
      own.admin.apply({
        ...configMaps,
        metadata: { name, namespace: 'default', labels: { watched: 'yes' } },
        data: { value },
      });
    await apply('before', '1');
    const said = (type: LiveEvent['type'], { metadata, ...rest }: LiveEvent['object']): string =>
      `${type} ${metadata.name} ${JSON.stringify(rest['data'] ?? {})}`;
    const ending = new AbortController();
    const told: string[] = [];
    const watching = (async () => {
      for await (const { type, object } of cluster.watch(selection, ending.signal))
        told.push(said(type, object));
    })();
    const until = (event: string) => expect.poll(() => told, { timeout: 120_000 }).toContain(event);
    await until('ADDED before {"value":"1"}');
    await apply('before', '2');
    await until('MODIFIED before {"value":"2"}');
    await own.stop();
    const asked = cluster.get({ ...configMaps, name: 'before', namespace: 'default' });
    await own.start();
    expect(await asked).toMatchObject({ data: { value: '2' } });
    await apply('after', '3');
    await until('ADDED after {"value":"3"}');
    await own.admin.remove({ ...configMaps, name: 'before', namespace: 'default' });
    await expect
      .poll(() => told.some((event) => event.startsWith('DELETED before')), { timeout: 120_000 })
      .toBe(true);
    // Nothing was told twice.
    expect(new Set(told).size).toBe(told.length);
    ending.abort();
    await watching;
    cluster.close();
  });
});
