import type { Chance } from './random.ts';

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

const version = (chance: Chance): string => `${chance.number(9)}.${chance.number(40)}.${chance.number(20)}`;

function helmRelease(chance: Chance, app: string): string {
  const environment = Array.from(
    { length: 8 + chance.number(24) },
    () =>
      `              ${chance.pick(nouns).toUpperCase()}_${chance.number(999)}: "${chance.pick(nouns)}-${chance.number(99999)}"`,
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
              repository: registry.example.test/${chance.pick(nouns)}/${app}
              tag: ${version(chance)}@sha256:${chance.hex(64)}
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
                    port: &port ${1000 + chance.number(9000)}
              readiness: *probes
            resources:
              requests:
                cpu: ${chance.number(500)}m
              limits:
                memory: ${chance.number(4096)}Mi
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

const encrypted = (chance: Chance, length: number): string =>
  `ENC[AES256_GCM,data:${chance.base64(length)}==,iv:${chance.base64(43)}=,tag:${chance.base64(22)}==,type:str]`;

function sopsSecret(chance: Chance, app: string): string {
  const values = Array.from(
    { length: 3 + chance.number(9) },
    (_, index) =>
      `    ${chance.pick(nouns).toUpperCase()}_KEY_${index}: ${encrypted(chance, 24 + chance.number(80))}`,
  );
  const wrapped = Array.from({ length: 5 }, () => `            ${chance.base64(64)}`).join('\n');
  return `apiVersion: v1
kind: Secret
metadata:
    name: ${app}-secret
type: Opaque
stringData:
${values.join('\n')}
sops:
    age:
        - recipient: age1${chance.hex(58)}
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
${wrapped}
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2025-01-0${1 + chance.number(9)}T10:11:12Z"
    mac: ${encrypted(chance, 170)}
    encrypted_regex: ^(data|stringData)$
    version: 3.9.4
`;
}

function dashboard(chance: Chance): string {
  const panels = Array.from({ length: 8 + chance.number(40) }, (_, id) => ({
    id,
    title: `${chance.pick(nouns)} ${chance.pick(nouns)}`,
    gridPos: { h: chance.number(9), w: chance.number(24), x: 0, y: id },
    targets: [
      { expr: `sum(rate(${chance.pick(nouns)}_total{job="${chance.pick(nouns)}"}[5m])) by (le)`, refId: 'A' },
    ],
  }));
  return JSON.stringify({ title: chance.pick(nouns), uid: chance.hex(12), panels }, null, 2);
}

function readme(chance: Chance, app: string): string {
  const lines = Array.from(
    { length: 10 + chance.number(60) },
    () =>
      `- ${chance.pick(nouns)} runs behind [${chance.pick(nouns)}](https://docs.example.test/${chance.hex(8)}) since ${version(chance)}.`,
  );
  return `# ${app}\n\n${lines.join('\n')}\n`;
}

const kustomization = (chance: Chance, app: string): string => `---
# ${chance.hex(8)}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ./helmrelease.yaml
  - ./secret.sops.yaml
labels:
  - pairs: { app.kubernetes.io/name: ${app} }
`;

/** A file of a home repository, by what its path says that it is. */
export function contentOf(path: string, chance: Chance): string | Buffer {
  const app = path.split('/')[2] ?? 'app';
  if (path.endsWith('helmrelease.yaml')) return helmRelease(chance, app);
  if (path.endsWith('.sops.yaml')) return sopsSecret(chance, app);
  if (path.endsWith('.json')) return dashboard(chance);
  if (path.endsWith('.md')) return readme(chance, app);
  if (path.endsWith('.png')) return Buffer.from(chance.base64(20_000 + chance.number(60_000)), 'base64');
  return kustomization(chance, app);
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
export function pathOf(chance: Chance, apps: number): string {
  const app = chance.number(apps);
  if (chance.number(2000) === 0) return `docs/images/screen-${app}.png`;
  return `kubernetes/apps/${nouns[app % nouns.length]}-${app}/${chance.pick(files)}`;
}
