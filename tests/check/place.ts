import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gatehouse, type Ran } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

/** A directory that is checked, and removed after the test. */
export interface Place {
  path: string;
  check(...args: string[]): Promise<Ran>;
  write(file: string, content: string): void;
  read(file: string): string;
}

/** Makes a directory of files. */
export function place(files: Readonly<Record<string, string>>): Place {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  const environment = environmentOf(path);
  return {
    path,
    write,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    check: (...args) => gatehouse({ path, environment }, 'check', ...args),
  };
}

/** The assumptions that make proofs about the network possible. */
export const enforced = ['--enforcer', 'kube-router', '--pods', '10.42.0.0/16', '--lan', '192.0.2.0/24'];

/** An app without clients. */
export const app = `apiVersion: v1
kind: Namespace
metadata: {name: media}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: media}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {containers: [{name: app, image: example.org/app:1.0.0, ports: [{containerPort: 80}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: none, namespace: media}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
export const service = (type: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: app, namespace: media}\nspec: {type: ${type}, selector: {app: app}, ports: [{port: 80}]}\n`;
export const flux = (name: string, spec: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: home}, ${spec}}\n`;
