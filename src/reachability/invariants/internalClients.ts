import { describeObject } from '../../manifests/sourcedObject.ts';
import { portsOfApiServer } from '../entrypoints/apiServerPorts.ts';
import {
  clientsNaming,
  furtherClients,
  isDataStore,
  isNamedByPolicies,
  namesItsClients,
  type PotentialClient,
  type UnexpectedSource,
  unexpectedAddresses,
} from '../entrypoints/potentialClients.ts';
import { type Served, servedPorts } from '../entrypoints/servedPorts.ts';
import type { Evaluator } from '../evaluator.ts';
import { foreignPaths, routedClients } from '../gateways/foreignRoutes.ts';
import { type AddressSet, noAddress } from '../model/addresses.ts';
import type { Model } from '../model/model.ts';
import { isClientOnly, type Workload } from '../model/workload.ts';
import { admittingRules } from '../policies/policy.ts';
import {
  addressObjection,
  foreignObjections,
  furtherObjections,
  isolatedBy,
  portOf,
  reachObjection,
  rewrittenSources,
} from './clientObjections.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import { homeAddresses, homePortsOf, homePremises } from './homeServices.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

export const internalClients = {
  id: 'internal-clients',
  title: 'Only declared clients connect',
  promise: 'Nothing but its declared clients can connect to a workload that is not reached from outside',
  remedy: 'Let a NetworkPolicy admit the workloads that use it, and no others',
  brokenByPresence: false,
  prove: (context) => {
    const portsAsked = portsOfApiServer(context.model);
    const foreign = foreignPaths(context.model);
    const isRouted = routedClients(context.model);
    return [
      ...internalWorkloads(context).map((workload) =>
        proveInternal(context.model, workload, {
          asked: portsAsked(workload),
          foreign: foreignObjections(foreign.get(workload)),
          isRouted: (client) => isRouted(client, workload),
          home: homePathsOf(context, workload),
        }),
      ),
      ...context.model.workloads.flatMap((workload) => proveWithoutPorts(context.model, workload)),
    ];
  },
} as const satisfies Invariant;

/** Workloads without a path from outside, and every data store. */
function internalWorkloads({ model, gatedPaths }: InvariantContext): readonly Workload[] {
  return model.workloads.filter(
    (workload) =>
      !isClientOnly(workload) &&
      servedPorts(model, workload).length > 0 &&
      (isDataStore(model, workload) ||
        !(gatedPaths.proxies.has(workload) || gatedPaths.backends.has(workload))),
  );
}

/**
 * A workload of which no port is known may listen on any (Kubernetes 1.36, API reference, Container `ports`; KubeVirt 1.6,
 * masquerade without `ports`). A rule that admits everyone to every port is no declaration of clients.
 */
function proveWithoutPorts(model: Model, workload: Workload): readonly Conclusion[] {
  if (isClientOnly(workload) || servedPorts(model, workload).length > 0) return [];
  const open = (model.network.selected.get(workload.index) ?? []).flatMap(({ policy }) =>
    admittingRules(policy.ingress)
      .filter(({ peers, ports }) => peers === undefined && ports === undefined)
      .map((rule) => ({ object: policy.ref, rule: rule.name })),
  );
  if (open.length === 0) return [];
  const name = describeObject(workload.ref);
  const sentence = `The policies of ${name} admit everyone to every port, and on which its program listens is not known`;
  return [
    conclude(
      `Nothing but its declared clients reaches ${name}`,
      [{ certain: false, sentence, evidence: open }],
      { sentence: '', evidence: [] },
    ),
  ];
}

/** Paths to a workload beside what policies and configurations say. */
interface OtherPaths {
  /** The ports that the API server asks. */
  asked: readonly Served[];
  /** Paths on which no policy may hold. */
  foreign: readonly Objection[];
  /** Whether a route leads from a Gateway that the client serves. */
  isRouted: (client: Workload) => boolean;
  /** The ports behind Services that are named for the home network, and its addresses. */
  home: HomePaths;
}

interface HomePaths {
  ports: readonly Served[];
  addresses: AddressSet;
  premises: readonly string[];
}

