import { defined } from '../../kubernetes/defined.ts';
import {
  type Fields,
  fieldsAt,
  isFields,
  isTemplate,
  listAt,
  mapsAt,
  numberAt,
  textAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { appTemplateObjects } from './appTemplate.ts';
import type { Release } from './release.ts';

/**
 * The objects that a chart likely makes, by the names of values that charts use by convention. No policy is ever
 * guessed, and no verdict counts these objects as known.
 */
export function likelyObjects(release: Release, values: Fields): readonly SourcedObject[] {
  const objects =
    release.chart.name === 'app-template'
      ? appTemplateObjects(release, values)
      : conventionalObjects(release, values);
  const { file, line } = release.source;
  return objects.map((object) => defined({ object, file, line, template: 'values' }));
}

/** The maximum depth at which such values are looked for: charts in charts have theirs below their name. */
const maximumDepth = 4;

/** `service.type`, `ingress.enabled`, `httpRoute.enabled`, `hostNetwork` and `hostPort`, as most charts name them. */
function conventionalObjects(release: Release, values: Fields): readonly KubernetesObject[] {
  const found: KubernetesObject[] = [];
  const ports: Fields[] = [];
  let hostNetwork = false;
  const visit = (fields: Fields, path: readonly string[]): void => {
    hostNetwork ||= isTrue(fields['hostNetwork']) || isTrue(valueAt(fields, 'hostNetwork', 'enabled'));
    ports.push(...hostPortsOf(fields));
    const name = [release.name, ...path].join('-').toLowerCase();
    if (isFields(fields['service'])) ports.push(...portsOf(fields['service']));
    found.push(...conventionalEntryPoints(release, name, fields));
    if (path.length >= maximumDepth) return;
    for (const [key, value] of Object.entries(fields)) {
      if (isFields(value)) visit(value, [...path, key]);
      // A list holds containers or ports, and no Service of the chart.
      else for (const item of mapsAt(fields, key)) visit(item, [...path, key]);
    }
  };
  visit(values, []);
  const isOpen = hostNetwork || ports.some(({ hostPort }) => hostPort !== undefined);
  return found.length === 0 && !isOpen ? [] : [workload(release, hostNetwork, ports), ...found];
}

const labelsOf = ({ name }: Release): Record<string, string> => ({ 'app.kubernetes.io/instance': name });

/** One workload represents all workloads of the chart. */
function workload(release: Release, hostNetwork: boolean, ports: readonly Fields[]): KubernetesObject {
  const containerPorts = ports.map(({ port, protocol, hostPort }) =>
    defined({ containerPort: port, protocol, hostPort }),
  );
  const containers = [{ name: 'app', ports: containerPorts }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: release.name, namespace: release.namespace },
    spec: { template: { metadata: { labels: labelsOf(release) }, spec: { containers, hostNetwork } } },
  };
}

/** A boolean of the values, which some charts and some authors write as a text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/**
 * A `hostPort` beside a port, as in `ports.web.hostPort`, or a map of them, as `controller.hostPort` of ingress-nginx,
 * which counts only where it is enabled.
 */
function hostPortsOf(fields: Fields): readonly Fields[] {
  const { hostPort, protocol } = fields;
  if (typeof hostPort === 'number' && hostPort > 0)
    return [
      { port: numberAt(fields, 'containerPort') ?? numberAt(fields, 'port') ?? hostPort, protocol, hostPort },
    ];
  if (!isFields(hostPort) || !isTrue(hostPort['enabled'])) return [];
  return Object.values(fieldsAt(hostPort, 'ports')).flatMap((port) =>
    typeof port === 'number' ? [{ port, hostPort: port }] : [],
  );
}

/** Reads `port`, or `ports` as a list or as a map of numbers or maps. The default is 80. */
function portsOf(service: Fields): readonly Fields[] {
  const { ports } = service;
  const nodePort = numberAt(service, 'nodePort');
  if (Array.isArray(ports)) return mapsAt(service, 'ports');
  if (isFields(ports))
    return Object.entries(ports).flatMap(([name, value]): Fields[] => {
      const port = typeof value === 'number' ? value : numberAt(value, 'port');
      return port === undefined ? [] : [{ name, port }];
    });
  const port = numberAt(service, 'port') ?? numberAt(service, 'servicePort') ?? 80;
  return [defined({ port, nodePort })];
}

function conventionalEntryPoints(
  release: Release,
  name: string,
  fields: Fields,
): readonly KubernetesObject[] {
  const metadata = { name, namespace: release.namespace };
  const service = fieldsAt(fields, 'service');
  const ports = portsOf(service);
  const ingresses = isTrue(valueAt(fields, 'ingress', 'enabled'))
    ? [ingressOf(metadata, fieldsAt(fields, 'ingress'))]
    : [];
  const routes = [fieldsAt(fields, 'httpRoute'), fieldsAt(fields, 'route'), fieldsAt(fields, 'route', 'main')]
    .filter((route) => isTrue(route['enabled']) && mapsAt(route, 'parentRefs').length > 0)
    .map((route) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: {
        parentRefs: mapsAt(route, 'parentRefs'),
        hostnames: textsAt(route, 'hostnames').filter((host) => !isTemplate(host)),
        rules: [{ backendRefs: [{ name, port: numberAt(ports[0], 'port') }] }],
      },
    }));
  const isOpen =
    ['LoadBalancer', 'NodePort'].includes(textAt(service, 'type') ?? '') ||
    textsAt(service, 'externalIPs').length > 0;
  const spec = { ...service, selector: labelsOf(release), ports };
  const services =
    (isOpen && service['enabled'] !== false) || routes.length > 0
      ? [{ apiVersion: 'v1', kind: 'Service', metadata, spec }]
      : [];
  return [...services, ...ingresses, ...routes];
}

function ingressOf(metadata: KubernetesObject['metadata'], ingress: Fields): KubernetesObject {
  const listed = listAt(ingress, 'hosts').map((each) =>
    typeof each === 'string' ? each : textAt(each, 'host'),
  );
  const hosts = [...listed, textAt(ingress, 'host'), textAt(ingress, 'hostname')].filter((host) =>
    Boolean(host),
  );
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: { rules: hosts.map((host) => ({ host })) },
  };
}
