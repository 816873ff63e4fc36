import { environmentOf, mountedFiles, type Stores } from './configuration.ts';
import type { Service } from './service.ts';
import { containersOf, type Workload, wordsOf } from './workload.ts';

/**
 * The Services that each workload names in its environment, its arguments or its mounted files: as a whole host
 * name, not as a part of a longer one, and not as the scheme of a URL.
 */
export function readMentions(
  workloads: readonly Workload[],
  services: readonly Service[],
  stores: Stores,
): ReadonlyMap<Workload, ReadonlySet<Service>> {
  const byName = new Map(services.map((service) => [`${service.name}.${service.namespace}`, service]));
  const read = new Map<string, ReadonlySet<string>>();
  return new Map(
    workloads.map((workload) => {
      const named = new Set<Service>();
      for (const text of textsOf(stores, workload)) {
        let hosts = read.get(text);
        if (hosts === undefined) {
          hosts = hostsIn(text);
          read.set(text, hosts);
        }
        for (const host of hosts) {
          const service = byName.get(serviceName(host, workload.namespace));
          if (service !== undefined) named.add(service);
        }
      }
      return [workload, named];
    }),
  );
}

function textsOf(stores: Stores, { namespace, spec }: Workload): readonly string[] {
  return containersOf(spec).flatMap((container) => [
    ...wordsOf(container),
    ...[...environmentOf(stores, namespace, container).values()].flatMap((text) => text ?? []),
    ...mountedFiles(stores, namespace, spec, container).flatMap(({ text }) => text ?? []),
  ]);
}

const hostPattern = /(?<![a-zA-Z0-9_.-])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?![a-zA-Z0-9_-])(?!:\/\/)/g;

function hostsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(hostPattern) ?? []);
}

/** `name.namespace` of the Service that a host would be: `name`, `name.namespace` or `name.namespace.svc…`. */
function serviceName(host: string, namespace: string): string {
  const [name = '', second, third] = host.split('.');
  if (second === undefined) return `${name}.${namespace}`;
  return third === undefined || third === 'svc' ? `${name}.${second}` : '';
}
