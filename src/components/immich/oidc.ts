import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Context, KustomizeComponent } from '../contract/component.ts';
import { directory, type Part, secretNames, workload } from './names.ts';
import { workersApart } from './requirements.ts';
import type { ImmichSection } from './section.ts';

/**
 * Sign-in with OpenID Connect, as a kustomize Component of its own. Immich knows no environment variables for
 * OAuth: it reads the settings from a file, and with a file the settings page is closed, so the whole file is a
 * Secret.
 */
export function oidcComponent(context: Context<ImmichSection>): KustomizeComponent {
  const patches = [
    { file: 'patch-oidc-env.yaml', patch: configFilePatch(context, 'server') },
    ...(workersApart(context)
      ? [{ file: 'patch-oidc-env-microservices.yaml', patch: configFilePatch(context, 'microservices') }]
      : []),
  ];
  return {
    directory: directory,
    name: 'oidc',
    enabled: context.section.oidc.enabled,
    patches,
    field: 'immich.oidc',
  };
}

function configFilePatch({ section }: Context<ImmichSection>, part: Part): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: workload(section, part).name, namespace: section.namespace },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: part,
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
}
