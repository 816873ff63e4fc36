// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type KubernetesUpgradeHealthChecks = {
  apiVersion: string;
  description?: string;
  expr: string;
  kind: string;
  labelSelector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  name?: string;
  namespace?: string;
  timeout?: string;
};

export type KubernetesUpgrade = {
  apiVersion: "tuppr.home-operations.com/v1alpha1";
  kind: "KubernetesUpgrade";
  metadata: NamedMeta;
  spec: {
    healthChecks?: KubernetesUpgradeHealthChecks[];
    kubernetes: {
      endpoint?: string;
      imageRepository?: string;
      version: string;
    };
    maintenance?: {
      windows?: Array<{
        duration: string;
        start: string;
        timezone?: string;
      }>;
    };
    talosctl?: {
      image?: {
        pullPolicy?: "Always" | "Never" | "IfNotPresent";
        repository?: string;
        tag?: string;
      };
    };
  };
};

export type TalosUpgradeValueFrom = {
  configMapKeyRef?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  fieldRef?: {
    apiVersion?: string;
    fieldPath: string;
  };
  fileKeyRef?: {
    key: string;
    optional?: boolean;
    path: string;
    volumeName: string;
  };
  resourceFieldRef?: {
    containerName?: string;
    divisor?: number | string;
    resource: string;
  };
  secretKeyRef?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
};

export type TalosUpgradeVolumeMounts = {
  mountPath: string;
  mountPropagation?: string;
  name: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  subPath?: string;
  subPathExpr?: string;
};

export type TalosUpgradeCsi = {
  driver: string;
  fsType?: string;
  nodePublishSecretRef?: {
    name?: string;
  };
  readOnly?: boolean;
  volumeAttributes?: { [key: string]: string };
};

export type TalosUpgradeItems = {
  fieldRef?: {
    apiVersion?: string;
    fieldPath: string;
  };
  mode?: number;
  path: string;
  resourceFieldRef?: {
    containerName?: string;
    divisor?: number | string;
    resource: string;
  };
};

export type TalosUpgradeSpec = {
  accessModes?: string[];
  dataSource?: {
    apiGroup?: string;
    kind: string;
    name: string;
  };
  dataSourceRef?: {
    apiGroup?: string;
    kind: string;
    name: string;
    namespace?: string;
  };
  resources?: {
    limits?: { [key: string]: number | string };
    requests?: { [key: string]: number | string };
  };
  selector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  storageClassName?: string;
  volumeAttributesClassName?: string;
  volumeMode?: string;
  volumeName?: string;
};

export type TalosUpgradeIscsi = {
  chapAuthDiscovery?: boolean;
  chapAuthSession?: boolean;
  fsType?: string;
  initiatorName?: string;
  iqn: string;
  iscsiInterface?: string;
  lun: number;
  portals?: string[];
  readOnly?: boolean;
  secretRef?: {
    name?: string;
  };
  targetPortal: string;
};

export type TalosUpgradeClusterTrustBundle = {
  labelSelector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  name?: string;
  optional?: boolean;
  path: string;
  signerName?: string;
};

export type TalosUpgradePodCertificate = {
  certificateChainPath?: string;
  credentialBundlePath?: string;
  keyPath?: string;
  keyType: string;
  maxExpirationSeconds?: number;
  signerName: string;
  userAnnotations?: { [key: string]: string };
};

export type TalosUpgradeSources = {
  clusterTrustBundle?: TalosUpgradeClusterTrustBundle;
  configMap?: {
    items?: Array<{
      key: string;
      mode?: number;
      path: string;
    }>;
    name?: string;
    optional?: boolean;
  };
  downwardAPI?: {
    items?: TalosUpgradeItems[];
  };
  podCertificate?: TalosUpgradePodCertificate;
  secret?: {
    items?: Array<{
      key: string;
      mode?: number;
      path: string;
    }>;
    name?: string;
    optional?: boolean;
  };
  serviceAccountToken?: {
    audience?: string;
    expirationSeconds?: number;
    path: string;
  };
};

export type TalosUpgradeRbd = {
  fsType?: string;
  image: string;
  keyring?: string;
  monitors: string[];
  pool?: string;
  readOnly?: boolean;
  secretRef?: {
    name?: string;
  };
  user?: string;
};

export type TalosUpgradeScaleIO = {
  fsType?: string;
  gateway: string;
  protectionDomain?: string;
  readOnly?: boolean;
  secretRef: {
    name?: string;
  };
  sslEnabled?: boolean;
  storageMode?: string;
  storagePool?: string;
  system: string;
  volumeName?: string;
};

