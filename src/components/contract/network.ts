/** Pods that do one job, as the network sees them. */
export interface Workload {
  /** The directory of its network policies, from the root of the repository. */
  directory: string;
  namespace: string;
  name: string;
  /** The labels that select its pods, and no others in the namespace. */
  labels: Record<string, string>;
  /**
   * The app of a person, which is there without Gatehouse: policies say who may connect to its pods, and leave to the
   * person what these may connect to.
   */
  ownApp?: true;
}

/** A Service in front of a workload. */
export interface Backend {
  workload: Workload;
  service: string;
  /** The Service's port. */
  port: number;
  /** The port of the pod behind it. */
  targetPort: number;
}

/** An end of a connection that is not a workload of Gatehouse, as far as a network policy can name it. */
export type ExternalPeer =
  | { external: 'dns' }
  /** The nodes of the control plane, where the API server is; pods call it by its Service in the namespace `default`. */
  | { external: 'api-server' }
  /** Pods that somebody else runs in this cluster. */
  | { external: 'pods'; namespace: string; labels: Record<string, string> }
  /** Every address but private ones, and but those of the home network, the VPN and the cluster. */
  | { external: 'internet' }
  /** `ranges` are CIDRs, or references to private ones. */
  | { external: 'addresses'; name: string; ranges: readonly string[] };
