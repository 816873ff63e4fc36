import { reference } from '../../config/private.ts';
import type { PersistentVolume, PersistentVolumeClaim, PodSpec } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { workload } from './names.ts';
import type { ImmichSection } from './section.ts';

type Volume = NonNullable<PodSpec['volumes']>[number];

/** Where Immich finds its library in the container (`IMMICH_MEDIA_LOCATION`). */
export const libraryMountPath = '/data';

const claimName = 'immich-library';

/** The library as a volume of a pod. */
export function libraryVolume({ library }: ImmichSection): Volume {
  return library.kind === 'hostPath'
    ? // `Directory` and a directory that only the NAS has: kubelet refuses to start the pod when the NAS is not mounted.
      { name: 'library', hostPath: { path: reference(library.path), type: 'Directory' } }
    : { name: 'library', persistentVolumeClaim: { claimName } };
}

/** The nodes that a pod with the library may run on: the one with the mount, or any. */
export function libraryNode({
  settings,
  section,
}: Context<ImmichSection>): Record<string, string> | undefined {
  if (section.library.kind === 'nfs') return undefined;
  const node = section.library.node ?? Object.keys(settings.cluster.nodes)[0];
  return node === undefined ? undefined : { 'kubernetes.io/hostname': node };
}

/** The NFS share as a volume that several pods on several nodes can write; nothing for a directory of a node. */
export function libraryVolumeClaim(
  context: Context<ImmichSection>,
): [PersistentVolume, PersistentVolumeClaim] | [] {
  const { library, namespace } = context.section;
  if (library.kind === 'hostPath') return [];
  const labels = objectLabels(workload(context.section, 'server'));
  const volumeName = `${namespace}-${claimName}`;
  const accessModes = ['ReadWriteMany' as const];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName, labels },
      spec: {
        accessModes,
        capacity: { storage: library.size },
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claimName, namespace },
        mountOptions: ['nfsvers=4.1', 'hard', 'noatime'],
        nfs: { server: reference(library.server), path: reference(library.path) },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claimName, namespace, labels },
      // Without the empty class the default one would be asked for a volume.
      spec: {
        accessModes,
        storageClassName: '',
        volumeName,
        resources: { requests: { storage: library.size } },
      },
    },
  ];
}
