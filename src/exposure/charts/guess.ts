import type { KubernetesObject } from '../../kubernetes/object.ts';
import {
  type Fields,
  fieldsAt,
  isFields,
  isTemplate,
  mapsAt,
  numberAt,
  textAt,
  textsAt,
  valueAt,
} from '../fields.ts';
import type { SourcedObject } from '../judgement.ts';
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
  let isHost = false;
  const visit = (fields: Fields, path: readonly string[]): void => {
    if (valueAt(fields, 'hostNetwork') === true || valueAt(fields, 'hostNetwork', 'enabled') === true)
      isHost = true;
    const name = [release.name, ...path].join('-').toLowerCase();
    found.push(...habitualService(release, name, fields), ...habitualWays(release, name, fields));
    if (path.length >= depth) return;
    for (const [key, value] of Object.entries(fields)) if (isFields(value)) visit(value, [...path, key]);
  };
  visit(values, []);
  if (found.length === 0 && !isHost) return [];
  return [workload(release, isHost), ...found];
}

const labelsOf = ({ name }: Release): Record<string, string> => ({ 'app.kubernetes.io/instance': name });

function workload(release: Release, hostNetwork: boolean): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: release.name, namespace: release.namespace },
    spec: {
      template: {
        metadata: { labels: labelsOf(release) },
        spec: { containers: [], ...(hostNetwork ? { hostNetwork } : {}) },
      },
    },
  };
}

function habitualService(release: Release, name: string, fields: Fields): readonly KubernetesObject[] {
  const service = fieldsAt(fields, 'service');
  const type = textAt(service, 'type');
  if ((type !== 'LoadBalancer' && type !== 'NodePort') || service['enabled'] === false) return [];
  const ports = portsOf(service);
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: release.namespace },
      spec: { ...service, type, selector: labelsOf(release), ports },
    },
  ];
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
  const ingress = fieldsAt(fields, 'ingress');
  const hosts = [
    ...textsAt(ingress, 'hosts'),
    ...mapsAt(ingress, 'hosts').flatMap((each) => textAt(each, 'host') ?? []),
    ...[textAt(ingress, 'host') ?? textAt(ingress, 'hostname') ?? ''].filter((host) => host !== ''),
  ];
  const rules = hosts.map((host) => ({ host }));
  const ingresses =
    ingress['enabled'] === true
      ? [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules } }]
      : [];
  const routes = [fieldsAt(fields, 'httpRoute'), fieldsAt(fields, 'route'), fieldsAt(fields, 'route', 'main')]
    .filter((route) => route['enabled'] === true && mapsAt(route, 'parentRefs').length > 0)
    .map((route) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: {
        parentRefs: mapsAt(route, 'parentRefs'),
        hostnames: textsAt(route, 'hostnames').filter((host) => !isTemplate(host)),
        rules: [{ backendRefs: [{ name, port: numberAt(fields, 'service', 'port') ?? 80 }] }],
      },
    }));
  return [...ingresses, ...routes];
}
