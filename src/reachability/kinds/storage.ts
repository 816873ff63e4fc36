import { valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  harmless,
  type KindFamily,
  makesAllAnywhere,
  makesPods,
  makesServices,
  modelled,
  type Reach,
  unread,
} from './kind.ts';

const rook = 'Rook 1.18, CRD reference';
const velero = 'Velero 1.17, API types';

/** Volumes, object stores and their copies. */
export const storageKinds: readonly KindFamily[] = [
  modelled('controllers', 'volsync.backube', 'ReplicationSource', 'ReplicationDestination'),
  unread(
    { ...makesPods, does: 'makes Jobs that keep a repository in order' },
    'perfectra1n/volsync 0.17, KopiaMaintenance',
    'volsync.backube',
    'KopiaMaintenance',
  ),
  harmless(
    'It says when copies of volumes are made',
    'snapscheduler 3.5, docs',
    'snapscheduler.backube',
    'SnapshotSchedule',
  ),
  unread(
    { ...makesPods, does: 'makes Jobs that copy volumes' },
    'kopiur, CRDs',
    'kopiur.home-operations.com',
    '*',
  ),
  unread({ ...makesPods, does: 'makes Jobs that copy volumes' }, 'K8up 2.13, API reference', 'k8up.io', '*'),
  unread(
    { ...makesAllAnywhere, does: 'makes the objects of a backup again' },
    velero,
    'velero.io',
    'Restore',
  ),
  unread(
    makesPods,
    velero,
    'velero.io',
    'DataUpload',
    'DataDownload',
    'PodVolumeBackup',
    'PodVolumeRestore',
    'BackupRepository',
  ),
  unread(
    { ...makesPods, does: 'makes pods that read volumes', narrow: veleroMovers },
    `${velero}, CSI snapshot data movement and file system backup`,
    'velero.io',
    'Backup',
    'Schedule',
  ),
  harmless(
    'It says when and where copies are made. The server that makes them counts by itself',
    velero,
    'velero.io',
    '*',
  ),
  unread(makesPods, 'Longhorn 1.10, CRDs', 'longhorn.io', '*'),
  unread(
    { ...makesPods, does: 'makes pods, also on the network of their nodes' },
    rook,
    'ceph.rook.io',
    'CephCluster',
    'CephFilesystem',
    'CephFilesystemMirror',
    'CephRBDMirror',
    'CephCOSIDriver',
  ),
  unread(makesServices, rook, 'ceph.rook.io', 'CephObjectStore', 'CephNFS'),
  harmless(
    'It is a pool, a user or a setting inside of Ceph',
    rook,
    'ceph.rook.io',
    'CephBlockPool',
    'CephBlockPoolRadosNamespace',
    'CephFilesystemSubVolumeGroup',
    'CephObjectStoreUser',
    'CephObjectRealm',
    'CephObjectZone',
    'CephObjectZoneGroup',
    'CephBucketTopic',
    'CephBucketNotification',
    'CephClient',
  ),
  harmless('It asks for a bucket', rook, 'objectbucket.io', '*'),
  harmless('It asks for a bucket', 'COSI 0.2, spec', 'objectstorage.k8s.io', '*'),
  harmless('It asks a driver to work on a volume', 'CSI-Addons 0.13, docs', 'csiaddons.openshift.io', '*'),
  unread(
    { ...makesServices, does: 'makes pods and Services, which exposeServices may make load balancers' },
    'MinIO operator 7.1, docs, Tenant CRD',
    'minio.min.io',
    'Tenant',
  ),
  harmless('It lets a workload ask for rights on buckets', 'MinIO operator 7.1, docs', 'sts.min.io', '*'),
  unread(makesServices, 'garage-operator, CRDs', 'garage.rajsingh.info', 'GarageCluster', 'GarageNode'),
  harmless(
    'It is a bucket, a key or a right inside of Garage',
    'garage-operator, CRDs',
    'garage.rajsingh.info',
    '*',
  ),
  harmless(
    'It is a bucket or a key of a Garage that runs elsewhere',
    'garage-s3-operator, CRDs',
    'garage-s3-operator.abucquet.com',
    '*',
  ),
  unread(
    { ...makesPods, scope: 'any', does: 'makes pods, also on the network of their nodes' },
    'Piraeus Datastore 2.9, reference',
    'piraeus.io',
    '*',
  ),
  harmless('It is a record of a volume', 'LINSTOR 1.31', 'internal.linstor.linbit.com', '*'),
  harmless('It is a record of a volume', 'TopoLVM 0.38', 'topolvm.io', 'LogicalVolume'),
  harmless(
    'It is a pool or a record of a disk',
    'OpenEBS 4.3',
    'openebs.io',
    'DiskPool',
    'BlockDevice',
    'BlockDeviceClaim',
  ),
  harmless('It is a pool or a record of a volume', 'OpenEBS ZFS 2.8', 'zfs.openebs.io', '*'),
  harmless('It is a pool or a record of a volume', 'OpenEBS LVM 1.7', 'local.openebs.io', '*'),
];

/** Snapshots by CSI are asked of the driver; what moves or reads the data are pods (Velero 1.17). */
function veleroMovers(object: KubernetesObject): readonly Partial<Reach>[] {
  const spec = object.kind === 'Schedule' ? valueAt(object, 'spec', 'template') : valueAt(object, 'spec');
  const reads = ['snapshotMoveData', 'defaultVolumesToFsBackup', 'defaultVolumesToRestic'];
  return reads.some((field) => valueAt(spec, field) === true) ? [{}] : [];
}
