import type * as z from 'zod';
import { clusterSettingsSchema } from '../config/clusterSettings.ts';
import { certManager } from './cert-manager/component.ts';
import { certManagerSection } from './cert-manager/section.ts';
import { cloudflared } from './cloudflared/component.ts';
import { cloudflaredSection } from './cloudflared/section.ts';
import { cluster } from './cluster/component.ts';
import type { Component } from './contract/component.ts';
import { dnsEndpoints } from './dns-endpoints/component.ts';
import { echo } from './echo/component.ts';
import { echoSection } from './echo/section.ts';
import { envoyGateway } from './envoy-gateway/component.ts';
import { envoyGatewaySection } from './envoy-gateway/section.ts';
import { externalDns } from './external-dns/component.ts';
import { externalDnsSection } from './external-dns/section.ts';
import { flux } from './flux/component.ts';
import { homeDns } from './home-dns/component.ts';
import { homeDnsSection } from './home-dns/section.ts';
import { immich } from './immich/component.ts';
import { immichSection } from './immich/section.ts';
import { originProxy } from './origin-proxy/component.ts';
import { originProxySection } from './origin-proxy/section.ts';
import { routes } from './routes/component.ts';
import { routesSection } from './routes/section.ts';
import { rustfs } from './rustfs/component.ts';
import { rustfsSection } from './rustfs/section.ts';
import { s3 } from './s3/component.ts';
import { s3Section } from './s3/section.ts';
import { talos } from './talos/component.ts';
import { talosBackup } from './talos-backup/component.ts';
import { talosBackupSection } from './talos-backup/section.ts';
import { tokenIssuers } from './token-issuers/component.ts';
import { tokenIssuersSection } from './token-issuers/section.ts';
import { tuppr } from './tuppr/component.ts';
import { tupprSection } from './tuppr/section.ts';
import { volsync } from './volsync/component.ts';
import { volsyncSection } from './volsync/section.ts';

/** Every component, in the order in which their directories are listed. */
export const catalogue: readonly Component[] = [
  cluster,
  immich,
  originProxy,
  cloudflared,
  certManager,
  envoyGateway,
  tokenIssuers,
  dnsEndpoints,
  externalDns,
  homeDns,
  rustfs,
  s3,
  volsync,
  talos,
  talosBackup,
  tuppr,
  echo,
  routes,
  flux,
];

/** The configuration: the cluster settings, and a section for each component that has one. A section that is absent is off. */
export const clusterSchema = clusterSettingsSchema.extend({
  immich: immichSection.optional(),
  originProxy: originProxySection.optional(),
  cloudflared: cloudflaredSection.optional(),
  certManager: certManagerSection.optional(),
  envoyGateway: envoyGatewaySection.optional(),
  tokenIssuers: tokenIssuersSection.optional(),
  externalDns: externalDnsSection.optional(),
  homeDns: homeDnsSection.optional(),
  rustfs: rustfsSection.optional(),
  s3: s3Section.optional(),
  volsync: volsyncSection.optional(),
  talosBackup: talosBackupSection.optional(),
  tuppr: tupprSection.optional(),
  echo: echoSection.optional(),
  routes: routesSection.optional(),
});

export type Cluster = z.output<typeof clusterSchema>;
