import { z } from 'zod';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';

const metadata = z.looseObject({
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const podSpec = z.looseObject({ volumes: z.array(z.unknown()).optional() });
const template = z.looseObject({ metadata: metadata.optional(), spec: podSpec });
const claims = z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }));
const workload = z.looseObject({
  spec: z.looseObject({ template, volumeClaimTemplates: claims.optional() }),
});
const cronJob = z.looseObject({
  spec: z.looseObject({ jobTemplate: z.looseObject({ spec: z.looseObject({ template }) }) }),
});

type Template = z.infer<typeof template>;

/** Kinds of Kubernetes that hold a Pod's template under `spec.template`. */
const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/**
 * The Pods that a controller would make of an object, as far as they can be known without it: one for the template
 * of a workload, with the volumes that a StatefulSet adds for its claims. Empty for every other kind.
 */
export function podsOf(object: KubernetesObject): KubernetesObject[] {
  if (object.kind === 'CronJob' && object.apiVersion === 'batch/v1') {
    return [podFrom(object, cronJob.parse(object).spec.jobTemplate.spec.template, [])];
  }
  if (object.kind === 'ReplicationSource' && object.apiVersion === 'volsync.backube/v1alpha1')
    return [moverPod(object)];
  if (!workloads.has(object.kind) || !['apps/v1', 'batch/v1'].includes(object.apiVersion)) return [];
  const { spec } = workload.parse(object);
  const volumes = (spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: `${claim.metadata.name}-${object.metadata.name}-0` },
  }));
  return [podFrom(object, spec.template, volumes)];
}

const replicationSource = z.looseObject({
  spec: z.looseObject({
    restic: z.looseObject({
      repository: z.string(),
      moverPodLabels: z.record(z.string(), z.string()),
      moverSecurityContext: z.record(z.string(), z.unknown()),
      moverResources: z.record(z.string(), z.unknown()),
    }),
  }),
});

/** The pod of a mover, as VolSync makes it (internal/controller/mover/restic/mover.go, `ensureJob`). */
function moverPod(owner: KubernetesObject): KubernetesObject {
  const { repository, moverPodLabels, moverSecurityContext, moverResources } =
    replicationSource.parse(owner).spec.restic;
  const volume = (name: string) => ({ name, persistentVolumeClaim: { claimName: `volsync-${name}` } });
  const spec = {
    securityContext: moverSecurityContext,
    restartPolicy: 'Never',
    containers: [
      {
        name: 'restic',
        image: 'quay.io/backube/volsync:0.16.0',
        command: ['/mover-restic/entry.sh'],
        args: ['backup'],
        envFrom: [{ secretRef: { name: repository } }],
        resources: moverResources,
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          privileged: false,
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'cache', mountPath: '/cache' },
          { name: 'tempdir', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [volume('data'), volume('cache'), { name: 'tempdir', emptyDir: { medium: 'Memory' } }],
  };
  return podFrom(owner, { metadata: { labels: moverPodLabels }, spec }, []);
}

function podFrom(
  owner: KubernetesObject,
  { metadata: meta, spec }: Template,
  more: readonly object[],
): KubernetesObject {
  const { namespace, name } = owner.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-checked`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(meta?.labels && { labels: meta.labels }),
      ...(meta?.annotations && { annotations: meta.annotations }),
    },
    spec: more.length === 0 ? spec : { ...spec, volumes: [...(spec.volumes ?? []), ...more] },
  };
}
