import semver from 'semver';

/** What a minor version of Talos 1 goes with, as minor versions. */
export interface TalosSupport {
  /** The first and the last Kubernetes 1 that it runs. */
  kubernetes: readonly [first: number, last: number];
  /** The oldest Talos 1 that its installer upgrades. */
  from: number;
}

/**
 * By minor version of Talos 1 (`MinimumKubernetesVersion`, `MaximumKubernetesVersion` and `MinimumHostUpgradeVersion` in
 * `pkg/machinery/compatibility` of siderolabs/talos, as of c684ec60, of the line of 1.14, which was released on
 * 2026-09-03).
 */
export const talosSupport: ReadonlyMap<number, TalosSupport> = new Map([
  [8, { kubernetes: [26, 31], from: 5 }],
  [9, { kubernetes: [27, 32], from: 8 }],
  [10, { kubernetes: [28, 33], from: 8 }],
  [11, { kubernetes: [29, 34], from: 9 }],
  [12, { kubernetes: [30, 35], from: 10 }],
  [13, { kubernetes: [31, 36], from: 11 }],
  [14, { kubernetes: [32, 37], from: 12 }],
]);

/** What is known of a version of Talos, with or without `v`. */
export function supportOf(talos: string): TalosSupport | undefined {
  const { major, minor } = semver.parse(talos) ?? {};
  return major !== 1 || minor === undefined ? undefined : talosSupport.get(minor);
}

/** Whether a Talos runs a Kubernetes; undefined for a Talos that is not known. */
export function runsKubernetes(talos: string, kubernetes: string): boolean | undefined {
  const [first, last] = supportOf(talos)?.kubernetes ?? [];
  if (first === undefined || last === undefined) return undefined;
  const { major, minor } = semver.parse(kubernetes) ?? {};
  return major === 1 && minor !== undefined && minor >= first && minor <= last;
}

/** How the nodes are told which pods may call the Talos API. */
export interface TalosApiSetting {
  /** Its name in the machine configuration. */
  name: 'kubernetesTalosAPIAccess' | 'KubeTalosAPIAccessConfig';
  /** Since 1.14 it is a document, of the control plane alone; before, a feature that workers read and do not use. */
  isDocument: boolean;
  /** The nodes that have it, as arguments of `kubectl get nodes`. */
  selector: string;
  nodes: string;
}

/**
 * Talos 1.14 has `KubeTalosAPIAccessConfig` and deprecates `machine.features.kubernetesTalosAPIAccess`; a configuration
 * with both is refused, and so is the document on a worker (`pkg/machinery/config/types/k8s/talos_api_access.go`).
 */
export function talosApiSetting(talos: string | undefined): TalosApiSetting {
  const { major = 0, minor = 0 } = semver.parse(talos ?? '') ?? {};
  return major > 1 || (major === 1 && minor >= 14)
    ? {
        name: 'KubeTalosAPIAccessConfig',
        isDocument: true,
        selector: '-l node-role.kubernetes.io/control-plane ',
        nodes: 'every node of the control plane',
      }
    : { name: 'kubernetesTalosAPIAccess', isDocument: false, selector: '', nodes: 'every node' };
}

/** The commands that do something on each of those nodes. */
export function onEachNode({ selector }: TalosApiSetting, commands: string): string {
  return `kubectl get nodes ${selector}-o jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}' |
  while read -r node; do
${commands}
  done`;
}
