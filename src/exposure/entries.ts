import { parseBlock } from './addresses.ts';
import { reachersOf } from './clients.ts';
import { mapsAt, textAt } from './fields.ts';
import type {
  Assumptions,
  Because,
  Certainty,
  Control,
  Entry,
  Hop,
  ObjectRef,
  Reach,
  Who,
} from './judgement.ts';
import type { Model } from './model.ts';
import { flow, type Party } from './network.ts';
import type { Opening } from './openings.ts';
import type { Backend, Service } from './service.ts';
import {
  describe,
  findGates,
  type Gates,
  isKind,
  isUnreadProxy,
  type ProxyWay,
  proxyWays,
  type Resolved,
  type TunnelWay,
} from './ways.ts';
import { refOf, type Workload } from './workload.ts';

/** The access map: every way in, what each station demands, and where it ends. */
export function findEntries(model: Model, assumptions: Assumptions): readonly Entry[] {
  const gates = findGates(model);
  return [
    ...gates.ways.flatMap((way) => tunnelEntries(model, way)),
    ...model.tunnels.flatMap(unseenTunnel),
    ...ingressEntries(model),
    ...model.openings.flatMap((opening) => openingEntries(model, opening, assumptions)),
    ...clusterEntries(model, gates),
  ];
}

const strength: readonly Certainty[] = ['none', 'unknown', 'presence', 'program', 'verified'];

/** The strongest of controls that must all be passed. */
export function strongest(controls: readonly Control[]): Certainty {
  const ranks = controls.map(({ certainty }) => strength.indexOf(certainty));
  return strength[Math.max(0, ...ranks)] ?? 'none';
}

interface Draft {
  who: Who;
  from: string;
  hops: readonly Hop[];
  to: ObjectRef | undefined;
  verdict: Reach;
  problem?: string | undefined;
}

function finish({ who, from, hops, to, verdict, problem }: Draft): Entry {
  const controls = hops.flatMap((hop) => hop.controls);
  const demands = controls.filter(({ certainty }) => certainty !== 'none').map((control) => control.demands);
  const through = hops.map(({ at }) => at).join(' → ');
  const asked = demands.length === 0 ? 'nothing is demanded on the way' : `demanded: ${demands.join('; ')}`;
  const end = problem === undefined ? '' : `; ${problem}`;
  const verb = { allowed: 'reaches', blocked: 'does not reach', unknown: 'may reach' }[verdict];
  const target = to === undefined ? 'anything that is known' : describe(to);
  const by = through === target ? '' : ` by ${through}`;
  const sentence = `${from} ${verb} ${target}${by}; ${asked}${end}`;
  return { who, from, hops, gate: strongest(controls), demands, to, verdict, sentence };
}

/** One entry for each workload that a tunnel's rule ends at. */
function tunnelEntries(model: Model, way: TunnelWay): readonly Entry[] {
  const { tunnel, rule, first } = way;
  const host = `${rule.hostname ?? 'every hostname'}${rule.path === undefined ? '' : ` (path ${rule.path})`}`;
  const because: Because[] = [{ object: rule.object, rule: rule.name }];
  const start: Hop = {
    at: describe(tunnel.workload.ref),
    object: tunnel.workload.ref,
    controls: rule.access === undefined ? [] : [rule.access],
    because,
  };
  const draft = { who: 'internet' as const, from: `internet, ${host}` };
  if (first.problem !== undefined)
    return [finish({ ...draft, hops: [start], to: undefined, ...verdictOf(first) })];
  return first.backends.flatMap((entrance) => {
    const from = { workload: tunnel.workload };
    return continued(model, { ...draft, hops: [start], verdict: 'allowed' }, from, entrance, first.service);
  });
}

function verdictOf({ problem }: Resolved): { verdict: Reach; problem: string | undefined } {
  return { verdict: problem?.kind === 'missing' ? 'blocked' : 'unknown', problem: problem?.why };
}

/** Follows a connection to a workload and, where that is a proxy, to what it hands on to. */
function continued(
  model: Model,
  draft: Omit<Draft, 'to'>,
  from: Party,
  entrance: Backend,
  service: Service | undefined,
): readonly Entry[] {
  const arrived = arrive(model, draft, from, entrance, service);
  const proxy = model.proxyOf(entrance.workload);
  const { ref } = entrance.workload;
  if (proxy === undefined) {
    const unread = isUnreadProxy(model, entrance.workload);
    const problem = unread
      ? `${describe(ref)} hands requests on by a configuration that is not read`
      : undefined;
    return [finish({ ...arrived, to: ref, problem })];
  }
  const entries = proxyWays(model, entrance).flatMap((way) => handedOn(model, arrived, way));
  const unseen =
    proxy.unseen === undefined
      ? []
      : [finish({ ...arrived, to: ref, verdict: 'unknown', problem: proxy.unseen })];
  if (entries.length + unseen.length > 0) return [...entries, ...unseen];
  return [finish({ ...arrived, to: ref })];
}

