import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { Refused } from './fixtures/kubernetesClient.ts';
import { realSuite } from './fixtures/suite.ts';

/** The error of the server; fails if it accepts the object. */
async function refusal(attempt: Promise<unknown>): Promise<Refused> {
  const answer = await attempt.catch((error: unknown) => error);
  if (answer instanceof Refused) return answer;
  throw new Error('the server accepted it', { cause: answer });
}

function pod(namespace: string, container: Readonly<Record<string, unknown>>): KubernetesObject {
  const containers = [{ name: 'main', image: 'example.com/image:1', ...container }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace }, spec: { containers } };
}

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

realSuite('the control plane', controlPlaneParts, (parts) => {
  test('serves every kind of the definitions', async () => {
    await using cluster = await controlPlane(parts);
    const definitions = await cluster.list('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    expect(definitions.length).toBeGreaterThan(60);
    expect(await cluster.list('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy')).toEqual([]);
  });

  test('has the version of the table', async () => {
    await using cluster = await controlPlane(parts);
    expect(await cluster.request('GET', '/version')).toMatchObject({ gitVersion: 'v1.36.0' });
  });

  test('rejects an unknown field by name, in built-in and in custom kinds', async () => {
    await using cluster = await controlPlane(parts);
    await using namespace = await cluster.namespace();
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: namespace.name },
      dataa: { a: 'b' },
    };
    const policy = {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'SecurityPolicy',
      metadata: { name: 's', namespace: namespace.name },
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'r' }],
        oidc: {
          provider: { issuer: 'https://id.example.com' },
          clientID: 'c',
          clientSecret: { name: 'secret' },
          cookieSameSite: 'Strict',
        },
      },
    };
    expect((await refusal(cluster.apply(configMap))).message).toContain(
      '.dataa: field not declared in schema',
    );
    expect((await refusal(cluster.apply(policy))).message).toContain(
      '.spec.oidc.cookieSameSite: field not declared',
    );
  });

  test('applies the CEL rules of CustomResourceDefinitions', async () => {
    await using cluster = await controlPlane(parts);
    await using namespace = await cluster.namespace();
    const reference = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'r' };
    const policy = {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'SecurityPolicy',
      metadata: { name: 's', namespace: namespace.name },
      spec: { targetRef: reference, targetRefs: [reference] },
    };
    const { message } = await refusal(cluster.apply(policy));
    expect(message).toContain('either targetRef or targetRefs must be used');
  });

  test('rejects a privileged Pod in a restricted namespace, and only warns for a Deployment (Pod Security)', async () => {
    await using cluster = await controlPlane(parts);
    await using namespace = await cluster.namespace({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    const privileged = pod(namespace.name, { securityContext: { privileged: true } });
    const { status, message } = await refusal(cluster.create(privileged, { dryRun: true }));
    expect(status).toBe(403);
    expect(message).toContain('violates PodSecurity "restricted:latest": privileged');
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace: namespace.name },
      spec: {
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels: { app: 'd' } }, spec: privileged['spec'] },
      },
    };
    const { warnings } = await cluster.apply(deployment);
    expect(warnings.join()).toContain('would violate PodSecurity "restricted:latest": privileged');
    const modest = pod(namespace.name, { securityContext: restricted });
    await cluster.create(modest, { dryRun: true });
    expect(await cluster.list('v1', 'Pod', namespace.name)).toEqual([]);
  });

  test('enforces roles: a user without a role can read nothing', async () => {
    await using cluster = await controlPlane(parts);
    const review = await cluster.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'nobody',
        resourceAttributes: { verb: 'get', resource: 'secrets', namespace: 'default' },
      },
    });
    expect(review).toMatchObject({ status: { allowed: false } });
  });

  test('deletes what a test removes, with any finalizers', async () => {
    await using cluster = await controlPlane(parts);
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'claim', namespace: 'default' };
    const { name, namespace, apiVersion, kind } = claim;
    await cluster.apply({
      apiVersion,
      kind,
      metadata: { name, namespace, finalizers: ['example.com/never'] },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    expect(await cluster.get(claim)).toBeDefined();
    await cluster.remove(claim);
    expect(await cluster.get(claim)).toBeUndefined();
  });
});
