import { mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import { describeObject } from '../../manifests/sourcedObject.ts';
import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { isUnreadProxy } from '../entrypoints/gatedPaths.ts';
import type { RouteControls } from '../gateways/analysedRule.ts';
import { isSubset, parseBlocks } from '../model/addresses.ts';
import type { Assumptions, Control } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';

/** That only the home network and the VPN pass a rule of a route, and what that rests on. */
export interface HomeOnly {
  sentence: string;
  control: Control;
  premises: readonly string[];
}

/**
 * Whether a rule of a route lets nobody pass but addresses of the home network and the VPN, which nobody has on the internet:
 * a connection cannot be made with the address of somebody else. What would give a client such an address makes it
 * unknown: a Service that rewrites sources, and a proxy on the network of a node.
 */
export function homeOnly(
  model: Model,
  { lan, vpn }: Assumptions,
  { controls, seesClient, gateway }: RouteControls,
): HomeOnly | undefined {
  const home = parseBlocks([...lan, ...vpn]);
  if (!seesClient || home.unreadable.length > 0) return undefined;
  const control = controls.find(({ type, configuration }) => {
    if (type !== 'authorization' || textAt(configuration, 'defaultAction') === 'Allow') return false;
    const admitting = mapsAt(configuration, 'rules').filter((rule) => textAt(rule, 'action') !== 'Deny');
    return (
      admitting.length > 0 &&
      admitting.every((rule) => {
        const { set, unreadable } = parseBlocks(textsAt(rule, 'principal', 'clientCIDRs'));
        return unreadable.length === 0 && set.intervals.length > 0 && isSubset(set, home.set);
      })
    );
  });
  if (control === undefined || mayRewrite(model)) return undefined;
  return {
    sentence: 'an address of the home network or the VPN',
    control,
    premises: [
      `Nothing in front of ${describeObject(gateway)} gives the connection of a client an address of the home network`,
      ...homeRangesPremise({ lan, vpn }),
    ],
  };
}

/** That an address of the ranges of the home is one of the home. */
export function homeRangesPremise({ lan, vpn }: Pick<Assumptions, 'lan' | 'vpn'>): readonly string[] {
  return lan.length + vpn.length === 0
    ? []
    : [`Only the home network and the VPN use the LAN and VPN ranges: ${[...lan, ...vpn].join(', ')}`];
}

/** Whether something in the cluster may hand over connections with the address of a node. */
function mayRewrite(model: Model): boolean {
  const byService = model.exposedPorts.some(
    ({ object, keepsSource, backends }) =>
      object.kind !== 'Gateway' &&
      !keepsSource &&
      (backends.length === 0 || backends.some(({ workload }) => workload.provenance === 'gateway')),
  );
  return byService || isRewrittenOnNodes(model);
}

/** Whether a proxy on the network of a node may hand over connections, with an address of the home network. */
export function isRewrittenOnNodes(model: Model): boolean {
  const { proxies, tunnels, workloads } = model;
  return (
    [...proxies, ...tunnels].some(({ workload }) => workload.hostNetwork) ||
    workloads.some((workload) => workload.hostNetwork && isUnreadProxy(model, workload))
  );
}

/**
 * Whether the user says of an exposed port that it is the address of a Service for the home network, which asks nobody who they
 * are. Of an external address or a node port of the same Service that is not said.
 */
export function isHomeService({ kind, object }: ExposedPort, { homeServices = [] }: Assumptions): boolean {
  return (
    kind === 'LoadBalancer' &&
    object.kind === 'Service' &&
    homeServices.includes(`${object.namespace}/${object.name}`)
  );
}
