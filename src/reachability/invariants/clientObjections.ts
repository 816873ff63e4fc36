import { describeObject } from '../../manifests/sourcedObject.ts';
import { nameOf } from '../entrypoints/accessMap.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import type { FurtherClients, PotentialClient, UnexpectedSource } from '../entrypoints/potentialClients.ts';
import type { Served } from '../entrypoints/servedPorts.ts';
import type { ForeignPath } from '../gateways/foreignRoutes.ts';
import { everyAddress, exampleOf, isEmpty, parseBlocks, subtract } from '../model/addresses.ts';
import type { Evidence } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { isolating } from '../policies/network.ts';
import { hopOf, type Objection } from './conclusion.ts';

export function portOf({ protocol, port }: Served): string {
  return `${protocol} ${port}`;
}

export function reachObjection(
  target: Workload,
  { workload, reach, served, because }: PotentialClient,
): Objection {
  const verb = reach === 'allowed' ? 'reaches' : 'may reach';
  const sentence = `${nameOf(workload)} ${verb} ${describeObject(target.ref)} on ${portOf(served)}`;
  const path = [
    ...(workload.index < 0 ? [] : [hopOf(workload.ref, [])]),
    hopOf(target.ref, because, served.port),
  ];
  return { certain: reach === 'allowed', sentence, evidence: because, path };
}

export function addressObjection(model: Model, target: Workload, unexpected: UnexpectedSource): Objection {
  const { served, set, certain, because } = unexpected;
  const [exposedPort] = model.exposedPortsTo(target);
  const whom = set === undefined ? 'every node' : `addresses such as ${exampleOf(set) ?? ''}`;
  const sentence = `${describeObject(target.ref)} admits ${whom} on ${portOf(served)}`;
  const path = [
    ...(exposedPort === undefined ? [] : [hopOf(exposedPort.object, [], exposedPort.port)]),
    hopOf(target.ref, [because], served.port),
  ];
  return { certain, sentence, evidence: [because], path };
}

/** The same on ports that the target is not known to serve. Whether its program listens there is unknown. */
export function furtherObjections(
  model: Model,
  target: Workload,
  { clients, addresses }: FurtherClients,
): readonly Objection[] {
  return [
    ...clients.map((client) => reachObjection(target, client)),
    ...addresses.map((found) => addressObjection(model, target, found)),
  ].map((objection) => ({
    ...objection,
    certain: false,
    sentence: `${objection.sentence}, where its program may listen`,
    remedy: 'Take the port out of the policy, or list it among the ports of a container',
  }));
}

/** Where an exposed port may replace the client's address, every rule by address is a rule about nodes. */
export function rewrittenSources(model: Model, target: Workload): readonly Objection[] {
  const byAddress = model.exposedPorts.filter((exposed) => mayLeadByAddress(model, target, exposed));
  return [...new Set([...model.exposedPortsTo(target), ...byAddress])]
    .filter(({ keepsSource }) => !keepsSource)
    .map(({ object, port, kind }) => {
      const evidence: Evidence[] = [{ object, rule: 'externalTrafficPolicy: Cluster' }];
      const sentence = `${describeObject(object)} (${kind}) may replace the client’s address with a node’s, so that the policies cannot tell clients apart`;
      return {
        certain: false,
        sentence,
        evidence,
        path: [hopOf(object, evidence, port), hopOf(target.ref, [])],
        remedy: 'Set externalTrafficPolicy to Local, so that the policies see the client’s address',
      };
    });
}

/** Whether someone wrote an address for the Service of an exposed port, which may be that of the workload. */
function mayLeadByAddress(
  { network, writtenEndpoints }: Model,
  target: Workload,
  { object }: ExposedPort,
): boolean {
  const written = writtenEndpoints.get(`${object.namespace}/${object.name}`);
  if (written === undefined) return false;
  const { set } = parseBlocks(written);
  const ofNetwork = target.hostNetwork ? network.nodes : network.pods;
  const own = target.addresses ?? ofNetwork ?? everyAddress;
  return isEmpty(set) || !isEmpty(subtract(set, subtract(set, own)));
}

/** The paths to a workload through Gateways that are not known, which may lead past its policies. */
export function foreignObjections(paths: readonly ForeignPath[] | undefined): readonly Objection[] {
  return (paths ?? []).map(({ route, sentence }) => ({
    certain: false,
    sentence,
    evidence: [{ object: route, rule: 'parentRefs' }],
    remedy: 'Add the Gateway and its GatewayClass to the objects',
  }));
}

export function isolatedBy(model: Model, target: Workload): readonly Evidence[] {
  return isolating(model.network, 'ingress', target)
    .filter(({ truth }) => truth === 'yes')
    .map(({ policy }) => ({ object: policy.ref, rule: 'isolates ingress' }));
}
