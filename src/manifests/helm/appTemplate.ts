import { defined } from '../../kubernetes/defined.ts';
import {
  type Fields,
  fieldsAt,
  isFields,
  mapsAt,
  numberAt,
  textAt,
  textsAt,
  valueAt,
} from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Release } from './release.ts';

interface Naming {
  release: Release;
  /** The name of an object that is the only one of its kind. */
  full: string;
  labels: Readonly<Record<string, string>>;
}

/**
 * The workloads, Services, routes, Ingresses, ConfigMaps and raw resources that bjw-s's app-template makes (4.1; its
 * library `common`, directories `lib` and `classes` of the templates), also of versions 1 to 3. Policies are left out.
 */
export function appTemplateObjects(release: Release, given: Fields): readonly KubernetesObject[] {
  const values = given['controllers'] === undefined ? ofVersionOne(given) : given;
  const name = textAt(values, 'global', 'nameOverride') || textAt(values, 'nameOverride') || release.name;
  const override = textAt(values, 'global', 'fullnameOverride') || textAt(values, 'fullnameOverride');
  const full = override || (release.name.includes(name) ? release.name : `${release.name}-${name}`);
  const naming: Naming = {
    release,
    full,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': release.name },
  };
  const controllers = enabledEntries(values, 'controllers');
  const services = enabledEntries(values, 'service');
  return [
    ...controllers.map(([id, controller]) => workload(naming, values, controllers, id, controller)),
    ...services.map(([id, service]) => serviceObject(naming, controllers, services, id, service)),
    ...enabledEntries(values, 'route').map(([id, route], _at, all) =>
      routeObject(naming, services, all, id, route),
    ),
    ...enabledEntries(values, 'ingress').map(([id, ingress], _at, all) =>
      ingressObject(naming, all, id, ingress),
    ),
    ...enabledEntries(values, 'configMaps').map(([id, map], _at, all) =>
      configMapObject(naming, all, id, map),
    ),
    ...enabledEntries(values, 'rawResources').flatMap(([id, raw], _at, all) =>
      rawObject(naming, all, id, raw),
    ),
  ];
}

/** Version 1 has one workload, whose fields are at the top of the values. */
function ofVersionOne(values: Fields): Fields {
  const { image, env, ports, command, args, hostNetwork, controller } = values;
  if (image === undefined && controller === undefined) return values;
  const container = { image, env, ports, command, args };
  const sidecars = fieldsAt(values, 'sidecars');
  const main = {
    ...fieldsAt(values, 'controller'),
    pod: { hostNetwork },
    containers: { ...sidecars, main: container },
    initContainers: fieldsAt(values, 'initContainers'),
  };
  return { ...values, controllers: { main } };
}

type NamedFields = readonly (readonly [id: string, Fields])[];

function enabledEntries(values: Fields, key: string): NamedFields {
  return Object.entries(fieldsAt(values, key)).flatMap(([id, value]) =>
    isFields(value) && (!('enabled' in value) || Boolean(value['enabled'])) ? [[id, value] as const] : [],
  );
}

/** A boolean of the values. The API server would refuse a text, but a value of a variable may be none. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The only object of a kind has the name of the release. Otherwise its id follows as a suffix. */
function nameOf(naming: Naming, all: NamedFields, id: string, fields: Fields): string {
  const { full } = naming;
  const forced = textAt(fields, 'forceRename');
  if (forced !== undefined) return fillTemplate(naming, forced).toLowerCase();
  const prefix = textAt(fields, 'prefix');
  const suffix = textAt(fields, 'suffix') ?? textAt(fields, 'nameOverride');
  const before = prefix === undefined || prefix === full ? full : `${prefix}-${full}`;
  const own = all.length > 1 && !before.endsWith(`-${id}`) && before !== id ? `${before}-${id}` : before;
  return (suffix === undefined || own.endsWith(`-${suffix}`) ? own : `${own}-${suffix}`).toLowerCase();
}

function object(
  { release }: Naming,
  apiVersion: string,
  kind: string,
  name: string,
  spec: Fields,
): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: release.namespace }, spec };
}

const kinds: Readonly<Record<string, string>> = { statefulset: 'StatefulSet', daemonset: 'DaemonSet' };

