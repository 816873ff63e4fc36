import { type Private, reference } from '../../config/private.ts';
import type { DNSEndpoint } from '../../kubernetes/types.ts';
import type { RuleFinding } from '../contract/component.ts';
import type { PrivateQuestions } from '../contract/privateQuestions.ts';
import type { NameRequirement } from '../contract/requirements.ts';
import { requesterTitle } from './requesters.ts';

/** A record that leads a name to an address, or to another name. */
export interface DnsRecord {
  host: Private;
  type: 'A' | 'AAAA' | 'CNAME';
  /** As manifests show it. */
  target: string;
  isTunnel: boolean;
}

type Endpoint = NonNullable<NonNullable<DNSEndpoint['spec']>['endpoints']>[number];

/** Where a name leads to; several may ask for the same. */
export function recordsOf(context: PrivateQuestions, names: readonly NameRequirement[]): DnsRecord[] {
  const distinct = names.filter(
    (name, index) => !names.slice(0, index).some((other) => isSame(context, name, other)),
  );
  return distinct.map(({ host, target }) =>
    'tunnel' in target
      ? { host, type: 'CNAME', target: tunnelName(target.tunnel), isTunnel: true }
      : {
          host,
          type: recordType(context, target.address),
          target: reference(target.address),
          isTunnel: false,
        },
  );
}

/** The name of a tunnel in Cloudflare's own zone, which resolves only through a proxied record. */
export function tunnelName(tunnel: Private): string {
  return `${reference(tunnel)}.cfargotunnel.com`;
}

function recordType(context: PrivateQuestions, address: Private): DnsRecord['type'] {
  if (context.targetKind(address) === 'name') return 'CNAME';
  return context.addressFamily(address) === 'ipv6' ? 'AAAA' : 'A';
}

function placeOf({ target }: NameRequirement): Private {
  return 'tunnel' in target ? target.tunnel : target.address;
}

function isSame(context: PrivateQuestions, one: NameRequirement, other: NameRequirement): boolean {
  return context.isSameHost(one.host, other.host) && leadsToSame(context, one, other);
}

function leadsToSame(context: PrivateQuestions, one: NameRequirement, other: NameRequirement): boolean {
  return (
    'tunnel' in one.target === 'tunnel' in other.target && context.isSameHost(placeOf(one), placeOf(other))
  );
}

/** Whether a name may have both records: one of each family of addresses. */
function goTogether(context: PrivateQuestions, one: NameRequirement, other: NameRequirement): boolean {
  if ('tunnel' in one.target || 'tunnel' in other.target) return false;
  const types = [recordType(context, one.target.address), recordType(context, other.target.address)];
  return !types.includes('CNAME') && types[0] !== types[1];
}

/** A name leads to one place from each origin: with two, half of the requests would get the wrong one. */
export function disagreeingNames(
  context: PrivateQuestions,
  names: readonly NameRequirement[],
): RuleFinding[] {
  return names.flatMap((name, index): RuleFinding[] => {
    const first = names
      .slice(0, index)
      .find(
        (other) =>
          context.isSameHost(name.host, other.host) &&
          !leadsToSame(context, name, other) &&
          !goTogether(context, name, other),
      );
    if (first === undefined) return [];
    const [one, other] = [first.requester, name.requester];
    return [
      {
        code: 'taken',
        field: other.field,
        message: `one host would lead to two places from the same side: for ${requesterTitle(one)} (${one.field}) and for ${requesterTitle(other)} (${other.field})`,
        expected: 'one Gateway, or the tunnel, for each host',
        remedy: `change ${other.field} or ${one.field}`,
      },
    ];
  });
}

/** The records as external-dns and k8s_gateway read them. `more` adds what one provider of DNS alone knows. */
export function endpointsOf(
  records: readonly DnsRecord[],
  more: (record: DnsRecord) => Pick<Endpoint, 'providerSpecific'> = () => ({}),
): Endpoint[] {
  return records.map((record) => ({
    dnsName: reference(record.host),
    recordType: record.type,
    targets: [record.target],
    ...more(record),
  }));
}
