/**
 * The types of the objects that Gatehouse writes, generated from the pinned definitions by `tools/schemas`. Unknown
 * fields, missing required fields and values that the API server rejects do not compile in an object literal. Kinds
 * with the same name in another group are prefixed with the name of their project.
 */
export type { ObjectStore } from './types/barmancloud.cnpg.io.generated.ts';
export type { Certificate, ClusterIssuer, Issuer } from './types/cert-manager.io.generated.ts';
export type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy } from './types/cilium.io.generated.ts';
export type {
  Affinity,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  Container,
  ContainerPort,
  CronJob,
  DaemonSet,
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  EnvFromSource,
  EnvVar,
  Ingress,
  Job,
  JobSpec,
  LabelSelector,
  NamedMeta,
  Namespace,
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
  ObjectMeta,
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  Pod,
  PodDisruptionBudget,
  PodSecurityContext,
  PodSpec,
  PodTemplateSpec,
  PolicyRule,
  PriorityClass,
  Probe,
  ResourceRequirements,
  Role,
  RoleBinding,
  Secret,
  SecurityContext,
  Service,
  ServiceAccount,
  ServicePort,
  ServiceSpec,
  StatefulSet,
  StorageClass,
  Toleration,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
} from './types/core.generated.ts';
export type { ClusterSecretStore, ExternalSecret } from './types/external-secrets.io.generated.ts';
export type { DNSEndpoint } from './types/externaldns.k8s.io.generated.ts';
export type {
  Backend as EnvoyBackend,
  BackendTrafficPolicy,
  ClientTrafficPolicy,
  EnvoyProxy,
  HTTPRouteFilter,
  SecurityPolicy,
} from './types/gateway.envoyproxy.io.generated.ts';
export type {
  BackendTLSPolicy,
  Gateway,
  GatewayClass,
  GRPCRoute,
  HTTPRoute,
  ReferenceGrant,
  TCPRoute,
  TLSRoute,
} from './types/gateway.networking.k8s.io.generated.ts';
export type { HelmRelease } from './types/helm.toolkit.fluxcd.io.generated.ts';
export type { Keycloak, KeycloakRealmImport } from './types/k8s.keycloak.org.generated.ts';
export type { Kustomization as FluxKustomization } from './types/kustomize.toolkit.fluxcd.io.generated.ts';
export type {
  KustomizeComponent,
  KustomizeConfigMap,
  KustomizeGeneratorOptions,
  KustomizeImage,
  KustomizeKustomization,
  KustomizeLabels,
  KustomizePatch,
  KustomizeTarget,
} from './types/kustomize.ts';
export type { PodMonitor, PrometheusRule, ServiceMonitor } from './types/monitoring.coreos.com.generated.ts';
export type {
  Cluster as PostgresCluster,
  Database as PostgresDatabase,
  ImageCatalog as PostgresImageCatalog,
  Pooler as PostgresPooler,
  ScheduledBackup as PostgresScheduledBackup,
} from './types/postgresql.cnpg.io.generated.ts';
export type { VolumeSnapshotClass } from './types/snapshot.storage.k8s.io.generated.ts';
export type {
  GitRepository,
  HelmRepository,
  OCIRepository,
} from './types/source.toolkit.fluxcd.io.generated.ts';
export type { ServiceAccount as TalosServiceAccount } from './types/talos.dev.generated.ts';
export type { KubernetesUpgrade, TalosUpgrade } from './types/tuppr.home-operations.com.generated.ts';
export type { ReplicationDestination, ReplicationSource } from './types/volsync.backube.generated.ts';
