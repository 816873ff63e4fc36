import { pairsOf, type WrittenPair } from './writtenPair.ts';

const group = 'gateway.networking.k8s.io/v1';
const http = { name: 'http', port: 80, protocol: 'HTTP' };
const certificateRefs = [{ name: 'a' }];
const tls = { mode: 'Terminate', certificateRefs };
const https = { name: 'https', port: 443, protocol: 'HTTPS', tls };
const gateway = (fields: object) => ({ gatewayClassName: 'a', listeners: [http], ...fields });
const at = (...addresses: readonly object[]) => gateway({ addresses });
const annotated = (key: string) => gateway({ infrastructure: { annotations: { [key]: 'a' } } });
const listening = (...listeners: readonly object[]) => gateway({ listeners });

const withTls = (...perPort: readonly object[]) => gateway({ tls: { frontend: { default: {}, perPort } } });

const gateways = pairsOf(group, 'Gateway', {
  'IPAddress values must be unique': [
    at({ type: 'IPAddress', value: '10.0.0.1' }, { type: 'IPAddress', value: '10.0.0.2' }),
    at({ value: '10.0.0.1' }, { type: 'IPAddress', value: '10.0.0.1' }),
  ],
  'Listener name must be unique within the Gateway': [
    listening(http, { ...http, name: 'other', port: 81 }),
    listening(http, { ...http, port: 81 }),
  ],
  'Port for TLS configuration must be unique within the Gateway': [
    withTls({ port: 443, tls: {} }, { port: 8443, tls: {} }),
    withTls({ port: 443, tls: {} }, { port: 443, tls: {} }),
  ],
  'Hostname values must be unique': [
    at({ type: 'Hostname', value: 'a.example.org' }, { type: 'Hostname', value: 'b.example.org' }),
    at({ type: 'Hostname', value: 'a.example.org' }, { type: 'Hostname', value: 'a.example.org' }),
  ],
  'Hostname value must be empty or contain only valid characters (matching ^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)':
    [at({ type: 'Hostname', value: '*.example.org' }), at({ type: 'Hostname', value: 'a.example.org.' })],
  'Annotation keys must be in the form of an optional DNS subdomain prefix followed by a required name segment of up to 63 characters.':
    [annotated('example.org/a'), annotated('example.org/a/b')],
  "If specified, the annotation key's prefix must be a DNS subdomain not longer than 253 characters in total.":
    [annotated(`${'a.'.repeat(125)}ab/a`), annotated(`${'a.'.repeat(126)}a/a`)],
  "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']": [
    listening(http),
    listening({ ...http, tls }),
  ],
  'tls mode must be Terminate for protocol HTTPS': [
    listening(https),
    listening({ ...https, tls: { mode: 'Passthrough' } }),
  ],
  'tls mode must be set for protocol TLS': [
    listening({ ...https, protocol: 'TLS', tls: { mode: 'Passthrough' } }),
    listening({ name: 'tls', port: 443, protocol: 'TLS' }),
  ],
  "hostname must not be specified for protocols ['TCP', 'UDP']": [
    listening({ name: 'tcp', port: 80, protocol: 'TCP' }),
    listening({ name: 'tcp', port: 80, protocol: 'TCP', hostname: 'a.example.org' }),
  ],
  'Combination of port, protocol and hostname must be unique for each listener': [
    listening(http, { ...http, name: 'other', hostname: 'a.example.org' }),
    listening(http, { ...http, name: 'other' }),
  ],
});

const listenerSet = (...listeners: readonly object[]) => ({ parentRef: { name: 'a' }, listeners });

const listenerSets = pairsOf(group, 'ListenerSet', {
  'Combination of port, protocol and hostname must be unique for each listener': [
    listenerSet(http, { ...http, name: 'other', hostname: 'a.example.org' }),
    listenerSet(http, { ...http, name: 'other' }),
  ],
});

export const gatewayPairs: readonly WrittenPair[] = [...gateways, ...listenerSets];