/** A CronJob or Job becomes a Deployment here, which has the same pods. */
function workload(
  naming: Naming,
  values: Fields,
  controllers: NamedFields,
  id: string,
  controller: Fields,
): KubernetesObject {
  const hostNetwork =
    valueAt(controller, 'pod', 'hostNetwork') ?? valueAt(values, 'defaultPodOptions', 'hostNetwork');
  const defaults = fieldsAt(controller, 'defaultContainerOptions');
  const files = enabledEntries(values, 'persistence').filter(([, { type }]) => type === 'configMap');
  const [containers, initContainers] = (['containers', 'initContainers'] as const).map((key) =>
    enabledEntries(controller, key).map(([name, own]) => {
      const container = { ...defaults, ...own };
      return {
        name,
        image: textAt(container, 'image', 'repository') ?? '',
        command: container['command'],
        args: container['args'],
        env: environmentOf(container),
        envFrom: container['envFrom'],
        ports: mapsAt(container, 'ports'),
        volumeMounts: files.flatMap((file) => mountsOf(file, id, name)),
      };
    }),
  );
  const labels = {
    ...naming.labels,
    'app.kubernetes.io/controller': id,
    ...fieldsAt(controller, 'pod', 'labels'),
  };
  const kind = kinds[(textAt(controller, 'type') ?? '').toLowerCase()] ?? 'Deployment';
  const configMaps = enabledEntries(values, 'configMaps');
  const volumes = files.map(([volume, file]) => {
    const own = configMaps.find(([map]) => map === textAt(file, 'identifier'));
    const inputs = fillTemplate(naming, textAt(file, 'name') ?? '');
    const { items } = file;
    return { name: volume, configMap: { name: own ? nameOf(naming, configMaps, ...own) : inputs, items } };
  });
  const spec = defined({
    containers,
    initContainers,
    volumes,
    hostNetwork: isTrue(hostNetwork) || undefined,
  });
  const name = nameOf(naming, controllers, id, controller);
  return object(naming, 'apps/v1', kind, name, {
    template: { metadata: { labels }, spec },
  });
}

/** Plain values of the map `env`; values from references are unknown. */
function environmentOf(container: Fields): Fields[] {
  return Object.entries(fieldsAt(container, 'env')).flatMap(([name, value]) =>
    isFields(value) ? [] : [{ name, value: String(value) }],
  );
}

/** The mounts of `globalMounts` and `advancedMounts`. The default is `/<id>` in every container. */
function mountsOf([id, file]: NamedFields[number], controller: string, container: string): Fields[] {
  const global = mapsAt(file, 'globalMounts');
  const own = mapsAt(file, 'advancedMounts', controller, container);
  const everywhere = file['advancedMounts'] === undefined && global.length === 0 ? [{}] : global;
  return [...everywhere, ...own].map((mount) => ({
    name: id,
    mountPath: textAt(mount, 'path') ?? `/${id}`,
    subPath: mount['subPath'],
  }));
}

function configMapObject(
  naming: Naming,
  configMaps: NamedFields,
  id: string,
  fields: Fields,
): KubernetesObject {
  const data = Object.entries(fieldsAt(fields, 'data')).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, fillTemplate(naming, value)] as const] : [],
  );
  const { namespace } = naming.release;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: nameOf(naming, configMaps, id, fields), namespace },
    data: Object.fromEntries(data),
  };
}

function serviceObject(
  naming: Naming,
  controllers: NamedFields,
  services: NamedFields,
  id: string,
  service: Fields,
): KubernetesObject {
  const only = controllers.length === 1 ? controllers[0]?.[0] : undefined;
  const controller = textAt(service, 'controller') ?? only;
  const ports = enabledEntries(service, 'ports').map(([name, port]) => ({
    ...port,
    name,
    protocol: ['UDP', 'SCTP'].includes(textAt(port, 'protocol') ?? '') ? port['protocol'] : 'TCP',
  }));
  const selector = defined({ ...naming.labels, 'app.kubernetes.io/controller': controller });
  const {
    type = 'ClusterIP',
    clusterIP,
    externalName,
    externalTrafficPolicy,
    internalTrafficPolicy,
  } = service;
  const { externalIPs, allocateLoadBalancerNodePorts, loadBalancerSourceRanges } = service;
  const spec = defined({
    type,
    clusterIP,
    externalName,
    externalTrafficPolicy,
    internalTrafficPolicy,
    externalIPs,
    allocateLoadBalancerNodePorts,
    loadBalancerSourceRanges,
    selector,
    ports,
  });
  return object(naming, 'v1', 'Service', nameOf(naming, services, id, service), spec);
}

