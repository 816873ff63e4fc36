import fc from '../../fastCheck.ts';

/** A map in a generated file. */
export type Fields = Record<string, unknown>;

/** Names are few, so that objects refer to one another. */
export const name = fc.constantFrom('web', 'api', 'db');
export const namespace = fc.constantFrom(undefined, undefined, 'media', 'default', 'home');
const labels = fc.constantFrom<Fields | undefined>(
  undefined,
  { app: 'web' },
  { app: 'api', tier: 'back' },
  {},
);
const annotations = fc.constantFrom<Fields | undefined>(
  undefined,
  { note: 'a' },
  {},
  { 'example.org/on': 'true' },
);
const image = fc.constantFrom(
  'nginx',
  'nginx:1.27',
  'ghcr.io/a/web:v1@sha256:abc',
  'registry:5000/web',
  'ghcr.io/a/web@sha256:abc',
  'localhost:5000/nginx:1',
);

export const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

/** Drops undefined fields. */
export function fields(record: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const metadata = fc.record({ name, namespace, labels, annotations }).map(fields);
const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: fc.constantFrom('A', 'B', 'C'), value: fc.constantFrom('1', 'two', '') }),
    fc.record({
      name: fc.constantFrom('D', 'E'),
      valueFrom: fc.oneof(
        fc.record({ configMapKeyRef: fc.record({ name, key: fc.constant('k') }) }),
        fc.record({ secretKeyRef: fc.record({ name, key: fc.constant('k') }) }),
      ),
    }),
  ),
  { selector: (each) => each.name, maxLength: 3 },
);
const port = fc.record({
  containerPort: fc.constantFrom(80, 443, 53),
  name: optional(fc.constantFrom('http', 'dns')),
  protocol: optional(fc.constantFrom('TCP', 'UDP')),
});
const container = fc
  .record({
    name: fc.constantFrom('main', 'side', 'init'),
    image: optional(image),
    env: optional(env),
    envFrom: optional(fc.array(fc.record({ configMapRef: fc.record({ name }) }), { maxLength: 2 })),
    ports: optional(fc.array(port, { maxLength: 2 })),
    volumeMounts: optional(
      fc.uniqueArray(
        fc.record({ mountPath: fc.constantFrom('/a', '/b'), name: fc.constantFrom('data', 'config') }),
        { selector: ({ mountPath }) => mountPath, maxLength: 2 },
      ),
    ),
    command: optional(fc.constantFrom(['sh'], ['sh', '-c', 'true'])),
    resources: optional(
      fc.constantFrom<Fields>({}, { limits: { memory: '1Gi' } }, { requests: { cpu: '10m' } }),
    ),
    securityContext: optional(
      fc.constantFrom<Fields>({ runAsNonRoot: true }, { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
    ),
  })
  .map(fields);
const containers = fc.uniqueArray(container, {
  selector: (each) => each['name'],
  minLength: 1,
  maxLength: 2,
});
const volume = fc.oneof(
  fc.record({ name: fc.constantFrom('data'), emptyDir: fc.constantFrom<Fields>({}, { medium: 'Memory' }) }),
  fc.record({ name: fc.constantFrom('config'), configMap: fc.record({ name }) }),
  fc.record({ name: fc.constantFrom('secret'), secret: fc.record({ secretName: name }) }),
  fc.record({ name: fc.constantFrom('claim'), persistentVolumeClaim: fc.record({ claimName: name }) }),
  fc.record({
    name: fc.constantFrom('all'),
    projected: fc.record({ sources: fc.array(fc.record({ secret: fc.record({ name }) }), { maxLength: 2 }) }),
  }),
);
export const podSpec = fc
  .record({
    containers,
    initContainers: optional(containers),
    volumes: optional(fc.uniqueArray(volume, { selector: (each) => each.name, maxLength: 3 })),
    serviceAccountName: optional(name),
    imagePullSecrets: optional(fc.array(fc.record({ name }), { maxLength: 1 })),
    hostNetwork: optional(fc.boolean()),
    affinity: optional(
      fc.constant({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'a', labelSelector: { matchLabels: { app: 'web' } } },
          ],
        },
      }),
    ),
    topologySpreadConstraints: optional(
      fc.constant([
        { topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: {} } },
      ]),
    ),
  })
  .map(fields);
const template = fc
  .record({ metadata: optional(fc.record({ labels }).map(fields)), spec: podSpec })
  .map(fields);
const selector = optional(fc.constantFrom<Fields>({ matchLabels: { app: 'web' } }, { matchLabels: {} }, {}));

const object = (apiVersion: string, kind: string, rest: fc.Arbitrary<Fields>) =>
  fc.tuple(metadata, rest).map(([meta, more]): Fields => ({ apiVersion, kind, metadata: meta, ...more }));
const spec = (value: fc.Arbitrary<unknown>) => value.map((each): Fields => ({ spec: each }));
const controller = fc.record({ selector, template, replicas: optional(fc.constantFrom(1, 3)) }).map(fields);

