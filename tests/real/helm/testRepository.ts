import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { gatehouse, type Ran } from '../../program.ts';
import { environmentOf } from '../../testDirectory.ts';
import type { Part } from '../fixtures/suite.ts';

/** A repository with HelmReleases, and the commands on it. */
export interface TestRepository {
  path: string;
  write(files: Files): void;
  check(...args: string[]): Promise<Report & Ran>;
  /** Runs `reach --json`. */
  reach(from: string, to: string, ...args: string[]): Promise<{ verdict: string; why: readonly string[] }>;
}

export type Files = Readonly<Record<string, string>>;

/** The fields of `check --json` that tests read. */
export interface Report {
  verdict: string;
  source: { objects: number };
  entries: readonly Entry[];
  proofs: readonly Proof[];
  findings: readonly (Proof & { object?: Ref; fix: string })[];
  unknowns: readonly { sentence: string; remedy: string; object?: Ref }[];
  assumptions: readonly string[];
  changes?: { opens: readonly Entry[] };
}

interface Ref {
  kind: string;
  name: string;
  namespace?: string;
  file: string;
  line?: number;
  template?: string;
}

interface Proof {
  invariant: string;
  verdict: string;
  sentence: string;
  evidence: readonly { rule: string; object: Ref }[];
}

interface Entry {
  who: string;
  from: string;
  verdict: string;
  likely?: boolean;
  sentence: string;
  to?: Ref;
}

/** @param helm undefined for a machine without helm */
export function testRepository(helm: Part | undefined, files: Files): TestRepository {
  const path = mkdtempSync(join(inject('realScratch'), 'helm-'));
  const environment = environmentOf(path, { PATH: helm === undefined ? '' : dirname(helm.path) });
  const write = (more: Files): void => {
    for (const [file, content] of Object.entries(more)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    }
  };
  write(files);
  const flags = ['--enforcer', 'kube-router', '--pods', '10.42.0.0/16', '--lan', '192.0.2.0/24', '--json'];
  return {
    path,
    write,
    async check(...args) {
      const ran = await gatehouse({ path, environment }, 'check', '.', ...flags, ...args);
      return { ...ran, ...JSON.parse(ran.stdout) };
    },
    async reach(from, to, ...args) {
      const question = ['--from', from, '--to', to, ...args];
      const { stdout } = await gatehouse({ path, environment }, 'reach', '.', ...flags, ...question);
      return JSON.parse(stdout);
    },
  };
}

/** A Flux repository that builds the directory `apps`. */
export function repository(apps: string): Files {
  return {
    'flux/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {interval: 1h, prune: true, path: ./apps, sourceRef: {kind: GitRepository, name: home}}
`,
    'apps/kustomization.yaml': 'resources: [apps.yaml]\n',
    'apps/apps.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: media}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: none, namespace: media}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
${apps}`,
  };
}

/** A HelmRelease of the chart in the directory `charts/NAME` of the repository. */
export function ownRelease(name: string, spec = ''): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}, namespace: media}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/${name}, sourceRef: {kind: GitRepository, name: home, namespace: flux-system}}}
${spec}`;
}

/** A HelmRelease of a chart in a chart repository without network access. */
export function remoteRelease(name: string, version: string, spec = ''): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: remote, namespace: media}
spec: {url: https://charts.example.org}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}, namespace: media}
spec:
  interval: 1h
  chart: {spec: {chart: ${name}, version: "${version}", sourceRef: {kind: HelmRepository, name: remote}}}
${spec}`;
}

/** The files of a chart with these templates, below a directory. */
export function chart(directory: string, templates: Files, more: Files = {}): Files {
  const name = directory.split('/').at(-1) ?? '';
  const all = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`,
    'values.yaml': 'service: {type: ClusterIP}\n',
    ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])),
    ...more,
  };
  return Object.fromEntries(Object.entries(all).map(([file, text]) => [`${directory}/${file}`, text]));
}

/** Templates of a Deployment and its Service. The type of the Service is a value. */
export const web: Files = {
  'deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: app, image: example.org/app:1.0.0, ports: [{containerPort: 8080}]}]}
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {type: {{ .Values.service.type }}, selector: {app: {{ .Release.Name }}}, ports: [{port: 8080}]}
`,
};

/** The proof of one invariant. */
export function proofOf({ proofs }: Report, invariant: string): Proof | undefined {
  return proofs.find((proof) => proof.invariant === invariant);
}

/** The only unknown of a report that must have one. */
export function soleUnknown({ unknowns }: Report): { sentence: string; remedy: string } {
  const [unknown] = unknowns;
  if (unknown === undefined || unknowns.length > 1) throw new Error(`${unknowns.length} unknowns`);
  return unknown;
}

export const nodePort = '  values: {service: {type: NodePort}}\n';

/** Packs a chart with `helm package`, and returns the directory of the archive. */
export function packed(helm: string, files: Readonly<Record<string, string>>): string {
  const { path } = testRepository(undefined, files);
  const [first = ''] = Object.keys(files);
  const out = join(path, 'packed');
  mkdirSync(out);
  execFileSync(helm, ['package', join(path, first.split('/')[0] ?? ''), '-d', out], {
    env: { HOME: path },
    stdio: 'pipe',
  });
  return out;
}
