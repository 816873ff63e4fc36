import { type Fields, fieldsAt, isFields, listAt, mapsAt, textAt, valueAt } from '../fields.ts';
import { dataKey, dnsLabel, portName } from '../names.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import {
  checkName,
  checkNameIn,
  checkPort,
  checkRange,
  checkRangeIn,
  checkUnique,
  fieldsSet,
  type Path,
  type Report,
} from './report.ts';

/** The lists of containers of a pod that start with it. */
const lists = ['initContainers', 'containers'] as const;

/**
 * Containers of a pod beyond their schema: `validateContainers` and `validateInitContainers` of Kubernetes 1.36,
 * `pkg/apis/core/validation/validation.go`.
 */
export function checkContainers(
  spec: Fields,
  volumes: ReadonlySet<string>,
  path: Path,
  report: Report,
): void {
  if (Array.isArray(spec['containers']) && spec['containers'].length === 0)
    report([...path, 'containers'], 'the pod has no container', 'at least one container', 'missing-field');
  const all = lists.flatMap((list) =>
    mapsAt(spec, list).map((container, index) => ({ list, container, at: [...path, list, index] })),
  );
  for (const { list, container, at } of all) {
    checkNameIn(container, 'name', dnsLabel, at, report);
    checkImage(container, at, report);
    checkContainerPorts(container, spec['hostNetwork'] === true, at, report);
    checkEnvironment(container, at, report);
    checkMounts(container, volumes, at, report);
    checkResources(container, at, report);
    checkSecurity(container, at, report);
    const isSidecar = list === 'initContainers' && container['restartPolicy'] === 'Always';
    checkProbes(container, list === 'containers' || isSidecar, at, report);
    const restart = container['restartPolicy'];
    if (typeof restart === 'string' && !['Always', 'OnFailure', 'Never'].includes(restart))
      report(
        [...at, 'restartPolicy'],
        'the field does not allow this value',
        'Always, OnFailure or Never',
        'not-a-choice',
      );
  }
  checkUnique(
    all.map(({ container }) => textAt(container, 'name')),
    (index) => [...(all[index]?.at ?? path), 'name'],
    'the name',
    report,
  );
  checkHostPorts(spec, path, report);
}

function checkImage(container: Fields, path: Path, report: Report): void {
  const image = container['image'];
  if (image === undefined || image === null || image === '')
    report(path, 'the container has no image', 'the field image', 'missing-field');
}

/** An image of a Pod has no white space around it. In a template the API server does not look. */
export function checkImages(spec: Fields, report: Report): void {
  for (const list of lists) {
    mapsAt(spec, list).forEach(({ image }, index) => {
      if (typeof image === 'string' && image.trim() !== image)
        report(
          ['spec', list, index, 'image'],
          'the image has white space around it',
          'the image without white space',
        );
    });
  }
}

function checkContainerPorts(container: Fields, hostNetwork: boolean, path: Path, report: Report): void {
  const ports = mapsAt(container, 'ports');
  const at = (index: number): Path => [...path, 'ports', index];
  ports.forEach((port, index) => {
    if (port['name'] !== '') checkNameIn(port, 'name', portName, at(index), report);
    checkRangeIn(port, 'containerPort', 1, 65_535, at(index), report);
    const hostPort = port['hostPort'] === 0 ? undefined : port['hostPort'];
    if (hostPort !== undefined) checkPort(hostPort, [...at(index), 'hostPort'], report);
    if (hostNetwork && typeof hostPort === 'number' && hostPort !== port['containerPort'])
      report(
        [...at(index), 'hostPort'],
        'the pod uses the network of its node, and the port of the node is another one',
        'the number of containerPort',
      );
  });
  checkUnique(
    ports.map((port) => textAt(port, 'name') || undefined),
    (index) => [...at(index), 'name'],
    'the name',
    report,
  );
}

/** A port of the node can be taken once. */
function checkHostPorts(spec: Fields, path: Path, report: Report): void {
  const taken = mapsAt(spec, 'containers').flatMap((container, index) =>
    mapsAt(container, 'ports').flatMap((port, position) => {
      const own = port['hostPort'];
      if (typeof own !== 'number' || own <= 0) return [];
      const key = `${textAt(port, 'protocol') ?? 'TCP'} ${textAt(port, 'hostIP') ?? ''} ${own}`;
      return [{ key, at: [...path, 'containers', index, 'ports', position, 'hostPort'] }];
    }),
  );
  checkUnique(
    taken.map(({ key }) => key),
    (index) => taken[index]?.at ?? path,
    'the port of the node',
    report,
  );
}

const valueSources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