/** Objects of the kinds that kustomize treats in a special way, and of some that it does not. */
export const objects: readonly fc.Arbitrary<Fields>[] = [
  object('apps/v1', 'Deployment', spec(controller)),
  object('apps/v1', 'Deployment', spec(controller)),
  object(
    'apps/v1',
    'StatefulSet',
    spec(
      fc.tuple(controller, optional(name)).map(([each, serviceName]) =>
        fields({
          ...each,
          serviceName,
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'db' } }],
        }),
      ),
    ),
  ),
  object('apps/v1', 'DaemonSet', spec(controller)),
  object('batch/v1', 'Job', spec(fc.record({ template }))),
  object(
    'batch/v1',
    'CronJob',
    spec(
      fc.record({
        schedule: fc.constant('@daily'),
        jobTemplate: fc.record({ spec: fc.record({ template }) }),
      }),
    ),
  ),
  object('v1', 'Pod', spec(podSpec)),
  object(
    'v1',
    'Service',
    spec(
      fc
        .record({
          selector: optional(fc.constantFrom<Fields>({ app: 'web' })),
          type: optional(fc.constantFrom('ClusterIP', 'NodePort')),
          ports: optional(
            fc.array(
              fc
                .record({
                  port: fc.constantFrom(80, 443),
                  protocol: optional(fc.constantFrom('TCP', 'UDP')),
                  targetPort: optional(fc.constantFrom<unknown>('http', 8080)),
                })
                .map(fields),
              { maxLength: 2 },
            ),
          ),
        })
        .map(fields),
    ),
  ),
  object(
    'v1',
    'ConfigMap',
    fc.constantFrom<Fields>({ data: { k: 'v' } }, {}, { data: { k: 'w', 'a.conf': 'x\ny\n' } }),
  ),
  object(
    'v1',
    'Secret',
    fc.constantFrom<Fields>({ stringData: { k: 'v' } }, { data: { k: 'dg==' }, type: 'Opaque' }),
  ),
  object('v1', 'ServiceAccount', fc.constantFrom<Fields>({}, { imagePullSecrets: [{ name: 'db' }] })),
  object('v1', 'Namespace', fc.constant({})),
  object(
    'v1',
    'PersistentVolumeClaim',
    spec(fc.record({ volumeName: optional(name), storageClassName: optional(name) }).map(fields)),
  ),
  object('storage.k8s.io/v1', 'StorageClass', fc.constant({ provisioner: 'x' })),
  object(
    'networking.k8s.io/v1',
    'Ingress',
    spec(
      fc
        .record({
          rules: fc.array(
            fc.record({
              http: fc.record({
                paths: fc.array(
                  fc.record({ path: fc.constant('/'), backend: fc.record({ service: fc.record({ name }) }) }),
                  { maxLength: 1 },
                ),
              }),
            }),
            { maxLength: 1 },
          ),
          tls: optional(fc.array(fc.record({ secretName: name }), { maxLength: 1 })),
        })
        .map(fields),
    ),
  ),
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    fc.constantFrom<Fields>(
      { spec: { podSelector: {} } },
      {
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }, { namespaceSelector: {} }] }],
        },
      },
    ),
  ),
  object(
    'policy/v1',
    'PodDisruptionBudget',
    fc.constant({ spec: { selector: { matchLabels: { app: 'web' } } } }),
  ),
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    spec(
      fc.record({
        scaleTargetRef: fc.record({
          apiVersion: fc.constant('apps/v1'),
          kind: fc.constantFrom('Deployment', 'StatefulSet'),
          name,
        }),
      }),
    ),
  ),
  object(
    'rbac.authorization.k8s.io/v1',
    'Role',
    fc.constant({
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['web', 'db'], verbs: ['get'] }],
    }),
  ),
  object(
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    fc.constant({
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['api'], verbs: ['get'] }],
    }),
  ),
  ...['RoleBinding', 'ClusterRoleBinding'].map((kind) =>
    object(
      'rbac.authorization.k8s.io/v1',
      kind,
      fc.record({
        roleRef: fc.record({
          apiGroup: fc.constant('rbac.authorization.k8s.io'),
          kind: fc.constantFrom('Role', 'ClusterRole'),
          name,
        }),
        subjects: fc.array(
          fc
            .record({
              kind: fc.constant('ServiceAccount'),
              name: fc.oneof(name, fc.constant('default')),
              namespace: optional(fc.constantFrom('media', 'default')),
            })
            .map(fields),
          { maxLength: 2 },
        ),
      }),
    ),
  ),
  object(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    fc.constant({
      spec: { parentRefs: [{ name: 'web' }], rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] },
    }),
  ),
  object(
    'gateway.networking.k8s.io/v1',
    'GatewayClass',
    fc.constant({ spec: { controllerName: 'example.org/x' } }),
  ),
  object(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    fc.constant({ spec: { values: { containers: [{ image: 'nginx:1.27' }], env: [{ name: 'A' }] } } }),
  ),
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    fc.constant({
      spec: { conversion: { webhook: { clientConfig: { service: { name: 'web', namespace: 'x' } } } } },
    }),
  ),
  object(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    fc.record({
      webhooks: fc.array(
        fc.record({
          name: fc.constantFrom('a', 'b'),
          clientConfig: fc.record({
            service: fc.record({ name, namespace: fc.constantFrom('media', 'default') }),
          }),
        }),
        { maxLength: 1 },
      ),
    }),
  ),
];
