import { pairsOf, type WrittenPair } from './writtenPair.ts';

const group = 'gateway.envoyproxy.io/v1alpha1';
const targetRef = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'a' };
const endpoints = [{ ip: { address: '10.0.0.1', port: 80 } }];
const named = [{ fqdn: { hostname: 'a.example.org', port: 443 } }];

const backends = pairsOf(group, 'Backend', {
  'one of fqdn, ip or unix must be specified': [{ endpoints }, { endpoints: [{}] }],
  'DynamicResolver type cannot use autoSNIFromEndpointHostname': [
    { type: 'DynamicResolver', tls: { wellKnownCACertificates: 'System' } },
    {
      type: 'DynamicResolver',
      tls: { wellKnownCACertificates: 'System', autoSNIFromEndpointHostname: true },
    },
  ],
  'sni and autoSNIFromEndpointHostname are mutually exclusive': [
    { endpoints: named, tls: { wellKnownCACertificates: 'System', sni: 'a.example.org' } },
    {
      endpoints: named,
      tls: { wellKnownCACertificates: 'System', sni: 'a.example.org', autoSNIFromEndpointHostname: true },
    },
  ],
});

/** A policy for a route with these fields. */
const policy = (fields: object) => ({ targetRef, ...fields });
const gzip = [{ type: 'Gzip', gzip: {} }];
const weightedZones = [{ zone: 'a', weight: 1 }];
const balanced = (loadBalancer: object) => policy({ loadBalancer });
const hashed = (consistentHash: object) => balanced({ type: 'ConsistentHash', consistentHash });
const byAddress = { type: 'SourceIP' };
const admitted = (admissionControl: object) => policy({ admissionControl });
const healthCheck = (http: object) =>
  policy({
    healthCheck: { active: { type: 'HTTP', http: { path: '/', expectedStatuses: [200], ...http } } },
  });
const requestBody = { type: 'Text', text: 'a' };
const answered = (statusCode: object, fields: object = { response: { statusCode: 500 } }) =>
  policy({ responseOverride: [{ match: { statusCodes: [statusCode] }, ...fields }] });
const redirected = (path: object) => answered({ value: 404 }, { redirect: { path } });
const limited = (cost: object) =>
  policy({
    rateLimit: { type: 'Local', local: { rules: [{ limit: { requests: 1, unit: 'Hour' }, cost }] } },
  });

