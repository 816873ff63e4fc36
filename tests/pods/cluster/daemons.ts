import { nodeAddress, nodeName, partsInNode } from './node.ts';

/** A program that runs in the node as long as the node does. */
export interface Daemon {
  readonly name: string;
  /** The program and its arguments, as the node sees them. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where the settings and keys of the daemons are in the node. */
export const settingsInNode = '/etc/gatehouse';

/** The addresses of Services, as k3s has them; the API server and the cluster's DNS take two of them. */
const services = '10.43.0.0/16';
export const apiServerAddress = '10.43.0.1';
export const dnsAddress = '10.43.0.10';
const pods = '10.42.0.0/16';

const etcd = 'http://127.0.0.1:2379';

/** Where the API server is, for whoever is in the network of the node. */
export const apiServer = 'https://127.0.0.1:6443';

function key(name: string): string {
  return `${settingsInNode}/${name}`;
}

function program(part: string, ...command: readonly string[]): string[] {
  return [`${partsInNode}/bin/${part}`, ...command];
}

/** What a program of the control plane needs to ask the API server and to let itself be asked. */
function identity(name: string): string[] {
  const file = key(`${name}.kubeconfig`);
  return [
    `--kubeconfig=${file}`,
    `--authentication-kubeconfig=${file}`,
    `--authorization-kubeconfig=${file}`,
  ];
}

/** The daemons, in the order of their start. Flags with a reason have it beside them; the others name files and addresses. */
export const daemons = {
  containerd: { name: 'containerd', command: ['/usr/bin/containerd'] },
  etcd: {
    name: 'etcd',
    command: program(
      'etcd',
      '--data-dir=/var/lib/etcd/data',
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      '--listen-peer-urls=http://127.0.0.1:2380',
      // Nothing here outlives the run.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ),
  },
  apiServer: {
    name: 'kube-apiserver',
    command: program(
      'kube-apiserver',
      `--etcd-servers=${etcd}`,
      '--secure-port=6443',
      '--bind-address=0.0.0.0',
      `--advertise-address=${nodeAddress}`,
      `--service-cluster-ip-range=${services}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--client-ca-file=${key('ca.crt')}`,
      `--token-auth-file=${key('tokens.csv')}`,
      `--tls-cert-file=${key('kube-apiserver.crt')}`,
      `--tls-private-key-file=${key('kube-apiserver.key')}`,
      // Logs and exec ask kubelet.
      `--kubelet-client-certificate=${key('kubelet-client.crt')}`,
      `--kubelet-client-key=${key('kubelet-client.key')}`,
      `--kubelet-certificate-authority=${key('ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-key-file=${key('service-accounts.pub')}`,
      `--service-account-signing-key-file=${key('service-accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      // Whether a Pod may be privileged is for Pod Security to say.
      '--allow-privileged=true',
      '--profiling=false',
    ),
  },
  controllerManager: {
    name: 'kube-controller-manager',
    command: program(
      'kubernetes-node',
      'kube-controller-manager',
      ...identity('kube-controller-manager'),
      `--cluster-cidr=${pods}`,
      `--service-cluster-ip-range=${services}`,
      '--allocate-node-cidrs=true',
      '--node-cidr-mask-size=24',
      `--service-account-private-key-file=${key('service-accounts.key')}`,
      `--root-ca-file=${key('ca.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      // It asks for a token for each of its controllers, twenty a second by default.
      '--kube-api-qps=500',
      '--kube-api-burst=500',
      '--bind-address=127.0.0.1',
    ),
  },
  scheduler: {
    name: 'kube-scheduler',
    command: program(
      'kubernetes-node',
      'kube-scheduler',
      ...identity('kube-scheduler'),
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ),
  },
  kubelet: {
    name: 'kubelet',
    command: program(
      'kubernetes-node',
      'kubelet',
      `--config=${key('kubelet.json')}`,
      `--kubeconfig=${key('kubelet.kubeconfig')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${nodeAddress}`,
      '--root-dir=/var/lib/kubelet',
    ),
  },
  proxy: {
    name: 'kube-proxy',
    command: program('kubernetes-node', 'kube-proxy', `--config=${key('kube-proxy.json')}`),
  },
  policyController: {
    name: 'policy-controller',
    command: program(
      'policy-controller',
      `--kubeconfig=${key('policy-controller.kubeconfig')}`,
      `--hostname-override=${nodeName}`,
      `--service-cluster-ip-range=${services}`,
      '--service-node-port-range=30000-32767',
    ),
    environment: { NODE_NAME: nodeName },
  },
} as const satisfies Record<string, Daemon>;

/** The clients of the API server, each with its certificate's name and group. */
export const clients = {
  admin: { commonName: 'admin', organization: 'system:masters' },
  kubelet: { commonName: `system:node:${nodeName}`, organization: 'system:nodes' },
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
  'kube-proxy': { commonName: 'system:kube-proxy' },
  'policy-controller': { commonName: 'policy-controller', organization: 'system:masters' },
} as const;

/** JSON is YAML, and every program reads it. */
export function kubeletConfiguration(groups: 1 | 2): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...(groups === 1 && { failCgroupV1: false }),
    cgroupDriver: 'cgroupfs',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: '/etc/resolv.conf',
    failSwapOn: false,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: key('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: key('kubelet-server.crt'),
    tlsPrivateKeyFile: key('kubelet-server.key'),
    // The disk is the machine's: how full it is says nothing about the pods here.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // No registry gives back an image that is deleted.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // The node is new every time, and everything on it waits for it to be Ready.
    nodeStatusUpdateFrequency: '5s',
    syncFrequency: '10s',
    // How often it looks how full a volume is; otherwise once a minute.
    volumeStatsAggPeriod: '10s',
    // What fails starts again after ten seconds, not after up to five minutes.
    crashLoopBackOff: { maxContainerRestartPeriod: '10s' },
    readOnlyPort: 0,
  };
}

export const proxyConfiguration: object = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: key('kube-proxy.kubeconfig') },
  mode: 'iptables',
  clusterCIDR: pods,
  hostnameOverride: nodeName,
  // Only the machine's own network may change the size of the table of connections.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  healthzBindAddress: '127.0.0.1:10256',
  metricsBindAddress: '127.0.0.1:10249',
};

/** The bridge of the pods. Its leases are on a file system that ends with the node. */
export const podNetwork: object = {
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      isDefaultGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.42.0.0/24' }]],
        dataDir: '/run/cni-ipam',
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** The configuration of containerd, as TOML. */
export function containerdConfiguration(pause: string): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.nri.v1.nri",
]

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pause}"

[plugins."io.containerd.cri.v1.runtime"]
  # Without CAP_SYS_RESOURCE runc may not lower the score of a sandbox.
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
        BinaryName = "/usr/sbin/runc"
        SystemdCgroup = false
`;
}
