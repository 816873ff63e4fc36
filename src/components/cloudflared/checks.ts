import type { LiveCheck } from '../contract/checks.ts';
import { metricsPort, self } from './self.ts';

/** What is asked of the tunnel while it runs. */
export const cloudflaredChecks: readonly LiveCheck[] = [
  {
    id: 'tunnel-connected',
    promise: 'The tunnel is connected to Cloudflare’s edge',
    question: {
      kind: 'connections',
      of: { namespace: self.namespace, labels: self.labels },
      port: metricsPort,
      // cloudflared, metrics/readiness.go: `{"status":200,"readyConnections":4,"connectorId":"…"}`
      path: '/ready',
      field: 'readyConnections',
    },
    remedy: `Read the log of the tunnel: kubectl -n ${self.namespace} logs deployment/${self.name}`,
    field: 'cloudflared',
  },
];
