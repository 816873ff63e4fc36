import type { Operator } from '../operator.ts';
import {
  any,
  hostPort,
  ingress,
  kind,
  loadBalancer,
  nodePort,
  object,
  oneNodePort,
  podSpec,
} from './addedObjects.ts';

/** Kinds that make Services. */
export const makersOfServices: readonly Operator[] = [
  kind(
    'cnpg-managed-service',
    'Adds a CloudNativePG Cluster with a managed Service of type LoadBalancer',
    object('postgresql.cnpg.io/v1', 'Cluster', {
      instances: 1,
      storage: { size: '1Gi' },
      managed: {
        services: {
          additional: [
            {
              selectorType: 'rw',
              serviceTemplate: { metadata: { name: 'opened' }, spec: { type: 'LoadBalancer' } },
            },
          ],
        },
      },
    }),
    loadBalancer,
    'CloudNativePG 1.30, Service Management',
  ),
  oneNodePort(
    kind(
      'cnpg-managed-node-port',
      'Adds a CloudNativePG Cluster with a managed Service of type NodePort',
      object('postgresql.cnpg.io/v1', 'Cluster', {
        instances: 1,
        storage: { size: '1Gi' },
        managed: {
          services: {
            additional: [
              {
                selectorType: 'rw',
                serviceTemplate: { metadata: { name: 'opened' }, spec: { type: 'NodePort' } },
              },
            ],
          },
        },
      }),
      nodePort,
      'CloudNativePG 1.30, Service Management',
    ),
  ),
  kind(
    'cnpg-pooler',
    'Adds a CloudNativePG Pooler with a Service of type LoadBalancer',
    object('postgresql.cnpg.io/v1', 'Pooler', {
      cluster: { name: 'db' },
      instances: 1,
      type: 'rw',
      pgbouncer: { poolMode: 'session' },
      serviceTemplate: { metadata: {}, spec: { type: 'LoadBalancer' } },
    }),
    loadBalancer,
    'CloudNativePG 1.30, Connection Pooling, Service Template',
  ),
  kind(
    'dragonfly',
    'Adds a Dragonfly with a Service of type LoadBalancer',
    object('dragonflydb.io/v1alpha1', 'Dragonfly', { replicas: 1, serviceSpec: { type: 'LoadBalancer' } }),
    loadBalancer,
    'Dragonfly Operator 1.1, API reference, `serviceSpec`',
  ),
  kind(
    'emqx',
    'Adds an EMQX with a listener Service of type LoadBalancer',
    object('apps.emqx.io/v2beta1', 'EMQX', {
      image: 'emqx:5.8',
      listenersServiceTemplate: { spec: { type: 'LoadBalancer' } },
    }),
    loadBalancer,
    'EMQX Operator 2.2, API reference, `listenersServiceTemplate`',
  ),
  kind(
    'grafana',
    'Adds a Grafana with an Ingress',
    object('grafana.integreatly.org/v1beta1', 'Grafana', {
      ingress: { spec: { rules: [{ host: 'g.example.org' }] } },
    }),
    ingress,
    'Grafana Operator 5, API reference, `ingress`',
  ),
  kind(
    'grafana-service',
    'Adds a Grafana with a Service of type LoadBalancer',
    object('grafana.integreatly.org/v1beta1', 'Grafana', { service: { spec: { type: 'LoadBalancer' } } }),
    loadBalancer,
    'Grafana Operator 5, API reference, `service`',
  ),
  kind(
    'minio-tenant',
    'Adds a MinIO Tenant whose Services are exposed',
    object('minio.min.io/v2', 'Tenant', { exposeServices: { minio: true, console: true }, pools: [] }),
    loadBalancer,
    'MinIO Operator, Tenant, `exposeServices`',
  ),
  kind(
    'mariadb',
    'Adds a MariaDB with a Service of type LoadBalancer',
    object('k8s.mariadb.com/v1alpha1', 'MariaDB', { service: { type: 'LoadBalancer' } }),
    loadBalancer,
    'mariadb-operator, API reference, `service`',
  ),
  kind(
    'elasticsearch',
    'Adds an Elasticsearch with a Service of type LoadBalancer',
    object('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', {
      version: '9.0.0',
      http: { service: { spec: { type: 'LoadBalancer' } } },
    }),
    loadBalancer,
    'Elastic Cloud on Kubernetes, `http.service`',
  ),
  oneNodePort(
    kind(
      'kafka',
      'Adds a Kafka with a listener on node ports',
      object('kafka.strimzi.io/v1', 'Kafka', {
        kafka: { listeners: [{ name: 'out', port: 9094, type: 'nodeport', tls: true }] },
      }),
      nodePort,
      'Strimzi, Kafka, `listeners[].type`',
    ),
  ),
  kind(
    'rabbitmq',
    'Adds a RabbitmqCluster with a Service of type LoadBalancer',
    object('rabbitmq.com/v1beta1', 'RabbitmqCluster', { service: { type: 'LoadBalancer' } }),
    loadBalancer,
    'RabbitMQ Cluster Operator, `service.type`',
  ),
  kind(
    'knative-service',
    'Adds a Service of Knative',
    object('serving.knative.dev/v1', 'Service', {
      template: { spec: { containers: [{ image: 'example.org/tool:1.0.0' }] } },
    }),
    ingress,
    'Knative Serving: each Service gets a Route at the ingress',
  ),
];

