import { describe } from '../../manifests/sourcedObject.ts';
import { portsOfApiServer } from '../entrypoints/apiServer.ts';
import {
  clientsNaming,
  type Excess,
  excessAddresses,
  isDataStore,
  isNamedByPolicies,
  namesItsClients,
  namesServiceOf,
  type Reacher,
  reachersOf,
  reachersOn,
} from '../entrypoints/clients.ts';
import { nameOf } from '../entrypoints/entries.ts';
import { type Gates, type Served, servedPorts } from '../entrypoints/paths.ts';
import { type AddressSet, exampleOf, noAddress, parseBlocks, union } from '../model/addresses.ts';
import type { Assumptions, Because, Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { isolating } from '../policies/network.ts';
import { conclude, type Objection, stationOf } from './proof.ts';

/** Who may reach what stands behind a gate, the gate itself, and what has no way in of its own. */
export function proveClients(model: Model, gates: Gates, assumptions: Assumptions): readonly Proof[] {
  const home = union(parseBlocks(assumptions.lan).set, parseBlocks(assumptions.vpn).set);
  const internal = model.workloads.filter(
    (workload) =>
      workload.standing !== 'unseen' &&
      servedPorts(model, workload).length > 0 &&
      (isDataStore(model, workload) || !(gates.proxies.has(workload) || gates.backends.has(workload))),
  );
  const askedOf = portsOfApiServer(model);
  return [
    ...[...gates.backends].map(([backend, allowed]) => proveBackend(model, backend, allowed, home)),
    ...[...gates.proxies].map(([proxy, tunnels]) => proveProxyClients(model, proxy, tunnels)),
    ...internal.map((workload) => proveInternal(model, workload, askedOf(workload))),
  ];
}

function proveBackend(
  model: Model,
  backend: Workload,
  allowed: ReadonlySet<Workload>,
  home: AddressSet,
): Proof {
  const name = describe(backend.ref);
  const before = [...allowed].map(({ ref }) => describe(ref)).join(', ');
  const programs: Workload[] = [];
  const objections = reachersOf(model, backend).flatMap((reacher) => {
    if (allowed.has(reacher.workload)) return [];
    if (!isSealedJob(model, reacher.workload, backend)) return [reachObjection(backend, reacher)];
    // That nothing reaches the Job rests on policies, which nothing may enforce.
    if (!model.network.enforced) return [{ ...reachObjection(backend, reacher), certain: false }];
    programs.push(reacher.workload);
    return [];
  });
  const excess = excessAddresses(model, backend, home).map((found) =>
    addressObjection(model, backend, found),
  );
  const claim = `Nothing but ${before} and the LAN and VPN ranges reaches ${name}`;
  const besides =
    programs.length === 0
      ? ''
      : `, besides ${programs.map(({ ref }) => describe(ref)).join(', ')}, which nothing reaches`;
  return conclude('backend-clients', claim, [...objections, ...excess, ...rewrittenSources(model, backend)], {
    sentence: `The policies of ${name} admit ${before} and the named ranges only${besides}`,
    evidence: isolatedBy(model, backend),
  });
}

/** A Job that asks the backend by name and that nothing can reach is no way around the gate. */
function isSealedJob(model: Model, job: Workload, backend: Workload): boolean {
  if (!['Job', 'CronJob'].includes(job.ref.kind) || job.namespace !== backend.namespace || job.hostNetwork)
    return false;
  const sealed = (model.network.selected.get(job.index) ?? []).some(
    ({ policy, truth }) => truth === 'yes' && policy.ingress?.isolates === true,
  );
  const open = (model.network.selected.get(job.index) ?? []).some(
    ({ policy }) => (policy.ingress?.rules ?? []).length > 0,
  );
  return sealed && !open && namesServiceOf(model, job, backend);
}

function proveProxyClients(model: Model, proxy: Workload, tunnels: ReadonlySet<Workload>): Proof {
  const name = describe(proxy.ref);
  const before = [...tunnels].map(({ ref }) => describe(ref)).join(', ');
  const answering = model.proxyOf(proxy)?.answering ?? [];
  const isNamedOnly = (served: Served) =>
    served.protocol === 'TCP' && answering.includes(served.port) && namesItsClients(model, proxy, served);
  const ports = servedPorts(model, proxy);
  const named = ports.filter(isNamedOnly);
  const others = ports.filter((served) => !named.includes(served));
  const objections = reachersOn(model, proxy, others)
    .filter(({ workload }) => !tunnels.has(workload))
    .map((reacher) => reachObjection(proxy, reacher));
  const besides =
    named.length === 0
      ? ''
      : `, besides pods that they name on TCP ${named.map(({ port }) => port).join(', ')}, where it hands nothing on`;
  const excess = excessAddresses(model, proxy, noAddress).map((found) =>
    addressObjection(model, proxy, found),
  );
  return conclude(
    'proxy-clients',
    `Nothing but ${before} reaches ${name}`,
    [...objections, ...excess, ...rewrittenSources(model, proxy)],
    {
      sentence: `The policies of ${name} admit ${before} only${besides}`,
      evidence: isolatedBy(model, proxy),
    },
  );
}

/**
 * A workload without a way in of its own is reached by its declared clients only. Of one that is no data store, these
 * are also pods of a namespace that nobody sees, where its policies name both, and the API server, which asks a webhook
 * from whatever node it runs on.
 *
 * @param asked - the ports that the API server asks
 */
function proveInternal(model: Model, target: Workload, asked: readonly Served[]): Proof {
  const name = describe(target.ref);
  const isStore = isDataStore(model, target);
  const isDeclared = declaredTo(model, target, isStore);
  const isAsked = ({ protocol, port }: Served): boolean =>
    !isStore && asked.some((each) => each.protocol === protocol && each.port === port);
  const isUnseen = ({ workload, served }: Reacher): boolean =>
    !isStore && workload.index < 0 && namesItsClients(model, target, served, isAsked(served));
  const isNodeAsking = ({ set, served }: Excess): boolean => set === undefined && isAsked(served);
  const reachers = reachersOf(model, target);
  const declared = reachers.filter(isDeclared);
  const excess = excessAddresses(model, target, noAddress);
  const objections = [
    ...reachers
      .filter((reacher) => !isDeclared(reacher) && !isUnseen(reacher))
      .map((reacher) => reachObjection(target, reacher)),
    ...excess.filter((found) => !isNodeAsking(found)).map((found) => addressObjection(model, target, found)),
    ...rewrittenSources(model, target),
  ];
  const besides = [
    ...reachers
      .filter((reacher) => isUnseen(reacher) && namesItsClients(model, target, reacher.served))
      .map(({ served }) => `pods that its policies name on ${portOf(served)}`),
    ...excess.filter(isNodeAsking).map(({ served }) => `the API server, from any node, on ${portOf(served)}`),
  ];
  const clients = declared.map(({ workload }) => describe(workload.ref)).join(', ');
  return conclude('internal-clients', `Nothing but its declared clients reaches ${name}`, objections, {
    sentence: [
      clients === '' ? `Nothing reaches ${name}` : `${name} is reached by ${clients} only`,
      ...(besides.length === 0 ? [] : [`besides ${[...new Set(besides)].join(' and ')}`]),
    ].join(', '),
    evidence: [...isolatedBy(model, target), ...declared.flatMap(({ because }) => because)],
  });
}

function portOf({ protocol, port }: Served): string {
  return `${protocol} ${port}`;
}

/**
 * Whether somebody is meant to reach a workload: its configuration names a Service of it, or the policies of both ends
 * pick each other by label. Of a data store whose clients are known by their configuration, the policies count only for
 * pods that a controller makes, whose configuration nobody sees.
 */
function declaredTo(model: Model, target: Workload, isStore: boolean): (reacher: Reacher) => boolean {
  const naming = clientsNaming(model, target);
  const strict = isStore && naming.size > 0;
  return ({ workload, served, reach }) =>
    reach === 'allowed' &&
    (naming.has(workload) ||
      ((!strict || workload.standing === 'controller') &&
        isNamedByPolicies(model, workload, target, served)));
}

function reachObjection(target: Workload, { workload, reach, served, because }: Reacher): Objection {
  const verb = reach === 'allowed' ? 'reaches' : 'may reach';
  const sentence = `${nameOf(workload)} ${verb} ${describe(target.ref)} on ${portOf(served)}`;
  const path = [
    ...(workload.index < 0 ? [] : [stationOf(workload.ref, [])]),
    stationOf(target.ref, because, served.port),
  ];
  return { certain: reach === 'allowed', sentence, evidence: because, path };
}

function addressObjection(model: Model, target: Workload, excess: Excess): Objection {
  const { served, set, certain, because } = excess;
  const [opening] = model.openingsTo(target);
  const whom = set === undefined ? 'every node' : `addresses such as ${exampleOf(set) ?? ''}`;
  const sentence = `${describe(target.ref)} admits ${whom} on ${portOf(served)}`;
  const path = [
    ...(opening === undefined ? [] : [stationOf(opening.object, [], opening.port)]),
    stationOf(target.ref, [because], served.port),
  ];
  return { certain, sentence, evidence: [because], path };
}

/** An opening that may replace the client's address makes every rule by address a rule about nodes. */
function rewrittenSources(model: Model, target: Workload): readonly Objection[] {
  return model
    .openingsTo(target)
    .filter(({ keepsSource }) => !keepsSource)
    .map(({ object, port, kind }) => {
      const evidence: Because[] = [{ object, rule: 'externalTrafficPolicy: Cluster' }];
      const sentence = `${describe(object)} (${kind}) may put a node’s address in the place of the client’s, so that the policies cannot tell who asks`;
      return {
        certain: false,
        sentence,
        evidence,
        path: [stationOf(object, evidence, port), stationOf(target.ref, [])],
        remedy: 'Set externalTrafficPolicy to Local, so that the policies see who asks',
      };
    });
}

function isolatedBy(model: Model, target: Workload): readonly Because[] {
  return isolating(model.network, 'ingress', target)
    .filter(({ truth }) => truth === 'yes')
    .map(({ policy }) => ({ object: policy.ref, rule: 'isolates ingress' }));
}
