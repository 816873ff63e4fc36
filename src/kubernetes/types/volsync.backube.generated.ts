// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type ReplicationDestinationPreference = {
  matchExpressions?: Array<{
    key: string;
    operator: string;
    values?: string[];
  }>;
  matchFields?: Array<{
    key: string;
    operator: string;
    values?: string[];
  }>;
};

export type ReplicationDestinationNodeAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    preference: ReplicationDestinationPreference;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: {
    nodeSelectorTerms: ReplicationDestinationPreference[];
  };
};

export type ReplicationDestinationPodAffinityTerm = {
  labelSelector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
  namespaceSelector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  namespaces?: string[];
  topologyKey: string;
};

export type ReplicationDestinationPodAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    podAffinityTerm: ReplicationDestinationPodAffinityTerm;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: ReplicationDestinationPodAffinityTerm[];
};

export type ReplicationDestinationMoverAffinity = {
  nodeAffinity?: ReplicationDestinationNodeAffinity;
  podAffinity?: ReplicationDestinationPodAffinity;
  podAntiAffinity?: ReplicationDestinationPodAffinity;
};

export type ReplicationDestinationMoverResources = {
  claims?: Array<{
    name: string;
    request?: string;
  }>;
  limits?: { [key: string]: number | string };
  requests?: { [key: string]: number | string };
};

export type ReplicationDestinationMoverSecurityContext = {
  appArmorProfile?: {
    localhostProfile?: string;
    type: string;
  };
  fsGroup?: number;
  fsGroupChangePolicy?: string;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seLinuxChangePolicy?: string;
  seLinuxOptions?: {
    level?: string;
    role?: string;
    type?: string;
    user?: string;
  };
  seccompProfile?: {
    localhostProfile?: string;
    type: string;
  };
  supplementalGroups?: number[];
  supplementalGroupsPolicy?: string;
  sysctls?: Array<{
    name: string;
    value: string;
  }>;
  windowsOptions?: {
    gmsaCredentialSpec?: string;
    gmsaCredentialSpecName?: string;
    hostProcess?: boolean;
    runAsUserName?: string;
  };
};

export type ReplicationDestinationVolumeSource = {
  nfs?: {
    path: string;
    readOnly?: boolean;
    server: string;
  };
  persistentVolumeClaim?: {
    claimName: string;
    readOnly?: boolean;
  };
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
};

export type ReplicationDestination = {
  apiVersion: "volsync.backube/v1alpha1";
  kind: "ReplicationDestination";
  metadata: NamedMeta;
  spec?: {
    external?: {
      parameters?: { [key: string]: string };
      provider?: string;
    };
    paused?: boolean;
    rclone?: {
      accessModes?: string[];
      capacity?: number | string;
      cleanupTempPVC?: boolean;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      customCA?: {
        configMapName?: string;
        key?: string;
        secretName?: string;
      };
      destinationPVC?: string;
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      rcloneConfig?: string;
      rcloneConfigSection?: string;
      rcloneDestPath?: string;
      storageClassName?: string;
      volumeSnapshotClassName?: string;
    };
    restic?: {
      accessModes?: string[];
      cacheAccessModes?: string[];
      cacheCapacity?: number | string;
      cacheStorageClassName?: string;
      capacity?: number | string;
      cleanupCachePVC?: boolean;
      cleanupTempPVC?: boolean;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      customCA?: {
        configMapName?: string;
        key?: string;
        secretName?: string;
      };
      destinationPVC?: string;
      enableFileDeletion?: boolean;
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      previous?: number;
      repository?: string;
      restoreAsOf?: string;
      storageClassName?: string;
      volumeSnapshotClassName?: string;
    };
    rsync?: {
      accessModes?: string[];
      address?: string;
      capacity?: number | string;
      cleanupTempPVC?: boolean;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      destinationPVC?: string;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverServiceAccount?: string;
      path?: string;
      port?: number;
      serviceAnnotations?: { [key: string]: string };
      serviceType?: string;
      sshKeys?: string;
      sshUser?: string;
      storageClassName?: string;
      volumeMode?: string;
      volumeSnapshotClassName?: string;
    };
    rsyncTLS?: {
      accessModes?: string[];
      capacity?: number | string;
      cleanupTempPVC?: boolean;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      destinationPVC?: string;
      keySecret?: string;
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      serviceAnnotations?: { [key: string]: string };
      serviceType?: string;
      storageClassName?: string;
      volumeMode?: string;
      volumeSnapshotClassName?: string;
    };
    trigger?: {
      manual?: string;
      schedule?: string;
    };
  };
};

export type ReplicationSource = {
  apiVersion: "volsync.backube/v1alpha1";
  kind: "ReplicationSource";
  metadata: NamedMeta;
  spec?: {
    external?: {
      parameters?: { [key: string]: string };
      provider?: string;
    };
    paused?: boolean;
    rclone?: {
      accessModes?: string[];
      capacity?: number | string;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      customCA?: {
        configMapName?: string;
        key?: string;
        secretName?: string;
      };
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      rcloneConfig?: string;
      rcloneConfigSection?: string;
      rcloneDestPath?: string;
      storageClassName?: string;
      volumeSnapshotClassName?: string;
    };
    restic?: {
      accessModes?: string[];
      cacheAccessModes?: string[];
      cacheCapacity?: number | string;
      cacheStorageClassName?: string;
      capacity?: number | string;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      customCA?: {
        configMapName?: string;
        key?: string;
        secretName?: string;
      };
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      pruneIntervalDays?: number;
      repository?: string;
      retain?: {
        daily?: number;
        hourly?: number;
        last?: string;
        monthly?: number;
        weekly?: number;
        within?: string;
        yearly?: number;
      };
      storageClassName?: string;
      unlock?: string;
      volumeSnapshotClassName?: string;
    };
    rsync?: {
      accessModes?: string[];
      address?: string;
      capacity?: number | string;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverServiceAccount?: string;
      path?: string;
      port?: number;
      serviceType?: string;
      sshKeys?: string;
      sshUser?: string;
      storageClassName?: string;
      volumeSnapshotClassName?: string;
    };
    rsyncTLS?: {
      accessModes?: string[];
      address?: string;
      capacity?: number | string;
      copyMethod?: "Direct" | "None" | "Clone" | "Snapshot";
      keySecret?: string;
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      port?: number;
      storageClassName?: string;
      volumeSnapshotClassName?: string;
    };
    sourcePVC?: string;
    syncthing?: {
      configAccessModes?: string[];
      configCapacity?: number | string;
      configStorageClassName?: string;
      moverAffinity?: ReplicationDestinationMoverAffinity;
      moverPodLabels?: { [key: string]: string };
      moverResources?: ReplicationDestinationMoverResources;
      moverSecurityContext?: ReplicationDestinationMoverSecurityContext;
      moverServiceAccount?: string;
      moverVolumes?: Array<{
        mountPath: string;
        volumeSource: ReplicationDestinationVolumeSource;
      }>;
      peers?: Array<{
        ID: string;
        address: string;
        introducer: boolean;
      }>;
      serviceType?: string;
    };
    trigger?: {
      manual?: string;
      schedule?: string;
    };
  };
};
