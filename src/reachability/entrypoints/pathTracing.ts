import { describeObject, type ObjectRef } from '../../manifests/sourcedObject.ts';
import type { Evaluator } from '../evaluator.ts';
import type { Certainty, Control, Entry, Hop, Reach, Who } from '../model/analysis.ts';
import { type Backend, leads, localTraffic, type Service } from '../model/service.ts';
import { and, type Truth } from '../model/truth.ts';
import type { Party } from '../policies/network.ts';
import type { ResolvedBackends } from './destinations.ts';
import { isUnreadProxy, type ProxyPath, proxyPaths } from './gatedPaths.ts';

const strength: readonly Certainty[] = ['none', 'unknown', 'presence', 'program', 'verified'];

/** The strongest of controls that a request must all satisfy. */
export function strongest(controls: readonly Control[]): Certainty {
  const ranks = controls.map(({ certainty }) => strength.indexOf(certainty));
  return strength[Math.max(0, ...ranks)] ?? 'none';
}

/** A path that is not complete yet. */
export interface PartialPath {
  who: Who;
  from: string;
  hops: readonly Hop[];
  to: ObjectRef | undefined;
  verdict: Reach;
  problem?: string | undefined;
}

/** The entry of a complete path. */
export function entryOf({ who, from, hops, to, verdict, problem }: PartialPath): Entry {
  const controls = hops.flatMap((hop) => hop.controls);
  const demands = controls.filter(({ certainty }) => certainty !== 'none').map((control) => control.demands);
  const through = hops.map(({ at }) => at).join(' → ');
  const asked = demands.length === 0 ? 'nothing is demanded on the path' : `demanded: ${demands.join('; ')}`;
  const end = problem === undefined ? '' : `; ${problem}`;
  const verb = { allowed: 'reaches', blocked: 'does not reach', unknown: 'may reach' }[verdict];
  const target = to === undefined ? 'anything that is known' : describeObject(to);
  const by = through === target ? '' : ` by ${through}`;
  const sentence = `${from} ${verb} ${target}${by}; ${asked}${end}`;
  return { who, from, hops, gate: strongest(controls), demands, to, verdict, sentence };
}

/** The verdict and the problem of a path with an unknown or missing destination. */
export function verdictOf({ problem }: ResolvedBackends): { verdict: Reach; problem: string | undefined } {
  return { verdict: problem?.kind === 'missing' ? 'blocked' : 'unknown', problem: problem?.why };
}

/** Follows a connection to a workload and, if that is a proxy, to its destinations. */
export function tracePath(
  model: Evaluator,
  path: Omit<PartialPath, 'to'>,
  from: Party,
  entrance: Backend,
  service: Service | undefined,
): readonly Entry[] {
  const arrived = connect(model, path, from, entrance, service);
  const proxy = model.proxyOf(entrance.workload);
  const { ref } = entrance.workload;
  if (proxy?.refused !== undefined) {
    const problem = `${describeObject(ref)} does not start: ${proxy.refused}`;
    return [entryOf({ ...arrived, to: ref, verdict: 'blocked', problem })];
  }
  if (proxy === undefined) {
    const unread = isUnreadProxy(model, entrance.workload);
    const problem = unread
      ? `${describeObject(ref)} forwards requests by a configuration that is not read`
      : path.problem;
    return [entryOf({ ...arrived, to: ref, problem })];
  }
  const entries = proxyPaths(model, entrance).flatMap((path) => throughProxy(model, arrived, path));
  const unseen =
    proxy.unseen === undefined
      ? []
      : [entryOf({ ...arrived, to: ref, verdict: 'unknown', problem: proxy.unseen })];
  if (entries.length + unseen.length > 0) return [...entries, ...unseen];
  return [entryOf({ ...arrived, to: ref })];
}

function connect(
  model: Evaluator,
  path: Omit<PartialPath, 'to'>,
  from: Party,
  { workload, port, protocol, truth }: Backend,
  service: Service | undefined,
): Omit<PartialPath, 'to'> {
  const isOwnPod = service === undefined && 'workload' in from && from.workload === workload;
  const { verdict, because } = isOwnPod
    ? { verdict: 'allowed' as const, because: [] }
    : model.flow(from, { workload }, protocol, port);
  const led =
    service === undefined || !('workload' in from) ? 'yes' : leads(service, from.workload, workload);
  const certain =
    led === 'no' ? 'blocked' : and(truth, led) === 'yes' || verdict === 'blocked' ? verdict : 'unknown';
  const by = service === undefined ? [] : [serviceHop(service, led)];
  const hop = workloadHop({ workload, port, protocol }, because);
  return { ...path, hops: [...path.hops, ...by, hop], verdict: weaker(path.verdict, certain) };
}

/** The hop of a workload that a connection arrives at, with what lets it in. */
export function workloadHop(
  { workload, port, protocol }: Pick<Backend, 'workload' | 'port' | 'protocol'>,
  because: Hop['because'],
): Hop {
  return { at: describeObject(workload.ref), object: workload.ref, protocol, port, controls: [], because };
}

/** The hop of a Service, with the reason for which it may not forward. */
export function serviceHop({ ref }: Service, led: Truth): Hop {
  const because = led === 'yes' ? [] : [{ object: ref, rule: localTraffic }];
  return { at: describeObject(ref), object: ref, controls: [], because };
}

function weaker(a: Reach, b: Reach): Reach {
  if (a === 'blocked' || b === 'blocked') return 'blocked';
  return a === 'allowed' && b === 'allowed' ? 'allowed' : 'unknown';
}

function throughProxy(
  model: Evaluator,
  path: Omit<PartialPath, 'to'>,
  { proxy, route, destination: to }: ProxyPath,
): readonly Entry[] {
  const last = path.hops.at(-1);
  const because = [...(last?.because ?? []), { object: route.object, rule: route.name }];
  const gated =
    last === undefined
      ? path.hops
      : [...path.hops.slice(0, -1), { ...last, controls: route.controls, because }];
  const through = { ...path, hops: gated };
  if (to.problem !== undefined) {
    const found = verdictOf(to);
    return [entryOf({ ...through, to: undefined, ...found, verdict: weaker(path.verdict, found.verdict) })];
  }
  return to.backends.map((backend) => {
    const arrived = connect(model, through, { workload: proxy.workload }, backend, to.service);
    const problem = route.refuses;
    return entryOf({
      ...arrived,
      to: backend.workload.ref,
      verdict: problem === undefined ? arrived.verdict : 'blocked',
      problem,
    });
  });
}
