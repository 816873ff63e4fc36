import { type Build, type BuildContext, type Context, defineComponent } from '../contract/component.ts';
import type { DefinitionRequirement, Requirement } from '../contract/requirements.ts';
import type { RequiredSecret } from '../contract/secrets.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { recordsOf } from '../shared/dnsNames.ts';
import { externalDnsPort, metricsMonitor, rightsOf, serviceAccountOf } from '../shared/externalDns.ts';
import {
  apiServer,
  apiServerPorts,
  clusterDns,
  dnsPorts,
  homeNetwork,
  prometheus,
} from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { requesterOf } from '../shared/requesters.ts';
import { homeDnsAlerts, nameServerAlerts } from './alert.ts';
import { homeDnsChecks } from './checks.ts';
import { homeDnsDocuments } from './documents.ts';
import {
  answeredNames,
  corefile,
  nameServerPods,
  nameServerPorts,
  nameServerRights,
  nameServerService,
} from './nameServer.ts';
import { keySecret, nameServer, namespace, place, self } from './names.ts';
import { deployment, homeNames, rangeOf } from './objects.ts';
import { homeDnsRules, homeDnsWarnings } from './rules.ts';
import {
  consoleOf,
  type HomeDnsSection,
  homeDnsSection,
  type NameServerSection,
  nameServerOf,
  type UnifiSection,
} from './section.ts';

const component = 'home-dns';
const unifiField = 'homeDns.unifi';
const serverField = 'homeDns.k8sGateway';
const definitionOf = (field: string): DefinitionRequirement => ({
  kind: 'definition',
  requester: requesterOf(component, field),
  name: 'dnsendpoints.externaldns.k8s.io',
});

/**
 * The names that the home network is to see: those of routes from home. With a UniFi console external-dns writes them there;
 * a name server in the
 * cluster answers with them, or they are in no object.
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

function build(context: BuildContext<HomeDnsSection>): Build {
  const unifi = consoleOf(context.section);
  if (unifi !== undefined) return consoleBuild(context, unifi);
  const server = nameServerOf(context.section);
  return server === undefined ? { manifests: [] } : nameServerBuild(context, server);
}

function consoleBuild(context: BuildContext<HomeDnsSection>, unifi: UnifiSection): Build {
  const { fluxKustomization, manifest } = withField(unifiField);
  const records = recordsOf(context, context.provided('name'));
  const { monitoring } = context.settings;
  return {
    manifests: [
      manifest(place, 'serviceaccount.yaml', [serviceAccountOf(self)]),
      manifest(place, 'rbac.yaml', rightsOf(self)),
      manifest(place, 'dnsendpoint.yaml', records.length === 0 ? [] : [homeNames(records)]),
      manifest(place, 'deployment.yaml', [deployment(context, unifi)]),
      manifest(place, 'monitoring.yaml', monitoring.enabled ? [metricsMonitor(self), homeDnsAlerts()] : []),
    ],
    fluxKustomizations: [fluxKustomization(place, afterDefinition(context, unifiField), '5m')],
  };
}

function nameServerBuild(context: BuildContext<HomeDnsSection>, server: NameServerSection): Build {
  const { fluxKustomization, manifest } = withField(serverField);
  const records = recordsOf(context, context.provided('name'));
  const { monitoring } = context.settings;
  return {
    manifests: [
      manifest(place, 'serviceaccount.yaml', [serviceAccountOf(nameServer)]),
      manifest(place, 'rbac.yaml', nameServerRights),
      manifest(place, 'dnsendpoint.yaml', answeredNames(context, records)),
      manifest(place, 'configmap.yaml', [corefile(context, server)]),
      manifest(place, 'pods.yaml', nameServerPods(context, server)),
      manifest(place, 'service.yaml', [nameServerService(context, server)]),
      manifest(
        place,
        'monitoring.yaml',
        monitoring.enabled ? [metricsMonitor(nameServer), nameServerAlerts(context)] : [],
      ),
    ],
    fluxKustomizations: [fluxKustomization(place, afterDefinition(context, serverField), '5m')],
  };
}

function afterDefinition({ binding }: BuildContext<HomeDnsSection>, field: string): string[] {
  const after = binding(definitionOf(field))?.fluxKustomization;
  return after === undefined ? [] : [after];
}

function requirements(context: Context<HomeDnsSection>): Requirement[] {
  const unifi = consoleOf(context.section);
  if (unifi !== undefined) return consoleRequirements(context, unifi);
  return nameServerOf(context.section) === undefined ? [] : nameServerRequirements(context);
}

function consoleRequirements(context: Context<HomeDnsSection>, { address }: UnifiSection): Requirement[] {
  const connect = connectionsFor(component, unifiField);
  const ranges = [rangeOf(context, address)];
  return [
    ...commonRequirements(unifiField),
    connect(self, clusterDns, dnsPorts, 'the name of the API server'),
    connect(self, apiServer, apiServerPorts, 'the names that it writes'),
    connect(self, { external: 'addresses', name: 'the UniFi console', ranges }, tcp(443), 'its records'),
    ...prometheus(context.settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, self, tcp(externalDnsPort), 'whether names are written'),
    ),
  ];
}

/** It reaches the API server alone: nothing that it is asked for is forwarded. */
function nameServerRequirements(context: Context<HomeDnsSection>): Requirement[] {
  const { settings } = context;
  const connect = connectionsFor(component, serverField);
  const { names, metrics } = nameServerPorts;
  const ports = (['UDP', 'TCP'] as const).map((protocol) => ({ port: names, protocol }));
  return [
    ...commonRequirements(serverField),
    {
      kind: 'home-service',
      requester: requesterOf(component, serverField),
      namespace,
      name: nameServer.name,
    },
    connect(homeNetwork(settings), nameServer, ports, 'names of the zone'),
    connect(nameServer, apiServer, apiServerPorts, 'the names that it answers with'),
    ...prometheus(settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, nameServer, tcp(metrics), 'whether names are answered'),
    ),
  ];
}

function commonRequirements(field: string): Requirement[] {
  const requester = requesterOf(component, field);
  return [{ kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' }, definitionOf(field)];
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
      field: unifiField,
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
