import * as z from 'zod';
import type { BuildContext, Component, Manifest } from '../../src/components/contract/component.ts';
import type { Login } from '../../src/components/contract/login.ts';
import type { Backend, Workload } from '../../src/components/contract/network.ts';
import type {
  AppRequirement,
  Requester,
  Requirement,
  RouteRequirement,
  VolumeRequirement,
} from '../../src/components/contract/requirements.ts';
import type { RequiredSecret } from '../../src/components/contract/secrets.ts';
import { connectionsFor, tcp } from '../../src/components/shared/connections.ts';
import { clusterDns, dnsPorts } from '../../src/components/shared/externalPeers.ts';
import { privateNamed } from '../../src/config/private.ts';
import type { ConfigMap } from '../../src/kubernetes/types.ts';

/** One app of a sample component. */
export interface SampleApp {
  name: string;
  login: Login;
  limits?: RouteRequirement['limits'];
  /** Another app that this one connects to. */
  connectsTo?: string;
  /** Another app that connects to this one. */
  reachedBy?: string;
}

export const sampleNamespace = 'samples';

/** A component that requires one thing of each kind for each of its apps, as a real one would. */
export function sampleApps(component: string, apps: readonly SampleApp[]): Component {
  const all = apps.map((app) => partsOf(component, app));
  return {
    name: component,
    summary: 'Apps of a test.',
    schema: z.undefined(),
    requires: () => all.flatMap(({ requirements }) => requirements),
    provides: {
      app: {
        accepts: ({ app }) => all.some(({ workload }) => workload.name === app),
        requires: ({ app, connection, requester, why }) => {
          const { workload, backend } = partOf(all, app);
          const connect = connectionsFor(component, requester.field);
          return [
            'from' in connection
              ? connect(connection.from, workload, tcp(backend.targetPort), why)
              : connect(workload, connection.to.workload, tcp(connection.to.targetPort), why),
          ];
        },
        bind: ({ app }) => {
          const { backend } = partOf(all, app);
          return { host: `${backend.service}.${sampleNamespace}.svc.cluster.local`, port: backend.port };
        },
      },
    },
    secrets: () => all.map(({ secret }) => secret),
    status: () =>
      all.map(({ workload, requester }) => ({
        id: `${workload.name}-client`,
        missing: `the OAuth client of ${workload.name}`,
        source: 'the administration of the identity provider',
        minutes: 3,
        priority: 'medium',
        field: requester.field,
      })),
    checks: () =>
      all.map(({ workload, route }) => ({
        id: `${workload.name}-denies`,
        promise: `${workload.name} is closed to requests without a login`,
        question: { kind: 'url', host: route.host, path: '/', from: 'internet', status: [302, 401, 403] },
        remedy: 'gatehouse check',
        field: route.requester.field,
      })),
    build: (context) => ({ manifests: all.map((app) => settingsOf(context, app)) }),
  };
}

type Parts = ReturnType<typeof partsOf>;

function partOf(all: readonly Parts[], app: string): Parts {
  const found = all.find(({ workload }) => workload.name === app);
  if (found === undefined) throw new Error(`no app ${app}`);
  return found;
}

