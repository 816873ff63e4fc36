import type { Attachment } from './attachments.ts';
import { envoyOf } from './envoy.ts';
import type { Listener } from './listeners.ts';
import type { ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/**
 * Why each Envoy rejects its routes: listeners without TLS on one port share one route table, and a hostname must not
 * be in it twice. Envoy Gateway assigns a hostname to the listener with exactly this hostname. A hostname that two
 * wider listeners accept (`*.example.org` and one without a hostname) is in the table twice.
 *
 * Every route update that arrives with the rejected table may be lost, also for other ports (seen with Envoy Gateway
 * 1.9.1 and Envoy 1.39.1). The status of every object still says that it is accepted.
 */
export function duplicateHostnames(
  index: ObjectIndex,
  attachments: readonly Attachment[],
): ReadonlyMap<string, readonly string[]> {
  /** By Envoy and port, then by hostname: the listeners that serve it, with a route each. */
  const tables = new Map<string, Map<string, Map<Listener, Attachment>>>();
  const reasons = new Map<string, string[]>();
  for (const attachment of attachments) {
    const { listener, hostnames } = attachment;
    if (listener.protocol !== 'HTTP') continue;
    const envoy = envoyOf(index, listener.gateway);
    const table = emptyAt(tables, `${envoy}, port ${containerPort(listener)}`);
    for (const hostname of hostnames) {
      const served = emptyAt(table, hostname);
      if (served.has(listener)) continue;
      const other = [...served.values()].find((each) => !excludeEachOther(each.listener, listener));
      served.set(listener, attachment);
      if (other !== undefined)
        reasons.set(envoy, [...(reasons.get(envoy) ?? []), sentence(hostname, other, attachment)]);
    }
  }
  return reasons;
}

function emptyAt<Key, Value>(maps: Map<string, Map<Key, Value>>, key: string): Map<Key, Value> {
  const found = maps.get(key) ?? new Map<Key, Value>();
  maps.set(key, found);
  return found;
}

/** For two Gateways that share an Envoy: the listener of the younger one is rejected. */
function excludeEachOther(a: Listener, b: Listener): boolean {
  return a.port === b.port && a.hostname === b.hostname;
}

/** Envoy runs without privileges: a port below 1024 becomes one above 10000 in its pod, which may be taken. */
function containerPort({ port }: Listener): number {
  return port < 1024 ? port + 10_000 : port;
}

function sentence(hostname: string, a: Attachment, b: Attachment): string {
  const names = [a, b].map(({ listener }) => `${listener.name} of ${namesOf([listener.owner])}`);
  const may = [a, b].some(({ truth }) => truth === 'maybe') ? 'may come' : 'comes';
  return `hostname ${hostname} ${may} to port ${b.listener.port} by listeners ${names.join(' and ')}; Envoy refuses their routes, and keeps what it had`;
}
