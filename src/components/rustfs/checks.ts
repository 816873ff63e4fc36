import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import { bucketJob, namespace, server } from './names.ts';
import type { RustfsSection } from './section.ts';

/** What is asked about the object storage: of its servers, and of the Job that makes buckets and keys. */
export function rustfsChecks({ provided }: BuildContext<RustfsSection>): LiveCheck[] {
  const field = 'rustfs';
  return [
    {
      id: 'rustfs-servers',
      promise: 'Every server of the object storage is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels: server.labels },
        type: 'Ready',
        status: 'True',
      },
      remedy: `kubectl -n ${namespace} describe pods -l app.kubernetes.io/instance=${server.name}`,
      field,
    },
    ...(provided('bucket').length === 0
      ? []
      : [
          {
            id: 'rustfs-buckets',
            promise: 'Every bucket and every key of the object storage was made',
            question: {
              kind: 'condition' as const,
              of: { apiVersion: 'batch/v1', kind: 'Job', namespace, name: bucketJob.name },
              type: 'Complete',
              status: 'True' as const,
            },
            remedy: `kubectl -n ${namespace} logs job/${bucketJob.name}`,
            replaces: 'Talos Backup, steps 1 and 4; VolSync, step 5',
            field,
          },
        ]),
  ];
}