function routeObject(
  naming: Naming,
  services: NamedFields,
  routes: NamedFields,
  id: string,
  route: Fields,
): KubernetesObject {
  const inputs = mapsAt(route, 'rules');
  const rules = (inputs.length === 0 ? [{ backendRefs: [{}] }] : inputs).map((rule) => ({
    ...rule,
    backendRefs: mapsAt(rule, 'backendRefs').map((reference) => backend(naming, services, reference)),
  }));
  const hostnames = textsAt(route, 'hostnames').map((host) => fillTemplate(naming, host));
  const spec = { parentRefs: mapsAt(route, 'parentRefs'), hostnames, rules };
  const kind = textAt(route, 'kind') ?? 'HTTPRoute';
  return object(naming, 'gateway.networking.k8s.io/v1', kind, nameOf(naming, routes, id, route), spec);
}

/** A backend by its name, by the identifier of a Service of the chart, or the chart's only Service. */
function backend(naming: Naming, services: NamedFields, reference: Fields): Fields {
  const only = services.length === 1 ? services[0]?.[0] : undefined;
  const id = textAt(reference, 'identifier') ?? only;
  const service = services.find(([own]) => own === id)?.[1];
  const name =
    textAt(reference, 'name') ??
    (id === undefined || service === undefined ? '' : nameOf(naming, services, id, service));
  const ports =
    service === undefined ? [] : enabledEntries(service, 'ports').toSorted(([a], [b]) => (a < b ? -1 : 1));
  const primary = ports.find(([, port]) => port['primary'] === true) ?? ports[0];
  const asked = valueAt(reference, 'port');
  const named = ports.find(([own]) => own === asked)?.[1];
  const port = typeof asked === 'number' ? asked : numberAt(named ?? primary?.[1], 'port');
  const { namespace, kind, group } = reference;
  return { name, port, ...defined({ namespace, kind, group }) };
}

function ingressObject(
  naming: Naming,
  ingresses: NamedFields,
  id: string,
  ingress: Fields,
): KubernetesObject {
  const rules = mapsAt(ingress, 'hosts').map((each) => ({
    host: fillTemplate(naming, textAt(each, 'host') ?? ''),
  }));
  const name = nameOf(naming, ingresses, id, ingress);
  return object(naming, 'networking.k8s.io/v1', 'Ingress', name, { rules });
}

/**
 * A raw resource: `manifest` is the whole object (since 4.2), `spec` what follows its metadata (before). A guessed policy
 * would protect, so none is made.
 */
function rawObject(naming: Naming, all: NamedFields, id: string, raw: Fields): readonly KubernetesObject[] {
  const manifest = fieldsAt(raw, 'manifest');
  const body = Object.keys(manifest).length > 0 ? manifest : fieldsAt(raw, 'spec');
  const apiVersion = textAt(raw, 'apiVersion') ?? textAt(manifest, 'apiVersion');
  const kind = textAt(raw, 'kind') ?? textAt(manifest, 'kind');
  if (apiVersion === undefined || kind === undefined || /Policy$|^Secret$/.test(kind)) return [];
  const { release } = naming;
  const name = textAt(manifest, 'metadata', 'name') ?? nameOf(naming, all, id, raw);
  const metadata = { ...fieldsAt(manifest, 'metadata'), name, namespace: release.namespace };
  return [{ ...body, apiVersion, kind, metadata }];
}

/** Names, hosts and texts are templates. Most of them use only the name or the namespace of the release. */
function fillTemplate({ release }: Naming, text: string): string {
  const known = { Name: release.name, Namespace: release.namespace };
  return text.replaceAll(
    /\{\{-?\s*\.Release\.(Name|Namespace)\s*-?\}\}/g,
    (_, field: keyof typeof known) => known[field],
  );
}
