import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt } from '../fields.ts';
import { dataKey, dnsLabel, dnsSubdomain, labelKey, labelValue } from '../names.ts';
import { isAddress } from './addresses.ts';
import { checkContainers } from './containers.ts';
import { checkLabels, checkSelector } from './metadata.ts';
import {
  checkName,
  checkNameIn,
  checkRange,
  checkRangeIn,
  checkUnique,
  fieldsSet,
  type Path,
  type Report,
} from './report.ts';

/** The sources that a volume can have, as the schema of Kubernetes 1.36 lists them. */
const volumeSources = [
  ...[
    'awsElasticBlockStore',
    'azureDisk',
    'azureFile',
    'cephfs',
    'cinder',
    'configMap',
    'csi',
    'downwardAPI',
  ],
  ...['emptyDir', 'ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs'],
  ...['hostPath', 'image', 'iscsi', 'nfs', 'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume'],
  ...['projected', 'quobyte', 'rbd', 'scaleIO', 'secret', 'storageos', 'vsphereVolume'],
];

/** Fields without which a source names nothing. */
const neededBySource: Readonly<Record<string, readonly string[]>> = {
  configMap: ['name'],
  secret: ['secretName'],
  persistentVolumeClaim: ['claimName'],
  hostPath: ['path'],
  nfs: ['server', 'path'],
  csi: ['driver'],
};

/**
 * A pod beyond its schema: `ValidatePodSpec` of Kubernetes 1.36, `pkg/apis/core/validation/validation.go`.
 *
 * @param claims names of volumes that are not in the pod, such as those of claims of a StatefulSet
 */
export function checkPodSpec(spec: Fields, path: Path, report: Report, claims: readonly string[] = []): void {
  const volumes = mapsAt(spec, 'volumes');
  volumes.forEach((volume, index) => {
    checkVolume(volume, [...path, 'volumes', index], report);
  });
  const names = volumes.map((volume) => textAt(volume, 'name'));
  checkUnique(names, (index) => [...path, 'volumes', index, 'name'], 'the name', report);
  checkContainers(spec, new Set([...names.flatMap((name) => name ?? []), ...claims]), path, report);
  checkPlacement(spec, path, report);
  checkNetwork(spec, path, report);
  checkRangeIn(spec, 'activeDeadlineSeconds', 1, 2_147_483_647, path, report);
  for (const field of ['serviceAccountName', 'priorityClassName', 'runtimeClassName', 'nodeName']) {
    if (spec[field] !== '') checkNameIn(spec, field, dnsSubdomain, path, report);
  }
  if (spec['shareProcessNamespace'] === true && spec['hostPID'] === true)
    report(
      [...path, 'shareProcessNamespace'],
      'the pod cannot share processes with its node, too',
      'shareProcessNamespace or hostPID, not both',
    );
}

/** They are added to a pod that runs: `ValidatePodTemplateSpec` and `ValidatePodCreate`. */
export function checkEphemeral(spec: Fields, path: Path, report: Report): void {
  if (mapsAt(spec, 'ephemeralContainers').length > 0)
    report([...path, 'ephemeralContainers'], 'a pod is created without any', 'no ephemeral containers');
}

function checkVolume(volume: Fields, path: Path, report: Report): void {
  checkNameIn(volume, 'name', dnsLabel, path, report);
  const set = fieldsSet(volume, volumeSources);
  // A volume without a source is an empty directory: `SetDefaults_Volume`.
  if (set.length > 1)
    report(path, `the volume has ${set.length} sources: ${set.join(', ')}`, 'exactly one source');
  for (const source of set) {
    const fields = volume[source];
    if (!isFields(fields)) continue;
    for (const field of neededBySource[source] ?? []) {
      const value = fields[field];
      if (value === undefined || value === null || value === '')
        report([...path, source], `the field "${field}" is missing`, `the field ${field}`, 'missing-field');
    }
    listAt(fields, 'items').forEach((item, index) => {
      const target = textAt(item, 'path') ?? '';
      if (target.startsWith('/') || target.split('/').includes('..'))
        report(
          [...path, source, 'items', index, 'path'],
          'the path leaves the volume',
          'a relative path without ".."',
        );
      if (source !== 'downwardAPI' && isFields(item))
        checkName(item['key'], dataKey, [...path, source, 'items', index, 'key'], report);
    });
  }
  const hostPath = textAt(volume, 'hostPath', 'path') ?? '';
  if (hostPath.split('/').includes('..'))
    report([...path, 'hostPath', 'path'], 'the path contains ".."', 'a path without ".."');
  const nfsPath = textAt(volume, 'nfs', 'path') ?? '/';
  if (nfsPath !== '' && !nfsPath.startsWith('/') && !nfsPath.includes('${'))
    report([...path, 'nfs', 'path'], 'the path is relative', 'an absolute path');
}

function checkPlacement(spec: Fields, path: Path, report: Report): void {
  checkLabels(spec['nodeSelector'], [...path, 'nodeSelector'], report);
  listAt(spec, 'tolerations').forEach((toleration, index) => {
    if (isFields(toleration)) checkToleration(toleration, [...path, 'tolerations', index], report);
  });
  checkSpreads(mapsAt(spec, 'topologySpreadConstraints'), path, report);
  if (!isFields(spec['affinity'])) return;
  for (const kind of ['podAffinity', 'podAntiAffinity']) checkPodAffinity(spec, kind, path, report);
  checkNodeAffinity(
    fieldsAt(spec, 'affinity', 'nodeAffinity'),
    [...path, 'affinity', 'nodeAffinity'],
    report,
  );
}

