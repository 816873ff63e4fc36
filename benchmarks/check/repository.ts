import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { toYaml, toYamlText } from '../../src/kubernetes/yaml.ts';

/** A Flux Kustomization of the repository, with the inputs of a kustomize build. */
export interface Path {
  name: string;
  path: string;
  targetNamespace: string;
  components: readonly string[];
  substitute: Readonly<Record<string, string>>;
}

const namespaces = 10;
const flux = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' };
const kustomize = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/**
 * Writes a repository in the layout that public home clusters share: one Kustomization that patches the others, a
 * directory for each namespace and in it one for each app, with a `ks.yaml`, shared components, and variables from a
 * ConfigMap and from each Kustomization. No charts.
 *
 * @param apps the number of Flux Kustomizations besides the first
 * @returns each of them
 */
export function writeRepository(directory: string, apps: number): readonly Path[] {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  const ofNamespace = new Map<string, string[]>();
  const paths = Array.from({ length: apps }, (_, index): Path => {
    const targetNamespace = `space-${index % Math.max(namespaces, Math.ceil(apps / 8))}`;
    const name = `app-${index}`;
    ofNamespace.set(targetNamespace, [...(ofNamespace.get(targetNamespace) ?? []), name]);
    const components = index % 2 === 0 ? ['../../../../components/storage'] : [];
    const path = `kubernetes/apps/${targetNamespace}/${name}/app`;
    return {
      name,
      path,
      targetNamespace,
      components,
      substitute: { APP: name, CAPACITY: `${1 + (index % 9)}Gi` },
    };
  });
  write('kubernetes/flux/cluster/ks.yaml', toYaml([rootKustomization()]));
  write('kubernetes/components/common/settings.yaml', toYaml([settings]));
  write(
    'kubernetes/components/common/kustomization.yaml',
    toYamlText(component(['namespace.yaml', 'settings.yaml'])),
  );
  write(
    'kubernetes/components/common/namespace.yaml',
    toYaml([
      object(
        'v1',
        'Namespace',
        { name: 'not-used', labels: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
        {},
      ),
    ]),
  );
  write(
    'kubernetes/components/storage/kustomization.yaml',
    toYamlText(component(['claim.yaml', 'policy.yaml'])),
  );
  write('kubernetes/components/storage/claim.yaml', toYaml([claim]));
  write('kubernetes/components/storage/policy.yaml', toYaml([backupPolicy]));
  for (const [namespace, names] of ofNamespace)
    write(
      `kubernetes/apps/${namespace}/kustomization.yaml`,
      toYamlText({
        ...kustomize,
        namespace,
        components: ['../../components/common'],
        resources: names.map((name) => `./${name}/ks.yaml`),
      }),
    );
  for (const path of paths) writeApp(write, path);
  return paths;
}

const object = (
  apiVersion: string,
  kind: string,
  metadata: KubernetesObject['metadata'],
  rest: object,
): KubernetesObject => ({
  ...{ apiVersion, kind, metadata },
  ...rest,
});

const settings = object(
  'v1',
  'ConfigMap',
  { name: 'cluster-settings' },
  {
    data: { TIMEZONE: 'Europe/Berlin', DOMAIN: 'example.org', GATEWAY: '192.0.2.10' },
  },
);

function rootKustomization(): KubernetesObject {
  const patch = {
    ...flux,
    metadata: { name: 'not-used' },
    spec: {
      interval: '1h',
      retryInterval: '2m',
      timeout: '5m',
      postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'cluster-settings' }] },
    },
  };
  const target = { group: 'kustomize.toolkit.fluxcd.io', kind: 'Kustomization' };
  return {
    ...flux,
    metadata: { name: 'cluster-apps', namespace: 'flux-system' },
    spec: {
      interval: '1h',
      path: './kubernetes/apps',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'flux-system' },
      patches: [{ patch: toYamlText(patch), target }],
    },
  };
}

function component(resources: readonly string[]): object {
  return { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', resources };
}

const claim = object(
  'v1',
  'PersistentVolumeClaim',
  { name: '${APP}' },
  {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '${CAPACITY:=5Gi}' } },
      storageClassName: 'block',
    },
  },
);
const backupPolicy = object(
  'networking.k8s.io/v1',
  'NetworkPolicy',
  { name: '${APP}-backup' },
  {
    spec: { podSelector: { matchLabels: { 'backup.example.org/app': '${APP}' } }, policyTypes: ['Ingress'] },
  },
);

function writeApp(
  write: (path: string, text: string) => void,
  { name, path, targetNamespace, components, substitute }: Path,
): void {
  const directory = path.slice(0, path.lastIndexOf('/'));
  const spec = {
    ...{ interval: '1h', path: `./${path}`, prune: true, targetNamespace, wait: false },
    ...(components.length > 0 ? { components } : {}),
    commonMetadata: { labels: { 'app.kubernetes.io/name': name } },
    postBuild: { substitute },
    sourceRef: { kind: 'GitRepository', name: 'flux-system', namespace: 'flux-system' },
  };
  write(`${directory}/ks.yaml`, `---\n# Managed by hand\n${toYaml([{ ...flux, metadata: { name }, spec }])}`);
  const files = appObjects(name);
  const generator = [{ name: `${name}-config`, files: ['settings.conf=./config/settings.conf'] }];
  write(
    `${path}/kustomization.yaml`,
    `---\n${toYamlText({ ...kustomize, resources: Object.keys(files).map((file) => `./${file}`), configMapGenerator: generator })}`,
  );
  write(`${path}/config/settings.conf`, `# ${name}\nlisten 8080\n${'worker: keep\n'.repeat(40)}`);
  for (const [file, each] of Object.entries(files)) write(`${path}/${file}`, `---\n${toYaml([each])}`);
}

function appObjects(name: string): Readonly<Record<string, KubernetesObject>> {
  const labels = { 'app.kubernetes.io/name': name };
  const probe = {
    httpGet: { path: '/health', port: 8080 },
    initialDelaySeconds: 5,
    periodSeconds: 10,
    timeoutSeconds: 3,
  };
  const container = {
    name: 'app',
    image: `ghcr.io/example/${name}:1.${name.length}.0@sha256:${'0123456789abcdef'.repeat(4)}`,
    env: [
      { name: 'TZ', value: '${TIMEZONE}' },
      { name: 'BASE_URL', value: 'https://${APP}.${DOMAIN}' },
      { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: `${name}-secret`, key: 'password' } } },
    ],
    ports: [{ name: 'http', containerPort: 8080 }],
    ...{ livenessProbe: probe, readinessProbe: probe },
    resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'config', mountPath: '/config' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
  return {
    'deployment.yaml': object(
      'apps/v1',
      'Deployment',
      { name, labels },
      {
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
              containers: [container],
              volumes: [
                { name: 'config', configMap: { name: `${name}-config` } },
                { name: 'tmp', emptyDir: {} },
              ],
            },
          },
        },
      },
    ),
    'service.yaml': object(
      'v1',
      'Service',
      { name, labels },
      {
        spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
    ),
  };
}
