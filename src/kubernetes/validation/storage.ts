import { type Fields, fieldsAt, isFields, listAt, textAt } from '../fields.ts';
import { dnsSubdomain } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { checkSelector } from './metadata.ts';
import { checkName, checkNameIn, fieldsSet, type Path, type Report } from './report.ts';

/** PersistentVolumeClaim beyond its schema: Kubernetes 1.36, `pkg/apis/core/validation/validation.go`. */
export function checkClaim(object: Fields, report: Report): void {
  checkClaimSpec(fieldsAt(object, 'spec'), ['spec'], report);
}

function checkClaimSpec(spec: Fields, path: Path, report: Report): void {
  checkAccessModes(spec, path, report);
  checkSelector(spec['selector'], [...path, 'selector'], report);
  checkSize(fieldsAt(spec, 'resources', 'requests'), [...path, 'resources', 'requests'], report);
  if (spec['storageClassName'] !== '') checkNameIn(spec, 'storageClassName', dnsSubdomain, path, report);
}

function checkAccessModes(spec: Fields, path: Path, report: Report): void {
  const modes = listAt(spec, 'accessModes');
  if (modes.length === 0) report(path, 'there is no access mode', 'the field accessModes', 'missing-field');
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    report([...path, 'accessModes'], 'ReadWriteOncePod is beside others', 'ReadWriteOncePod alone');
}

function checkSize(sizes: Fields, path: Path, report: Report): void {
  const size = sizes['storage'];
  if (size === undefined || size === null) {
    report(
      path.slice(0, -1),
      'the size is missing',
      `the field ${String(path.at(-1))}.storage`,
      'missing-field',
    );
    return;
  }
  const read = typeof size === 'string' || typeof size === 'number' ? parseQuantity(size) : undefined;
  if (read !== undefined && read.nano <= 0n)
    report([...path, 'storage'], 'the size is not positive', 'a size above 0');
}

/** The sources that a PersistentVolume can have, as the schema of Kubernetes 1.36 lists them. */
const sources = [
  ...[
    'awsElasticBlockStore',
    'azureDisk',
    'azureFile',
    'cephfs',
    'cinder',
    'csi',
    'fc',
    'flexVolume',
    'flocker',
  ],
  ...['gcePersistentDisk', 'glusterfs', 'hostPath', 'iscsi', 'local', 'nfs', 'photonPersistentDisk'],
  ...['portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
];

/** PersistentVolume beyond its schema. */
export function checkVolume(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  checkAccessModes(spec, ['spec'], report);
  checkSize(fieldsAt(spec, 'capacity'), ['spec', 'capacity'], report);
  const set = fieldsSet(spec, sources);
  if (set.length !== 1)
    report(['spec'], `the volume has ${set.length} sources`, 'exactly one source', 'missing-field');
  if (set.includes('local') && !isFields(fieldsAt(spec, 'nodeAffinity')['required']))
    report(['spec'], 'a local volume is on one node', 'the field nodeAffinity.required', 'missing-field');
  for (const [source, field] of [
    ['nfs', 'server'],
    ['nfs', 'path'],
    ['hostPath', 'path'],
    ['csi', 'driver'],
    ['csi', 'volumeHandle'],
  ] as const) {
    if (set.includes(source) && textAt(spec, source, field) === '')
      report(['spec', source, field], 'the field is empty', 'a value', 'missing-field');
  }
  const path = textAt(spec, 'nfs', 'path') ?? '/';
  if (path !== '' && !path.startsWith('/') && !path.includes('${'))
    report(['spec', 'nfs', 'path'], 'the path is relative', 'an absolute path');
  if ((textAt(spec, 'hostPath', 'path') ?? '').split('/').includes('..'))
    report(['spec', 'hostPath', 'path'], 'the path contains ".."', 'a path without ".."');
  if (spec['storageClassName'] !== '')
    checkName(spec['storageClassName'], dnsSubdomain, ['spec', 'storageClassName'], report);
}

/** StorageClass beyond its schema: `pkg/apis/storage/validation/validation.go`. */
export function checkStorageClass(object: Fields, report: Report): void {
  if (textAt(object, 'provisioner') === '')
    report(['provisioner'], 'no provisioner is named', 'the name of a provisioner', 'missing-field');
}
