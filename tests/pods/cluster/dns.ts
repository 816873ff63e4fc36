import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { dnsAddress } from './daemons.ts';
import { edgeAddress, issuerAddress, places, storeAddress } from './world.ts';

const metadata = { name: 'coredns', namespace: 'kube-system' };
const labels = { 'k8s-app': 'kube-dns' };

/** Names of the world that pods resolve. */
export const worldNames = {
  'example-team.cloudflareaccess.com': places.cloudflare,
  'region1.v2.argotunnel.com': edgeAddress,
  'region2.v2.argotunnel.com': edgeAddress,
  'huggingface.co': places.internet,
  'world.example': places.internet,
  'git.example': places.lan,
  'store.example': storeAddress,
  'id.example.net': issuerAddress,
  // The charts of the example platform are there. That of Docker is asked by its other name.
  'ghcr.io': places.internet,
  'quay.io': places.internet,
  'index.docker.io': places.internet,
  'charts.rustfs.com': places.internet,
} as const;

const hosts = Object.entries(worldNames).map(([name, address]) => `        ${address} ${name}`);

const corefile = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    hosts {
${hosts.join('\n')}
        fallthrough
    }
    cache 5
}
`;

/** CoreDNS as the cluster's DNS, with the labels and the address that k3s gives it. */
export function dnsObjects(image: string): KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        {
          apiGroups: [''],
          resources: ['endpoints', 'services', 'pods', 'namespaces'],
          verbs: ['list', 'watch'],
        },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    deployment(image),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
      spec: {
        clusterIP: dnsAddress,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
}

function deployment(image: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coredns',
          dnsPolicy: 'Default',
          priorityClassName: 'system-cluster-critical',
          containers: [
            {
              name: 'coredns',
              image,
              imagePullPolicy: 'Never',
              args: ['-conf', '/etc/coredns/Corefile'],
              ports: [
                { containerPort: 53, name: 'dns', protocol: 'UDP' },
                { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
              ],
              // What k3s asks for it. Without a request it has a share of 2 of the processor, and stands still on a busy machine.
              resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
              readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
              // A busy machine answers late, and names that are not found for a restart would look like a policy.
              livenessProbe: { httpGet: { path: '/health', port: 8080 }, timeoutSeconds: 30 },
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  };
}
