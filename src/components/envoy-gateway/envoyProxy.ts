import type { EnvoyProxy } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { addressAnnotations, needsEveryNode, withOwnAddress } from '../shared/loadBalancerAddress.ts';
import { className, envoy, type GatewayKey, gatewayName } from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Spec = EnvoyProxy['spec'];
type Kubernetes = NonNullable<NonNullable<Spec['provider']>['kubernetes']>;

/** How the pods and the Service of a Gateway are made. */
export function envoyProxy(context: BuildContext<EnvoyGatewaySection>, key: GatewayKey): EnvoyProxy {
  const { section } = context;
  const { namespace, labels } = envoy(section, key);
  return {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyProxy',
    metadata: {
      name: section.merged ? className : gatewayName(key),
      namespace,
      labels: objectLabels({ labels }),
    },
    spec: {
      ...(section.merged ? { mergeGateways: true } : {}),
      ...telemetryOf(section),
      provider: {
        type: 'Kubernetes',
        kubernetes: { ...podsOf(context, key), envoyService: serviceOf(context, key) },
      },
      // Connections are closed one after the other when a pod ends.
      shutdown: { drainTimeout: '60s' },
    },
  };
}

function serviceOf(
  context: BuildContext<EnvoyGatewaySection>,
  key: GatewayKey,
): NonNullable<Kubernetes['envoyService']> {
  const name = gatewayName(key);
  const gateway = key === 'tunnel' ? undefined : context.section[key];
  if (gateway === undefined) return { name, type: 'ClusterIP' };
  return {
    name,
    annotations: addressAnnotations(context.settings.cluster.network.loadBalancer, gateway.address),
    ...withOwnAddress,
  };
}

function podsOf(
  { settings, section }: BuildContext<EnvoyGatewaySection>,
  key: GatewayKey,
): Partial<Kubernetes> {
  const count = Object.keys(settings.cluster.nodes).length;
  const name = gatewayName(key);
  const container = {
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
  };
  const pod = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' as const } },
  };
  if (key !== 'tunnel' && needsEveryNode(settings)) return { envoyDaemonSet: { name, container, pod } };
  if (count === 1) return { envoyDeployment: { name, replicas: 1, container, pod } };
  return {
    envoyDeployment: {
      name,
      replicas: 2,
      container,
      pod: {
        ...pod,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: envoy(section, key).labels },
          },
        ],
      },
    },
    envoyPDB: { name, minAvailable: 1 },
  };
}

/** Metrics by OpenTelemetry, beside those that Prometheus reads. */
function telemetryOf({ telemetry }: EnvoyGatewaySection): Pick<Spec, 'telemetry'> {
  if (telemetry === undefined) return {};
  const { service: name, namespace, port } = telemetry;
  return {
    telemetry: {
      metrics: {
        sinks: [{ type: 'OpenTelemetry', openTelemetry: { backendRefs: [{ name, namespace, port }] } }],
      },
    },
  };
}
