import { type BuildContext, type Context, defineComponent } from '../contract/component.ts';
import type { DefinitionRequirement, Requirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { recordsOf } from '../shared/dnsNames.ts';
import { externalDnsPort, metricsMonitor, rightsOf, serviceAccountOf } from '../shared/externalDns.ts';
import { apiServer, apiServerPorts, clusterDns, dnsPorts, prometheus } from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { homeDnsAlerts } from './alert.ts';
import { homeDnsChecks } from './checks.ts';
import { homeDnsDocuments } from './documents.ts';
import { keySecret, namespace, place, self } from './names.ts';
import { deployment, homeNames, rangeOf } from './objects.ts';
import { homeDnsRules, homeDnsWarnings } from './rules.ts';
import { consoleOf, type HomeDnsSection, homeDnsSection } from './section.ts';

const component = 'home-dns';
const field = 'homeDns.unifi';
const requester = requesterOf(component, field);
const { fluxKustomization, manifest } = withField(field);
const connect = connectionsFor(component, field);
const definition: DefinitionRequirement = {
  kind: 'definition',
  requester,
  name: 'dnsendpoints.externaldns.k8s.io',
};

/**
 * The names that the home network is to see: those of routes from home. With a UniFi console external-dns writes them there;
 * otherwise they are in no object.
 */
export const homeDns = defineComponent<HomeDnsSection>({
  name: component,
  section: 'homeDns',
  summary: 'Names at home, of routes from the home network and the VPN.',
  listing: { title: 'Names at Home', area: 'access', guide: 'docs/quickstart.md' },
  schema: homeDnsSection,
  requires: requirements,
  provides: { name: { accepts: ({ from }) => from === 'home' } },
  rules: homeDnsRules,
  warnings: homeDnsWarnings,
  secrets: ({ section }) => keyNeed(section),
  build,
  checks: homeDnsChecks,
  documents: homeDnsDocuments,
});

function build(context: BuildContext<HomeDnsSection>) {
  const unifi = consoleOf(context.section);
  if (unifi === undefined) return { manifests: [] };
  const records = recordsOf(context, context.provided('name'));
  const after = context.binding(definition)?.fluxKustomization;
  const { monitoring } = context.settings;
  return {
    manifests: [
      manifest(place, 'serviceaccount.yaml', [serviceAccountOf(self)]),
      manifest(place, 'rbac.yaml', rightsOf(self)),
      manifest(place, 'dnsendpoint.yaml', records.length === 0 ? [] : [homeNames(records)]),
      manifest(place, 'deployment.yaml', [deployment(context, unifi)]),
      manifest(place, 'monitoring.yaml', monitoring.enabled ? [metricsMonitor(self), homeDnsAlerts()] : []),
    ],
    fluxKustomizations: [fluxKustomization(place, after === undefined ? [] : [after], '5m')],
  };
}

function requirements(context: Context<HomeDnsSection>): Requirement[] {
  const unifi = consoleOf(context.section);
  if (unifi === undefined) return [];
  const ranges = [rangeOf(context, unifi.address)];
  return [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    definition,
    connect(self, clusterDns, dnsPorts, 'the name of the API server'),
    connect(self, apiServer, apiServerPorts, 'the names that it writes'),
    connect(self, { external: 'addresses', name: 'the UniFi console', ranges }, tcp(443), 'its records'),
    ...prometheus(context.settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, self, tcp(externalDnsPort), 'whether names are written'),
    ),
  ];
}

function keyNeed(section: HomeDnsSection): RequiredSecret[] {
  const unifi = consoleOf(section);
  if (unifi === undefined) return [];
  return [
    {
      name: keySecret.name,
      namespace,
      purpose: 'the key with which external-dns writes names into the UniFi console',
      usedBy: [`deployment/${self.name}`],
      field,
      directory: self.directory,
      keys: [
        {
          key: keySecret.key,
          from: 'field',
          value: unifi.apiKey,
          field: 'homeDns.unifi.apiKey',
          source: 'the console gives it out, signed in as an administrator of its own',
        },
      ],
    },
  ];
}
