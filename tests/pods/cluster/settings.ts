import { randomUUID } from 'node:crypto';
import { type Certificate, issuerOf, makeAuthority, signingKeyPair } from './certificates.ts';
import {
  apiServer,
  apiServerAddress,
  clients,
  containerdConfiguration,
  kubeletConfiguration,
  podNetwork,
  proxyConfiguration,
  settingsInNode,
} from './daemons.ts';
import { pauseImage } from './images.ts';
import { nodeAddress, nodeName } from './node.ts';

/** The files of a node and what a client of its API server needs. */
export interface Settings {
  /** Texts by their path in the node. */
  readonly files: Readonly<Record<string, string>>;
  /** Whoever holds it may do everything. */
  readonly token: string;
  /** What the certificate of the API server is checked against. */
  readonly authority: string;
  /** The administrator's. */
  readonly kubeconfig: string;
}

/** Makes keys, certificates and the configuration of each daemon, for one run. */
export function makeSettings(groups: 1 | 2): Settings {
  const authority = makeAuthority('kubernetes');
  const issue = issuerOf(authority);
  const pair = (name: string, of: Certificate) => ({
    [`${name}.crt`]: of.certificate,
    [`${name}.key`]: of.key,
  });
  const tokens = signingKeyPair();
  const token = randomUUID();
  const kubeconfigs = Object.entries(clients).map(
    ([name, of]) => [name, kubeconfig(authority.certificate, issue({ ...of, usage: 'client' }))] as const,
  );
  const settings = {
    'ca.crt': authority.certificate,
    'tokens.csv': `${token},admin,admin,system:masters\n`,
    'service-accounts.key': tokens.privateKey,
    'service-accounts.pub': tokens.publicKey,
    ...pair('kube-apiserver', issue(apiServerRequest)),
    ...pair(
      'kubelet-server',
      issue({
        ...clients.kubelet,
        usage: 'server',
        names: [nodeName],
        addresses: [nodeAddress, '127.0.0.1'],
      }),
    ),
    ...pair(
      'kubelet-client',
      issue({ commonName: 'kube-apiserver', organization: 'system:masters', usage: 'client' }),
    ),
    ...Object.fromEntries(kubeconfigs.map(([name, text]) => [`${name}.kubeconfig`, text])),
    'kubelet.json': JSON.stringify(kubeletConfiguration(groups)),
    'kube-proxy.json': JSON.stringify(proxyConfiguration),
  };
  return {
    files: {
      ...Object.fromEntries(
        Object.entries(settings).map(([name, text]) => [`${settingsInNode}/${name}`, text]),
      ),
      '/etc/containerd/config.toml': containerdConfiguration(pauseImage),
      '/etc/cni/net.d/10-pods.conflist': JSON.stringify(podNetwork),
      '/etc/hosts': `127.0.0.1 localhost\n${nodeAddress} ${nodeName}\n`,
      // No name server: the world has none, and pods ask CoreDNS.
      '/etc/resolv.conf': '',
    },
    token,
    authority: authority.certificate,
    kubeconfig: Object.fromEntries(kubeconfigs)['admin'] ?? '',
  };
}

const apiServerRequest = {
  commonName: 'kube-apiserver',
  usage: 'server',
  names: [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'localhost',
  ],
  addresses: ['127.0.0.1', apiServerAddress, nodeAddress],
} as const;

/** JSON is YAML, and every program reads it. */
function kubeconfig(authority: string, { certificate, key }: Certificate): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'pods', cluster: { server: apiServer, 'certificate-authority-data': base64(authority) } },
    ],
    users: [
      {
        name: 'user',
        user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) },
      },
    ],
    contexts: [{ name: 'pods', context: { cluster: 'pods', user: 'user' } }],
    'current-context': 'pods',
  });
}