function checkEnvironment(container: Fields, path: Path, report: Report): void {
  listAt(container, 'env').forEach((variable, index) => {
    if (!isFields(variable)) return;
    const at = [...path, 'env', index];
    const name = variable['name'];
    if (name === '' || (typeof name === 'string' && !/^[\x20-\x3c\x3e-\x7e]+$/.test(name)))
      report([...at, 'name'], 'the name is not valid', 'printable ASCII characters without "="');
    const from = variable['valueFrom'];
    if (!isFields(from)) return;
    const set = fieldsSet(from, valueSources);
    if (set.length !== 1)
      report([...at, 'valueFrom'], `there are ${set.length} sources of the value`, 'exactly one source');
    if ((textAt(variable, 'value') ?? '') !== '')
      report([...at, 'valueFrom'], 'there is a value beside it', 'value or valueFrom, not both');
    for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = from[kind];
      if (!isFields(reference)) continue;
      if ((textAt(reference, 'name') ?? '') === '')
        report([...at, 'valueFrom', kind], 'nothing is named', 'the field name', 'missing-field');
      checkName(reference['key'], dataKey, [...at, 'valueFrom', kind, 'key'], report);
    }
  });
  listAt(container, 'envFrom').forEach((source, index) => {
    if (!isFields(source)) return;
    const at = [...path, 'envFrom', index];
    const set = fieldsSet(source, ['configMapRef', 'secretRef']);
    if (set.length !== 1)
      report(at, `there are ${set.length} sources of variables`, 'configMapRef or secretRef');
    for (const kind of set) {
      if ((textAt(source, kind, 'name') ?? '') === '')
        report([...at, kind], 'nothing is named', 'the field name', 'missing-field');
    }
  });
}

function checkMounts(container: Fields, volumes: ReadonlySet<string>, path: Path, report: Report): void {
  const mounts = mapsAt(container, 'volumeMounts');
  const at = (index: number): Path => [...path, 'volumeMounts', index];
  mounts.forEach((mount, index) => {
    const name = textAt(mount, 'name') ?? '';
    if (!volumes.has(name) && !name.includes('${'))
      report([...at(index), 'name'], 'the pod has no volume of this name', 'the name of a volume of the pod');
    if (mount['mountPath'] === '')
      report([...at(index), 'mountPath'], 'the path is empty', 'a path in the container', 'missing-field');
    const subPath = textAt(mount, 'subPath') ?? '';
    const expression = textAt(mount, 'subPathExpr') ?? '';
    if (subPath !== '' && expression !== '')
      report([...at(index), 'subPathExpr'], 'subPath is beside it', 'subPath or subPathExpr, not both');
    for (const [field, text] of [
      ['subPath', subPath],
      ['subPathExpr', expression],
    ] as const) {
      if (text !== '' && (text.startsWith('/') || text.split('/').includes('..')))
        report([...at(index), field], 'the path leaves the volume', 'a relative path without ".."');
    }
  });
  checkUnique(
    mounts.map((mount) => textAt(mount, 'mountPath')),
    (index) => [...at(index), 'mountPath'],
    'the path',
    report,
  );
}

function checkResources(container: Fields, path: Path, report: Report): void {
  const limits = fieldsAt(container, 'resources', 'limits');
  for (const [name, request] of Object.entries(fieldsAt(container, 'resources', 'requests'))) {
    const [asked, most] = [quantityOf(request), quantityOf(limits[name])];
    if (asked !== undefined && most !== undefined && compareQuantities(asked, most) > 0)
      report(
        [...path, 'resources', 'requests', name],
        'the request is larger than the limit',
        'at most what limits has',
      );
  }
}

function quantityOf(value: unknown): ReturnType<typeof parseQuantity> {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
}

function checkSecurity(container: Fields, path: Path, report: Report): void {
  const context = fieldsAt(container, 'securityContext');
  if (context['privileged'] === true && context['allowPrivilegeEscalation'] === false)
    report(
      [...path, 'securityContext'],
      'a privileged container cannot forbid privilege escalation',
      'privileged: false, or no allowPrivilegeEscalation',
    );
  for (const field of ['runAsUser', 'runAsGroup'])
    checkRange(context[field], 0, 2_147_483_647, [...path, 'securityContext', field], report);
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function checkProbes(container: Fields, isAllowed: boolean, path: Path, report: Report): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isFields(probe)) continue;
    const at = [...path, name];
    if (!isAllowed) report(at, 'a container that ends has no probes', `no ${name}`);
    const set = fieldsSet(probe, handlers);
    if (set.length !== 1)
      report(at, `there are ${set.length} ways to probe`, `one of ${handlers.join(', ')}`);
    for (const kind of ['httpGet', 'tcpSocket', 'grpc']) {
      const port = valueAt(probe, kind, 'port');
      if (port === undefined) continue;
      checkPort(port, [...at, kind, 'port'], report);
      checkName(port, portName, [...at, kind, 'port'], report);
    }
    for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'failureThreshold'])
      checkRangeIn(probe, field, 0, Infinity, at, report);
    const threshold = probe['successThreshold'];
    if (name !== 'readinessProbe' && typeof threshold === 'number' && threshold > 1)
      report([...at, 'successThreshold'], 'this probe succeeds the first time', '1');
  }
}