/** Everything that one app is and requires. */
function partsOf(component: string, { name, login, limits, connectsTo, reachedBy }: SampleApp) {
  const requester: Requester = { component, instance: name, field: `${component}.${name}.host` };
  const workload: Workload = {
    directory: `apps/samples/${name}`,
    namespace: sampleNamespace,
    name,
    labels: { app: name },
  };
  const backend: Backend = { workload, service: name, port: 80, targetPort: 8080 };
  const route: RouteRequirement = {
    kind: 'route',
    requester,
    host: privateNamed(`${name.toUpperCase()}_HOST`),
    ...{ from: 'internet', gate: 'proxy', clients: 'browser' },
    backend,
    login,
    ...(limits === undefined ? {} : { limits }),
  };
  const app = (other: string, connection: AppRequirement['connection']): AppRequirement => ({
    kind: 'app',
    requester,
    app: other,
    connection,
    why: 'one app uses another',
  });
  const volume = (suffix: string, backup: VolumeRequirement['backup']): VolumeRequirement => ({
    kind: 'volume',
    requester,
    namespace: sampleNamespace,
    name: `${name}-${suffix}`,
    size: '1Gi',
    storageClass: 'local-path',
    accessMode: 'ReadWriteOnce',
    backup,
  });
  const uses = {
    database: {
      kind: 'database',
      requester,
      engine: 'postgresql',
      namespace: sampleNamespace,
      name,
      extensions: [],
      clients: [workload],
    },
    bucket: {
      kind: 'bucket',
      requester,
      store: 'sample-store',
      bucket: name,
      purpose: 'uploads',
      access: 'read-write',
      clients: [workload],
    },
    certificate: {
      kind: 'certificate',
      requester,
      namespace: sampleNamespace,
      name: `${name}-tls`,
      hosts: [route.host],
    },
    storeItem: {
      kind: 'store-item',
      requester,
      namespace: sampleNamespace,
      name: `${name}-api`,
      keys: [{ key: 'token', item: name, property: 'token' }],
    },
    data: volume('data', { owner: { uid: 1000, gid: 1000 }, atOnce: true, usedBy: [`deployment/${name}`] }),
    cache: volume('cache', 'none'),
  } as const satisfies Record<string, Requirement>;
  const to = connectsTo === undefined ? undefined : app(connectsTo, { from: workload });
  const requirements: Requirement[] = [
    { kind: 'namespace', requester, name: sampleNamespace, podSecurity: 'restricted' },
    { kind: 'chart', requester, release: workload },
    connectionsFor(component, requester.field)(workload, clusterDns, dnsPorts, 'names of Services'),
    route,
    ...Object.values(uses),
    ...(to === undefined ? [] : [to]),
    ...(reachedBy === undefined ? [] : [app(reachedBy, { to: backend })]),
  ];
  return { requester, workload, backend, route, uses, to, requirements, secret: secretOf(workload) };
}

/** One key from each source that can be delivered in Git. */
function secretOf({ name, directory }: Workload): RequiredSecret {
  return {
    name: `${name}-settings`,
    namespace: sampleNamespace,
    purpose: `the settings of ${name}`,
    usedBy: [`deployment/${name}`],
    field: 'cluster.name',
    directory,
    keys: [
      { key: 'user', from: 'text', text: name, source: 'the name of the app' },
      {
        key: 'password',
        from: 'generated',
        field: `samples.passwords.${name}`,
        value: privateNamed(`${name.toUpperCase()}_PASSWORD`),
        generate: 'databasePassword',
      },
      {
        key: 'token',
        from: 'field',
        field: `samples.tokens.${name}`,
        value: privateNamed(`${name.toUpperCase()}_TOKEN`),
        source: 'the provider gives it out',
      },
    ],
  };
}

/** What an app got, as its configuration. */
function settingsOf(
  context: BuildContext<unknown>,
  { workload, uses, to, route, requester }: Parts,
): Manifest {
  const bound = {
    route: context.binding(route)?.proxy.name,
    database: context.binding(uses.database),
    bucket: context.binding(uses.bucket)?.endpoint,
    certificate: context.binding(uses.certificate)?.secret,
    storeItem: context.binding(uses.storeItem)?.secret,
    data: context.binding(uses.data)?.claimName,
    cache: context.binding(uses.cache)?.claimName,
    ...(to === undefined ? {} : { connectsTo: context.binding(to) }),
  };
  const configMap: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: workload.name, namespace: sampleNamespace },
    data: { bound: JSON.stringify(bound) },
  };
  return {
    directory: workload.directory,
    file: 'configmap.yaml',
    objects: [configMap],
    field: requester.field,
  };
}
