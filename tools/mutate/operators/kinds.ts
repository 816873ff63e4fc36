import type { Family, Operator } from '../operator.ts';
import {
  any,
  anything,
  clusterObject,
  eachNamespace,
  kind,
  kindOf,
  loadBalancer,
  loadBalancerService,
  object,
} from './addedObjects.ts';
import { makersOfPods, makersOfServices } from './makers.ts';

const serviceText = (type: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  type: ${type}\n  ports:\n    - port: 80\n`;

/** Kinds that make objects of every kind. */
const makersOfAnything: readonly Operator[] = [
  kind(
    'resource-set',
    'Adds a ResourceSet with a Service of type LoadBalancer',
    object('fluxcd.controlplane.io/v1', 'ResourceSet', {
      resources: [{ apiVersion: 'v1', kind: 'Service', ...loadBalancerService }],
    }),
    loadBalancer,
    'Flux Operator 0.60, ResourceSet',
  ),
  kind(
    'resource-set-template',
    'Adds a ResourceSet with a Service of type LoadBalancer as text',
    object('fluxcd.controlplane.io/v1', 'ResourceSet', { resourcesTemplate: serviceText('LoadBalancer') }),
    loadBalancer,
    'Flux Operator 0.60, ResourceSet, `resourcesTemplate`',
  ),
  kind(
    'resource-set-inputs',
    'Adds a ResourceSet whose inputs say the type of a Service',
    object('fluxcd.controlplane.io/v1', 'ResourceSet', {
      inputs: [{ type: 'LoadBalancer' }],
      resourcesTemplate: serviceText('<< inputs.type >>'),
    }),
    loadBalancer,
    'Flux Operator 0.60, ResourceSet, Templating',
  ),
  kind(
    'argo-application',
    'Adds an Application of Argo CD',
    object('argoproj.io/v1alpha1', 'Application', {
      project: 'default',
      source: { repoURL: 'https://git.example.org/apps', path: '.', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
    }),
    anything,
    'Argo CD, Application: it applies what another repository holds',
  ),
  kind(
    'argo-application-set',
    'Adds an ApplicationSet of Argo CD',
    object('argoproj.io/v1alpha1', 'ApplicationSet', { generators: [], template: {} }),
    anything,
    'Argo CD, ApplicationSet',
  ),
  kind(
    'k3s-helm-chart',
    'Adds a HelmChart of k3s',
    object('helm.cattle.io/v1', 'HelmChart', { chart: 'traefik', repo: 'https://charts.example.org' }),
    anything,
    'k3s, Helm, HelmChart',
  ),
  kind(
    'k3s-helm-chart-config',
    'Adds a HelmChartConfig of k3s',
    object('helm.cattle.io/v1', 'HelmChartConfig', { valuesContent: 'service: {type: LoadBalancer}\n' }),
    anything,
    'k3s, Helm, HelmChartConfig',
  ),
  kind(
    'crossplane-object',
    'Adds an Object of Crossplane',
    clusterObject('kubernetes.crossplane.io/v1alpha2', 'Object', {
      forProvider: { manifest: { apiVersion: 'v1', kind: 'Service', ...loadBalancerService } },
    }),
    loadBalancer,
    'Crossplane, provider-kubernetes, Object',
  ),
  kind(
    'kro-graph',
    'Adds a ResourceGraphDefinition of kro, and an object of the kind that it defines',
    (namespace) => [
      ...clusterObject('kro.run/v1alpha1', 'ResourceGraphDefinition', {
        schema: { apiVersion: 'v1alpha1', kind: 'App' },
        resources: [
          { id: 'service', template: { apiVersion: 'v1', kind: 'Service', ...loadBalancerService } },
        ],
      })(),
      ...object('kro.run/v1alpha1', 'App', {})(namespace),
    ],
    loadBalancer,
    'kro, ResourceGraphDefinition: an object of its kind makes what it holds',
  ),
  kind(
    'kyverno-mutation',
    'Adds a ClusterPolicy of Kyverno that changes Services',
    clusterObject('kyverno.io/v1', 'ClusterPolicy', {
      rules: [
        {
          name: 'open',
          match: { any: [{ resources: { kinds: ['Service'] } }] },
          mutate: { patchStrategicMerge: { spec: { type: 'LoadBalancer' } } },
        },
      ],
    }),
    loadBalancer,
    'Kyverno, Mutate Rules',
  ),
  kind(
    'kyverno-generation',
    'Adds a ClusterPolicy of Kyverno that generates a NetworkPolicy',
    clusterObject('kyverno.io/v1', 'ClusterPolicy', {
      rules: [
        {
          name: 'open',
          match: { any: [{ resources: { kinds: ['Namespace'] } }] },
          generate: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'open', data: {} },
        },
      ],
    }),
    any,
    'Kyverno, Generate Rules',
  ),
  kind(
    'mutating-admission-policy',
    'Adds a MutatingAdmissionPolicy that changes Services, with its binding',
    () => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicy',
        metadata: { name: 'opened' },
        spec: {
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['services'],
              },
            ],
          },
          failurePolicy: 'Fail',
          reinvocationPolicy: 'Never',
          mutations: [
            {
              patchType: 'ApplyConfiguration',
              applyConfiguration: { expression: 'Object{spec: Object.spec{type: "LoadBalancer"}}' },
            },
          ],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: 'opened' },
        spec: { policyName: 'opened' },
      },
    ],
    any,
    'Kubernetes, Mutating Admission Policy',
  ),
  kind(
    'mutating-webhook',
    'Adds a MutatingWebhookConfiguration',
    () => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'opened' },
        webhooks: [
          {
            name: 'open.example.org',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { url: 'https://hook.example.org/' },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
        ],
      },
    ],
    any,
    'Kubernetes, Dynamic Admission Control',
  ),
  {
    id: 'job-as-cluster-admin',
    does: 'Adds a Job whose ServiceAccount is bound to cluster-admin',
    equivalent: 'the default denial keeps the Job from the API server',
    mutations: (tree) =>
      eachNamespace(
        tree,
        (namespace) => [
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'opened', namespace } },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRoleBinding',
            metadata: { name: 'opened' },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
            subjects: [{ kind: 'ServiceAccount', name: 'opened', namespace }],
          },
          {
            apiVersion: 'batch/v1',
            kind: 'Job',
            metadata: { name: 'opened', namespace },
            spec: {
              template: {
                spec: {
                  serviceAccountName: 'opened',
                  restartPolicy: 'Never',
                  containers: [
                    {
                      name: 'c',
                      image: 'registry.k8s.io/kubectl:v1.36.0',
                      args: ['delete', 'networkpolicy', '--all', '-A'],
                    },
                  ],
                },
              },
            },
          },
        ],
        [],
      ),
  },
  kind(
    'unknown-kind',
    'Adds an object of a kind that nobody knows',
    object('apps.example.org/v1', 'Widget', { open: true }),
    anything,
    'what its controller makes is not known',
  ),
  kind(
    'unknown-cluster-kind',
    'Adds an object without a namespace, of a kind that nobody knows',
    clusterObject('apps.example.org/v1', 'ClusterWidget', { open: true }),
    anything,
    'what its controller makes is not known',
  ),
  kind(
    'unknown-kind-in-a-known-group',
    'Adds an object of an unknown kind in the group of a known project',
    object('cilium.io/v2alpha1', 'CiliumGatewayThing', { open: true }),
    anything,
    'what its controller makes is not known',
  ),
];

/** Kinds that lead to a cluster, or open its network. */
const openers: readonly Operator[] = [
  kind(
    'tailscale-connector',
    'Adds a Connector of Tailscale that routes to the ranges of the cluster',
    clusterObject('tailscale.com/v1alpha1', 'Connector', {
      subnetRouter: { advertiseRoutes: ['10.42.0.0/16', '10.43.0.0/16'] },
    }),
    any,
    'Tailscale Kubernetes Operator, Connector: a pod that routes from the tailnet',
  ),
  kind(
    'tailscale-proxy-group',
    'Adds a ProxyGroup of Tailscale',
    clusterObject('tailscale.com/v1alpha1', 'ProxyGroup', { type: 'ingress', replicas: 1 }),
    any,
    'Tailscale Kubernetes Operator, ProxyGroup: pods that lead in',
  ),
  kind(
    'cloudflare-tunnel',
    'Adds a Tunnel of the Cloudflare operator',
    object('networking.cfargotunnel.com/v1alpha2', 'Tunnel', {
      newTunnel: { name: 'second' },
      cloudflare: { domain: 'example.org', secret: 'cloudflare' },
    }),
    [{ invariant: 'any' }],
    'adyanth/cloudflare-operator 0.13, Tunnel: it runs cloudflared',
  ),
  kind(
    'cloudflare-tunnel-binding',
    'Adds a TunnelBinding of the Cloudflare operator',
    (namespace) => [
      {
        apiVersion: 'networking.cfargotunnel.com/v1alpha1',
        kind: 'TunnelBinding',
        metadata: { name: 'opened', namespace },
        subjects: [{ name: 'app', spec: { fqdn: 'second.example.org' } }],
        tunnelRef: { kind: 'ClusterTunnel', name: 'second' },
      },
    ],
    any,
    'adyanth/cloudflare-operator 0.13, TunnelBinding: it adds a hostname to a tunnel',
  ),
  kindOf(
    'cilium',
    kind(
      'cilium-envoy-config',
      'Adds a CiliumEnvoyConfig',
      object('cilium.io/v2', 'CiliumEnvoyConfig', {
        services: [{ name: 'app', namespace: 'x' }],
        resources: [],
      }),
      any,
      'Cilium 1.19, CiliumEnvoyConfig: an Envoy listener with routes of its own',
    ),
  ),
  kind(
    'admin-network-policy',
    'Adds an AdminNetworkPolicy that allows everything',
    clusterObject('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', {
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ name: 'open', action: 'Allow', from: [{ namespaces: {} }] }],
    }),
    any,
    'network-policy-api 0.1.7, AdminNetworkPolicy: it precedes NetworkPolicy',
  ),
  kind(
    'cluster-network-policy',
    'Adds a ClusterNetworkPolicy that accepts everything',
    clusterObject('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ name: 'open', action: 'Accept', from: [{ namespaces: {} }] }],
    }),
    any,
    'network-policy-api 0.2, ClusterNetworkPolicy: the tier Admin precedes NetworkPolicy',
  ),
  kindOf(
    'calico',
    kind(
      'calico-policy',
      'Adds a GlobalNetworkPolicy of Calico that allows everything',
      clusterObject('projectcalico.org/v3', 'GlobalNetworkPolicy', {
        order: 1,
        selector: 'all()',
        types: ['Ingress', 'Egress'],
        ingress: [{ action: 'Allow' }],
        egress: [{ action: 'Allow' }],
      }),
      any,
      'Calico, GlobalNetworkPolicy',
    ),
  ),
];

export const kindFamily: Family = {
  title: 'Kinds',
  operators: [...makersOfServices, ...makersOfPods, ...makersOfAnything, ...openers],
};
