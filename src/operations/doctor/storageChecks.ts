import type { Check } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { classesNamed } from '../status/clusterPrerequisites.ts';
import { broken, kept, notChecked, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';

const storage = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
const snapshots = { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshotClass' };

/** Whether the cluster has the classes that the objects name and nothing here makes. */
export function storageChecks({ plan, configuration }: DoctorContext): Check[] {
  const objects = plan.objects.map(({ object }) => object);
  const declared = configuration.loaded.cluster.cluster.storageClasses;
  const { storageClasses, snapshotClasses } = classesNamed(objects);
  const allStorage = [...new Set([...storageClasses, ...Object.keys(declared)])].sort();
  return [
    ...allStorage.map((name) =>
      liveCheck(
        {
          id: `storage-class-${name}`,
          promise: `The cluster has the storage class ${name}`,
          field: 'cluster.storageClasses',
          remedy: `Install what provides it, or name another of those that "kubectl get storageclass" prints`,
        },
        (cluster) => isThere(cluster, storage, name),
      ),
    ),
    ...snapshotClasses.map((name) =>
      liveCheck(
        {
          id: `snapshot-class-${name}`,
          promise: `The cluster has the snapshot class ${name}`,
          field: 'cluster.storageClasses',
          remedy:
            'Install it with the driver of the storage, or name another: kubectl get volumesnapshotclass',
        },
        (cluster) => isThere(cluster, snapshots, name),
      ),
    ),
    ...(snapshotClasses.length === 0
      ? []
      : [
          liveCheck(
            {
              id: 'snapshot-controller',
              promise: 'A snapshot controller makes the snapshots',
              remedy:
                'Install the external-snapshotter of Kubernetes: its definitions and its controller. Without them no backup is ever made',
            },
            snapshotController,
          ),
        ]),
  ];
}

async function isThere(cluster: LiveCluster, kind: typeof storage, name: string) {
  const found = await cluster.list(kind);
  if (found === undefined) return broken([`The cluster does not serve ${kind.kind} (${kind.apiVersion})`]);
  const names = found.map(({ metadata }) => metadata.name);
  return unlessWrong(names.includes(name) ? [] : [`The cluster has ${names.join(', ') || 'none'}`], [
    `${kind.kind} ${name}`,
  ]);
}

async function snapshotController(cluster: LiveCluster) {
  if ((await cluster.list(snapshots)) === undefined)
    return broken(['The cluster does not serve VolumeSnapshotClass: its definitions are not installed']);
  const deployments = (await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' })) ?? [];
  const found = deployments.filter(({ metadata }) => metadata.name.includes('snapshot-controller'));
  if (found.length > 0)
    return kept(...found.map(({ metadata }) => `Deployment ${metadata.namespace}/${metadata.name}`));
  return notChecked(
    'No Deployment is called snapshot-controller, but a driver may bring it under another name',
    'kubectl get deployments -A | grep -i snapshot',
  );
}
