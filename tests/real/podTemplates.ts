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
  if (!workloads.has(object.kind) || !['apps/v1', 'batch/v1'].includes(object.apiVersion)) return [];
  const { spec } = workload.parse(object);
  const volumes = (spec.volumeClaimTemplates ?? []).map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: `${claim.metadata.name}-${object.metadata.name}-0` },
  }));
  return [podFrom(object, spec.template, volumes)];
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
      name: `${name}-judged`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(meta?.labels && { labels: meta.labels }),
      ...(meta?.annotations && { annotations: meta.annotations }),
    },
    spec: more.length === 0 ? spec : { ...spec, volumes: [...(spec.volumes ?? []), ...more] },
  };
}
