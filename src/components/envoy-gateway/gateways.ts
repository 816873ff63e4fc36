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
