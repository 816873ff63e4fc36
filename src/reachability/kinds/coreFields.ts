import type {
  Container,
  ContainerPort,
  IngressSpec,
  IPBlock,
  NamespaceSpec,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
  PodSpec,
  ServicePort,
  ServiceSpec,
} from '../../kubernetes/types/core.generated.ts';
import type {
  Gateway,
  GRPCRoute,
  GRPCRouteFilters,
  HTTPRoute,
  HTTPRouteFilters,
  TCPRoute,
  TCPRouteRules,
  TLSRoute,
} from '../../kubernetes/types/gateway.networking.k8s.io.generated.ts';
import type { FieldTable } from './fieldUse.ts';

// What each field does is from the API reference of Kubernetes 1.36 and of the Gateway API 1.4.

const choice = { harmless: 'it decides which of its pods a client gets' };
const balancer = { harmless: 'a load balancer counts by its type, whatever makes it' };
const scheduling = { harmless: 'it decides where and when the pod runs' };
const process = { harmless: 'it decides about processes and files of the pod, not about its network' };
const health = { harmless: 'the kubelet asks it, on the node of the pod' };
const names = { harmless: 'it is a name of the pod itself, not of what it connects to' };
const rights = { harmless: 'rights on the node are an assumption, which the report prints' };

/** How the analysis treats the fields of a Service. */
export const serviceFields = {
  allocateLoadBalancerNodePorts: 'read',
  clusterIP: 'read',
  clusterIPs: 'read',
  externalIPs: 'read',
  externalName: 'read',
  externalTrafficPolicy: 'read',
  healthCheckNodePort: { harmless: 'kube-proxy answers it on the node, and it leads to no pod' },
  internalTrafficPolicy: 'read',
  ipFamilies: { harmless: 'the same ports are open for each family of addresses' },
  ipFamilyPolicy: { harmless: 'the same ports are open for each family of addresses' },
  loadBalancerClass: balancer,
  loadBalancerIP: balancer,
  loadBalancerSourceRanges: 'read',
  ports: {
    fields: {
      appProtocol: { harmless: 'it is a hint for proxies' },
      name: 'read',
      nodePort: 'read',
      port: 'read',
      protocol: 'read',
      targetPort: 'read',
    } as const satisfies FieldTable<ServicePort>,
  },
  publishNotReadyAddresses: choice,
  selector: 'read',
  sessionAffinity: choice,
  sessionAffinityConfig: choice,
  trafficDistribution: choice,
  type: 'read',
} as const satisfies FieldTable<ServiceSpec>;

const containerPort = {
  containerPort: 'read',
  hostIP: { harmless: 'a port of a node counts, whatever address of the node it has' },
  hostPort: 'read',
  name: 'read',
  protocol: 'read',
} as const satisfies FieldTable<ContainerPort>;

const container = {
  args: 'read',
  command: 'read',
  env: 'read',
  envFrom: 'read',
  image: 'read',
  imagePullPolicy: process,
  lifecycle: process,
  livenessProbe: health,
  name: 'read',
  ports: { fields: containerPort },
  readinessProbe: health,
  resizePolicy: scheduling,
  resources: scheduling,
  restartPolicy: process,
  restartPolicyRules: process,
  securityContext: rights,
  startupProbe: health,
  stdin: process,
  stdinOnce: process,
  terminationMessagePath: process,
  terminationMessagePolicy: process,
  tty: process,
  volumeDevices: process,
  volumeMounts: 'read',
  workingDir: process,
} as const satisfies FieldTable<Container>;

/** How the analysis treats the fields of a pod. */
export const podFields = {
  activeDeadlineSeconds: scheduling,
  affinity: scheduling,
  automountServiceAccountToken: { harmless: 'the API server decides what an account may do' },
  containers: { fields: container },
  dnsConfig: 'read',
  dnsPolicy: 'read',
  enableServiceLinks: { harmless: 'it adds variables that name Services' },
  ephemeralContainers: { harmless: 'the API server admits none in a pod that is created' },
  hostAliases: 'read',
  hostIPC: rights,
  hostNetwork: 'read',
  hostPID: rights,
  hostUsers: process,
  hostname: names,
  hostnameOverride: names,
  imagePullSecrets: process,
  initContainers: { fields: container },
  nodeName: 'read',
  nodeSelector: scheduling,
  os: scheduling,
  overhead: scheduling,
  preemptionPolicy: scheduling,
  priority: scheduling,
  priorityClassName: scheduling,
  readinessGates: health,
  resourceClaims: {
    unknown: 'a claim may be of a network device, on which no network policy holds',
    effects: ['policies', 'hostPorts'],
  },
  resources: scheduling,
  restartPolicy: process,
  runtimeClassName: { harmless: 'every runtime has the network of the pod' },
  schedulerName: scheduling,
  schedulingGates: scheduling,
  schedulingGroup: scheduling,
  securityContext: process,
  serviceAccount: 'read',
  serviceAccountName: 'read',
  setHostnameAsFQDN: names,
  shareProcessNamespace: process,
  subdomain: names,
  terminationGracePeriodSeconds: scheduling,
  tolerations: scheduling,
  topologySpreadConstraints: scheduling,
  volumes: 'read',
} as const satisfies FieldTable<PodSpec>;

const block = { cidr: 'read', except: 'read' } as const satisfies FieldTable<IPBlock>;
const peer = {
  ipBlock: { fields: block },
  namespaceSelector: 'read',
  podSelector: 'read',
} as const satisfies FieldTable<NetworkPolicyPeer>;
const policyPort = {
  endPort: 'read',
  port: 'read',
  protocol: 'read',
} as const satisfies FieldTable<NetworkPolicyPort>;

