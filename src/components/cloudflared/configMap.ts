import { type Private, reference } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { ConfigMap } from '../../kubernetes/types.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import type { Context } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import type { CloudflaredSection } from './section.ts';
import { metricsPort, self } from './self.ts';

/**
 * The ingress rules. Each has `access` of its own, since cloudflared ignores it at the top level (ingress/ingress.go,
 * 2026.8.2), and names a host only: rules with a path can be got around with dot segments.
 */
export function configMap(
  { section }: Context<CloudflaredSection>,
  rules: readonly Requirement<'tunnel'>[],
  team: Private | undefined,
): ConfigMap {
  const config = {
    tunnel: reference(section.tunnel),
    'credentials-file': '/etc/cloudflared/credentials/credentials.json',
    metrics: `0.0.0.0:${metricsPort}`,
    'no-autoupdate': true,
    ingress: [
      ...rules.map(({ host, backend, access }) => ({
        hostname: reference(host),
        service: `http://${backend.service}.${backend.workload.namespace}.svc.cluster.local:${backend.port}`,
        originRequest: {
          access: defined({
            required: true,
            teamName: team && reference(team),
            audTag: [reference(access.audience)],
          }),
        },
      })),
      { service: 'http_status:404' },
    ],
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cloudflared', namespace: self.namespace, labels: objectLabels(self) },
    data: { 'config.yaml': toYamlText(config) },
  };
}
