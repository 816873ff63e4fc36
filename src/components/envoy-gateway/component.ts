import type { Private } from '../../config/private.ts';
import type { GateBinding, RouteBinding } from '../contract/bindings.ts';
import { type BuildContext, type Context, defineComponent, type Manifest } from '../contract/component.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { envoyGatewayChecks } from './checks.ts';
import { envoyGatewayDocuments } from './documents.ts';
import { envoyProxy } from './envoyProxy.ts';
import { gatewayPolicy, redirect } from './gatewayPolicies.ts';
import { gateway, gatewayClass } from './gateways.ts';
import { labelledGrants, labelledPolicies } from './labelled.ts';
import { controllerMonitor, gatewayMonitors } from './monitoring.ts';
import { type AnyRoute, envoy, fluxKustomizations, gatewayOf, gatewaysOf } from './names.ts';
import { release, source } from './release.ts';
import { releaseNotes } from './releaseNotes.ts';
import {
  certificate,
  labelledIssuer,
  portRequirements,
  requirements,
  routeRequirements,
} from './requirements.ts';
import { isGatewayLogin, isGatewayRoute, routeManifests } from './routes.ts';
import { rules } from './rules.ts';
import { type EnvoyGatewaySection, envoyGatewaySection } from './section.ts';
import { backendTraffic, clientTraffic } from './traffic.ts';

/** The Gateways, and a route with its policy for each requirement: who may come is part of what is required. */
export const envoyGateway = defineComponent<EnvoyGatewaySection>({
  name: 'envoy-gateway',
  section: 'envoyGateway',
  summary: 'Gateways for HTTP, gRPC, TCP and TLS, which ask of each request who sends it.',
  listing: { title: 'Envoy Gateway', area: 'access', guide: 'docs/quickstart.md' },
  schema: envoyGatewaySection,
  requires: requirements,
  provides: {
    route: { accepts: isGatewayRoute, requires: routeRequirements, bind: routeBinding },
    'grpc-route': { accepts: isGatewayLogin, requires: routeRequirements, bind: routeBinding },
    'tcp-route': {
      accepts: isGatewayLogin,
      requires: (route, context) => [
        ...routeRequirements(route, context),
        ...portRequirements(route, context),
      ],
      bind: gateBinding,
    },
    'labelled-routes': {
      requires: (requirement, { section }) => [labelledIssuer(requirement, section)],
    },
    'tls-route': { accepts: isGatewayLogin, requires: routeRequirements, bind: routeBinding },
  },
  rules,
  checks: envoyGatewayChecks,
  documents: envoyGatewayDocuments,
  releaseNotes,
  build: (context) => ({
    manifests: [
      ...gatewayManifests(context),
      ...routeManifests(context),
      manifest(fluxKustomizations.gateways, 'securitypolicy-jwt.yaml', labelledPolicies(context)),
      ...labelledGrants(context).manifests,
    ],
    fluxKustomizations: [
      fluxKustomization(fluxKustomizations.operator, [], '10m'),
      fluxKustomization(
        fluxKustomizations.gateways,
        [fluxKustomizations.operator.name, ...certificateKustomizations(context)],
        '10m',
      ),
      ...labelledGrants(context).fluxKustomizations,
    ],
  }),
});

const { fluxKustomization, manifest } = withField('envoyGateway');

function gateBinding(route: AnyRoute, { section }: Context<EnvoyGatewaySection>): GateBinding {
  return {
    proxy: envoy(section, gatewayOf(route)),
    fluxKustomization: fluxKustomizations.gateways.name,
  };
}

function routeBinding(
  route: AnyRoute & { host: Private },
  context: Context<EnvoyGatewaySection>,
): RouteBinding {
  return { ...gateBinding(route, context), host: route.host };
}

function certificateKustomizations(context: BuildContext<EnvoyGatewaySection>): string[] {
  return gatewaysOf(context.section).flatMap(
    (key) => context.binding(certificate(context.section, key))?.fluxKustomization ?? [],
  );
}

function gatewayManifests(context: BuildContext<EnvoyGatewaySection>): Manifest[] {
  const { operator, gateways } = fluxKustomizations;
  const keys = gatewaysOf(context.section);
  return [
    manifest(operator, 'ocirepository.yaml', [source(context)]),
    manifest(operator, 'helmrelease.yaml', [release(context)]),
    manifest(operator, 'monitoring.yaml', controllerMonitor(context)),
    manifest(gateways, 'gatewayclass.yaml', [gatewayClass(context.section)]),
    manifest(
      gateways,
      'envoyproxy.yaml',
      keys.map((key) => envoyProxy(context, key)),
    ),
    manifest(
      gateways,
      'gateway.yaml',
      keys.map((key) => gateway(context, key)),
    ),
    manifest(
      gateways,
      'clienttrafficpolicy.yaml',
      keys.map((key) => clientTraffic(context, key)),
    ),
    manifest(
      gateways,
      'backendtrafficpolicy.yaml',
      keys.map((key) => backendTraffic(context, key)),
    ),
    manifest(
      gateways,
      'securitypolicy.yaml',
      keys.map((key) => gatewayPolicy(context.section, key)),
    ),
    manifest(gateways, 'redirect.yaml', redirect(context)),
    manifest(gateways, 'monitoring.yaml', gatewayMonitors(context)),
  ];
}
