import { describeObject } from '../../manifests/sourcedObject.ts';
import { nameOf } from '../entrypoints/accessMap.ts';
import { portsOfApiServer } from '../entrypoints/apiServerPorts.ts';
import { type GatedPaths, type Served, servedPorts } from '../entrypoints/gatedPaths.ts';
import {
  clientsNaming,
  isDataStore,
  isNamedByPolicies,
  namesItsClients,
  namesServiceOf,
  type PotentialClient,
  type UnexpectedSource,
  unexpectedAddresses,
} from '../entrypoints/potentialClients.ts';
import type { Evaluator } from '../evaluator.ts';
import { type AddressSet, exampleOf, noAddress, parseBlocks, union } from '../model/addresses.ts';
import type { Assumptions, Evidence, Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { isolating } from '../policies/network.ts';
import { conclude, hopOf, type Objection } from './conclusion.ts';

/** Who may reach what stands behind a gate, the gate itself, and what has no way in of its own. */
export function proveClients(
  model: Evaluator,
  gatedPaths: GatedPaths,
  assumptions: Assumptions,
): readonly Proof[] {
  const home = union(parseBlocks(assumptions.lan).set, parseBlocks(assumptions.vpn).set);
  const internal = model.workloads.filter(
    (workload) =>
      workload.provenance !== 'unseen' &&
      servedPorts(model, workload).length > 0 &&
      (isDataStore(model, workload) ||
        !(gatedPaths.proxies.has(workload) || gatedPaths.backends.has(workload))),
  );
  const askedOf = portsOfApiServer(model);
  return [
    ...[...gatedPaths.backends].map(([backend, allowed]) => proveBackend(model, backend, allowed, home)),
    ...[...gatedPaths.proxies].map(([proxy, tunnels]) => proveProxyClients(model, proxy, tunnels)),
    ...internal.map((workload) => proveInternal(model, workload, askedOf(workload))),
  ];
}

function proveBackend(
  model: Evaluator,
  backend: Workload,
  allowed: ReadonlySet<Workload>,
  home: AddressSet,
): Proof {
  const name = describeObject(backend.ref);
  const before = [...allowed].map(({ ref }) => describeObject(ref)).join(', ');
  const programs: Workload[] = [];
  const objections = model.potentialClientsOf(backend).flatMap((potentialClient) => {
    if (allowed.has(potentialClient.workload)) return [];
    if (!isSealedJob(model, potentialClient.workload, backend))
      return [reachObjection(backend, potentialClient)];
    // That nothing reaches the Job rests on policies, which nothing may enforce.
    if (!model.network.enforced) return [{ ...reachObjection(backend, potentialClient), certain: false }];
    programs.push(potentialClient.workload);
    return [];
  });
  const excess = unexpectedAddresses(model, backend, home).map((found) =>
    addressObjection(model, backend, found),
  );
  const claim = `Nothing but ${before} and the LAN and VPN ranges reaches ${name}`;
  const layer7 =
    programs.length === 0
      ? ''
      : `, besides ${programs.map(({ ref }) => describeObject(ref)).join(', ')}, which nothing reaches`;
  return conclude('backend-clients', claim, [...objections, ...excess, ...rewrittenSources(model, backend)], {
    sentence: `The policies of ${name} admit ${before} and the named ranges only${layer7}`,
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

function proveProxyClients(model: Evaluator, proxy: Workload, tunnels: ReadonlySet<Workload>): Proof {
  const name = describeObject(proxy.ref);
  const before = [...tunnels].map(({ ref }) => describeObject(ref)).join(', ');
  const answering = model.proxyOf(proxy)?.answering ?? [];
  const isNamedOnly = (served: Served) =>
    served.protocol === 'TCP' && answering.includes(served.port) && namesItsClients(model, proxy, served);
  const ports = servedPorts(model, proxy);
  const named = ports.filter(isNamedOnly);
  const others = ports.filter((served) => !named.includes(served));
  const objections = model
    .potentialClientsOn(proxy, others)
    .filter(({ workload }) => !tunnels.has(workload))
    .map((potentialClient) => reachObjection(proxy, potentialClient));
  const layer7 =
    named.length === 0
      ? ''
      : `, besides pods that they name on TCP ${named.map(({ port }) => port).join(', ')}, where it hands nothing on`;
  const excess = unexpectedAddresses(model, proxy, noAddress).map((found) =>
    addressObjection(model, proxy, found),
  );
  return conclude(
    'proxy-clients',
    `Nothing but ${before} reaches ${name}`,
    [...objections, ...excess, ...rewrittenSources(model, proxy)],
    {
      sentence: `The policies of ${name} admit ${before} only${layer7}`,
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
function proveInternal(model: Evaluator, target: Workload, asked: readonly Served[]): Proof {
  const name = describeObject(target.ref);
  const isStore = isDataStore(model, target);
  const isDeclared = declaredTo(model, target, isStore);
  const isAsked = ({ protocol, port }: Served): boolean =>
    !isStore && asked.some((each) => each.protocol === protocol && each.port === port);
  const isUnseen = ({ workload, served }: PotentialClient): boolean =>
    !isStore && workload.index < 0 && namesItsClients(model, target, served, isAsked(served));
  const isNodeAsking = ({ set, served }: UnexpectedSource): boolean => set === undefined && isAsked(served);
  const potentialClients = model.potentialClientsOf(target);
  const declared = potentialClients.filter(isDeclared);
  const excess = unexpectedAddresses(model, target, noAddress);
  const objections = [
    ...potentialClients
      .filter((potentialClient) => !isDeclared(potentialClient) && !isUnseen(potentialClient))
      .map((potentialClient) => reachObjection(target, potentialClient)),
    ...excess.filter((found) => !isNodeAsking(found)).map((found) => addressObjection(model, target, found)),
    ...rewrittenSources(model, target),
  ];
  const layer7 = [
    ...potentialClients
      .filter(
        (potentialClient) =>
          isUnseen(potentialClient) && namesItsClients(model, target, potentialClient.served),
      )
      .map(({ served }) => `pods that its policies name on ${portOf(served)}`),
    ...excess.filter(isNodeAsking).map(({ served }) => `the API server, from any node, on ${portOf(served)}`),
  ];
  const clients = declared.map(({ workload }) => describeObject(workload.ref)).join(', ');
  return conclude('internal-clients', `Nothing but its declared clients reaches ${name}`, objections, {
    sentence: [
      clients === '' ? `Nothing reaches ${name}` : `${name} is reached by ${clients} only`,
      ...(layer7.length === 0 ? [] : [`besides ${[...new Set(layer7)].join(' and ')}`]),
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
function declaredTo(
  model: Model,
  target: Workload,
  isStore: boolean,
): (potentialClient: PotentialClient) => boolean {
  const naming = clientsNaming(model, target);
  const strict = isStore && naming.size > 0;
  return ({ workload, served, reach }) =>
    reach === 'allowed' &&
    (naming.has(workload) ||
      ((!strict || workload.provenance === 'controller') &&
        isNamedByPolicies(model, workload, target, served)));
}

function reachObjection(target: Workload, { workload, reach, served, because }: PotentialClient): Objection {
  const verb = reach === 'allowed' ? 'reaches' : 'may reach';
  const sentence = `${nameOf(workload)} ${verb} ${describeObject(target.ref)} on ${portOf(served)}`;
  const path = [
    ...(workload.index < 0 ? [] : [hopOf(workload.ref, [])]),
    hopOf(target.ref, because, served.port),
  ];
  return { certain: reach === 'allowed', sentence, evidence: because, path };
}

function addressObjection(model: Model, target: Workload, excess: UnexpectedSource): Objection {
  const { served, set, certain, because } = excess;
  const [exposedPort] = model.exposedPortsTo(target);
  const whom = set === undefined ? 'every node' : `addresses such as ${exampleOf(set) ?? ''}`;
  const sentence = `${describeObject(target.ref)} admits ${whom} on ${portOf(served)}`;
  const path = [
    ...(exposedPort === undefined ? [] : [hopOf(exposedPort.object, [], exposedPort.port)]),
    hopOf(target.ref, [because], served.port),
  ];
  return { certain, sentence, evidence: [because], path };
}

/** An opening that may replace the client's address makes every rule by address a rule about nodes. */
function rewrittenSources(model: Model, target: Workload): readonly Objection[] {
  return model
    .exposedPortsTo(target)
    .filter(({ keepsSource }) => !keepsSource)
    .map(({ object, port, kind }) => {
      const evidence: Evidence[] = [{ object, rule: 'externalTrafficPolicy: Cluster' }];
      const sentence = `${describeObject(object)} (${kind}) may put a node’s address in the place of the client’s, so that the policies cannot tell who asks`;
      return {
        certain: false,
        sentence,
        evidence,
        path: [hopOf(object, evidence, port), hopOf(target.ref, [])],
        remedy: 'Set externalTrafficPolicy to Local, so that the policies see who asks',
      };
    });
}

function isolatedBy(model: Model, target: Workload): readonly Evidence[] {
  return isolating(model.network, 'ingress', target)
    .filter(({ truth }) => truth === 'yes')
    .map(({ policy }) => ({ object: policy.ref, rule: 'isolates ingress' }));
}
