import { type Fields, numberAt, textAt } from '../../kubernetes/fields.ts';
import { describeObject } from '../../manifests/sourcedObject.ts';
import { type ResolvedBackends, resolve } from '../entrypoints/destinations.ts';
import { entryOf, type PartialPath, tracePath, verdictOf, workloadHop } from '../entrypoints/pathTracing.ts';
import { isOpenToAll } from '../entrypoints/potentialClients.ts';
import type { Evaluator } from '../evaluator.ts';
import { parseBlock } from '../model/addresses.ts';
import type { Assumptions, Entry, Hop } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Backend } from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import { unknownPod } from '../policies/network.ts';
import type { RouteControls } from './analysedRule.ts';
import { gatewayGroup, indexObjects, isGranted, type ObjectIndex } from './objectIndex.ts';
import { routeControls } from './routeControls.ts';

/** The entries of LAN, VPN and internet through Gateways: one for each rule and backend. */
export function gatewayEntries(model: Evaluator, assumptions: Assumptions): readonly Entry[] {
  const routes = routeControls(model.objects);
  if (routes.length === 0) return [];
  const index = indexObjects(model.objects);
  const outside = 'no object tells whether anything outside leads to the Gateway';
  const whos = [
    ...ranges('lan', 'LAN', assumptions.lan),
    ...ranges('vpn', 'VPN', assumptions.vpn),
    { who: 'internet' as const, from: 'internet', verdict: 'unknown' as const, problem: outside },
  ];
  return routes.flatMap((analysed) =>
    whos.flatMap(({ from, ...who }) =>
      routeEntries(model, index, analysed, { ...who, from: `${from}, ${analysed.hostnames.join(', ')}` }),
    ),
  );
}

function ranges<Who extends 'lan' | 'vpn'>(who: Who, name: string, blocks: readonly string[]) {
  return blocks
    .filter((block) => parseBlock(block) !== undefined)
    .map((block) => ({ who, from: `${name} ${block}`, verdict: 'allowed' as const, problem: undefined }));
}

function routeEntries(
  model: Evaluator,
  index: ObjectIndex,
  analysed: RouteControls,
  start: Pick<PartialPath, 'who' | 'from' | 'verdict' | 'problem'>,
): readonly Entry[] {
  const { route, gateway, listener, controls, rule, unknowns } = analysed;
  const listening: Hop = {
    at: `${describeObject(gateway)} (listener ${listener.name}, port ${listener.port})`,
    object: gateway,
    protocol: listener.protocol === 'UDP' ? 'UDP' : 'TCP',
    port: listener.port,
    controls: [],
    because: [],
  };
  const because = [{ object: route, rule: `rules[${rule.index}]` }];
  const ruled: Hop = { at: describeObject(route), object: route, controls, because };
  const verdict = unknowns.length > 0 ? ('unknown' as const) : start.verdict;
  const problems = [start.problem, ...unknowns].filter((each) => each !== undefined).join('; ');
  const problem = problems === '' ? undefined : problems;
  const path = { ...start, hops: [listening, ruled], verdict, problem };
  const rejected = controls.find(({ type }) => type === 'rejected500');
  if (rejected !== undefined && unknowns.length === 0)
    return [entryOf({ ...path, to: undefined, verdict: 'blocked', problem: rejected.demands })];
  return analysed.backendRefs.flatMap((ref) => {
    const to = resolveBackend(model, index, analysed, ref);
    if (to.problem !== undefined) {
      const found = verdictOf(to);
      return [entryOf({ ...path, to: undefined, ...found })];
    }
    return to.backends.flatMap((backend) => backendEntries(model, analysed, path, to, backend));
  });
}

function resolveBackend(
  model: Model,
  index: ObjectIndex,
  { route }: RouteControls,
  ref: Fields,
): ResolvedBackends {
  const own = route.namespace ?? 'default';
  const kind = textAt(ref, 'kind') ?? 'Service';
  const group = textAt(ref, 'group') ?? '';
  const namespace = textAt(ref, 'namespace') ?? own;
  const name = textAt(ref, 'name') ?? '';
  const failed = (how: 'missing' | 'unknown', why: string): ResolvedBackends => ({
    service: undefined,
    backends: [],
    problem: { kind: how, why },
  });
  if (
    !isGranted(
      index,
      { group: gatewayGroup, kind: route.kind, namespace: own },
      { group, kind, namespace, name },
    )
  )
    return failed(
      'missing',
      `no ReferenceGrant lets ${describeObject(route)} name ${kind} ${namespace}/${name}`,
    );
  if (kind !== 'Service' || group !== '')
    return failed('unknown', `what ${kind} ${namespace}/${name} leads to is not modelled`);
  const port = numberAt(ref, 'port');
  if (port === undefined) return failed('missing', `${describeObject(route)} names ${name} without a port`);
  return resolve(model, `${name}.${namespace}.svc`, port, namespace);
}

/** A controller creates Envoy's pods. They are known only if they are among the objects. */
function backendEntries(
  model: Evaluator,
  { gateway }: RouteControls,
  path: Omit<PartialPath, 'to'>,
  { service }: ResolvedBackends,
  backend: Backend,
): readonly Entry[] {
  const envoy = model.workloads.find((workload) => isProxyOf(workload, gateway));
  if (envoy !== undefined || isOpenToAll(model, backend.workload))
    return tracePath(model, path, { workload: envoy ?? unknownPod }, backend, service);
  const why = 'whether its policies admit Envoy’s pods, which are not among the objects, is not known';
  const problem = path.problem === undefined ? why : `${path.problem}; ${why}`;
  const { workload } = backend;
  const hop = workloadHop(backend, []);
  const verdict = path.verdict === 'blocked' ? 'blocked' : 'unknown';
  return [entryOf({ ...path, hops: [...path.hops, hop], to: workload.ref, verdict, problem })];
}

/** Envoy Gateway labels the pods of a Gateway with its name and namespace. */
function isProxyOf({ labels, provenance }: Workload, { name, namespace }: RouteControls['gateway']): boolean {
  return (
    provenance !== 'gateway' &&
    labels.known.get('gateway.envoyproxy.io/owning-gateway-name') === name &&
    labels.known.get('gateway.envoyproxy.io/owning-gateway-namespace') === namespace
  );
}
