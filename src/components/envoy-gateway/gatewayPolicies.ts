import type { HTTPRoute, SecurityPolicy } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { envoy, type GatewayKey, gatewayName, gatewaysOf } from './names.ts';
import { allowed, denied, securityPolicy } from './policies.ts';
import type { EnvoyGatewaySection } from './section.ts';

/** What holds for every route of a Gateway that has no policy of its own: nobody passes. */
export function gatewayPolicy(section: EnvoyGatewaySection, key: GatewayKey): SecurityPolicy {
  const { namespace, labels } = envoy(section, key);
  const name = gatewayName(key);
  return securityPolicy(
    { name, namespace, labels: objectLabels({ labels }) },
    { kind: 'Gateway', name },
    denied,
  );
}

/** Whoever asks without TLS is sent to the same place with TLS. The answer is Envoy's own, so that nobody has to be let in. */
export function redirect({ section }: Context<EnvoyGatewaySection>): (HTTPRoute | SecurityPolicy)[] {
  const keys = gatewaysOf(section).filter((key) => key !== 'tunnel');
  if (keys.length === 0) return [];
  const name = 'https-redirect';
  const labels = { 'app.kubernetes.io/managed-by': 'gatehouse' };
  const metadata = { name, namespace: section.namespace, labels };
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: {
        parentRefs: keys.map((key) => ({ name: gatewayName(key), sectionName: 'http' })),
        rules: [
          {
            filters: [
              { type: 'RequestRedirect', requestRedirect: { scheme: 'https', port: 443, statusCode: 301 } },
            ],
          },
        ],
      },
    },
    securityPolicy(metadata, { kind: 'HTTPRoute', name }, allowed),
  ];
}
