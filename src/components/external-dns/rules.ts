import type { BuildContext, RuleFinding } from '../contract/component.ts';
import type { NameRequirement } from '../contract/requirements.ts';
import { disagreeingNames } from '../shared/dnsNames.ts';
import { requesterTitle } from '../shared/requesters.ts';
import type { ExternalDnsSection } from './section.ts';

type ExternalDnsContext = BuildContext<ExternalDnsSection>;

/** What may not be in the public zone, and what would never get there. */
export function externalDnsRules(context: ExternalDnsContext): RuleFinding[] {
  const names = context.provided('name');
  return [
    ...names.flatMap((name) => [...privateTarget(context, name), ...outsideZones(context, name)]),
    ...disagreeingNames(context, names),
  ];
}

function privateTarget(context: ExternalDnsContext, { target, requester }: NameRequirement): RuleFinding[] {
  if ('tunnel' in target || context.targetKind(target.address) !== 'home-address') return [];
  const { field } = requester;
  return [
    {
      code: 'private-target',
      field,
      message: `${requesterTitle(requester)} requires a name in the public zone that leads to a private address (${field})`,
      expected: 'the public address of the router, or a name that leads to it, such as one of dynamic DNS',
      remedy:
        'change the target of the Gateway for the internet, or let the route be for the home network only',
    },
  ];
}

function outsideZones(context: ExternalDnsContext, { host, requester }: NameRequirement): RuleFinding[] {
  const { zones } = context.section;
  if (zones.some((zone) => context.isBelow(host, zone) || context.isSameHost(host, zone))) return [];
  const { field } = requester;
  return [
    {
      code: 'outside-the-zones',
      field,
      message: `the host of ${requesterTitle(requester)} (${field}) is in none of externalDns.zones, and external-dns would leave it out without a word`,
      expected: 'a host in one of the zones',
      remedy: `add its zone to externalDns.zones, or change ${field}`,
    },
  ];
}
