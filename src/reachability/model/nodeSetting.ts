/**
 * What a setting of a node's configuration means for network policies:
 * - `k3s-off`: k3s runs without its policy controller, which is kube-router;
 * - `k3s-other`: another program connects the pods of k3s, or forwards its Services;
 * - `flannel`: flannel connects the pods;
 * - `flannel-enforcing`: the same, with kube-network-policies beside it;
 * - `flannel-off`: kube-network-policies is turned off;
 * - `other`: another program connects the pods, and the file does not say which;
 * - `installs`: the file installs a network plugin, and `enforcers` names what enforces policies with it;
 * - `replaced`: what `enforcers` names is not installed, or enforces nothing;
 * - `default`: the file describes the whole cluster, and says nothing of the network;
 * - `unknown`: the value is not one that is known.
 */
export type NodeSettingMeaning =
  | 'k3s-off'
  | 'k3s-other'
  | 'flannel'
  | 'flannel-enforcing'
  | 'flannel-off'
  | 'other'
  | 'installs'
  | 'replaced'
  | 'default'
  | 'unknown';

/** A setting in a file of the repository that configures nodes and is no Kubernetes object. */
export interface NodeSetting {
  file: string;
  /** The setting with its value, as the file holds it. */
  rule: string;
  means: NodeSettingMeaning;
  /** The names of enforcers that it is about, where it installs or replaces one. */
  enforcers?: readonly string[];
}
