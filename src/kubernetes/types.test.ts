import { expectTypeOf, test } from 'vitest';
import type { KubernetesObject } from './object.ts';
import type {
  CronJob,
  Deployment,
  FluxKustomization,
  GitRepository,
  HelmRelease,
  HTTPRoute,
  KustomizeComponent,
  KustomizeKustomization,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodSpec,
  PostgresCluster,
  ReferenceGrant,
  ReplicationSource,
  SecurityPolicy,
  Service,
  StatefulSet,
  TalosServiceAccount,
} from './types.ts';

/**
 * These are checked by the compiler, not by running them: a line below `@ts-expect-error` that compiles is
 * itself an error.
 */

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1.0.0' }] },
};

function deployment(spec: Partial<Deployment['spec']> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'apps' },
    spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
  };
}

test('objects of every kind are Kubernetes objects', () => {
  expectTypeOf<Deployment>().toExtend<KubernetesObject>();
  expectTypeOf<Namespace>().toExtend<KubernetesObject>();
  expectTypeOf<NetworkPolicy>().toExtend<KubernetesObject>();
  expectTypeOf<HTTPRoute>().toExtend<KubernetesObject>();
  expectTypeOf<HelmRelease>().toExtend<KubernetesObject>();
  expectTypeOf<PostgresCluster>().toExtend<KubernetesObject>();
  expectTypeOf<ReplicationSource>().toExtend<KubernetesObject>();
  expectTypeOf<SecurityPolicy>().toExtend<KubernetesObject>();
});

test('group, version and kind are literals', () => {
  expectTypeOf<Deployment['apiVersion']>().toEqualTypeOf<'apps/v1'>();
  expectTypeOf<Service['apiVersion']>().toEqualTypeOf<'v1'>();
  expectTypeOf<CronJob['kind']>().toEqualTypeOf<'CronJob'>();
  expectTypeOf<ReferenceGrant['apiVersion']>().toEqualTypeOf<'gateway.networking.k8s.io/v1'>();
  expectTypeOf<TalosServiceAccount['apiVersion']>().toEqualTypeOf<'talos.dev/v1alpha1'>();
  // @ts-expect-error the kind belongs to the group
  const wrong: Deployment['apiVersion'] = 'extensions/v1beta1';
  expectTypeOf(wrong).toBeString();
});

test('a field that does not exist does not compile', () => {
  // @ts-expect-error misspelt: replicas
  deployment({ replica: 2 });
  // @ts-expect-error misspelt, deep inside: readOnlyRootFilesystem
  const pod: PodSpec = { containers: [{ name: 'a', securityContext: { readOnlyRootFileSystem: true } }] };
  // @ts-expect-error the status belongs to the server
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' }, status: {} };
  // @ts-expect-error resourceVersion belongs to the server
  const meta: Namespace['metadata'] = { name: 'a', resourceVersion: '1' };
  // @ts-expect-error misspelt in a custom resource: prune
  const flux: Partial<FluxKustomization['spec']> = { interval: '1h', pruned: true };
  // @ts-expect-error kustomize calls them resources
  const entry: Pick<KustomizeKustomization, 'resources'> = { resource: ['namespace.yaml'] };
  for (const value of [pod, namespace, meta, flux, entry]) expectTypeOf(value).toBeObject();
});

test('a required field that is missing does not compile', () => {
  // @ts-expect-error a Deployment needs its spec
  const bare: Deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
  // @ts-expect-error an object needs a name
  const nameless: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: {} };
  // @ts-expect-error a source needs its interval
  const source: GitRepository['spec'] = { url: 'https://example.com/repository' };
  // @ts-expect-error a container needs a name
  const container: PodSpec['containers'][number] = { image: 'web:1.0.0' };
  for (const value of [bare, nameless, source, container]) expectTypeOf(value).toBeObject();
});

test('a value that the API server rejects does not compile', () => {
  // @ts-expect-error the type is NodePort
  const service: Service['spec'] = { type: 'Nodeport' };
  // @ts-expect-error the mode is ReadWriteMany
  const claim: PersistentVolumeClaim['spec'] = { accessModes: ['RWX'] };
  // @ts-expect-error the policy type is Egress
  const policy: NetworkPolicy['spec'] = { policyTypes: ['egress'] };
  for (const value of [service, claim, policy]) expectTypeOf(value).toEqualTypeOf<typeof value>();
});

test('undefined does not compile as a value', () => {
  // @ts-expect-error with exactOptionalPropertyTypes
  deployment({ replicas: undefined });
  expectTypeOf(deployment({ replicas: 2 })).toEqualTypeOf<Deployment>();
});

test('quantities and ports are written as numbers or strings', () => {
  const container: PodSpec['containers'][number] = {
    name: 'web',
    resources: { requests: { cpu: 0.5, memory: '128Mi' }, limits: { memory: 1_000_000 } },
    readinessProbe: { httpGet: { path: '/', port: 'http' } },
    livenessProbe: { tcpSocket: { port: 8080 } },
  };
  expectTypeOf(container.name).toBeString();
});

test('a volume claim template of a StatefulSet needs no kind', () => {
  const claims: StatefulSet['spec']['volumeClaimTemplates'] = [
    { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } },
  ];
  expectTypeOf(claims).toBeArray();
});

test('kustomize files have a type of their own', () => {
  const component: KustomizeComponent = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: [{ path: 'patch-oidc-env.yaml' }],
  };
  expectTypeOf(component.kind).toEqualTypeOf<'Component'>();
  // @ts-expect-error a Component is of v1alpha1
  const version: KustomizeComponent['apiVersion'] = 'kustomize.config.k8s.io/v1beta1';
  expectTypeOf(version).toBeString();
});
