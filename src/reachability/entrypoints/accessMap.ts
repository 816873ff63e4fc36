import { defined } from '../../kubernetes/defined.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import { describeObject, refOf } from '../../manifests/sourcedObject.ts';
import type { Evaluator } from '../evaluator.ts';
import { gatewayEntries } from '../gateways/gatewayEntries.ts';
import { leadsIn } from '../kinds/registry.ts';
import { type AddressSet, everyAddress, isSubset, parseBlock } from '../model/addresses.ts';
import type { Assumptions, Entry, Evidence, Hop, Reach } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Backend } from '../model/service.ts';
import type { Truth } from '../model/truth.ts';
import { mayHave } from '../model/unmodelled.ts';
import { isClientOnly, type Workload } from '../model/workload.ts';
import type { ExposedPort } from './exposedPorts.ts';
import { findGatedPaths, type GatedPaths, type TunnelPath } from './gatedPaths.ts';
import { internetSources, isServedIn } from './internetSources.ts';
import { entryOf, type PartialPath, tracePath, verdictOf } from './pathTracing.ts';

/** The access map: every path with its hops, their demands and its destination. */
export function findEntries(model: Evaluator, assumptions: Assumptions): readonly Entry[] {
  const gatedPaths = findGatedPaths(model);
  return [...outsideEntries(model, gatedPaths, assumptions), ...clusterEntries(model, gatedPaths)];
}

/** The paths that start outside the cluster. */
export function outsideEntries(
  model: Evaluator,
  gatedPaths: GatedPaths,
  assumptions: Assumptions,
): readonly Entry[] {
  return [
    ...gatedPaths.paths.flatMap((path) => tunnelEntries(model, path)),
    ...gatedPaths.possible.flatMap((path) => tunnelEntries(model, path, 'unknown')),
    ...model.tunnels.flatMap(unseenTunnel),
    ...ingressEntries(model),
    ...unreadEntries(model),
    ...gatewayEntries(model, assumptions),
    ...model.exposedPorts.flatMap((exposedPort) => exposedPortEntries(model, exposedPort, assumptions)),
  ];
}

/** One entry for each workload at the end of a tunnel's rule. */
function tunnelEntries(
  model: Evaluator,
  { tunnel, rule, destination }: TunnelPath,
  known: Reach = 'allowed',
): readonly Entry[] {
  const host = `${rule.hostname ?? 'every hostname'}${rule.path === undefined ? '' : ` (path ${rule.path})`}`;
  const because: Evidence[] = [{ object: rule.object, rule: rule.name }];
  const hop: Hop = {
    at: describeObject(tunnel.workload.ref),
    object: tunnel.workload.ref,
    controls: rule.controls,
    because,
  };
  const start = { who: 'internet' as const, from: `internet, ${host}` };
  if (destination.problem !== undefined)
    return [entryOf({ ...start, hops: [hop], to: undefined, ...verdictOf(destination) })];
  const verdict = rule.refuses === undefined ? known : 'blocked';
  return destination.backends.flatMap((entrance) => {
    const from = { workload: tunnel.workload };
    return tracePath(
      model,
      { ...start, hops: [hop], verdict, problem: rule.refuses },
      from,
      entrance,
      destination.service,
    );
  });
}

function unseenTunnel({ workload, unseen, refused }: Model['tunnels'][number]): readonly Entry[] {
  const problem = refused === undefined ? unseen : `it does not start: ${refused}`;
  if (problem === undefined) return [];
  const hop = { at: describeObject(workload.ref), object: workload.ref, controls: [], because: [] };
  const verdict = refused === undefined ? 'unknown' : 'blocked';
  return [entryOf({ who: 'internet', from: 'internet', hops: [hop], to: undefined, verdict, problem })];
}

/**
 * Ingresses and what other controllers have instead. No object tells which controller serves them, for which clients and
 * with which controls.
 */
function ingressEntries(model: Model): readonly Entry[] {
  return model.objects
    .filter(({ object }) => leadsIn(object))
    .flatMap((source) => {
      const ref = refOf(source);
      const hop = { at: describeObject(ref), object: ref, controls: [], because: [] };
      const hosts = mapsAt(source.object, 'spec', 'rules').map(
        (rule) => textAt(rule, 'host') ?? 'every hostname',
      );
      const problem = 'which controller serves it, and what that demands, is not modelled';
      const from = `internet, ${hosts.length === 0 ? 'every hostname' : hosts.join(', ')}`;
      return [entryOf({ who: 'internet', from, hops: [hop], to: undefined, verdict: 'unknown', problem })];
    });
}

/** One entry for each kind that is not read and may lead in. A chart that is not rendered is an unknown of its own. */
function unreadEntries({ unmodelled }: Model): readonly Entry[] {
  const families = new Map(
    unmodelled
      .filter((each) => each.family !== undefined && mayHave(each, ['routes']))
      .toReversed()
      .map((each) => [each.family, each] as const),
  );
  return [...families.values()].toReversed().map(({ object, sentence }) => {
    const hop = { at: describeObject(object), object, controls: [], because: [] };
    return entryOf({
      who: 'internet',
      from: 'internet',
      hops: [hop],
      to: undefined,
      verdict: 'unknown',
      problem: sentence,
    });
  });
}

