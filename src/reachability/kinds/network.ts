import { listAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { announcedBeyondLoadBalancers, calicoAnnouncements, calicoPeers } from './announcements.ts';
import { harmless, type KindFamily, makesAllAnywhere, modelled, type Reach, unread } from './kind.ts';

const cilium = 'Cilium 1.18, docs';
const calico = 'Calico 3.31, docs, resource definitions';
const antrea = 'Antrea 2.4, docs';
const istio = 'Istio 1.27, reference';

const announces =
  'It assigns or announces addresses of Services. Each Service with an address counts by itself';
const record = 'It is a record of the network';

/** Networks of pods, their policies, addresses of Services, and meshes. */
export const networkKinds: readonly KindFamily[] = [
  modelled('policies', 'cilium.io', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'),
  harmless(
    announces,
    `${cilium}, LB IPAM and L2 announcements`,
    'cilium.io',
    'CiliumLoadBalancerIPPool',
    'CiliumL2AnnouncementPolicy',
  ),
  harmless(
    announces,
    `${cilium}, BGP control plane`,
    'cilium.io',
    'CiliumBGPClusterConfig',
    'CiliumBGPPeerConfig',
    'CiliumBGPNodeConfig',
    'CiliumBGPNodeConfigOverride',
  ),
  unread(
    {
      effects: ['services'],
      scope: 'any',
      does: 'announces addresses of pods or of Services of the cluster to routers',
      narrow: announcedBeyondLoadBalancers,
    },
    `${cilium}, BGP control plane resources`,
    'cilium.io',
    'CiliumBGPAdvertisement',
    'CiliumBGPPeeringPolicy',
  ),
  harmless(
    'It is a list of address blocks. A policy that names it is read as unknown',
    `${cilium}, network policy`,
    'cilium.io',
    'CiliumCIDRGroup',
  ),
  harmless(
    'It changes the address from which pods leave the cluster',
    `${cilium}, egress gateway`,
    'cilium.io',
    'CiliumEgressGatewayPolicy',
  ),
  harmless(
    'It says how the Service of a Gateway is made, and a Gateway counts by itself',
    `${cilium}, Gateway API`,
    'cilium.io',
    'CiliumGatewayClassConfig',
  ),
  harmless(
    record,
    `${cilium}, CRDs`,
    'cilium.io',
    'CiliumNode',
    'CiliumIdentity',
    'CiliumEndpoint',
    'CiliumEndpointSlice',
    'CiliumPodIPPool',
  ),
  unread(
    { effects: ['pods'], scope: 'any', does: 'lets a machine outside of the cluster be a pod to policies' },
    'Cilium 1.16, docs, external workloads',
    'cilium.io',
    'CiliumExternalWorkload',
  ),
  unread(
    {
      effects: ['routes', 'services', 'policies'],
      scope: 'own',
      does: 'may lead Services elsewhere, by a configuration of Envoy',
    },
    `${cilium}, L7 traffic management`,
    'cilium.io',
    'CiliumEnvoyConfig',
  ),
  unread(
    {
      effects: ['routes', 'services', 'policies'],
      scope: 'any',
      does: 'may lead Services elsewhere, by a configuration of Envoy',
    },
    `${cilium}, L7 traffic management`,
    'cilium.io',
    'CiliumClusterwideEnvoyConfig',
  ),
  unread(
    { effects: ['services', 'policies'], scope: 'own', does: 'leads a Service or an address to other pods' },
    `${cilium}, local redirect policy`,
    'cilium.io',
    'CiliumLocalRedirectPolicy',
  ),
  modelled('enforcement', 'cilium.io', 'CiliumNodeConfig'),
  harmless(announces, 'MetalLB 0.15, API reference', 'metallb.io', '*'),
  harmless(announces, 'PureLB 0.13, docs', 'purelb.io', '*'),
  harmless(announces, 'OpenELB 0.6, docs', 'network.kubesphere.io', 'Eip', 'BgpConf', 'BgpPeer'),
  ...['crd.projectcalico.org', 'projectcalico.org'].flatMap((group) => [
    modelled('policies', group, 'NetworkPolicy', 'GlobalNetworkPolicy'),
    modelled('enforcement', group, 'FelixConfiguration'),
    harmless(
      'It is a list of addresses. Policies of Calico are unknown anyway',
      calico,
      group,
      'NetworkSet',
      'GlobalNetworkSet',
      'Tier',
    ),
    harmless(
      'It is not enforced',
      calico,
      group,
      'StagedNetworkPolicy',
      'StagedGlobalNetworkPolicy',
      'StagedKubernetesNetworkPolicy',
    ),
    harmless(
      record,
      calico,
      group,
      'BGPFilter',
      'BlockAffinity',
      'CalicoNodeStatus',
      'ClusterInformation',
      'IPAMBlock',
      'IPAMConfig',
      'IPAMHandle',
      'IPPool',
      'IPReservation',
      'KubeControllersConfiguration',
      'Node',
      'WorkloadEndpoint',
    ),
    unread(
      {
        effects: ['services'],
        scope: 'any',
        does: 'may announce addresses of Services of the cluster to routers',
        narrow: calicoAnnouncements,
      },
      `${calico}, BGP configuration`,
      group,
      'BGPConfiguration',
    ),
    unread(
      {
        effects: ['services'],
        scope: 'any',
        does: 'announces addresses of pods to routers',
        narrow: calicoPeers,
      },
      `${calico}, BGP peer`,
      group,
      'BGPPeer',
    ),
    unread(
      { effects: ['enforcement'], scope: 'any', does: 'may change how policies are enforced' },
      `${calico}, host endpoint and profile`,
      group,
      'HostEndpoint',
      'Profile',
    ),
  ]),
  unread(
    { ...makesAllAnywhere, does: 'makes the network of the cluster, and its policies' },
    'Tigera operator 1.40, API reference',
    'operator.tigera.io',
    '*',
  ),
  modelled('policies', 'crd.antrea.io', 'NetworkPolicy', 'ClusterNetworkPolicy'),
  harmless(
    'It is a group of pods or addresses, or a tier. Policies of Antrea are unknown anyway',
    antrea,
    'crd.antrea.io',
    'Group',
    'ClusterGroup',
    'Tier',
  ),
  harmless(
    'It changes the address from which pods leave the cluster',
    antrea,
    'crd.antrea.io',
    'Egress',
    'ExternalIPPool',
    'IPPool',
  ),
  harmless(
    record,
    antrea,
    'crd.antrea.io',
    'AntreaAgentInfo',
    'AntreaControllerInfo',
    'ExternalNode',
    'NodeLatencyMonitor',
    'SupportBundleCollection',
    'Traceflow',
    'PacketCapture',
  ),
  unread(
    { effects: ['policies'], scope: 'any', does: 'mirrors or redirects traffic of pods' },
    antrea,
    'crd.antrea.io',
    'TrafficControl',
  ),
  modelled(
    'policies',
    'policy.networking.k8s.io',
    'AdminNetworkPolicy',
    'BaselineAdminNetworkPolicy',
    'ClusterNetworkPolicy',
  ),
  harmless(
    'It reports what policies would do, and enforces none',
    'kguardian 1, docs',
    'kguardian.dev',
    'AuditClusterNetworkPolicy',
    'AuditNetworkPolicy',
  ),
  harmless(
    'It describes another network. A pod is on it only by an annotation, which counts by itself',
    'Multus 4.2, docs, how to use',
    'k8s.cni.cncf.io',
    'NetworkAttachmentDefinition',
  ),
  harmless(
    'It restricts other networks of pods, and opens none',
    'multi-networkpolicy 1, docs',
    'k8s.cni.cncf.io',
    'MultiNetworkPolicy',
  ),
  harmless(record, 'whereabouts 0.9, docs', 'whereabouts.cni.cncf.io', '*'),
  unread(
    { effects: ['policies'], scope: 'any', does: 'puts pods on another network or changes their policies' },
    'OVN-Kubernetes 1, docs',
    'k8s.ovn.org',
    '*',
  ),
  // Meshes.
  harmless(
    'It refuses requests between proxies of the mesh, and lets none past a network policy',
    `${istio}, security`,
    'security.istio.io',
    '*',
  ),
  harmless(
    'It says how proxies of the mesh connect, or which hosts they know',
    `${istio}, traffic management`,
    'networking.istio.io',
    'DestinationRule',
    'ProxyConfig',
  ),
  unread(
    {
      effects: ['policies'],
      scope: 'own',
      does: 'opens ports of pods that lead to others of their ports',
      narrow: sidecarListeners,
    },
    `${istio}, Sidecar, ingress listeners`,
    'networking.istio.io',
    'Sidecar',
  ),
  unread(
    {
      effects: ['pods', 'services'],
      scope: 'own',
      does: 'lets machines outside of the cluster join a Service',
    },
    `${istio}, WorkloadGroup`,
    'networking.istio.io',
    'WorkloadGroup',
  ),
  unread(
    {
      effects: ['routes', 'services'],
      scope: 'own',
      does: 'may lead in by a gateway of the mesh, or lead hosts elsewhere',
    },
    `${istio}, traffic management`,
    'networking.istio.io',
    'Gateway',
    'VirtualService',
    'ServiceEntry',
    'WorkloadEntry',
    'EnvoyFilter',
  ),
  unread(
    { effects: ['routes'], scope: 'own', does: 'runs a program in proxies of the mesh' },
    `${istio}, Wasm plugin`,
    'extensions.istio.io',
    'WasmPlugin',
  ),
  harmless(
    'It says what proxies of the mesh report',
    `${istio}, telemetry`,
    'telemetry.istio.io',
    'Telemetry',
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs a mesh, which changes pods' },
    `${istio}, IstioOperator and Sail operator 1`,
    'install.istio.io',
    '*',
  ),
  unread(
    { ...makesAllAnywhere, does: 'installs a mesh, which changes pods' },
    'Sail operator 1, docs',
    'sailoperator.io',
    '*',
  ),
  harmless(
    'It refuses requests between proxies of the mesh, or says how they retry',
    'Linkerd 2.18, reference',
    'policy.linkerd.io',
    'Server',
    'ServerAuthorization',
    'AuthorizationPolicy',
    'MeshTLSAuthentication',
    'NetworkAuthentication',
    'EgressNetwork',
    'HTTPLocalRateLimitPolicy',
  ),
  unread(
    {
      effects: ['routes', 'services', 'policies'],
      scope: 'own',
      does: 'may lead the requests for a Service elsewhere, by proxies of the mesh',
    },
    'Linkerd 2.18, reference, HTTPRoute',
    'policy.linkerd.io',
    '*',
  ),
  unread(
    {
      effects: ['routes', 'services', 'policies'],
      scope: 'own',
      does: 'leads the requests for a Service elsewhere, by proxies of the mesh',
      narrow: profileOverrides,
    },
    'Linkerd 2.18, reference, service profiles',
    'linkerd.io',
    'ServiceProfile',
  ),
  unread(
    { effects: ['pods', 'services'], scope: 'any', does: 'makes Services that lead to another cluster' },
    'Linkerd 2.18, multicluster',
    'multicluster.linkerd.io',
    '*',
  ),
  unread(
    { effects: ['routes'], scope: 'own', does: 'lets other clusters reach a Service' },
    'KEP-1645, Multi-Cluster Services API',
    'multicluster.x-k8s.io',
    'ServiceExport',
  ),
  harmless(
    'It names a Service of other clusters',
    'KEP-1645, Multi-Cluster Services API',
    'multicluster.x-k8s.io',
    'ServiceImport',
  ),
  unread(
    { effects: ['pods', 'services', 'routes'], scope: 'own', does: 'connects Services with other clusters' },
    'Skupper 2, reference',
    'skupper.io',
    '*',
  ),
];

function sidecarListeners(object: KubernetesObject): readonly Partial<Reach>[] {
  return listAt(object, 'spec', 'ingress').length > 0 ? [{}] : [];
}

function profileOverrides(object: KubernetesObject): readonly Partial<Reach>[] {
  return listAt(object, 'spec', 'dstOverrides').length > 0 ? [{}] : [];
}
