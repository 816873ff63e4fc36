import { pairsOf, type WrittenPair } from './writtenPair.ts';

const group = 'gateway.envoyproxy.io/v1alpha1';
const targetRef = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'a' };
const service = { name: 'a', port: 80 };

const processed = (fields: object) => ({
  targetRef,
  extProc: [{ backendRefs: [service], ...fields }],
});
const scripted = (valueRef: object) => ({ targetRef, lua: [{ type: 'ValueRef', valueRef }] });
const script = { group: '', kind: 'ConfigMap', name: 'a' };

const envoyExtensionPolicies = pairsOf(group, 'EnvoyExtensionPolicy', {
  'BackendRefs only supports Core, multicluster.x-k8s.io, and gateway.envoyproxy.io groups.': [
    processed({}),
    processed({ backendRefs: [{ ...service, group: 'example.org', kind: 'Service' }] }),
  ],
  'If FullDuplexStreamed body processing mode is used, FailOpen must be false.': [
    processed({ processingMode: { request: { body: 'FullDuplexStreamed' } } }),
    processed({ failOpen: true, processingMode: { request: { body: 'FullDuplexStreamed' } } }),
  ],
  'If shadowMode is enabled, body processing mode must be Streamed or unset.': [
    processed({ shadowMode: true, processingMode: { response: { body: 'Streamed' } } }),
    processed({ shadowMode: true, processingMode: { response: { body: 'Buffered' } } }),
  ],
  'writableNamespaces cannot contain well-known Envoy HTTP filter namespaces': [
    processed({ metadata: { writableNamespaces: ['a'] } }),
    processed({ metadata: { writableNamespaces: ['envoy.filters.http.jwt_authn'] } }),
  ],
  'Only a reference to an object of kind ConfigMap belonging to default v1 API group is supported.': [
    scripted(script),
    scripted({ ...script, kind: 'Secret' }),
  ],
});

const ordered = (order: object) => ({ filterOrder: [{ name: 'envoy.filters.http.cors', ...order }] });
const located = (provider: object) => ({ geoIP: { provider: { type: 'MaxMind', ...provider } } });
const logged = (format: object) => ({
  telemetry: {
    accessLog: { settings: [{ format, sinks: [{ type: 'File', file: { path: '/dev/stdout' } }] }] },
  },
});
const sunk = (sink: object) => ({ telemetry: { accessLog: { settings: [{ sinks: [sink] }] } } });
const served = (als: object) =>
  sunk({ type: 'ALS', als: { type: 'HTTP', logName: 'a', backendRefs: [service], ...als } });
const exported = (fields: object) =>
  sunk({ type: 'OpenTelemetry', openTelemetry: { backendRefs: [service], ...fields } });
const traced = (fields: object) => ({
  telemetry: { tracing: { provider: { type: 'OpenTelemetry', backendRefs: [service], ...fields } } },
});
const sampled = (sampler: object) => traced({ openTelemetry: { sampler } });
const line = '%RESPONSE_CODE%';

const envoyProxies = pairsOf(group, 'EnvoyProxy', {
  'one of before or after must be specified': [ordered({ before: 'envoy.filters.http.rbac' }), ordered({})],
  'maxMind must be set when type is MaxMind': [
    located({ maxMind: { countryDbSource: { local: { path: '/a.mmdb' } } } }),
    located({}),
  ],
  'at least one MaxMind database source must be specified': [
    located({ maxMind: { asnDbSource: { local: { path: '/a.mmdb' } } } }),
    located({ maxMind: {} }),
  ],
  'If AccessLogFormat type is Text, text field needs to be set.': [
    logged({ type: 'Text', text: line }),
    logged({ type: 'Text' }),
  ],
  'If AccessLogFormat type is Text, json field must not be set.': [
    logged({ type: 'Text', text: line }),
    logged({ type: 'Text', text: line, json: { code: line } }),
  ],
  'If AccessLogFormat type is JSON, json field needs to be set.': [
    logged({ type: 'JSON', json: { code: line } }),
    logged({ type: 'JSON' }),
  ],
  'If AccessLogFormat type is JSON, text field must not be set.': [
    logged({ type: 'JSON', json: { code: line } }),
    logged({ type: 'JSON', json: { code: line }, text: line }),
  ],
  'If AccessLogFormat type is unset, at least one of text or json must be set.': [
    logged({ text: line, json: { code: line } }),
    logged({}),
  ],
  'The http field may only be set when type is HTTP.': [
    served({ http: { requestHeaders: ['a'] } }),
    served({ type: 'TCP', http: { requestHeaders: ['a'] } }),
  ],
  'must have at least one backend in backendRefs': [served({}), served({ backendRefs: [] })],
  'either resources or resourceAttributes can be set, not both': [
    exported({ resourceAttributes: { a: 'b' } }),
    exported({ resourceAttributes: { a: 'b' }, resources: { a: 'b' } }),
  ],
  'samplingPercentage can only be set with TraceIdRatio or ParentBasedTraceIdRatio': [
    sampled({ type: 'TraceIdRatio', samplingPercentage: { numerator: 1 } }),
    sampled({ type: 'AlwaysOn', samplingPercentage: { numerator: 1 } }),
  ],
  'serviceName cannot be empty if provided': [traced({ serviceName: 'a' }), traced({ serviceName: '' })],
});

export const envoyProxyPairs: readonly WrittenPair[] = [...envoyExtensionPolicies, ...envoyProxies];
