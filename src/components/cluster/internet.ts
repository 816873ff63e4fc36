import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { type Private, reference } from '../../config/private.ts';
import { contains } from '../../config/values/address.ts';
import type { Context } from '../contract/component.ts';

type Network = ClusterSettings['cluster']['network'];
type Family = ReturnType<Context<undefined>['addressFamily']>;

/** Ranges that no router of the internet forwards (RFC 6890 and its successors). */
const special: Record<Family, readonly string[]> = {
  ipv4: [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  ipv6: ['fc00::/7', 'fe80::/10', 'ff00::/8'],
};

const everywhere = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/**
 * The internet as address blocks: everything but special ranges, and but each range that the configuration names. The
 * addresses of a home are not private everywhere: those of IPv6 are most often public.
 *
 * @param addressFamily the API server refuses an exception of another family than its block
 */
export function internetBlocks(
  network: Network,
  addressFamily: (range: Private) => Family,
): { cidr: string; except: string[] }[] {
  const { lan, vpn, controlPlane, loadBalancer, pods, services } = network;
  const own = [
    ...lan,
    ...vpn,
    ...controlPlane,
    ...('addresses' in loadBalancer ? loadBalancer.addresses : []),
  ];
  // Private ranges stay in the list also where a special range contains them: to leave them out would tell about them.
  return (['ipv4', 'ipv6'] as const).map((family) => ({
    cidr: everywhere[family],
    except: [
      ...special[family],
      ...[pods, services].filter(
        (range) =>
          contains(everywhere[family], range) &&
          !special[family].some((outer) => outer === range || contains(outer, range)),
      ),
      ...own.filter((range) => addressFamily(range) === family).map(reference),
    ],
  }));
}