function arrive(
  model: Model,
  draft: Omit<Draft, 'to'>,
  from: Party,
  { workload, port, protocol, truth }: Backend,
  service: Service | undefined,
): Omit<Draft, 'to'> {
  const { verdict, because } = flow(model.network, from, { workload }, protocol, port);
  const certain = truth === 'yes' || verdict === 'blocked' ? verdict : 'unknown';
  const by: Hop[] =
    service === undefined
      ? []
      : [{ at: describe(service.ref), object: service.ref, controls: [], because: [] }];
  const hop: Hop = {
    at: describe(workload.ref),
    object: workload.ref,
    protocol,
    port,
    controls: [],
    because,
  };
  return { ...draft, hops: [...draft.hops, ...by, hop], verdict: weaker(draft.verdict, certain) };
}

function weaker(a: Reach, b: Reach): Reach {
  if (a === 'blocked' || b === 'blocked') return 'blocked';
  return a === 'allowed' && b === 'allowed' ? 'allowed' : 'unknown';
}

function handedOn(model: Model, draft: Omit<Draft, 'to'>, { proxy, route, to }: ProxyWay): readonly Entry[] {
  const last = draft.hops.at(-1);
  const because = [...(last?.because ?? []), { object: route.object, rule: route.name }];
  const gated =
    last === undefined
      ? draft.hops
      : [...draft.hops.slice(0, -1), { ...last, controls: route.controls, because }];
  const through = { ...draft, hops: gated };
  if (to.problem !== undefined) {
    const found = verdictOf(to);
    return [finish({ ...through, to: undefined, ...found, verdict: weaker(draft.verdict, found.verdict) })];
  }
  return to.backends.map((backend) => {
    const arrived = arrive(model, through, { workload: proxy.workload }, backend, to.service);
    return finish({ ...arrived, to: backend.workload.ref });
  });
}

function unseenTunnel({ workload, unseen }: Model['tunnels'][number]): readonly Entry[] {
  if (unseen === undefined) return [];
  const hop = { at: describe(workload.ref), object: workload.ref, controls: [], because: [] };
  return [
    finish({
      who: 'internet',
      from: 'internet',
      hops: [hop],
      to: undefined,
      verdict: 'unknown',
      problem: unseen,
    }),
  ];
}

/** Ingress objects: which controller serves them, for whom and on what terms, no object tells. */
function ingressEntries(model: Model): readonly Entry[] {
  return model.objects
    .filter((source) => isKind(source, 'networking.k8s.io', 'Ingress'))
    .flatMap((source) => {
      const ref = refOf(source);
      const hop = { at: describe(ref), object: ref, controls: [], because: [] };
      const hosts = mapsAt(source.object, 'spec', 'rules').map(
        (rule) => textAt(rule, 'host') ?? 'every hostname',
      );
      const problem = 'which controller serves it, and what that demands, is not modelled';
      const from = `internet, ${hosts.length === 0 ? 'every hostname' : hosts.join(', ')}`;
      return [finish({ who: 'internet', from, hops: [hop], to: undefined, verdict: 'unknown', problem })];
    });
}

/** What LAN and VPN reach by a port of the nodes or an address of a Service. */
function openingEntries(model: Model, opening: Opening, assumptions: Assumptions): readonly Entry[] {
  const ranges = [
    ...assumptions.lan.map((range) => ({ who: 'lan' as const, range })),
    ...assumptions.vpn.map((range) => ({ who: 'vpn' as const, range })),
  ];
  return ranges.flatMap(({ who, range }) => {
    const set = parseBlock(range);
    if (set === undefined) return [];
    const port = opening.port === undefined ? 'a port' : `port ${opening.port}`;
    const hop: Hop = {
      at: `${describe(opening.object)} (${opening.kind}, ${port})`,
      object: opening.object,
      protocol: opening.protocol,
      ...(opening.port === undefined ? {} : { port: opening.port }),
      controls: [],
      because: [],
    };
    const draft = {
      who,
      from: `${who === 'lan' ? 'LAN' : 'VPN'} ${range}`,
      hops: [hop],
      verdict: 'allowed' as const,
    };
    return opening.backends.flatMap((backend) => {
      const entries = continued(model, draft, { addresses: set }, backend, undefined);
      return opening.keepsSource ? entries : entries.map(rewritten);
    });
  });
}

/** The policy may see a node's address instead, so that what blocks by address may let through and the reverse. */
function rewritten(entry: Entry): Entry {
  if (entry.verdict === 'unknown') return entry;
  const why = 'externalTrafficPolicy Cluster may put a node’s address in the place of the client’s';
  return {
    ...entry,
    verdict: 'unknown',
    sentence: `${entry.sentence.replace(/ (?:reaches|does not reach) /, ' may reach ')}; ${why}`,
  };
}

/** Who inside the cluster reaches what stands behind a gate, and what has no way in from outside. */
function clusterEntries(model: Model, gates: Gates): readonly Entry[] {
  return model.workloads
    .filter(({ standing }) => standing !== 'unseen')
    .flatMap((target) => {
      return reachersOf(model, target).map(({ workload, reach, served, because }) => {
        const hop = { at: describe(target.ref), object: target.ref, ...served, controls: [], because };
        const from = gates.proxies.has(workload)
          ? `origin proxy ${describe(workload.ref)}`
          : nameOf(workload);
        return finish({ who: 'cluster', from, hops: [hop], to: target.ref, verdict: reach });
      });
    });
}

export function nameOf(workload: Workload): string {
  return workload.index < 0 ? workload.name : describe(workload.ref);
}