const backendTrafficPolicies = pairsOf(group, 'BackendTrafficPolicy', {
  'this policy can only have a targetRef.kind of Gateway/ListenerSet/HTTPRoute/GRPCRoute/TCPRoute/UDPRoute/TLSRoute':
    [{ targetRef }, { targetRef: { ...targetRef, kind: 'Service' } }],
  'either compression or compressor can be set, not both': [
    policy({ compressor: gzip }),
    policy({ compressor: gzip, compression: gzip }),
  ],
  'requestBuffer cannot be used together with httpUpgrade': [
    policy({ requestBuffer: { limit: '1Mi' } }),
    policy({ requestBuffer: { limit: '1Mi' }, httpUpgrade: [{ type: 'websocket' }] }),
  ],
  'predictivePercent in preconnect policy only works with RoundRobin or Random load balancers': [
    policy({ connection: { preconnect: { predictivePercent: 200 } }, loadBalancer: { type: 'Random' } }),
    policy({
      connection: { preconnect: { predictivePercent: 200 } },
      loadBalancer: { type: 'LeastRequest' },
    }),
  ],
  'minSuccessRate must be between 1 and 100': [
    admitted({ minSuccessRate: 100 }),
    admitted({ minSuccessRate: 101 }),
  ],
  'maxRejectionPercent must be between 0 and 100': [
    admitted({ maxRejectionPercent: 0 }),
    admitted({ maxRejectionPercent: 101 }),
  ],
  'samplingWindow must be at least 1s': [
    admitted({ samplingWindow: '1s' }),
    admitted({ samplingWindow: '999ms' }),
  ],
  'The requestBody field can only be set when method is POST or PUT.': [
    healthCheck({ method: 'put', requestBody }),
    healthCheck({ method: 'GET', requestBody }),
  ],
  'PreferLocal zone-aware routing is not supported for ConsistentHash load balancers. Use weightedZones instead.':
    [
      balanced({ type: 'ConsistentHash', consistentHash: byAddress, zoneAware: { weightedZones } }),
      balanced({ type: 'ConsistentHash', consistentHash: byAddress, zoneAware: { preferLocal: {} } }),
    ],
  'PreferLocal zone-aware routing is not currently supported for BackendUtilization load balancers. Only WeightedZones can be used with BackendUtilization.':
    [
      balanced({ type: 'BackendUtilization', backendUtilization: {}, zoneAware: { weightedZones } }),
      balanced({ type: 'BackendUtilization', backendUtilization: {}, zoneAware: { preferLocal: {} } }),
    ],
  'ZoneAware routing is not supported for DynamicModule load balancers.': [
    balanced({ type: 'DynamicModule', dynamicModule: { name: 'a', lbPolicyName: 'a' } }),
    balanced({
      type: 'DynamicModule',
      dynamicModule: { name: 'a', lbPolicyName: 'a' },
      zoneAware: { weightedZones },
    }),
  ],
  'ZoneAware PreferLocal and WeightedZones cannot be specified together.': [
    balanced({ type: 'RoundRobin', zoneAware: { preferLocal: {} } }),
    balanced({ type: 'RoundRobin', zoneAware: { preferLocal: {}, weightedZones } }),
  ],
  'If consistent hash type is header, the header field must be set.': [
    hashed({ type: 'Header', header: { name: 'a' } }),
    hashed({ type: 'Header' }),
  ],
  'If consistent hash type is headers, the headers field must be set.': [
    hashed({ type: 'Headers', headers: [{ name: 'a' }] }),
    hashed({ type: 'Headers' }),
  ],
  'If consistent hash type is queryParams, the queryParams field must be set.': [
    hashed({ type: 'QueryParams', queryParams: [{ name: 'a' }] }),
    hashed({ type: 'QueryParams' }),
  ],
  "self != 'Replace'": [policy({ mergeType: 'StrategicMerge' }), policy({ mergeType: 'Replace' })],
  'response cost is not supported for Local Rate Limits': [
    limited({ request: { from: 'Number', number: 1 } }),
    limited({ response: { from: 'Number', number: 1 } }),
  ],
  'value must be set for type Value': [answered({ value: 404 }), answered({ type: 'Value' })],
  'range must be set for type Range': [
    answered({ type: 'Range', range: { start: 500, end: 511 } }),
    answered({ type: 'Range' }),
  ],
  'end must be greater than start': [
    answered({ type: 'Range', range: { start: 500, end: 501 } }),
    answered({ type: 'Range', range: { start: 500, end: 500 } }),
  ],
  'only ReplaceFullPath is supported for path.type': [
    redirected({ type: 'ReplaceFullPath', replaceFullPath: '/a' }),
    redirected({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' }),
  ],
});

const clientValidation = (fields: object) => ({
  targetRef: { ...targetRef, kind: 'Gateway' },
  tls: { clientValidation: { caCertificateRefs: [{ name: 'a' }], ...fields } },
});

const clientTrafficPolicies = pairsOf(group, 'ClientTrafficPolicy', {
  'allowExpiredCertificate can only be set when mode is VerifyIfGiven or RequireAndVerify': [
    clientValidation({ mode: 'RequireAndVerify', allowExpiredCertificate: true }),
    clientValidation({ mode: 'Request', allowExpiredCertificate: true }),
  ],
});

export const trafficPolicies: readonly WrittenPair[] = [
  ...backends,
  ...backendTrafficPolicies,
  ...clientTrafficPolicies,
];
