import { textsAt } from '../../kubernetes/fields.ts';
import {
  type ConfigurationSources,
  environmentOf,
  mountedFiles,
} from '../../manifests/configurationSources.ts';
import type { Service } from './service.ts';
import { containersOf, type Workload } from './workload.ts';

/**
 * The Services that each workload names in its environment, its arguments or its mounted files: as a whole host
 * name, not as a part of a longer one, and not as the scheme of a URL. A word that is also
 * the name of the workload's namespace is a host only as a part of an address. The first word of a command is the program.
 */
export function readServiceReferences(
  workloads: readonly Workload[],
  services: readonly Service[],
  configurationSources: ConfigurationSources,
): ReadonlyMap<Workload, ReadonlySet<Service>> {
  const byName = new Map(services.map((service) => [`${service.name}.${service.namespace}`, service]));
  const read = new Map<string, Hosts>();
  return new Map(
    workloads.map((workload) => {
      const named = new Set<Service>();
      for (const text of textsOf(configurationSources, workload)) {
        let hosts = read.get(text);
        if (hosts === undefined) {
          hosts = hostsIn(text);
          read.set(text, hosts);
        }
        for (const [host, isAddress] of hosts) {
          if (host === workload.namespace && !isAddress) continue;
          const service = byName.get(serviceName(host, workload.namespace));
          if (service !== undefined) named.add(service);
        }
      }
      return [workload, named];
    }),
  );
}

function textsOf(
  configurationSources: ConfigurationSources,
  { namespace, spec }: Workload,
): readonly string[] {
  return containersOf(spec).flatMap((container) => [
    ...textsAt(container, 'command').slice(1),
    ...textsAt(container, 'args'),
    ...[...environmentOf(configurationSources, namespace, container).values()].flatMap((text) => text ?? []),
    ...mountedFiles(configurationSources, namespace, spec, container).flatMap(({ text }) => text ?? []),
  ]);
}

const hostPattern = /(?<![a-zA-Z0-9_.-])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?![a-zA-Z0-9_-])(?!:\/\/)/g;

/** What may be a host, and whether it is a part of an address somewhere: in a URL, or before a port. */
type Hosts = ReadonlyMap<string, boolean>;

function hostsIn(text: string): Hosts {
  const hosts = new Map<string, boolean>();
  for (const { 0: host, index } of text.matchAll(hostPattern)) {
    const before = text.slice(Math.max(0, index - 2), index);
    const after = text.slice(index + host.length, index + host.length + 2);
    const isAddress = before === '//' || before.endsWith('@') || /^:\d/.test(after);
    hosts.set(host, isAddress || hosts.get(host) === true);
  }
  return hosts;
}

/** `name.namespace` of the Service that a host would be: `name`, `name.namespace` or `name.namespace.svc…`. */
function serviceName(host: string, namespace: string): string {
  const [name = '', second, third] = host.split('.');
  if (second === undefined) return `${name}.${namespace}`;
  return third === undefined || third === 'svc' ? `${name}.${second}` : '';
}
