import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Context, Overlay } from '../component.ts';
import { folder, secretNames, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

/**
 * Sign-in with OpenID Connect, as a kustomize Component of its own. Immich knows no environment variables for
 * OAuth: it reads the settings from a file, and with a file the settings page is closed, so the whole file is a
 * Secret.
 */
export function oidcOverlay({ section }: Context<ImmichSection>): Overlay {
  const server = workload(section, 'server');
  const patch: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: server.name, namespace: section.namespace },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'server',
              env: [{ name: 'IMMICH_CONFIG_FILE', value: '/etc/immich/immich.json' }],
              volumeMounts: [{ name: 'config', mountPath: '/etc/immich', readOnly: true }],
            },
          ],
          volumes: [
            {
              name: 'config',
              secret: {
                secretName: secretNames.config,
                items: [{ key: 'immich.json', path: 'immich.json' }],
              },
            },
          ],
        },
      },
    },
  };
  return {
    folder,
    name: 'oidc',
    enabled: section.oidc.enabled,
    patches: [{ file: 'patch-oidc-env.yaml', patch }],
    field: 'immich.oidc',
  };
}
