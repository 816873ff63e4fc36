import type { HelmRelease, OCIRepository } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { helmRelease, ociRepository } from '../shared/release.ts';
import { controller } from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';
import { chart } from './versions.ts';

/** The source of the chart. */
export function source({ section }: Context<EnvoyGatewaySection>): OCIRepository {
  return ociRepository(controller(section), chart);
}

/** The controller. What it lets extensions do is off by default: no patches, no Lua, no Backend objects. */
export function release({ section, settings }: Context<EnvoyGatewaySection>): HelmRelease {
  const replicas = Math.min(Object.keys(settings.cluster.nodes).length, 2);
  return helmRelease(controller(section), chart, {
    config: {
      envoyGateway: {
        gateway: { controllerName },
        // In the namespace of the controller, where policies know the pods of Envoy by their labels.
        provider: { type: 'Kubernetes', kubernetes: { deploy: { type: 'ControllerNamespace' } } },
        logging: { level: { default: 'info' } },
      },
    },
    deployment: {
      replicas,
      envoyGateway: { resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } } },
    },
    ...(replicas > 1 ? { podDisruptionBudget: { minAvailable: 1 } } : {}),
    certgen: {
      job: { resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } } },
    },
    // It tells Envoy its zone, by a webhook that may write pods. A home is one zone.
    topologyInjector: { enabled: false },
  });
}

/** The name by which a GatewayClass says that Envoy Gateway serves it. */
export const controllerName = 'gateway.envoyproxy.io/gatewayclass-controller';
