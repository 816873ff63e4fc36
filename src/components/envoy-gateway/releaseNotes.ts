import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ReleaseNote } from '../contract/releaseNotes.ts';
import { hasKind } from '../shared/runningObjects.ts';

const note = { program: 'Envoy Gateway', artifact: 'chart/gateway-helm', version: '1.9.0' } as const;
const source = 'release notes of Envoy Gateway 1.9.0, 2026-08-14';
const hasRoutes = (objects: readonly KubernetesObject[]): boolean => hasKind(objects, 'TCPRoute', 'UDPRoute');

/** What Envoy Gateway 1.9 does otherwise. */
export const releaseNotes: readonly ReleaseNote[] = [
  {
    ...note,
    breaks:
      'without the definitions of Gateway API 1.6, routes of TCP and UDP are skipped, and nothing says so',
    action:
      'see that the definitions are new: kubectl get crd tcproutes.gateway.networking.k8s.io -o yaml | grep bundle-version',
    source,
    concerns: hasRoutes,
  },
  {
    ...note,
    breaks:
      'Lua extensions are off unless they are enabled, and a ClientTrafficPolicy may tell in one way only whence the address of a client is',
    action: 'look at "kubectl describe clienttrafficpolicies,envoyextensionpolicies -A" after the upgrade',
    source,
  },
];