/** Addresses from which an exposed port may be reached. */
interface Origin {
  who: 'internet' | 'lan' | 'vpn';
  from: string;
  set: AddressSet;
  /** Whether the port is served there at all. */
  served: Truth;
}

/** The paths through a node port or an address of a Service: of LAN and VPN, and of the internet where nodes are on it. */
function exposedPortEntries(
  model: Evaluator,
  exposedPort: ExposedPort,
  assumptions: Assumptions,
): readonly Entry[] {
  const homes = (['lan', 'vpn'] as const).flatMap((who) =>
    assumptions[who].flatMap((range): readonly Origin[] => {
      const set = parseBlock(range);
      const from = `${who === 'lan' ? 'LAN' : 'VPN'} ${range}`;
      return set === undefined ? [] : [{ who, from, set, served: 'yes' }];
    }),
  );
  return [
    ...internetEntries(model, exposedPort, assumptions),
    ...homes.flatMap((origin) => entriesFrom(model, exposedPort, origin)),
  ];
}

/** The paths from the internet through an exposed port of nodes that have addresses there. */
export function internetEntries(
  model: Evaluator,
  exposedPort: ExposedPort,
  assumptions: Assumptions,
): readonly Entry[] {
  return internetSources(model, assumptions).flatMap(({ family, set }) => {
    const served = isServedIn(exposedPort, family, assumptions);
    if (served === 'no') return [];
    return entriesFrom(model, exposedPort, { who: 'internet', from: `internet, IPv${family}`, set, served });
  });
}

function entriesFrom(
  model: Evaluator,
  exposedPort: ExposedPort,
  { who, from, set, served }: Origin,
): readonly Entry[] {
  const port = exposedPort.port === undefined ? 'a port' : `port ${exposedPort.port}`;
  const hop: Hop = defined({
    at: `${describeObject(exposedPort.object)} (${exposedPort.kind}, ${port})`,
    object: exposedPort.object,
    protocol: exposedPort.protocol,
    port: exposedPort.port,
    controls: [],
    because: [],
  });
  const path = { who, from, hops: [hop], verdict: 'allowed' as const };
  if (exposedPort.kind === 'hostNetwork' && exposedPort.port === undefined)
    return [undeclaredPorts(path, exposedPort)];
  const kept = exposedPort.sources === undefined || isSubset(set, exposedPort.sources);
  return exposedPort.backends.flatMap((backend) => {
    const entries = tracePath(model, path, { addresses: set }, backend, undefined);
    const seen = exposedPort.keepsSource
      ? entries
      : entries.map((entry) => withRewrittenSource(model, entry, backend));
    const admitted = kept ? seen : seen.map(outsideSourceRanges);
    return served === 'yes' ? admitted : admitted.map(notServedForCertain);
  });
}

/** Whether a port is served in the family of addresses depends on the cluster. */
function notServedForCertain(entry: Entry): Entry {
  if (entry.verdict === 'blocked') return entry;
  return uncertain(entry, 'whether it has an address there, no object tells');
}

/** A pod on the network of its node listens where its program says. Its ports need not be declared. */
function undeclaredPorts(path: Pick<PartialPath, 'who' | 'from' | 'hops'>, { object }: ExposedPort): Entry {
  const problem = 'it is on the network of its node, and declares no port';
  return entryOf({ ...path, to: object, verdict: 'unknown', problem });
}

/**
 * The policy may see the address of a node instead, so a rule by address may wrongly allow or block. This makes no
 * difference if it allows every address.
 */
function withRewrittenSource(model: Evaluator, entry: Entry, { workload, protocol, port }: Backend): Entry {
  const anybody = model.flow({ addresses: everyAddress }, { workload }, protocol, port);
  if (anybody.verdict === 'allowed') return entry;
  return uncertain(entry, 'externalTrafficPolicy Cluster may replace the client’s address with a node’s');
}

/**
 * kube-proxy enforces the source ranges only at the address of a load balancer, not at node ports. Some load balancers
 * forward connections to a node port, and some ignore source ranges.
 */
function outsideSourceRanges(entry: Entry): Entry {
  if (entry.verdict === 'blocked') return entry;
  return uncertain(entry, 'loadBalancerSourceRanges excludes it, which not every load balancer enforces');
}

function uncertain(entry: Entry, why: string): Entry {
  if (entry.verdict === 'unknown') return { ...entry, sentence: `${entry.sentence}; ${why}` };
  return {
    ...entry,
    verdict: 'unknown',
    sentence: `${entry.sentence.replace(/ (?:reaches|does not reach) /, ' may reach ')}; ${why}`,
  };
}

/** The paths from one workload of the cluster to another. */
function clusterEntries(model: Evaluator, gatedPaths: GatedPaths): readonly Entry[] {
  return model.workloads
    .filter((workload) => !isClientOnly(workload))
    .flatMap((target) => {
      return model.potentialClientsOf(target).map(({ workload, reach, served, because }) => {
        const hop = { at: describeObject(target.ref), object: target.ref, ...served, controls: [], because };
        const from = gatedPaths.proxies.has(workload)
          ? `origin proxy ${describeObject(workload.ref)}`
          : nameOf(workload);
        return entryOf({ who: 'cluster', from, hops: [hop], to: target.ref, verdict: reach });
      });
    });
}

export function nameOf(workload: Workload): string {
  return workload.index < 0 ? workload.name : describeObject(workload.ref);
}
