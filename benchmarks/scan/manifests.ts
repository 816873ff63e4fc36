import type { Random } from './random.ts';

const nouns = [
  'atlas',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'harbor',
  'indigo',
  'juniper',
  'kestrel',
  'lumen',
] as const;

const version = (random: Random): string => `${random.number(9)}.${random.number(40)}.${random.number(20)}`;

function helmRelease(random: Random, app: string): string {
  const environment = Array.from(
    { length: 8 + random.number(24) },
    () =>
      `              ${random.pick(nouns).toUpperCase()}_${random.number(999)}: "${random.pick(nouns)}-${random.number(99999)}"`,
  );
  return `---
# yaml-language-server: $schema=https://schemas.example.test/helmrelease_v2.json
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: ${app}
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: ${app}
  install:
    remediation:
      retries: 3
  values:
    controllers:
      ${app}:
        annotations:
          reloader.stakater.com/auto: "true"
        containers:
          app:
            image:
              repository: registry.example.test/${random.pick(nouns)}/${app}
              tag: ${version(random)}@sha256:${random.hex(64)}
            env: &env
${environment.join('\n')}
            envFrom:
              - secretRef:
                  name: ${app}-secret
            probes:
              liveness: &probes
                enabled: true
                custom: true
                spec:
                  httpGet:
                    path: /api/health?full=1
                    port: &port ${1000 + random.number(9000)}
              readiness: *probes
            resources:
              requests:
                cpu: ${random.number(500)}m
              limits:
                memory: ${random.number(4096)}Mi
    route:
      app:
        hostnames: ["{{ .Release.Name }}.\${SECRET_DOMAIN}"]
        parentRefs:
          - name: internal
            namespace: network
            sectionName: https
    persistence:
      config:
        existingClaim: ${app}
`;
}

const encrypted = (random: Random, length: number): string =>
  `ENC[AES256_GCM,data:${random.base64(length)}==,iv:${random.base64(43)}=,tag:${random.base64(22)}==,type:str]`;

function sopsSecret(random: Random, app: string): string {
  const values = Array.from(
    { length: 3 + random.number(9) },
    (_, index) =>
      `    ${random.pick(nouns).toUpperCase()}_KEY_${index}: ${encrypted(random, 24 + random.number(80))}`,
  );
  const wrapped = Array.from({ length: 5 }, () => `            ${random.base64(64)}`).join('\n');
  return `apiVersion: v1
kind: Secret
metadata:
    name: ${app}-secret
type: Opaque
stringData:
${values.join('\n')}
sops:
    age:
        - recipient: age1${random.hex(58)}
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
${wrapped}
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2025-01-0${1 + random.number(9)}T10:11:12Z"
    mac: ${encrypted(random, 170)}
    encrypted_regex: ^(data|stringData)$
    version: 3.9.4
`;
}

function dashboard(random: Random): string {
  const panels = Array.from({ length: 8 + random.number(40) }, (_, id) => ({
    id,
    title: `${random.pick(nouns)} ${random.pick(nouns)}`,
    gridPos: { h: random.number(9), w: random.number(24), x: 0, y: id },
    targets: [
      { expr: `sum(rate(${random.pick(nouns)}_total{job="${random.pick(nouns)}"}[5m])) by (le)`, refId: 'A' },
    ],
  }));
  return JSON.stringify({ title: random.pick(nouns), uid: random.hex(12), panels }, null, 2);
}

function readme(random: Random, app: string): string {
  const lines = Array.from(
    { length: 10 + random.number(60) },
    () =>
      `- ${random.pick(nouns)} runs behind [${random.pick(nouns)}](https://docs.example.test/${random.hex(8)}) since ${version(random)}.`,
  );
  return `# ${app}\n\n${lines.join('\n')}\n`;
}

const kustomization = (random: Random, app: string): string => `---
# ${random.hex(8)}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ./helmrelease.yaml
  - ./secret.sops.yaml
labels:
  - pairs: { app.kubernetes.io/name: ${app} }
`;

/** A file of a home repository, by what its path says that it is. */
export function contentOf(path: string, random: Random): string | Buffer {
  const app = path.split('/')[2] ?? 'app';
  if (path.endsWith('helmrelease.yaml')) return helmRelease(random, app);
  if (path.endsWith('.sops.yaml')) return sopsSecret(random, app);
  if (path.endsWith('.json')) return dashboard(random);
  if (path.endsWith('.md')) return readme(random, app);
  if (path.endsWith('.png')) return Buffer.from(random.base64(20_000 + random.number(60_000)), 'base64');
  return kustomization(random, app);
}

const files = [
  'app/helmrelease.yaml',
  'app/helmrelease.yaml',
  'app/helmrelease.yaml',
  'app/helmrelease.yaml',
  'app/secret.sops.yaml',
  'app/kustomization.yaml',
  'README.md',
  'app/dashboard.json',
] as const;

/** A path of a repository with about `apps` applications. */
export function pathOf(random: Random, apps: number): string {
  const app = random.number(apps);
  if (random.number(2000) === 0) return `docs/images/screen-${app}.png`;
  return `kubernetes/apps/${nouns[app % nouns.length]}-${app}/${random.pick(files)}`;
}
