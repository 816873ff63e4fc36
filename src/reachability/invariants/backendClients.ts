import { describeObject } from '../../manifests/sourcedObject.ts';
import { furtherClients, namesServiceOf, unexpectedAddresses } from '../entrypoints/potentialClients.ts';
import type { Evaluator } from '../evaluator.ts';
import { foreignPaths } from '../gateways/foreignRoutes.ts';
import { type AddressSet, parseBlocks, union } from '../model/addresses.ts';
import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { unmodelledOver } from '../policies/network.ts';
import { rulesOver } from '../policies/ruleOrder.ts';
import {
  addressObjection,
  foreignObjections,
  furtherObjections,
  isolatedBy,
  reachObjection,
  rewrittenSources,
} from './clientObjections.ts';
import { type Conclusion, conclude, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const backendClients = {
  id: 'backend-clients',
  title: 'Only the proxy connects to a backend',
  promise:
    'Nothing but the proxy or the tunnel in front of it, and the LAN and VPN ranges, can connect to a workload that is reached from outside',
  remedy: 'Let a NetworkPolicy of the backend admit the proxy, and no other workload',
  brokenByPresence: false,
  prove: ({ model, gatedPaths, assumptions }) => {
    const home = union(parseBlocks(assumptions.lan).set, parseBlocks(assumptions.vpn).set);
    const foreign = foreignPaths(model);
    return [...gatedPaths.backends].map(([backend, allowed]) =>
      proveBackend(model, backend, allowed, home, foreignObjections(foreign.get(backend))),
    );
  },
} as const satisfies Invariant;

function proveBackend(
  model: Evaluator,
  backend: Workload,
  allowed: ReadonlySet<Workload>,
  home: AddressSet,
  foreign: readonly Objection[],
): Conclusion {
  const name = describeObject(backend.ref);
  const before = [...allowed].map(({ ref }) => describeObject(ref)).join(', ');
  const programs: Workload[] = [];
  const objections = model.potentialClientsOf(backend).flatMap((potentialClient) => {
    if (allowed.has(potentialClient.workload)) return [];
    if (!isIsolatedJob(model, potentialClient.workload, backend))
      return [reachObjection(backend, potentialClient)];
    // Policies isolate the Job. Nothing may enforce them, and one that is not modelled may open it.
    const uncertain = unmodelledOver(model.network, potentialClient.workload).length > 0;
    if (!model.network.enforced || uncertain)
      return [{ ...reachObjection(backend, potentialClient), certain: false }];
    programs.push(potentialClient.workload);
    return [];
  });
  const unexpected = unexpectedAddresses(model, backend, home).map((found) =>
    addressObjection(model, backend, found),
  );
  const { clients, addresses } = furtherClients(model, backend, home);
  const further = furtherObjections(model, backend, {
    clients: clients.filter(({ workload }) => !allowed.has(workload)),
    addresses,
  });
  const claim = `Nothing but ${before} and the LAN and VPN ranges reaches ${name}`;
  const layer7 =
    programs.length === 0
      ? ''
      : `, except for ${programs.map(({ ref }) => describeObject(ref)).join(', ')}, to which nothing can connect`;
  return conclude(
    claim,
    [...objections, ...unexpected, ...further, ...rewrittenSources(model, backend), ...foreign],
    {
      sentence: `The policies of ${name} admit ${before} and the named ranges only${layer7}`,
      evidence: isolatedBy(model, backend),
    },
  );
}

/** A Job that names the backend and that nothing can connect to does not bypass the access check. */
function isIsolatedJob(model: Model, job: Workload, backend: Workload): boolean {
  if (!['Job', 'CronJob'].includes(job.ref.kind) || job.namespace !== backend.namespace || job.hostNetwork)
    return false;
  const sealed = (model.network.selected.get(job.index) ?? []).some(
    ({ policy, truth }) => truth === 'yes' && policy.ingress?.isolates === true,
  );
  const open = rulesOver(model.network, 'ingress', job).some(({ rule }) => rule.action !== 'deny');
  return sealed && !open && namesServiceOf(model, job, backend);
}
