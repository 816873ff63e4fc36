import { type BuildContext, type Context, defineComponent } from '../contract/component.ts';
import type { DefinitionRequirement, Requirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { cloudflareSites } from '../shared/cloudflare.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { recordsOf } from '../shared/dnsNames.ts';
import { externalDnsPort, metricsMonitor, rightsOf, serviceAccountOf } from '../shared/externalDns.ts';
import { apiServer, apiServerPorts, clusterDns, dnsPorts, prometheus } from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { externalDnsAlerts } from './alert.ts';
import { externalDnsChecks } from './checks.ts';
import { externalDnsDocuments } from './documents.ts';
import { namespace, place, self, tokenSecret } from './names.ts';
import { deployment, publicNames } from './objects.ts';
import { releaseNotes } from './releaseNotes.ts';
import { externalDnsRules } from './rules.ts';
import { type ExternalDnsSection, externalDnsSection } from './section.ts';

const component = 'external-dns';
const field = 'externalDns';
const requester = requesterOf(component, field);
const { fluxKustomization, manifest } = withField(field);
const connect = connectionsFor(component, field);
const definition: DefinitionRequirement = {
  kind: 'definition',
  requester,
  name: 'dnsendpoints.externaldns.k8s.io',
};

/**
 * The names of the public zone: those that are required from the internet. It reads no Service, Ingress or route, and no other
 * namespace than its own, so that nothing else of the cluster can get a name there.
 */
export const externalDns = defineComponent<ExternalDnsSection>({
  name: component,
  section: field,
  summary: 'Names in the public zone at Cloudflare, of routes from the internet alone.',
  listing: { title: 'external-dns (Public Names)', area: 'access', guide: 'docs/quickstart.md' },
  schema: externalDnsSection,
  requires: requirements,
  provides: { name: { accepts: ({ from }) => from === 'internet' } },
  rules: externalDnsRules,
  secrets: ({ section }) => [tokenNeed(section)],
  build(context) {
    const { monitoring } = context.settings;
    const after = context.binding(definition)?.fluxKustomization;
    return {
      manifests: [
        manifest(place, 'serviceaccount.yaml', [serviceAccountOf(self)]),
        manifest(place, 'rbac.yaml', rightsOf(self)),
        manifest(place, 'dnsendpoint.yaml', namesIn(context)),
        manifest(place, 'deployment.yaml', [deployment(context)]),
        manifest(
          place,
          'monitoring.yaml',
          monitoring.enabled ? [metricsMonitor(self), externalDnsAlerts()] : [],
        ),
      ],
      fluxKustomizations: [fluxKustomization(place, after === undefined ? [] : [after], '5m')],
    };
  },
  checks: externalDnsChecks,
  documents: externalDnsDocuments,
  releaseNotes,
});

function requirements({ settings }: Context<ExternalDnsSection>): Requirement[] {
  return [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    definition,
    connect(self, clusterDns, dnsPorts, 'the name of Cloudflare’s API'),
    connect(self, apiServer, apiServerPorts, 'the names that it writes'),
    connect(self, cloudflareSites, tcp(443), 'the API of Cloudflare'),
    ...prometheus(settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, self, tcp(externalDnsPort), 'whether names are written'),
    ),
  ];
}

function namesIn(context: BuildContext<ExternalDnsSection>) {
  const records = recordsOf(context, context.provided('name'));
  return records.length === 0 ? [] : [publicNames(records)];
}

function tokenNeed({ token }: ExternalDnsSection): RequiredSecret {
  return {
    name: tokenSecret.name,
    namespace,
    purpose: 'the token with which external-dns writes the names of your zones',
    usedBy: [`deployment/${self.name}`],
    field,
    directory: self.directory,
    keys: [
      {
        key: tokenSecret.key,
        from: 'field',
        value: token,
        field: 'externalDns.token',
        source: 'Cloudflare gives it out: Zone / DNS / Edit and Zone / Zone / Read, for these zones alone',
      },
    ],
  };
}
