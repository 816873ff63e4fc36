import type { Private } from '../../config/private.ts';
import { type Context, defineComponent, type Manifest } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import {
  apiServer,
  apiServerPorts,
  clusterDns,
  dnsPorts,
  internet,
  prometheus,
} from '../shared/externalPeers.ts';
import { appDirectory, withField } from '../shared/fluxKustomizations.ts';
import { helmRelease, ociRepository } from '../shared/release.ts';
import { requesterOf } from '../shared/requesters.ts';
import { certificateAlerts } from './alert.ts';
import {
  certificateBinding,
  certificateKustomizations,
  certificateManifests,
  certificateRules,
  certificateWarnings,
} from './certificates.ts';
import { certManagerChecks } from './checks.ts';
import { certManagerDocuments } from './documents.ts';
import { issuerName, issuers } from './issuers.ts';
import {
  controller,
  everyPod,
  fluxKustomizations,
  metricsPort,
  namespace,
  tokenSecret,
  webhook,
  webhookPort,
} from './names.ts';
import { releaseNotes } from './releaseNotes.ts';
import { type CertManagerSection, certManagerSection } from './section.ts';
import { certManagerStatus } from './status.ts';
import { chart } from './versions.ts';

/** Certificates: the controllers that issue and renew them, and who signs. */
export const certManager = defineComponent<CertManagerSection>({
  name: 'cert-manager',
  section: 'certManager',
  summary: 'Certificates from Let’s Encrypt or an authority of your own, and their renewal.',
  listing: { title: 'cert-manager (Certificates)', area: 'operations', guide: 'docs/quickstart.md' },
  schema: certManagerSection,
  requires: requirements,
  secrets: ({ section }) =>
    section.issuer.kind === 'letsencrypt' ? [tokenNeed(section, section.issuer.token)] : [],
  provides: { certificate: { bind: certificateBinding } },
  rules: certificateRules,
  warnings: certificateWarnings,
  build: (context) => ({
    manifests: [...manifests(context), ...certificateManifests(context)],
    fluxKustomizations: [
      fluxKustomization(fluxKustomizations.operator, [], '10m'),
      fluxKustomization(fluxKustomizations.issuers, [fluxKustomizations.operator.name], '10m'),
      ...certificateKustomizations(context),
    ],
  }),
  status: certManagerStatus,
  checks: certManagerChecks,
  documents: certManagerDocuments,
  releaseNotes,
});

const component = 'cert-manager';
const field = 'certManager';
const requester = requesterOf(component, field);
const { fluxKustomization, manifest } = withField(field);
const connect = connectionsFor(component, field);

function requirements({ settings, section }: Context<CertManagerSection>): Requirement[] {
  return [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    { kind: 'chart', requester, release: controller },
    connect(apiServer, webhook, tcp(webhookPort), 'the check of each issuer and certificate'),
    connect(everyPod, apiServer, apiServerPorts, 'the objects that it looks after'),
    ...(section.issuer.kind === 'letsencrypt'
      ? [
          connect(controller, clusterDns, dnsPorts, 'the names of Let’s Encrypt and Cloudflare'),
          connect(controller, internet, tcp(443), 'Let’s Encrypt, and the DNS of the zones'),
        ]
      : []),
    ...prometheus(settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, everyPod, tcp(metricsPort), 'when certificates expire'),
    ),
  ];
}

function tokenNeed(section: CertManagerSection, token: Private | undefined): RequiredSecret {
  return {
    name: tokenSecret.name,
    namespace,
    purpose: 'the token with which cert-manager writes into the DNS of your zones',
    usedBy: [`clusterissuer/${issuerName(section)}`],
    field: 'certManager.issuer',
    directory: appDirectory(fluxKustomizations.issuers),
    keys: [
      {
        key: tokenSecret.key,
        from: 'field',
        value: token,
        field: 'certManager.issuer.token',
        source: 'Cloudflare gives it out: Zone / DNS / Edit and Zone / Zone / Read, for your zones alone',
      },
    ],
  };
}

function manifests({ section, settings }: Context<CertManagerSection>): Manifest[] {
  const { enabled } = settings.monitoring;
  const resources = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } };
  return [
    manifest(fluxKustomizations.operator, 'ocirepository.yaml', [ociRepository(controller, chart)]),
    manifest(fluxKustomizations.operator, 'helmrelease.yaml', [
      helmRelease(controller, chart, {
        crds: { enabled: true },
        global: { leaderElection: { namespace } },
        // Whether a record is there is asked over HTTPS: the name server of the home network may answer otherwise than the
        // internet's, and no policy has to let port 53 out.
        dns01RecursiveNameservers: 'https://1.1.1.1:443/dns-query,https://1.0.0.1:443/dns-query',
        dns01RecursiveNameserversOnly: true,
        prometheus: { enabled, servicemonitor: { enabled } },
        resources,
        webhook: { resources },
        cainjector: { resources },
        startupapicheck: { resources },
      }),
    ]),
    manifest(fluxKustomizations.operator, 'prometheusrule.yaml', enabled ? [certificateAlerts()] : []),
    manifest(fluxKustomizations.issuers, 'issuers.yaml', issuers(section, settings)),
  ];
}
