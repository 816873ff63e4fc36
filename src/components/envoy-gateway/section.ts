import * as z from 'zod';
import { privateField, publicField } from '../../config/field.ts';
import { ipAddress } from '../../config/values/address.ts';
import { labelName } from '../../config/values/kubernetes.ts';
import { hostname, port, server } from '../../config/values/network.ts';

const address = (where: string, example: string) =>
  privateField(
    `The address of the load balancer of the Gateway for ${where}. It is one of cluster.network.loadBalancer.addresses.`,
    ipAddress,
    { example },
  );

const external = z
  .strictObject({
    address: address('the internet', '192.168.1.241'),
    target: privateField(
      'The public name or address under which the internet reaches the Gateway: of the router that forwards ports 80 and 443 to it.',
      server,
      { example: 'home.example.net' },
    ),
  })
  .meta({
    description:
      'The Gateway envoy-external, for routes from the internet whose login is not that of Cloudflare Access.',
  });

const internal = z.strictObject({ address: address('the home network and the VPN', '192.168.1.242') }).meta({
  description: 'The Gateway envoy-internal, for routes from the home network and the VPN.',
});

const tunnel = z.strictObject({}).meta({
  description:
    'The Gateway envoy-tunnel, for routes with the login of Cloudflare Access. Only cloudflared can reach it.',
  visibility: 'public',
});

const telemetry = z
  .strictObject({
    namespace: publicField('The namespace of the collector.', labelName, { example: 'monitoring' }),
    service: publicField('The Service of the collector.', labelName, { example: 'otel-collector' }),
    port: publicField('The port of the Service that takes OTLP over gRPC.', port.default(4317)),
    targetPort: publicField(
      'The port of the pods behind it; that of the Service by default.',
      port.optional(),
      {
        example: 4317,
      },
    ),
    labels: publicField('The labels of the pods of the collector.', z.record(z.string(), z.string()), {
      example: { 'app.kubernetes.io/name': 'opentelemetry-collector' },
    }),
  })
  .meta({ description: 'A collector to which Envoy sends its metrics by OpenTelemetry (OTLP).' });

/** The section `envoyGateway` of the configuration. */
export const envoyGatewaySection = z
  .strictObject({
    enabled: publicField('Whether it runs.', z.boolean().default(true)),
    namespace: publicField(
      'The namespace of Envoy Gateway, of its Gateways and of the pods of Envoy.',
      labelName.default('network'),
    ),
    domain: privateField(
      'The domain of the hosts. Each host is one label below it, so that one certificate covers all of them without telling their names.',
      hostname,
      { substitution: 'DOMAIN', example: 'example.org' },
    ),
    external: external.optional(),
    internal: internal.optional(),
    tunnel: tunnel.optional(),
    http3: publicField(
      'Whether browsers may use HTTP/3, over UDP port 443, beside HTTP/2. Not for the tunnel.',
      z.boolean().default(true),
    ),
    merged: publicField(
      'Whether all Gateways of the class share one Envoy, those that you add yourself too. Only one of external, internal and tunnel is possible then.',
      z.boolean().default(false),
    ),
    telemetry: telemetry.optional(),
  })
  .meta({
    description:
      'Envoy Gateway: the entrance for HTTP, gRPC, TCP and TLS, which asks of each request who sends it.',
  });

export type EnvoyGatewaySection = z.output<typeof envoyGatewaySection>;
