import { reference } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ConfigMap, Job } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { firstAdministratorProgram, patience } from './firstAdministrator.ts';
import { ports, secretNames, workload } from './names.ts';
import type { ImmichSection } from './section.ts';
import { setupService } from './service.ts';

/**
 * Makes the first account through `POST /api/auth/admin-sign-up`, which Immich accepts once only, from
 * whoever calls first: the server's readiness waits for this Job, and the policies let only this Job connect to a
 * server that is not ready.
 *
 * Way `oidc`: the account gets the owner's address and a password that nobody ever sees; the first sign-in is
 * linked to it by e-mail. Way `bootstrap`: both come from the Secret `immich-admin`.
 */
export function administratorSetup(context: Context<ImmichSection>): KubernetesObject[] {
  const { administrator, namespace } = context.section;
  if (administrator.done) return [];
  const self = workload(context.section, 'setup');
  const script: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'immich-setup', namespace, labels: objectLabels(self) },
    data: { 'first-administrator.mjs': firstAdministratorProgram(patience) },
  };
  return [script, setupService(context), setupJob(context)];
}

function setupJob({ section }: Context<ImmichSection>): Job {
  const self = workload(section, 'setup');
  const { administrator } = section;
  const bootstrap = administrator.kind === 'bootstrap';
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: self.name,
      namespace: section.namespace,
      labels: objectLabels(self),
      // A Job's template cannot change: Flux replaces the Job instead of failing.
      annotations: { 'kustomize.toolkit.fluxcd.io/force': 'enabled' },
    },
    spec: {
      // The server may wait a day for its NAS: a hundred runs of a quarter of an hour.
      backoffLimit: 100,
      template: {
        metadata: { labels: self.labels },
        spec: {
          restartPolicy: 'OnFailure',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 1000, runAsGroup: 1000 },
          containers: [
            {
              name: 'first-administrator',
              image: section.images.server,
              command: ['node', '/setup/first-administrator.mjs'],
              env: [
                {
                  name: 'IMMICH_URL',
                  value: `http://immich-setup.${section.namespace}.svc.cluster.local:${ports.server}`,
                },
                ...(administrator.kind === 'oidc'
                  ? [{ name: 'OWNER_EMAIL', value: reference(administrator.email) }]
                  : []),
              ],
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [
                { name: 'setup', mountPath: '/setup', readOnly: true },
                ...(bootstrap
                  ? [{ name: 'administrator', mountPath: '/etc/immich-admin', readOnly: true }]
                  : []),
              ],
            },
          ],
          volumes: [
            { name: 'setup', configMap: { name: 'immich-setup' } },
            ...(bootstrap
              ? [{ name: 'administrator', secret: { secretName: secretNames.administrator } }]
              : []),
          ],
        },
      },
    },
  };
}
