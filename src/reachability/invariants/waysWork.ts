import { describeObject } from '../../manifests/sourcedObject.ts';
import type { ResolvedBackends } from '../entrypoints/destinations.ts';
import type { GatedPaths, TunnelPath } from '../entrypoints/gatedPaths.ts';
import { namesServiceOf } from '../entrypoints/potentialClients.ts';
import { type Served, servicePortsOf } from '../entrypoints/servedPorts.ts';
import { matchesItsHostname, shadowOf } from '../entrypoints/shadowedRules.ts';
import type { Evaluator } from '../evaluator.ts';
import type { FlowVerdict } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import {
  type Backend,
  backendsOf,
  leads,
  localTraffic,
  type Service,
  type ServicePath,
} from '../model/service.ts';
import type { Workload } from '../model/workload.ts';
import type { ProxyRoute, ProxyWorkload } from '../proxies/proxy.ts';
import { type Conclusion, conclude, hopOf, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

/** A misspelt label or a missing policy closes a path without opening another: nothing is exposed, and nothing works. */
export const waysWork = {
  id: 'ways-work',
  title: 'Intended paths work',
  promise:
    'Each rule of a tunnel gets requests, what a tunnel, a proxy or the configuration of a workload names exists, and the policies of both ends allow the connection',
  remedy: 'Fix the name, the port or the policy that blocks the path',
  brokenByPresence: false,
  prove: ({ model, gatedPaths }) => [
    ...gatedPaths.paths.map((path) => proveTunnelPath(model, path)),
    ...[...model.tunnels, ...model.proxies].flatMap(proveRefused),
    ...model.workloads.flatMap((target) => proveReferences(model, gatedPaths, target)),
  ],
} as const satisfies Invariant;

function proveTunnelPath(model: Evaluator, { tunnel, rule, destination, forwarded }: TunnelPath): Conclusion {
  const name = `${describeObject(tunnel.workload.ref)} ${rule.name}`;
  const evidence = [{ object: rule.object, rule: rule.name }];
  const steps = [
    { from: tunnel.workload, to: destination },
    ...forwarded
      .filter(({ route }) => route.refuses === undefined)
      .map(({ proxy, destination: to }) => ({ from: proxy.workload, to })),
  ];
  const objections = [
    ...ruleObjections(tunnel, rule, name),
    ...steps.flatMap(({ from, to }) => stepObjections(model, from, to, name)),
  ];
  const ends = [destination, ...forwarded.map(({ destination: to }) => to)].flatMap(({ backends }) =>
    backends.map(({ workload }) => describeObject(workload.ref)),
  );
  const sentence =
    ends.length === 0
      ? `${name} leads out of the cluster`
      : `${name} leads to ${[...new Set(ends)].join(' → ')}`;
  const conclusion = conclude(`What ${name} leads to can be reached`, objections, { sentence, evidence });
  return { ...conclusion, premises: tunnel.assumptions ?? [] };
}

/** A rule that gets no request, or refuses each. */
function ruleObjections(tunnel: ProxyWorkload, rule: ProxyRoute, name: string): readonly Objection[] {
  const own = [{ object: rule.object, rule: rule.name }];
  const refuses: readonly Objection[] =
    rule.refuses === undefined
      ? []
      : [{ certain: true, sentence: `${name}: ${rule.refuses}`, evidence: own }];
  const shadow = shadowOf(tunnel, rule);
  if (shadow !== undefined) {
    const certain = shadow.truth === 'yes';
    const { rule: earlier } = shadow;
    const sentence = certain
      ? `${name} never gets a request: ${earlier.name} matches the same requests, and the first rule that matches decides`
      : `${name} may never get a request: ${earlier.name} may match the same requests, and the first rule that matches decides`;
    const evidence = [{ object: earlier.object, rule: earlier.name }, ...own];
    const remedy = 'Give the rule another hostname, or move it up';
    return [...refuses, { certain, sentence, evidence, remedy }];
  }
  const matches = matchesItsHostname(rule);
  if (matches === 'yes') return refuses;
  const certain = matches === 'no';
  const sentence = `${name} ${certain ? 'never gets' : 'may never get'} a request: ${rule.hostname ?? ''} is compared as it is written, and requests name hosts in lower case and ASCII`;
  const remedy =
    'Write the hostname as DNS has it, in lower case, with a wildcard only as *. at its beginning';
  return [...refuses, { certain, sentence, evidence: own, remedy }];
}

/** A program that does not start with its configuration. */
function proveRefused({ workload, object, refused }: ProxyWorkload): readonly Conclusion[] {
  if (refused === undefined) return [];
  const name = describeObject(workload.ref);
  const sentence = `${name} does not start with its configuration: ${refused}`;
  const objection = {
    certain: true,
    sentence,
    evidence: [{ object, rule: refused }],
    remedy: 'Correct what the program refuses',
  };
  return [conclude(`What ${name} leads to can be reached`, [objection], { sentence: '', evidence: [] })];
}

function stepObjections(
  model: Evaluator,
  from: Workload,
  to: ResolvedBackends,
  name: string,
): readonly Objection[] {
  if (to.problem?.kind === 'missing' || to.problem?.kind === 'unknown') {
    return [{ certain: to.problem.kind === 'missing', sentence: `${name}: ${to.problem.why}`, evidence: [] }];
  }
  return eligibleBackends(from, to.service, to.backends).flatMap(({ workload, protocol, port }) =>
    closedPathObjections(
      from,
      workload,
      port,
      flowThrough(model, from, to.service, workload, { protocol, port }),
    ),
  );
}

/** The backends that a client may be led to: those of other nodes are not among them where one is on its own. */
function eligibleBackends(
  from: Workload,
  service: Service | undefined,
  backends: readonly Backend[],
): readonly Backend[] {
  const near = backends.filter(
    ({ workload }) => service === undefined || leads(service, from, workload) !== 'no',
  );
  return near.length > 0 ? near : backends;
}

function isEligible(model: Model, client: Workload, { service, servicePort, port }: ServicePath): boolean {
  const backends = backendsOf(model.inNamespace(service.namespace), service, servicePort);
  return eligibleBackends(client, service, backends).some(({ workload }) => workload === port.workload);
}

/** What becomes of a connection by a Service, which may lead to pods of the client's node only. */
function flowThrough(
  model: Evaluator,
  from: Workload,
  service: Service | undefined,
  to: Workload,
  { protocol, port }: Served,
): FlowVerdict {
  // What a pod sends to itself never leaves it.
  if (service === undefined && from === to)
    return { verdict: 'allowed', ingress: 'allowed', egress: 'allowed', because: [] };
  const found = model.flow({ workload: from }, { workload: to }, protocol, port);
  const led = service === undefined ? 'yes' : leads(service, from, to);
  if (service === undefined || led === 'yes' || found.verdict === 'blocked') return found;
  const because = [{ object: service.ref, rule: localTraffic }, ...found.because];
  return { ...found, verdict: led === 'no' ? 'blocked' : 'unknown', because };
}

function closedPathObjections(
  from: Workload,
  to: Workload,
  port: number,
  { verdict, because }: FlowVerdict,
): readonly Objection[] {
  if (verdict === 'allowed') return [];
  const certain = verdict === 'blocked';
  const sentence = `${describeObject(from.ref)} ${certain ? 'does' : 'may'} not reach ${describeObject(to.ref)} on port ${port}`;
  return [
    {
      certain,
      sentence,
      evidence: because,
      path: [hopOf(from.ref, []), hopOf(to.ref, because, port)],
    },
  ];
}

/** Workloads whose configuration names a Service reach one of its ports; those on the path of a tunnel are checked with it. */
function proveReferences(model: Evaluator, gatedPaths: GatedPaths, target: Workload): readonly Conclusion[] {
  const isJudged = (client: Workload): boolean =>
    client === target ||
    gatedPaths.proxies.get(target)?.has(client) === true ||
    gatedPaths.backends.get(target)?.has(client) === true;
  const paths = servicePortsOf(model, target);
  const asked =
    paths.length === 0
      ? []
      : model.workloads.filter((client) => !isJudged(client) && namesServiceOf(model, client, target));
  const clients = asked.flatMap((client) => {
    const own = paths.filter((path) => isEligible(model, client, path));
    return own.length === 0 ? [] : [{ client, own }];
  });
  if (clients.length === 0) return [];
  const objections = clients.flatMap(({ client, own }) => {
    const flows = own.map(({ service, port }) => ({
      port: port.port,
      found: flowThrough(model, client, service, target, port),
    }));
    const best =
      flows.find(({ found }) => found.verdict === 'allowed') ??
      flows.find(({ found }) => found.verdict === 'unknown') ??
      flows[0];
    return best === undefined ? [] : closedPathObjections(client, target, best.port, best.found);
  });
  const names = clients.map(({ client }) => describeObject(client.ref)).join(', ');
  const sentence = `${names} may connect to ${describeObject(target.ref)}`;
  return [
    conclude(`Clients of ${describeObject(target.ref)} can connect to it`, objections, {
      sentence,
      evidence: [],
    }),
  ];
}