/** Kinds that make pods. */
export const makersOfPods: readonly Operator[] = [
  kind(
    'kubevirt',
    'Adds a KubeVirt VirtualMachine',
    object('kubevirt.io/v1', 'VirtualMachine', {
      runStrategy: 'Always',
      template: {
        spec: { domain: { devices: {} }, networks: [{ name: 'lan', multus: { networkName: 'lan' } }] },
      },
    }),
    any,
    'KubeVirt, VirtualMachine: it makes a pod, here on another network',
  ),
  kind(
    'prometheus',
    'Adds a Prometheus on the network of its node',
    object('monitoring.coreos.com/v1', 'Prometheus', { hostNetwork: true }),
    hostPort,
    'prometheus-operator 0.93, API reference, `hostNetwork`',
  ),
  kind(
    'daemon-set-of-openkruise',
    'Adds a DaemonSet of OpenKruise on the network of its node',
    object('apps.kruise.io/v1alpha1', 'DaemonSet', {
      selector: { matchLabels: { app: 'o' } },
      template: { metadata: { labels: { app: 'o' } }, spec: podSpec },
    }),
    hostPort,
    'OpenKruise, Advanced DaemonSet: it makes pods',
  ),
  kind(
    'argo-rollout',
    'Adds a Rollout of Argo on the network of its node',
    object('argoproj.io/v1alpha1', 'Rollout', {
      selector: { matchLabels: { app: 'o' } },
      template: { metadata: { labels: { app: 'o' } }, spec: podSpec },
    }),
    hostPort,
    'Argo Rollouts: it makes pods',
  ),
  kind(
    'replica-set',
    'Adds a ReplicaSet on the network of its node',
    object('apps/v1', 'ReplicaSet', {
      selector: { matchLabels: { app: 'o' } },
      template: { metadata: { labels: { app: 'o' } }, spec: podSpec },
    }),
    hostPort,
    'Kubernetes, ReplicaSet',
  ),
  kind(
    'replication-controller',
    'Adds a ReplicationController on the network of its node',
    object('v1', 'ReplicationController', {
      selector: { app: 'o' },
      template: { metadata: { labels: { app: 'o' } }, spec: podSpec },
    }),
    hostPort,
    'Kubernetes, ReplicationController',
  ),
  kind(
    'pod-template',
    'Adds a ScaledJob of KEDA on the network of its node',
    object('keda.sh/v1alpha1', 'ScaledJob', { jobTargetRef: { template: { spec: podSpec } }, triggers: [] }),
    hostPort,
    'KEDA, ScaledJob: it makes Jobs',
  ),
];
