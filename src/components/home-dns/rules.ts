import type { BuildContext, RuleFinding } from '../contract/component.ts';
import type { NameRequirement } from '../contract/requirements.ts';
import { disagreeingNames } from '../shared/dnsNames.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { consoleOf, type HomeDnsSection } from './section.ts';

type Context = BuildContext<HomeDnsSection>;

/** A name at home leads to one place, and that is at home. */
export function homeDnsRules(context: Context): RuleFinding[] {
  const names = context.provided('name');
  return [...names.flatMap((name) => publicTarget(context, name)), ...disagreeingNames(context, names)];
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