export type TalosUpgradeVolumes = {
  awsElasticBlockStore?: {
    fsType?: string;
    partition?: number;
    readOnly?: boolean;
    volumeID: string;
  };
  azureDisk?: {
    cachingMode?: string;
    diskName: string;
    diskURI: string;
    fsType?: string;
    kind?: string;
    readOnly?: boolean;
  };
  azureFile?: {
    readOnly?: boolean;
    secretName: string;
    shareName: string;
  };
  cephfs?: {
    monitors: string[];
    path?: string;
    readOnly?: boolean;
    secretFile?: string;
    secretRef?: {
      name?: string;
    };
    user?: string;
  };
  cinder?: {
    fsType?: string;
    readOnly?: boolean;
    secretRef?: {
      name?: string;
    };
    volumeID: string;
  };
  configMap?: {
    defaultMode?: number;
    items?: Array<{
      key: string;
      mode?: number;
      path: string;
    }>;
    name?: string;
    optional?: boolean;
  };
  csi?: TalosUpgradeCsi;
  downwardAPI?: {
    defaultMode?: number;
    items?: TalosUpgradeItems[];
  };
  emptyDir?: {
    medium?: string;
    sizeLimit?: number | string;
  };
  ephemeral?: {
    volumeClaimTemplate?: {
      metadata?: { [key: string]: never };
      spec: TalosUpgradeSpec;
    };
  };
  fc?: {
    fsType?: string;
    lun?: number;
    readOnly?: boolean;
    targetWWNs?: string[];
    wwids?: string[];
  };
  flexVolume?: {
    driver: string;
    fsType?: string;
    options?: { [key: string]: string };
    readOnly?: boolean;
    secretRef?: {
      name?: string;
    };
  };
  flocker?: {
    datasetName?: string;
    datasetUUID?: string;
  };
  gcePersistentDisk?: {
    fsType?: string;
    partition?: number;
    pdName: string;
    readOnly?: boolean;
  };
  gitRepo?: {
    directory?: string;
    repository: string;
    revision?: string;
  };
  glusterfs?: {
    endpoints: string;
    path: string;
    readOnly?: boolean;
  };
  hostPath?: {
    path: string;
    type?: string;
  };
  image?: {
    pullPolicy?: string;
    reference?: string;
  };
  iscsi?: TalosUpgradeIscsi;
  name: string;
  nfs?: {
    path: string;
    readOnly?: boolean;
    server: string;
  };
  persistentVolumeClaim?: {
    claimName: string;
    readOnly?: boolean;
  };
  photonPersistentDisk?: {
    fsType?: string;
    pdID: string;
  };
  portworxVolume?: {
    fsType?: string;
    readOnly?: boolean;
    volumeID: string;
  };
  projected?: {
    defaultMode?: number;
    sources?: TalosUpgradeSources[];
  };
  quobyte?: {
    group?: string;
    readOnly?: boolean;
    registry: string;
    tenant?: string;
    user?: string;
    volume: string;
  };
  rbd?: TalosUpgradeRbd;
  scaleIO?: TalosUpgradeScaleIO;
  secret?: {
    defaultMode?: number;
    items?: Array<{
      key: string;
      mode?: number;
      path: string;
    }>;
    optional?: boolean;
    secretName?: string;
  };
  storageos?: {
    fsType?: string;
    readOnly?: boolean;
    secretRef?: {
      name?: string;
    };
    volumeName?: string;
    volumeNamespace?: string;
  };
  vsphereVolume?: {
    fsType?: string;
    storagePolicyID?: string;
    storagePolicyName?: string;
    volumePath: string;
  };
};

export type TalosUpgradePost = {
  activeDeadlineSeconds?: number;
  args?: string[];
  backoffLimit?: number;
  command?: string[];
  env?: Array<{
    name: string;
    value?: string;
    valueFrom?: TalosUpgradeValueFrom;
  }>;
  envFrom?: Array<{
    configMapRef?: {
      name?: string;
      optional?: boolean;
    };
    prefix?: string;
    secretRef?: {
      name?: string;
      optional?: boolean;
    };
  }>;
  image: string;
  imagePullPolicy?: "Always" | "Never" | "IfNotPresent";
  name: string;
  serviceAccountName?: string;
  volumeMounts?: TalosUpgradeVolumeMounts[];
  volumes?: TalosUpgradeVolumes[];
};

export type TalosUpgrade = {
  apiVersion: "tuppr.home-operations.com/v1alpha1";
  kind: "TalosUpgrade";
  metadata: NamedMeta;
  spec?: {
    drain?: {
      disableEviction?: boolean;
      enabled: boolean;
    };
    healthChecks?: KubernetesUpgradeHealthChecks[];
    hooks?: {
      post?: TalosUpgradePost[];
      pre?: TalosUpgradePost[];
    };
    maintenance?: {
      windows?: Array<{
        duration: string;
        start: string;
        timezone?: string;
      }>;
    };
    nodeSelector?: {
      matchExpressions?: Array<{
        key: string;
        operator: string;
        values?: string[];
      }>;
      matchLabels?: { [key: string]: string };
    };
    parallelism?: number;
    policy?: {
      debug?: boolean;
      force?: boolean;
      nodrain?: boolean;
      placement?: "hard" | "soft";
      priorityClassName?: string;
      rebootMode?: "default" | "powercycle";
      stage?: boolean;
      timeout?: string;
      waitForVolumeDetach?: boolean;
    };
    silences?: Array<{
      matchers: Array<{
        matchType?: "=" | "!=" | "=~" | "!~";
        name: string;
        value: string;
      }>;
      maxDuration?: string;
    }>;
    talos?: {
      prePull?: boolean;
      version: string;
    };
    talosctl?: {
      image?: {
        pullPolicy?: "Always" | "Never" | "IfNotPresent";
        repository?: string;
        tag?: string;
      };
    };
  };
};