function checkSpreads(spreads: readonly Fields[], path: Path, report: Report): void {
  const at = (index: number): Path => [...path, 'topologySpreadConstraints', index];
  spreads.forEach((spread, index) => {
    checkRangeIn(spread, 'maxSkew', 1, Infinity, at(index), report);
    checkSelector(spread['labelSelector'], [...at(index), 'labelSelector'], report);
    if (spread['topologyKey'] === '')
      report([...at(index), 'topologyKey'], 'the field is empty', 'a label of nodes', 'missing-field');
  });
  checkUnique(
    spreads.map((spread) => `${textAt(spread, 'topologyKey')} ${textAt(spread, 'whenUnsatisfiable')}`),
    at,
    'the constraint with its topologyKey and whenUnsatisfiable',
    report,
  );
}

function checkToleration(toleration: Fields, path: Path, report: Report): void {
  const key = textAt(toleration, 'key') ?? '';
  const operator = textAt(toleration, 'operator') || 'Equal';
  if (key !== '') checkName(key, labelKey, [...path, 'key'], report);
  else if (operator !== 'Exists')
    report([...path, 'operator'], 'there is no key', 'the operator Exists, or a key');
  if (operator === 'Exists' && (textAt(toleration, 'value') ?? '') !== '')
    report([...path, 'operator'], 'Exists takes no value', 'no value');
  if (operator === 'Equal') checkNameIn(toleration, 'value', labelValue, path, report);
  if (typeof toleration['tolerationSeconds'] === 'number' && toleration['effect'] !== 'NoExecute')
    report([...path, 'effect'], 'tolerationSeconds is for another effect', 'the effect NoExecute');
}

function checkPodAffinity(spec: Fields, kind: string, path: Path, report: Report): void {
  const affinity = fieldsAt(spec, 'affinity', kind);
  const base = [...path, 'affinity', kind];
  const term = (value: Fields, at: Path): void => {
    const key = value['topologyKey'];
    if (key === '') report([...at, 'topologyKey'], 'the field is empty', 'a label of nodes', 'missing-field');
    else checkName(key, labelKey, [...at, 'topologyKey'], report);
    checkSelector(value['labelSelector'], [...at, 'labelSelector'], report);
  };
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  mapsAt(affinity, required).forEach((each, index) => {
    term(each, [...base, required, index]);
  });
  mapsAt(affinity, preferred).forEach((each, index) => {
    checkRange(each['weight'], 1, 100, [...base, preferred, index, 'weight'], report);
    term(fieldsAt(each, 'podAffinityTerm'), [...base, preferred, index, 'podAffinityTerm']);
  });
}

function checkNodeAffinity(affinity: Fields, path: Path, report: Report): void {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  const wanted = affinity[required];
  if (isFields(wanted) && listAt(wanted, 'nodeSelectorTerms').length === 0)
    report([...path, required], 'there are no terms', 'at least one of nodeSelectorTerms', 'missing-field');
  const expressions = (term: Fields, at: Path): void => {
    mapsAt(term, 'matchExpressions').forEach((each, index) => {
      const here = [...at, 'matchExpressions', index];
      const count = listAt(each, 'values').length;
      const operator = textAt(each, 'operator');
      checkNameIn(each, 'key', labelKey, here, report);
      if ((operator === 'In' || operator === 'NotIn') && count === 0)
        report(here, `${operator} has no values`, 'at least one value', 'missing-field');
      if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0)
        report(here, `${operator} takes no values`, 'no values');
      if ((operator === 'Gt' || operator === 'Lt') && count !== 1)
        report(here, `${operator} takes one value`, 'one value');
    });
  };
  mapsAt(wanted, 'nodeSelectorTerms').forEach((term, index) => {
    expressions(term, [...path, required, 'nodeSelectorTerms', index]);
  });
  mapsAt(affinity, preferred).forEach((each, index) => {
    checkRange(each['weight'], 1, 100, [...path, preferred, index, 'weight'], report);
    expressions(fieldsAt(each, 'preference'), [...path, preferred, index, 'preference']);
  });
}

function checkNetwork(spec: Fields, path: Path, report: Report): void {
  for (const field of ['hostname', 'subdomain']) {
    if (spec[field] !== '') checkNameIn(spec, field, dnsLabel, path, report);
  }
  const servers = listAt(spec, 'dnsConfig', 'nameservers');
  if (spec['dnsPolicy'] === 'None' && servers.length === 0)
    report(
      [...path, 'dnsConfig'],
      'the pod has no name servers',
      'dnsConfig.nameservers, or another dnsPolicy',
      'missing-field',
    );
  if (servers.length > 3)
    report([...path, 'dnsConfig', 'nameservers'], 'there are too many name servers', 'at most 3');
  servers.forEach((server, index) => {
    if (typeof server === 'string' && !isAddress(server))
      report([...path, 'dnsConfig', 'nameservers', index], 'the value is no address', 'an IP address');
  });
  listAt(spec, 'hostAliases').forEach((alias, index) => {
    const address = textAt(alias, 'ip');
    if (address !== undefined && !isAddress(address))
      report([...path, 'hostAliases', index, 'ip'], 'the value is no address', 'an IP address');
    listAt(alias, 'hostnames').forEach((name, position) => {
      checkName(name, dnsSubdomain, [...path, 'hostAliases', index, 'hostnames', position], report);
    });
  });
}