function homePathsOf({ model, assumptions }: InvariantContext, workload: Workload): HomePaths {
  const ports = homePortsOf(model, assumptions, workload);
  return {
    ports,
    addresses: ports.length === 0 ? noAddress : homeAddresses(assumptions),
    premises: ports.length === 0 ? [] : homePremises(assumptions, ports),
  };
}

/** The addresses that a workload admits, but those of the home network where a Service of it is theirs. */
function unexpectedOf(model: Model, target: Workload, home: HomePaths): readonly UnexpectedSource[] {
  const isHome = ({ protocol, port }: Served): boolean =>
    home.ports.some((each) => each.protocol === protocol && each.port === port);
  const ports = servedPorts(model, target);
  return [
    ...unexpectedAddresses(model, target, home.addresses, ports.filter(isHome)),
    ...unexpectedAddresses(
      model,
      target,
      noAddress,
      ports.filter((served) => !isHome(served)),
    ),
  ];
}

/**
 * Only its declared clients can connect to a workload without a path from outside. Of one that is no data store, these
 * are also pods of a namespace that is not among the objects, where its policies name both, and the API server, which asks a webhook
 * from whatever node it runs on.
 */
function proveInternal(
  model: Evaluator,
  target: Workload,
  { asked, foreign, isRouted, home }: OtherPaths,
): Conclusion {
  const name = describeObject(target.ref);
  const isStore = isDataStore(model, target);
  const isNamed = declaredTo(model, target, isStore);
  const isDeclared = (client: PotentialClient): boolean => isNamed(client) || isRouted(client.workload);
  const isAsked = ({ protocol, port }: Served): boolean =>
    !isStore && asked.some((each) => each.protocol === protocol && each.port === port);
  const isUnseen = ({ workload, served }: PotentialClient): boolean =>
    !isStore && workload.index < 0 && namesItsClients(model, target, served, isAsked(served));
  const isNodeAsking = ({ set, served }: UnexpectedSource): boolean => set === undefined && isAsked(served);
  const potentialClients = model.potentialClientsOf(target);
  const declared = potentialClients.filter(isDeclared);
  const unexpected = unexpectedOf(model, target, home);
  const objections = [
    ...potentialClients
      .filter((potentialClient) => !isDeclared(potentialClient) && !isUnseen(potentialClient))
      .map((potentialClient) => reachObjection(target, potentialClient)),
    ...unexpected
      .filter((found) => !isNodeAsking(found))
      .map((found) => addressObjection(model, target, found)),
    ...furtherObjections(model, target, furtherClients(model, target, noAddress)),
    ...rewrittenSources(model, target),
    ...foreign,
  ];
  const layer7 = [
    ...potentialClients
      .filter(
        (potentialClient) =>
          isUnseen(potentialClient) && namesItsClients(model, target, potentialClient.served),
      )
      .map(({ served }) => `pods that its policies name on ${portOf(served)}`),
    ...unexpected
      .filter(isNodeAsking)
      .map(({ served }) => `the API server, from any node, on ${portOf(served)}`),
    ...home.ports.map((served) => `the home network and the VPN, on ${portOf(served)}`),
  ];
  const clients = declared.map(({ workload }) => describeObject(workload.ref)).join(', ');
  const conclusion = conclude(`Nothing but its declared clients reaches ${name}`, objections, {
    sentence: [
      clients === '' ? `Nothing reaches ${name}` : `${name} is reached by ${clients} only`,
      ...(layer7.length === 0 ? [] : [`except for ${[...new Set(layer7)].join(' and ')}`]),
    ].join(', '),
    evidence: [...isolatedBy(model, target), ...declared.flatMap(({ because }) => because)],
  });
  return home.premises.length === 0 ? conclusion : { ...conclusion, premises: home.premises };
}

/**
 * Whether a client is declared: its configuration names a Service of it, or the policies of both ends
 * pick each other by label. Of a data store whose clients are known by their configuration, the policies count only for
 * pods that a controller makes, whose configuration is not among the objects.
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
