import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Context } from '../contract/component.ts';
import type { AccessLogin, JwtLogin } from '../contract/login.ts';
import type { ExternalPeer } from '../contract/network.ts';
import type { Requirement } from '../contract/requirements.ts';
import { cloudflareSites } from '../shared/cloudflare.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import {
  apiServer,
  apiServerPorts,
  clusterDns,
  dnsPorts,
  homeNetwork,
  internet,
  prometheus,
} from '../shared/externalPeers.ts';
import { requesterOf } from '../shared/requesters.ts';
import {
  type AnyRoute,
  certificateJob,
  certificateSecret,
  containerPort,
  controller,
  envoy,
  fluxKustomizations,
  type GatewayKey,
  gatewayOf,
  gatewaysOf,
  http,
  https,
  metricsPort,
  tunnelBackend,
  xdsPort,
} from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';

type SectionContext = Context<EnvoyGatewaySection>;

const component = 'envoy-gateway';
const field = 'envoyGateway';

/** What the controller, the Gateways and their pods need. */
export function requirements(context: SectionContext): Requirement[] {
  const { section, settings } = context;
  const connect = connectionsFor(component, field);
  const manager = controller(section);
  return [
    {
      kind: 'namespace',
      requester: requesterOf(component, field),
      name: section.namespace,
      podSecurity: 'restricted',
    },
    { kind: 'chart', requester: requesterOf(component, field), release: manager },
    connect(manager, apiServer, apiServerPorts, 'the objects that it looks after'),
    connect(certificateJob(section), apiServer, apiServerPorts, 'the certificates between it and Envoy'),
    ...prometheus(settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, manager, tcp(metricsPort), 'how the controller is doing'),
    ),
    ...gatewaysOf(section).flatMap((key) => gatewayRequirements(context, key)),
  ];
}

/** The certificate of a Gateway as the requirement that asks for it. */
export function certificate(section: EnvoyGatewaySection, key: GatewayKey): Requirement<'certificate'> {
  return {
    kind: 'certificate',
    requester: requesterOf(component, `${field}.${key}`),
    namespace: section.namespace,
    name: certificateSecret(key),
    hosts: [],
    wildcards: [section.domain],
  };
}

function gatewayRequirements({ section, settings }: SectionContext, key: GatewayKey): Requirement[] {
  const at = `${field}.${key}`;
  const connect = connectionsFor(component, at);
  const pods = envoy(section, key);
  const { telemetry } = section;
  return [
    ...(key === 'tunnel' ? [] : [certificate(section, key)]),
    connect(pods, controller(section), tcp(xdsPort), 'the configuration of Envoy'),
    connect(pods, clusterDns, dnsPorts, 'names of Services, and of issuers of tokens'),
    ...clientsOf(settings, key).map((client) => connect(client, pods, portsOf(section, key), 'requests')),
    ...prometheus(settings).map((from) =>
      connectionsFor(component, 'monitoring')(from, pods, tcp(metricsPort), 'how Envoy is doing'),
    ),
    ...(telemetry === undefined
      ? []
      : [
          connectionsFor(component, `${field}.telemetry`)(
            pods,
            { external: 'pods', namespace: telemetry.namespace, labels: telemetry.labels },
            tcp(telemetry.targetPort ?? telemetry.port),
            'metrics by OpenTelemetry',
          ),
        ]),
  ];
}

function portsOf({ http3 }: EnvoyGatewaySection, key: GatewayKey) {
  if (key === 'tunnel') return tcp(http.targetPort);
  return [
    ...tcp(http.targetPort),
    ...tcp(https.targetPort),
    ...(http3 ? [{ port: https.targetPort, protocol: 'UDP' as const }] : []),
  ];
}

/**
 * Who connects to a Gateway. The people at home reach the external one too, by the public name of what is published only; the
 * provider of the tunnel lets cloudflared in.
 */
export function clientsOf(settings: ClusterSettings, key: GatewayKey): ExternalPeer[] {
  if (key === 'tunnel') return [];
  const home = homeNetwork(settings);
  return key === 'internal' ? [home] : [internet, home];
}

/** The team whose tokens a route with the login of Access verifies. */
export function accessTeam({ requester }: Pick<AnyRoute, 'requester'>): Requirement<'access-team'> {
  return { kind: 'access-team', requester };
}

/** The issuer whose tokens a route verifies, for the pods of its Gateway. */
export function tokenIssuer(
  section: EnvoyGatewaySection,
  route: AnyRoute,
  { issuer }: JwtLogin,
): Requirement<'token-issuer'> {
  return {
    kind: 'token-issuer',
    requester: route.requester,
    name: issuer,
    namespace: route.backend.workload.namespace,
    clients: [envoy(section, gatewayOf(route))],
    kindsFrom: fluxKustomizations.operator.name,
  };
}

/** What follows from a route: a connection to its backend, its name, and what verifies who asks. */
export function routeRequirements(route: AnyRoute, { section }: SectionContext): Requirement[] {
  const { requester, backend, login } = route;
  const key = gatewayOf(route);
  // Without its Gateway there is a problem, which the rules tell of.
  if (section[key] === undefined) return [];
  const connect = connectionsFor(component, requester.field);
  return [
    connect(envoy(section, key), backend.workload, tcp(backend.targetPort), 'requests with a good login'),
    ...('host' in route ? nameOf(section, route) : []),
    ...(login.kind === 'access' ? accessRequirements(section, route, login) : []),
    ...(login.kind === 'jwt' ? [tokenIssuer(section, route, login)] : []),
  ];
}

/** The issuer whose tokens labelled routes demand: they may be on any Gateway but that of the tunnel. */
export function labelledIssuer(
  { requester, login }: Requirement<'labelled-routes'>,
  section: EnvoyGatewaySection,
): Requirement<'token-issuer'> {
  return {
    kind: 'token-issuer',
    requester,
    name: login.issuer,
    namespace: section.namespace,
    clients: gatewaysOf(section)
      .filter((key) => key !== 'tunnel')
      .map((key) => envoy(section, key)),
    kindsFrom: fluxKustomizations.operator.name,
  };
}

/** The port of a TCP route is open to whoever may come to its Gateway. */
export function portRequirements(
  route: Requirement<'tcp-route'>,
  { section, settings }: SectionContext,
): Requirement[] {
  const key = gatewayOf(route);
  if (section[key] === undefined) return [];
  const connect = connectionsFor(component, route.requester.field);
  return clientsOf(settings, key).map((client) =>
    connect(client, envoy(section, key), tcp(containerPort(route.port)), 'connections of TCP'),
  );
}

function nameOf(
  section: EnvoyGatewaySection,
  route: Extract<AnyRoute, { host: unknown }>,
): Requirement<'name'>[] {
  const { requester, host, from } = route;
  const key = gatewayOf(route);
  const address = {
    external: section.external?.target,
    internal: section.internal?.address,
    // The provider of the tunnel requires the name, since it knows the tunnel.
    tunnel: undefined,
  }[key];
  return address === undefined ? [] : [{ kind: 'name', requester, host, from, target: { address } }];
}

function accessRequirements(
  section: EnvoyGatewaySection,
  route: AnyRoute,
  { audience }: AccessLogin,
): Requirement[] {
  if (!('host' in route)) return [];
  const { requester, host } = route;
  return [
    accessTeam(route),
    { kind: 'tunnel', requester, host, backend: tunnelBackend(section), access: { audience } },
    connectionsFor(component, requester.field)(
      envoy(section, 'tunnel'),
      cloudflareSites,
      tcp(443),
      'the keys of Access',
    ),
  ];
}
