import { reference } from '../../config/private.ts';
import { notForwarded } from '../../config/values/address.ts';
import { restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Deployment, DNSEndpoint } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { type DnsRecord, endpointsOf } from '../shared/dnsNames.ts';
import { apiAccess, externalDnsContainer, readLabel } from '../shared/externalDns.ts';
import { objectLabels } from '../shared/labels.ts';
import { privateHash } from '../shared/privateHash.ts';
import { namesObject, namespace, self, tokenSecret } from './names.ts';
import type { ExternalDnsSection } from './section.ts';

type ExternalDnsContext = BuildContext<ExternalDnsSection>;

/**
 * The names of the public zone. k8s_gateway reads every DNSEndpoint of the cluster and would answer at home with these too
 * (1.8.2, `dnsendpoint.go`); the label keeps it from that. A tunnel has an address only behind Cloudflare's proxy; a Gateway of
 * one's own is not behind it.
 */
export function publicNames(records: readonly DnsRecord[]): DNSEndpoint {
  return {
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: {
      name: namesObject,
      namespace,
      labels: { ...objectLabels(self), ...readLabel, 'k8s-gateway.dns/ignore': 'true' },
    },
    spec: {
      endpoints: endpointsOf(records, ({ isTunnel }) => ({
        // Since 0.22 without `alpha` (`source/annotations/annotations.go`).
        providerSpecific: [
          { name: 'external-dns.kubernetes.io/cloudflare-proxied', value: String(isTunnel) },
        ],
      })),
    },
  };
}

/** One pod only: two would write over one another. */
export function deployment(context: ExternalDnsContext): Deployment {
  const { section, settings } = context;
  const { name } = settings.cluster;
  const container = externalDnsContainer(section.images.externalDns, {
    namespace,
    owner: name,
    args: [
      '--provider=cloudflare',
      '--cloudflare-dns-records-per-page=1000',
      ...section.zones.map((zone) => `--domain-filter=${reference(zone)}`),
      ...privateNetworks(context).map((network) => `--exclude-target-net=${network}`),
    ],
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace, labels: objectLabels(self) },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: self.labels },
      template: {
        metadata: {
          labels: self.labels,
          annotations: { 'checksum/token': privateHash(context, tokenSecret, section.token) },
        },
        spec: {
          serviceAccountName: self.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532 },
          containers: [
            {
              ...container,
              env: [
                {
                  name: 'CF_API_TOKEN',
                  valueFrom: { secretKeyRef: { name: tokenSecret.name, key: tokenSecret.key } },
                },
              ],
            },
          ],
          volumes: [apiAccess.volume],
        },
      },
    },
  };
}

/**
 * Where no name of the public zone may lead to. The rules refuse such a name before it is written; this holds in the cluster too,
 * whatever value Flux fills in (`endpoint/target_filter.go`: a target in one of them is left out). An address of IPv6 in the home
 * network may be one of the internet.
 */
function privateNetworks({ settings, addressFamily }: ExternalDnsContext): string[] {
  const { pods, services, lan, vpn } = settings.cluster.network;
  const own = [...lan, ...vpn].filter((range) => addressFamily(range) === 'ipv4').map(reference);
  return [...new Set([...notForwarded, pods, services, ...own])];
}
