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
 * What a chart likely makes of its values, as far as their names are a habit of charts. Nothing that keeps anybody
 * out is guessed, and nothing here is ever counted as known.
 */
export function guessObjects(release: Release, values: Fields): readonly SourcedObject[] {
  const objects =
    release.chart.name === 'app-template'
      ? appTemplateObjects(release, values)
      : habitualObjects(release, values);
  const { file, line } = release.source;
  return objects.map((object) => ({
    object,
    file,
    ...(line === undefined ? {} : { line }),
    template: 'values',
  }));
}

/** How deep below the values of a chart, and of the charts in it, such maps are looked for. */
const depth = 4;

/** `service.type`, `ingress.enabled`, `httpRoute.enabled` and `hostNetwork`, as `helm create` writes them. */
function habitualObjects(release: Release, values: Fields): readonly KubernetesObject[] {
  const found: KubernetesObject[] = [];
  const ports: Fields[] = [];
  let hostNetwork = false;
  const visit = (fields: Fields, path: readonly string[]): void => {
    hostNetwork ||= fields['hostNetwork'] === true || valueAt(fields, 'hostNetwork', 'enabled') === true;
    const name = [release.name, ...path].join('-').toLowerCase();
    if (isFields(fields['service'])) ports.push(...portsOf(fields['service']));
    found.push(...habitualWays(release, name, fields));
    if (path.length >= depth) return;
    for (const [key, value] of Object.entries(fields)) if (isFields(value)) visit(value, [...path, key]);
  };
  visit(values, []);
  return found.length === 0 && !hostNetwork ? [] : [workload(release, hostNetwork, ports), ...found];
}

const labelsOf = ({ name }: Release): Record<string, string> => ({ 'app.kubernetes.io/instance': name });

/** One workload stands for all that the chart runs. */
function workload(release: Release, hostNetwork: boolean, ports: readonly Fields[]): KubernetesObject {
  const containerPorts = ports.map(({ port, protocol }) => ({ containerPort: port, protocol }));
  const containers = [{ name: 'app', ports: containerPorts }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: release.name, namespace: release.namespace },
    spec: { template: { metadata: { labels: labelsOf(release) }, spec: { containers, hostNetwork } } },
  };
}

/** A single `port`, a list `ports`, or a map `ports` of numbers or maps; without any, the one of the web. */
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
  return [{ port, ...(nodePort === undefined ? {} : { nodePort }) }];
}

function habitualWays(release: Release, name: string, fields: Fields): readonly KubernetesObject[] {
  const metadata = { name, namespace: release.namespace };
  const service = fieldsAt(fields, 'service');
  const ports = portsOf(service);
  const ingresses =
    valueAt(fields, 'ingress', 'enabled') === true ? [ingressOf(metadata, fieldsAt(fields, 'ingress'))] : [];
  const routes = [fieldsAt(fields, 'httpRoute'), fieldsAt(fields, 'route'), fieldsAt(fields, 'route', 'main')]
    .filter((route) => route['enabled'] === true && mapsAt(route, 'parentRefs').length > 0)
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
  const isOpen = ['LoadBalancer', 'NodePort'].includes(textAt(service, 'type') ?? '');
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
