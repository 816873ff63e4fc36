import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { reference } from '../../config/private.ts';
import type { Gateway, GatewayClass } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { listenersOf } from './listeners.ts';
import { className, envoy, type GatewayKey, gatewayName } from './names.ts';
import { controllerName } from './release.ts';
import type { EnvoyGatewaySection } from './section.ts';

const group = 'gateway.envoyproxy.io';

/** The class of the Gateways. Merged, it has the settings of the one Envoy; those of a Gateway would have no effect then. */
export function gatewayClass({ namespace, merged }: EnvoyGatewaySection): GatewayClass {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: className, labels: { 'app.kubernetes.io/managed-by': 'gatehouse' } },
    spec: {
      controllerName,
      ...(merged ? { parametersRef: { group, kind: 'EnvoyProxy', name: className, namespace } } : {}),
    },
  };
}

/** A Gateway with its listeners. */
export function gateway(context: BuildContext<EnvoyGatewaySection>, key: GatewayKey): Gateway {
  const { section } = context;
  const { namespace, labels } = envoy(section, key);
  const name = gatewayName(key);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace, labels: objectLabels({ labels }) },
    spec: {
      gatewayClassName: className,
      ...(section.merged ? {} : { infrastructure: { parametersRef: { group, kind: 'EnvoyProxy', name } } }),
      listeners: listenersOf(context, key),
    },
  };
}

type LoadBalancer = ClusterSettings['cluster']['network']['loadBalancer'];

/**
 * The annotation by which a Service asks for an address: Cilium (docs, LoadBalancer IPAM), MetalLB (docs, Usage) and kube-vip (docs,
 * Kubernetes Services).
 */
const addressAnnotations: Readonly<Record<string, string>> = {
  cilium: 'lbipam.cilium.io/ips',
  metallb: 'metallb.io/loadBalancerIPs',
  'kube-vip': 'kube-vip.io/loadbalancerIPs',
};

/** Whether whoever gives out addresses can give a Gateway one of its own. */
export function givesAddresses({ kind }: LoadBalancer): boolean {
  return kind in addressAnnotations;
}

/** The annotations of the Service of a Gateway. */
export function addressOf(
  { section, settings }: Pick<BuildContext<EnvoyGatewaySection>, 'section' | 'settings'>,
  key: GatewayKey,
): Record<string, string> {
  const annotation = addressAnnotations[settings.cluster.network.loadBalancer.kind];
  const gateway = key === 'tunnel' ? undefined : section[key];
  return annotation === undefined || gateway === undefined
    ? {}
    : { [annotation]: reference(gateway.address) };
}
