import { type Private, reference } from '../../config/private.ts';
import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Container, Deployment, DNSEndpoint } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { type DnsRecord, endpointsOf } from '../shared/dnsNames.ts';
import { apiAccess, externalDnsContainer, readLabel } from '../shared/externalDns.ts';
import { objectLabels } from '../shared/labels.ts';
import { privateHash } from '../shared/privateHash.ts';
import { keySecret, namesObject, namespace, self } from './names.ts';
import type { HomeDnsSection, UnifiSection } from './section.ts';

type Context = BuildContext<HomeDnsSection>;

/** The health and the metrics of the webhook (external-dns-unifi-webhook 0.8.2, `server.go`): not configurable. */
export const webhookPort = 8080;

/** The names at home, as external-dns reads them. */
export function homeNames(records: readonly DnsRecord[]): DNSEndpoint {
  return {
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: { name: namesObject, namespace, labels: { ...objectLabels(self), ...readLabel } },
    spec: { endpoints: endpointsOf(records) },
  };
}

/** The console as a range of one address. */
export function rangeOf(context: Pick<Context, 'addressFamily'>, address: Private): string {
  return `${reference(address)}/${context.addressFamily(address) === 'ipv6' ? 128 : 32}`;
}

/** external-dns, and beside it what speaks to UniFi: they talk inside of the pod. One pod only: two would write over one another. */
export function deployment(context: Context, unifi: UnifiSection): Deployment {
  const { settings } = context;
  const { name, address } = unifi;
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
          annotations: { 'checksum/key': privateHash(context, keySecret, unifi.apiKey) },
        },
        spec: {
          serviceAccountName: self.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 65_534, runAsGroup: 65_534, fsGroup: 65_534 },
          // The console is asked by its name without a resolver, which would be the console itself.
          ...(name === undefined
            ? {}
            : { hostAliases: [{ ip: reference(address), hostnames: [reference(name)] }] }),
          containers: [
            externalDnsContainer(unifi.images.externalDns, {
              namespace,
              owner: settings.cluster.name,
              args: ['--provider=webhook', '--webhook-provider-url=http://localhost:8888'],
            }),
            webhook(context, unifi),
          ],
          volumes: [apiAccess.volume],
        },
      },
    },
  };
}

/** Its flags are variables (0.8.2, `README.md`); the port for external-dns it opens at localhost alone. */
function webhook(context: Context, { name, address, site, images }: UnifiSection): Container {
  const isIpv6 = context.addressFamily(address) === 'ipv6';
  const host = name ?? address;
  const probe = { timeoutSeconds: 5, periodSeconds: 10 };
  return {
    name: 'unifi-webhook',
    image: images.unifiWebhook,
    env: [
      {
        name: 'UNIFI_HOST',
        value: `https://${name === undefined && isIpv6 ? `[${reference(host)}]` : reference(host)}`,
      },
      { name: 'UNIFI_SITE', value: site },
      { name: 'UNIFI_SKIP_TLS_VERIFY', value: String(name === undefined) },
      {
        name: 'UNIFI_API_KEY',
        valueFrom: { secretKeyRef: { name: keySecret.name, key: keySecret.key } },
      },
    ],
    ports: [{ name: 'webhook', containerPort: webhookPort }],
    livenessProbe: { ...probe, httpGet: { path: '/healthz', port: 'webhook' }, initialDelaySeconds: 10 },
    readinessProbe: { ...probe, httpGet: { path: '/readyz', port: 'webhook' }, initialDelaySeconds: 5 },
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '96Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
  };
}
