import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The feature of a machine configuration before Talos 1.14, as it is below `machine:`. */
export const feature = `    features:
        kubernetesTalosAPIAccess:
            enabled: true
            allowedRoles:
                - os:admin
                - os:etcd:backup
            allowedKubernetesNamespaces:
                - system-upgrade
                - kube-system
`;

/** The document of Talos 1.14. */
export const document = `apiVersion: v1alpha1
kind: KubeTalosAPIAccessConfig
allowedRoles:
    - os:admin
allowedKubernetesNamespaces:
    - system-upgrade
`;

/** A key that nobody may see. */
export const key = 'LS0tLS1CRUdJTiBFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0K';

/** What `talosctl get machineconfig v1alpha1 -o yaml` prints: a resource whose `spec` is the machine configuration as text. */
export function printed(features: string, further = ''): string {
  const machine = `version: v1alpha1
debug: false
machine:
    type: controlplane
    token: abcdef.0123456789abcdef
    ca:
        crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
        key: ${key}
${features}cluster:
    id: 4LuCFJPzWkJmXUQnSPGFQJnLyIzTqjlRQIFTGRVQbgU=
${further === '' ? '' : `---\n${further}`}`;
  return `node: 192.0.2.10
metadata:
    namespace: config
    type: MachineConfigs.config.talos.dev
    id: v1alpha1
    version: 2
    owner: config.AcquireController
    phase: running
    created: 2026-11-01T10:00:00Z
    updated: 2026-11-02T10:00:00Z
spec: |
${machine.replaceAll(/^(?=.)/gm, '    ')}`;
}

/** Puts a program of that name into a directory, which answers with what was recorded. There is no Talos here. */
export function recordedTalosctl(directory: string, script: string): string {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'talosctl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'talosctl'), 0o755);
  return bin;
}
