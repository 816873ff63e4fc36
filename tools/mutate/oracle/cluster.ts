import type { NaivePod, NaivePolicy } from '../../../tests/reachability/naive.ts';
import type { CiliumCluster, CiliumPolicy } from '../../../tests/reachability/naive-cilium.ts';
import type { ConfigData } from '../../../tests/testDirectory.ts';
import { isWorkload, templateOf } from '../operator.ts';
import { nameOf, type Tree } from '../tree.ts';

/** A pod of a workload. */
export interface SimulatedPod extends NaivePod {
  workload: string;
  hostNetwork: boolean;
  /** The image of its first container. */
  image: string;
}

/** A cluster as the objects of a tree describe it, read without the loader and the prover. */
export interface SimulatedCluster extends CiliumCluster {
  pods: SimulatedPod[];
  objects: readonly ConfigData[];
  enforcer: string;
  /** Namespaces that the objects define or use. */
  known: ReadonlySet<string>;
}

export function clusterOf(tree: Tree): SimulatedCluster {
  const objects = tree.documents.map(({ filled }) => filled);
  const namespaces: Record<string, Record<string, string>> = {};
  const known = new Set<string>();
  for (const { kind, metadata } of objects) {
    if (kind === 'Namespace') {
      known.add(metadata.name);
      namespaces[metadata.name] = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    }
  }
  const services = objects.filter(({ kind }) => kind === 'Service');
  const pods = objects.filter(isWorkload).map((workload, index) => podOf(workload, index, services));
  for (const { namespace } of pods) {
    known.add(namespace);
    namespaces[namespace] ??= { 'kubernetes.io/metadata.name': namespace };
  }
  return {
    objects,
    namespaces,
    pods,
    known,
    policies: objects.filter(({ kind }) => kind === 'NetworkPolicy').map(policyOf),
    cilium: objects.filter(({ kind }) => /^Cilium(?:Clusterwide)?NetworkPolicy$/.test(kind)).map(ciliumOf),
    enforcer: tree.assumptions.enforcer ?? 'none',
  };
}

function podOf(workload: ConfigData, index: number, services: readonly ConfigData[]): SimulatedPod {
  const { namespace = 'default', name } = workload.metadata;
  const { metadata, spec } = templateOf(workload);
  const labels: Record<string, string> = metadata?.labels ?? {};
  const ports = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap((container) =>
    (container.ports ?? []).map((port: ConfigData) => ({
      name: port.name ?? '',
      containerPort: port.containerPort,
      protocol: port.protocol ?? 'TCP',
    })),
  );
  const targets = services
    .filter(
      (service) =>
        service.metadata.namespace === namespace &&
        service.spec?.selector !== undefined &&
        Object.entries(service.spec.selector).every(([key, value]) => labels[key] === value),
    )
    .flatMap((service) =>
      (service.spec.ports ?? []).flatMap(({ port, targetPort = port, protocol = 'TCP' }: ConfigData) =>
        typeof targetPort === 'number' ? [{ name: '', containerPort: targetPort, protocol }] : [],
      ),
    );
  return {
    name,
    namespace,
    labels,
    ip: `10.42.7.${index + 1}`,
    ports: [...ports, ...targets],
    workload: nameOf({ kind: workload.kind, metadata: { name, namespace } }),
    hostNetwork: spec.hostNetwork === true,
    image: spec.containers?.[0]?.image ?? '',
  };
}

function policyOf({ metadata: { name, namespace = 'default' }, spec }: ConfigData): NaivePolicy {
  return { name, namespace, spec };
}

function ciliumOf({
  kind,
  metadata: { name, namespace = 'default' },
  spec,
  specs,
}: ConfigData): CiliumPolicy {
  return {
    name,
    namespace: kind === 'CiliumNetworkPolicy' ? namespace : undefined,
    specs: specs ?? [spec],
  };
}