/** How the analysis treats the fields of a NetworkPolicy. */
export const networkPolicyFields = {
  egress: {
    fields: {
      ports: { fields: policyPort },
      to: { fields: peer },
    } as const satisfies FieldTable<NetworkPolicyEgressRule>,
  },
  ingress: {
    fields: {
      from: { fields: peer },
      ports: { fields: policyPort },
    } as const satisfies FieldTable<NetworkPolicyIngressRule>,
  },
  podSelector: 'read',
  policyTypes: 'read',
} as const satisfies FieldTable<NetworkPolicySpec>;

const ofIngress = { harmless: 'an Ingress leads in by itself, whatever it says' };

/** How the analysis treats the fields of an Ingress. */
export const ingressFields = {
  defaultBackend: ofIngress,
  ingressClassName: ofIngress,
  rules: ofIngress,
  tls: ofIngress,
} as const satisfies FieldTable<IngressSpec>;

/** How the analysis treats the fields of a Namespace. */
export const namespaceFields = {
  finalizers: { harmless: 'it decides when the namespace is gone' },
} as const satisfies FieldTable<NamespaceSpec>;

/** How the analysis treats the fields of a Gateway. */
export const gatewayFields = {
  addresses: 'read',
  allowedListeners: 'read',
  gatewayClassName: 'read',
  infrastructure: 'read',
  listeners: {
    fields: {
      allowedRoutes: 'read',
      hostname: 'read',
      name: 'read',
      port: 'read',
      protocol: 'read',
      tls: 'read',
    },
  },
  tls: { harmless: 'a client certificate is not counted as an access check' },
} as const satisfies FieldTable<Gateway['spec']>;

type RouteRule = NonNullable<HTTPRoute['spec']['rules']>[number];
type GrpcRule = NonNullable<GRPCRoute['spec']['rules']>[number];

const match = { harmless: 'each rule is analysed by itself, whatever it matches' };
const response = { harmless: 'it changes or gives an answer, and leads nowhere' };
const behindChecks = {
  harmless: 'the router applies it behind the access checks, which see the request of the client',
};

/** How the analysis treats the filters of an HTTPRoute. The access checks of Envoy Gateway come before each of them. */
const httpFilters = {
  ...({
    cors: response,
    extensionRef: 'read',
    requestHeaderModifier: behindChecks,
    requestMirror: 'read',
    requestRedirect: response,
    responseHeaderModifier: response,
    type: 'read',
    urlRewrite: behindChecks,
  } as const satisfies FieldTable<HTTPRouteFilters>),
  externalAuth: { harmless: 'an access check that is not counted as one' },
} as const;

const grpcFilters = {
  extensionRef: 'read',
  requestHeaderModifier: behindChecks,
  requestMirror: 'read',
  responseHeaderModifier: response,
  type: 'read',
} as const satisfies FieldTable<GRPCRouteFilters>;

const weight = { harmless: 'it decides how many requests a backend gets, and each backend counts' };
const backend = {
  group: 'read',
  kind: 'read',
  name: 'read',
  namespace: 'read',
  port: 'read',
  weight,
} as const satisfies FieldTable<TCPRouteRules['backendRefs'][number]>;

const parents = {
  fields: {
    group: 'read',
    kind: 'read',
    name: 'read',
    namespace: 'read',
    port: 'read',
    sectionName: 'read',
  },
} as const;

/** The fields of the experimental version that open nothing. */
const experimental = {
  retry: { harmless: 'it decides how often a request is sent on' },
  sessionPersistence: { harmless: 'it decides which of its pods a client gets' },
} as const;

/** How the analysis treats the fields of an HTTPRoute. */
export const httpRouteFields = {
  hostnames: 'read',
  parentRefs: parents,
  rules: {
    fields: {
      ...({
        backendRefs: { fields: { ...backend, filters: { fields: httpFilters } } },
        filters: { fields: httpFilters },
        matches: match,
        name: 'read',
        timeouts: { harmless: 'it decides how long a request may take' },
      } as const satisfies FieldTable<RouteRule>),
      ...experimental,
    },
  },
} as const satisfies FieldTable<HTTPRoute['spec']>;

/** How the analysis treats the fields of a GRPCRoute. */
export const grpcRouteFields = {
  hostnames: 'read',
  parentRefs: parents,
  rules: {
    fields: {
      ...({
        backendRefs: { fields: { ...backend, filters: { fields: grpcFilters } } },
        filters: { fields: grpcFilters },
        matches: match,
        name: 'read',
      } as const satisfies FieldTable<GrpcRule>),
      ...experimental,
    },
  },
} as const satisfies FieldTable<GRPCRoute['spec']>;

const plainRules = {
  fields: {
    backendRefs: { fields: backend },
    name: 'read',
  } as const satisfies FieldTable<TCPRouteRules>,
} as const;

/** How the analysis treats the fields of a TLSRoute. */
export const tlsRouteFields = {
  hostnames: 'read',
  parentRefs: parents,
  rules: plainRules,
} as const satisfies FieldTable<TLSRoute['spec']>;

/** How the analysis treats the fields of a TCPRoute, and of a UDPRoute, which has the same. */
export const tcpRouteFields = {
  parentRefs: parents,
  rules: plainRules,
} as const satisfies FieldTable<TCPRoute['spec']>;
