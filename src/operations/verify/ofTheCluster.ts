import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';

/** The annotation of a pod that kubelet runs from a file of its node (Kubernetes, `pkg/kubelet/types`). */
const mirror = 'kubernetes.io/config.mirror';

/** The programs that are the network of a cluster, by their names in `kube-system`: their pods are on the network of nodes. */
const networkPrograms = new Set([
  ...['kube-proxy', 'kube-flannel', 'kube-router', 'calico-node', 'canal', 'node-local-dns'],
  ...['cilium', 'cilium-envoy', 'cilium-operator', 'cilium-node-init'],
]);

/**
 * Whether an object is a part of the cluster itself, without which there is none: a pod of the control plane that kubelet runs
 * from a file, or a program that is the network. The ports that these open on nodes are not judged: reports name each.
 */
export function isOfTheCluster(object: KubernetesObject): boolean {
  const { name, namespace, annotations = {} } = object.metadata;
  if (namespace !== 'kube-system') return false;
  const kind = `${groupOf(object)}/${object.kind}`;
  if (kind === '/Pod') return annotations[mirror] !== undefined;
  return (kind === 'apps/DaemonSet' || kind === 'apps/Deployment') && networkPrograms.has(name);
}
