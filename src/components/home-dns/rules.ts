import type { BuildContext, RuleFinding } from '../contract/component.ts';
import type { NameRequirement } from '../contract/requirements.ts';
import { disagreeingNames } from '../shared/dnsNames.ts';
import { outsideRanges, withoutAddresses } from '../shared/loadBalancerAddress.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { consoleOf, type HomeDnsSection, type NameServerSection, nameServerOf } from './section.ts';

type Context = BuildContext<HomeDnsSection>;

/** A name at home leads to one place, and that is at home. */
export function homeDnsRules(context: Context): RuleFinding[] {
  const names = context.provided('name');
  const server = nameServerOf(context.section);
  return [
    ...names.flatMap((name) => publicTarget(context, name)),
    ...disagreeingNames(context, names),
    ...(server === undefined ? [] : nameServerRules(context, server, names)),
  ];
}

const addressField = 'homeDns.k8sGateway.address';

/** The home network must reach the name server, and it must answer for each name. */
function nameServerRules(
  context: Context,
  server: NameServerSection,
  names: readonly NameRequirement[],
): RuleFinding[] {
  const { loadBalancer } = context.settings.cluster.network;
  const asker = { field: addressField, what: 'the name server of the home network' };
  const without = withoutAddresses(loadBalancer, asker);
  if (without.length > 0) return without;
  return [
    ...outsideRanges(context, loadBalancer, server.address, asker),
    ...takenAddress(context, server, names),
    ...names.flatMap((name) => outsideZone(context, server, name)),
  ];
}

function takenAddress(
  context: Context,
  { address }: NameServerSection,
  names: readonly NameRequirement[],
): RuleFinding[] {
  const taking = names.find(
    ({ target }) =>
      !('tunnel' in target) &&
      context.targetKind(target.address) !== 'name' &&
      context.isSameAddress(address, target.address),
  );
  if (taking === undefined) return [];
  const { field } = taking.requester;
  return [
    {
      code: 'taken',
      field: addressField,
      message: `${addressField} is the address of a Gateway too, to which a name leads (${field}): one of them would wait for ever for its address`,
      expected: 'an address of its own for the name server',
      remedy: `change ${addressField}`,
    },
  ];
}

function outsideZone(
  context: Context,
  { zone }: NameServerSection,
  { host, requester }: NameRequirement,
): RuleFinding[] {
  if (context.isBelow(host, zone) || context.isSameHost(host, zone)) return [];
  const { field } = requester;
  return [
    {
      code: 'outside-the-zones',
      field,
      message: `the host of ${requesterTitle(requester)} (${field}) is not in homeDns.k8sGateway.zone, and the name server at home would refuse to answer for it`,
      expected: 'a host in the zone',
      remedy: `change homeDns.k8sGateway.zone, or ${field}`,
    },
  ];
}

/** Whoever is at home would leave it to come back in, with the address of the router. */
function publicTarget(context: Context, { target, requester }: NameRequirement): RuleFinding[] {
  if (!('tunnel' in target) && context.targetKind(target.address) === 'home-address') return [];
  const { field } = requester;
  return [
    {
      code: 'wrong-value',
      field,
      message: `${requesterTitle(requester)} requires a name at home that leads to no address of the home network (${field})`,
      expected: 'an address of cluster.network.loadBalancer.addresses for the Gateway of the home network',
      remedy: 'change envoyGateway.internal.address',
    },
  ];
}

/** What a user should know before relying on it. */
export function homeDnsWarnings({ section }: Context): RuleFinding[] {
  const unifi = consoleOf(section);
  if (unifi === undefined || unifi.name !== undefined) return [];
  return [
    {
      code: 'unverified-console',
      field: 'homeDns.unifi.address',
      message:
        'the certificate of the UniFi console is not verified: whoever answers at its address in the home network gets the API key',
      expected: 'homeDns.unifi.name, with a certificate for that name on the console',
      remedy: 'give the console a certificate that is trusted everywhere, and set homeDns.unifi.name',
    },
  ];
}
