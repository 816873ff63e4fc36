// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type ClusterPodAffinityTerm = {
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

export type ClusterAdditionalPodAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    podAffinityTerm: ClusterPodAffinityTerm;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: ClusterPodAffinityTerm[];
};

export type ClusterPreference = {
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

export type ClusterNodeAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    preference: ClusterPreference;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: {
    nodeSelectorTerms: ClusterPreference[];
  };
};

export type ClusterAzureCredentials = {
  connectionString?: {
    key: string;
    name: string;
  };
  inheritFromAzureAD?: boolean;
  storageAccount?: {
    key: string;
    name: string;
  };
  storageKey?: {
    key: string;
    name: string;
  };
  storageSasToken?: {
    key: string;
    name: string;
  };
  useDefaultAzureCredentials?: boolean;
};

export type ClusterData = {
  additionalCommandArgs?: string[];
  compression?: "bzip2" | "gzip" | "lz4" | "snappy";
  encryption?: "AES256" | "aws:kms";
  immediateCheckpoint?: boolean;
  jobs?: number;
};

export type ClusterS3Credentials = {
  accessKeyId?: {
    key: string;
    name: string;
  };
  inheritFromIAMRole?: boolean;
  region?: {
    key: string;
    name: string;
  };
  secretAccessKey?: {
    key: string;
    name: string;
  };
  sessionToken?: {
    key: string;
    name: string;
  };
};

export type ClusterWal = {
  archiveAdditionalCommandArgs?: string[];
  compression?: "bzip2" | "gzip" | "lz4" | "snappy" | "xz" | "zstd";
  encryption?: "AES256" | "aws:kms";
  maxParallel?: number;
  restoreAdditionalCommandArgs?: string[];
};

export type ClusterBarmanObjectStore = {
  azureCredentials?: ClusterAzureCredentials;
  data?: ClusterData;
  destinationPath: string;
  endpointCA?: {
    key: string;
    name: string;
  };
  endpointURL?: string;
  googleCredentials?: {
    applicationCredentials?: {
      key: string;
      name: string;
    };
    gkeEnvironment?: boolean;
  };
  historyTags?: { [key: string]: string };
  s3Credentials?: ClusterS3Credentials;
  serverName?: string;
  tags?: { [key: string]: string };
  wal?: ClusterWal;
};

export type ClusterValueFrom = {
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

export type ClusterSpec = {
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

export type ClusterServiceTemplateSpec = {
  allocateLoadBalancerNodePorts?: boolean;
  clusterIP?: string;
  clusterIPs?: string[];
  externalIPs?: string[];
  externalName?: string;
  externalTrafficPolicy?: string;
  healthCheckNodePort?: number;
  internalTrafficPolicy?: string;
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  loadBalancerClass?: string;
  loadBalancerIP?: string;
  loadBalancerSourceRanges?: string[];
  ports?: Array<{
    appProtocol?: string;
    name?: string;
    nodePort?: number;
    port: number;
    protocol?: string;
    targetPort?: number | string;
  }>;
  publishNotReadyAddresses?: boolean;
  selector?: { [key: string]: string };
  sessionAffinity?: string;
  sessionAffinityConfig?: {
    clientIP?: {
      timeoutSeconds?: number;
    };
  };
  trafficDistribution?: string;
  type?: string;
};

export type ClusterServiceTemplate = {
  metadata?: {
    annotations?: { [key: string]: string };
    labels?: { [key: string]: string };
    name?: string;
  };
  spec?: ClusterServiceTemplateSpec;
};

export type ClusterPodMonitorMetricRelabelings = {
  action?: "replace" | "Replace" | "keep" | "Keep" | "drop" | "Drop" | "hashmod" | "HashMod" | "labelmap" | "LabelMap" | "labeldrop" | "LabelDrop" | "labelkeep" | "LabelKeep" | "lowercase" | "Lowercase" | "uppercase" | "Uppercase" | "keepequal" | "KeepEqual" | "dropequal" | "DropEqual";
  modulus?: number;
  regex?: string;
  replacement?: string;
  separator?: string;
  sourceLabels?: string[];
  targetLabel?: string;
};

export type ClusterPodSecurityContext = {
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

export type ClusterExtensions = {
  bin_path?: string[];
  dynamic_library_path?: string[];
  env?: Array<{
    name: string;
    value: string;
  }>;
  extension_control_path?: string[];
  image?: {
    pullPolicy?: string;
    reference?: string;
  };
  ld_library_path?: string[];
  name: string;
};

export type ClusterReadiness = {
  failureThreshold?: number;
  initialDelaySeconds?: number;
  maximumLag?: number | string;
  periodSeconds?: number;
  successThreshold?: number;
  terminationGracePeriodSeconds?: number;
  timeoutSeconds?: number;
  type?: "pg_isready" | "streaming" | "query";
};

export type ClusterClusterTrustBundle = {
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

export type ClusterItems = {
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

export type ClusterPodCertificate = {
  certificateChainPath?: string;
  credentialBundlePath?: string;
  keyPath?: string;
  keyType: string;
  maxExpirationSeconds?: number;
  signerName: string;
  userAnnotations?: { [key: string]: string };
};

export type ClusterSources = {
  clusterTrustBundle?: ClusterClusterTrustBundle;
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
    items?: ClusterItems[];
  };
  podCertificate?: ClusterPodCertificate;
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

export type ClusterResources = {
  claims?: Array<{
    name: string;
    request?: string;
  }>;
  limits?: { [key: string]: number | string };
  requests?: { [key: string]: number | string };
};

export type ClusterSecurityContext = {
  allowPrivilegeEscalation?: boolean;
  appArmorProfile?: {
    localhostProfile?: string;
    type: string;
  };
  capabilities?: {
    add?: string[];
    drop?: string[];
  };
  privileged?: boolean;
  procMount?: string;
  readOnlyRootFilesystem?: boolean;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  runAsUser?: number;
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
  windowsOptions?: {
    gmsaCredentialSpec?: string;
    gmsaCredentialSpecName?: string;
    hostProcess?: boolean;
    runAsUserName?: string;
  };
};

export type ClusterTopologySpreadConstraints = {
  labelSelector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  matchLabelKeys?: string[];
  maxSkew: number;
  minDomains?: number;
  nodeAffinityPolicy?: string;
  nodeTaintsPolicy?: string;
  topologyKey: string;
  whenUnsatisfiable: string;
};

export type Cluster = {
  apiVersion: "postgresql.cnpg.io/v1";
  kind: "Cluster";
  metadata: NamedMeta;
  spec: {
    affinity?: {
      additionalPodAffinity?: ClusterAdditionalPodAffinity;
      additionalPodAntiAffinity?: ClusterAdditionalPodAffinity;
      enablePodAntiAffinity?: boolean;
      nodeAffinity?: ClusterNodeAffinity;
      nodeSelector?: { [key: string]: string };
      podAntiAffinityType?: string;
      tolerations?: Array<{
        effect?: string;
        key?: string;
        operator?: string;
        tolerationSeconds?: number;
        value?: string;
      }>;
      topologyKey?: string;
    };
    backup?: {
      barmanObjectStore?: ClusterBarmanObjectStore;
      retentionPolicy?: string;
      target?: "primary" | "prefer-standby";
      volumeSnapshot?: {
        annotations?: { [key: string]: string };
        className?: string;
        labels?: { [key: string]: string };
        online?: boolean;
        onlineConfiguration?: {
          immediateCheckpoint?: boolean;
          waitForArchive?: boolean;
        };
        snapshotOwnerReference?: "none" | "cluster" | "backup";
        tablespaceClassName?: { [key: string]: string };
        walClassName?: string;
      };
    };
    bootstrap?: {
      initdb?: {
        builtinLocale?: string;
        dataChecksums?: boolean;
        database?: string;
        encoding?: string;
        icuLocale?: string;
        icuRules?: string;
        import?: {
          databases: string[];
          pgDumpExtraOptions?: string[];
          pgRestoreDataOptions?: string[];
          pgRestoreExtraOptions?: string[];
          pgRestorePostdataOptions?: string[];
          pgRestorePredataOptions?: string[];
          postImportApplicationSQL?: string[];
          roles?: string[];
          schemaOnly?: boolean;
          source: {
            externalCluster: string;
          };
          type: "microservice" | "monolith";
        };
        locale?: string;
        localeCType?: string;
        localeCollate?: string;
        localeProvider?: string;
        options?: string[];
        owner?: string;
        postInitApplicationSQL?: string[];
        postInitApplicationSQLRefs?: {
          configMapRefs?: Array<{
            key: string;
            name: string;
          }>;
          secretRefs?: Array<{
            key: string;
            name: string;
          }>;
        };
        postInitSQL?: string[];
        postInitSQLRefs?: {
          configMapRefs?: Array<{
            key: string;
            name: string;
          }>;
          secretRefs?: Array<{
            key: string;
            name: string;
          }>;
        };
        postInitTemplateSQL?: string[];
        postInitTemplateSQLRefs?: {
          configMapRefs?: Array<{
            key: string;
            name: string;
          }>;
          secretRefs?: Array<{
            key: string;
            name: string;
          }>;
        };
        secret?: {
          name: string;
        };
        walSegmentSize?: number;
      };
      pg_basebackup?: {
        database?: string;
        owner?: string;
        secret?: {
          name: string;
        };
        source: string;
      };
      recovery?: {
        backup?: {
          endpointCA?: {
            key: string;
            name: string;
          };
          name: string;
        };
        database?: string;
        owner?: string;
        recoveryTarget?: {
          backupID?: string;
          exclusive?: boolean;
          targetImmediate?: boolean;
          targetLSN?: string;
          targetName?: string;
          targetTLI?: string;
          targetTime?: string;
          targetXID?: string;
        };
        secret?: {
          name: string;
        };
        source?: string;
        volumeSnapshots?: {
          storage: {
            apiGroup?: string;
            kind: string;
            name: string;
          };
          tablespaceStorage?: { [key: string]: {
            apiGroup?: string;
            kind: string;
            name: string;
          } };
          walStorage?: {
            apiGroup?: string;
            kind: string;
            name: string;
          };
        };
      };
    };
    certificates?: {
      clientCASecret?: string;
      replicationTLSSecret?: string;
      serverAltDNSNames?: string[];
      serverCASecret?: string;
      serverTLSSecret?: string;
    };
    description?: string;
    enablePDB?: boolean;
    enableSuperuserAccess?: boolean;
    env?: Array<{
      name: string;
      value?: string;
      valueFrom?: ClusterValueFrom;
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
    ephemeralVolumeSource?: {
      volumeClaimTemplate?: {
        metadata?: { [key: string]: never };
        spec: ClusterSpec;
      };
    };
    ephemeralVolumesSizeLimit?: {
      shm?: number | string;
      temporaryData?: number | string;
    };
    externalClusters?: Array<{
      barmanObjectStore?: ClusterBarmanObjectStore;
      connectionParameters?: { [key: string]: string };
      name: string;
      password?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
      plugin?: {
        enabled?: boolean;
        isWALArchiver?: boolean;
        name: string;
        parameters?: { [key: string]: string };
      };
      sslCert?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
      sslKey?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
      sslRootCert?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
    }>;
    failoverDelay?: number;
    imageCatalogRef?: {
      apiGroup?: string;
      kind: string;
      major: number;
      name: string;
    };
    imageName?: string;
    imagePullPolicy?: string;
    imagePullSecrets?: Array<{
      name: string;
    }>;
    inheritedMetadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    instances?: number;
    livenessProbeTimeout?: number;
    logLevel?: "error" | "warning" | "info" | "debug" | "trace";
    managed?: {
      roles?: Array<{
        bypassrls?: boolean;
        comment?: string;
        connectionLimit?: number;
        createdb?: boolean;
        createrole?: boolean;
        disablePassword?: boolean;
        ensure?: "present" | "absent";
        inRoles?: string[];
        inherit?: boolean;
        login?: boolean;
        name: string;
        passwordSecret?: {
          name: string;
        };
        replication?: boolean;
        superuser?: boolean;
        validUntil?: string;
      }>;
      services?: {
        additional?: Array<{
          selectorType: "rw" | "r" | "ro";
          serviceTemplate: ClusterServiceTemplate;
          updateStrategy?: "patch" | "replace";
        }>;
        disabledDefaultServices?: Array<"rw" | "r" | "ro">;
      };
    };
    maxSyncReplicas?: number;
    minSyncReplicas?: number;
    monitoring?: {
      customQueriesConfigMap?: Array<{
        key: string;
        name: string;
      }>;
      customQueriesSecret?: Array<{
        key: string;
        name: string;
      }>;
      disableDefaultQueries?: boolean;
      enablePodMonitor?: boolean;
      metricsQueriesTTL?: string;
      podMonitorMetricRelabelings?: ClusterPodMonitorMetricRelabelings[];
      podMonitorRelabelings?: ClusterPodMonitorMetricRelabelings[];
      tls?: {
        enabled?: boolean;
      };
    };
    nodeMaintenanceWindow?: {
      inProgress?: boolean;
      reusePVC?: boolean;
    };
    plugins?: Array<{
      enabled?: boolean;
      isWALArchiver?: boolean;
      name: string;
      parameters?: { [key: string]: string };
    }>;
    podSecurityContext?: ClusterPodSecurityContext;
    podSelectorRefs?: Array<{
      name: string;
      selector: {
        matchExpressions?: Array<{
          key: string;
          operator: string;
          values?: string[];
        }>;
        matchLabels?: { [key: string]: string };
      };
    }>;
    postgresGID?: number;
    postgresUID?: number;
    postgresql?: {
      enableAlterSystem?: boolean;
      extensions?: ClusterExtensions[];
      ldap?: {
        bindAsAuth?: {
          prefix?: string;
          suffix?: string;
        };
        bindSearchAuth?: {
          baseDN?: string;
          bindDN?: string;
          bindPassword?: {
            key: string;
            name?: string;
            optional?: boolean;
          };
          searchAttribute?: string;
          searchFilter?: string;
        };
        port?: number;
        scheme?: "ldap" | "ldaps";
        server?: string;
        tls?: boolean;
      };
      parameters?: { [key: string]: string };
      pg_hba?: string[];
      pg_ident?: string[];
      promotionTimeout?: number;
      shared_preload_libraries?: string[];
      syncReplicaElectionConstraint?: {
        enabled: boolean;
        nodeLabelsAntiAffinity?: string[];
      };
      synchronous?: {
        dataDurability?: "required" | "preferred";
        failoverQuorum?: boolean;
        maxStandbyNamesFromCluster?: number;
        method: "any" | "first";
        number: number;
        standbyNamesPost?: string[];
        standbyNamesPre?: string[];
      };
    };
    primaryLease?: {
      leaseDurationSeconds?: number;
      releasedLeaseDurationSeconds?: number;
      renewDeadlineSeconds?: number;
      retryPeriodSeconds?: number;
    };
    primaryUpdateMethod?: "switchover" | "restart";
    primaryUpdateStrategy?: "unsupervised" | "supervised";
    priorityClassName?: string;
    probes?: {
      liveness?: {
        failureThreshold?: number;
        initialDelaySeconds?: number;
        isolationCheck?: {
          connectionTimeout?: number;
          enabled?: boolean;
          requestTimeout?: number;
        };
        periodSeconds?: number;
        successThreshold?: number;
        terminationGracePeriodSeconds?: number;
        timeoutSeconds?: number;
      };
      readiness?: ClusterReadiness;
      startup?: ClusterReadiness;
    };
    projectedVolumeTemplate?: {
      defaultMode?: number;
      sources?: ClusterSources[];
    };
    replica?: {
      enabled?: boolean;
      minApplyDelay?: string;
      primary?: string;
      promotionToken?: string;
      self?: string;
      source: string;
    };
    replicationSlots?: {
      highAvailability?: {
        enabled?: boolean;
        slotPrefix?: string;
        synchronizeLogicalDecoding?: boolean;
      };
      synchronizeReplicas?: {
        enabled?: boolean;
        excludePatterns?: string[];
      };
      updateInterval?: number;
    };
    resources?: ClusterResources;
    schedulerName?: string;
    seccompProfile?: {
      localhostProfile?: string;
      type: string;
    };
    securityContext?: ClusterSecurityContext;
    serviceAccountName?: string;
    serviceAccountTemplate?: {
      metadata: {
        annotations?: { [key: string]: string };
        labels?: { [key: string]: string };
        name?: string;
      };
    };
    smartShutdownTimeout?: number;
    startDelay?: number;
    stopDelay?: number;
    storage?: {
      pvcTemplate?: ClusterSpec;
      resizeInUseVolumes?: boolean;
      size?: string;
      storageClass?: string;
    };
    superuserSecret?: {
      name: string;
    };
    switchoverDelay?: number;
    tablespaces?: Array<{
      name: string;
      owner?: {
        name?: string;
      };
      storage: {
        pvcTemplate?: ClusterSpec;
        resizeInUseVolumes?: boolean;
        size?: string;
        storageClass?: string;
      };
      temporary?: boolean;
    }>;
    topologySpreadConstraints?: ClusterTopologySpreadConstraints[];
    walStorage?: {
      pvcTemplate?: ClusterSpec;
      resizeInUseVolumes?: boolean;
      size?: string;
      storageClass?: string;
    };
  };
};

export type Database = {
  apiVersion: "postgresql.cnpg.io/v1";
  kind: "Database";
  metadata: NamedMeta;
  spec: {
    allowConnections?: boolean;
    builtinLocale?: string;
    cluster: {
      name?: string;
    };
    collationVersion?: string;
    connectionLimit?: number;
    databaseReclaimPolicy?: "delete" | "retain";
    encoding?: string;
    ensure?: "present" | "absent";
    extensions?: Array<{
      ensure?: "present" | "absent";
      name: string;
      schema?: string;
      version?: string;
    }>;
    fdws?: Array<{
      ensure?: "present" | "absent";
      handler?: string;
      name: string;
      options?: Array<{
        ensure?: "present" | "absent";
        name: string;
        value: string;
      }>;
      owner?: string;
      usage?: Array<{
        name: string;
        type?: "grant" | "revoke";
      }>;
      validator?: string;
    }>;
    icuLocale?: string;
    icuRules?: string;
    isTemplate?: boolean;
    locale?: string;
    localeCType?: string;
    localeCollate?: string;
    localeProvider?: string;
    name: string;
    owner: string;
    schemas?: Array<{
      ensure?: "present" | "absent";
      name: string;
      owner?: string;
    }>;
    servers?: Array<{
      ensure?: "present" | "absent";
      fdw: string;
      name: string;
      options?: Array<{
        ensure?: "present" | "absent";
        name: string;
        value: string;
      }>;
      usage?: Array<{
        name: string;
        type?: "grant" | "revoke";
      }>;
    }>;
    tablespace?: string;
    template?: string;
  };
};

export type ImageCatalog = {
  apiVersion: "postgresql.cnpg.io/v1";
  kind: "ImageCatalog";
  metadata: NamedMeta;
  spec: {
    componentImages?: Array<{
      image: string;
      key: string;
    }>;
    images: Array<{
      extensions?: ClusterExtensions[];
      image: string;
      major: number;
    }>;
  };
};

export type PoolerPostStart = {
  exec?: {
    command?: string[];
  };
  httpGet?: {
    host?: string;
    httpHeaders?: Array<{
      name: string;
      value: string;
    }>;
    path?: string;
    port: number | string;
    scheme?: string;
  };
  sleep?: {
    seconds: number;
  };
  tcpSocket?: {
    host?: string;
    port: number | string;
  };
};

export type PoolerLivenessProbe = {
  exec?: {
    command?: string[];
  };
  failureThreshold?: number;
  grpc?: {
    port: number;
    service?: string;
  };
  httpGet?: {
    host?: string;
    httpHeaders?: Array<{
      name: string;
      value: string;
    }>;
    path?: string;
    port: number | string;
    scheme?: string;
  };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  tcpSocket?: {
    host?: string;
    port: number | string;
  };
  terminationGracePeriodSeconds?: number;
  timeoutSeconds?: number;
};

export type PoolerVolumeMounts = {
  mountPath: string;
  mountPropagation?: string;
  name: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  subPath?: string;
  subPathExpr?: string;
};

export type PoolerContainers = {
  args?: string[];
  command?: string[];
  env?: Array<{
    name: string;
    value?: string;
    valueFrom?: ClusterValueFrom;
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
  image?: string;
  imagePullPolicy?: string;
  lifecycle?: {
    postStart?: PoolerPostStart;
    preStop?: PoolerPostStart;
    stopSignal?: string;
  };
  livenessProbe?: PoolerLivenessProbe;
  name: string;
  ports?: Array<{
    containerPort: number;
    hostIP?: string;
    hostPort?: number;
    name?: string;
    protocol?: string;
  }>;
  readinessProbe?: PoolerLivenessProbe;
  resizePolicy?: Array<{
    resourceName: string;
    restartPolicy: string;
  }>;
  resources?: ClusterResources;
  restartPolicy?: string;
  restartPolicyRules?: Array<{
    action: string;
    exitCodes?: {
      operator: string;
      values?: number[];
    };
  }>;
  securityContext?: ClusterSecurityContext;
  startupProbe?: PoolerLivenessProbe;
  stdin?: boolean;
  stdinOnce?: boolean;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
  tty?: boolean;
  volumeDevices?: Array<{
    devicePath: string;
    name: string;
  }>;
  volumeMounts?: PoolerVolumeMounts[];
  workingDir?: string;
};

export type Pooler = {
  apiVersion: "postgresql.cnpg.io/v1";
  kind: "Pooler";
  metadata: NamedMeta;
  spec: {
    cluster: {
      name: string;
    };
    deploymentStrategy?: {
      rollingUpdate?: {
        maxSurge?: number | string;
        maxUnavailable?: number | string;
      };
      type?: string;
    };
    instances?: number;
    monitoring?: {
      enablePodMonitor?: boolean;
      podMonitorMetricRelabelings?: ClusterPodMonitorMetricRelabelings[];
      podMonitorRelabelings?: ClusterPodMonitorMetricRelabelings[];
      tls?: {
        enabled?: boolean;
      };
    };
    pgbouncer: {
      authQuery?: string;
      authQuerySecret?: {
        name: string;
      };
      clientCASecret?: {
        name: string;
      };
      clientTLSSecret?: {
        name: string;
      };
      image?: string;
      imageCatalogRef?: {
        apiGroup?: string;
        key: string;
        kind: string;
        name: string;
      };
      parameters?: { [key: string]: string };
      paused?: boolean;
      pg_hba?: string[];
      poolMode?: "session" | "transaction";
      serverCASecret?: {
        name: string;
      };
      serverTLSSecret?: {
        name: string;
      };
    };
    serviceAccountName?: string;
    serviceTemplate?: ClusterServiceTemplate;
    template?: {
      metadata?: {
        annotations?: { [key: string]: string };
        labels?: { [key: string]: string };
        name?: string;
      };
      spec?: {
        activeDeadlineSeconds?: number;
        affinity?: {
          nodeAffinity?: ClusterNodeAffinity;
          podAffinity?: ClusterAdditionalPodAffinity;
          podAntiAffinity?: ClusterAdditionalPodAffinity;
        };
        automountServiceAccountToken?: boolean;
        containers: PoolerContainers[];
        dnsConfig?: {
          nameservers?: string[];
          options?: Array<{
            name?: string;
            value?: string;
          }>;
          searches?: string[];
        };
        dnsPolicy?: string;
        enableServiceLinks?: boolean;
        ephemeralContainers?: Array<{
          args?: string[];
          command?: string[];
          env?: Array<{
            name: string;
            value?: string;
            valueFrom?: ClusterValueFrom;
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
          image?: string;
          imagePullPolicy?: string;
          lifecycle?: {
            postStart?: PoolerPostStart;
            preStop?: PoolerPostStart;
            stopSignal?: string;
          };
          livenessProbe?: PoolerLivenessProbe;
          name: string;
          ports?: Array<{
            containerPort: number;
            hostIP?: string;
            hostPort?: number;
            name?: string;
            protocol?: string;
          }>;
          readinessProbe?: PoolerLivenessProbe;
          resizePolicy?: Array<{
            resourceName: string;
            restartPolicy: string;
          }>;
          resources?: ClusterResources;
          restartPolicy?: string;
          restartPolicyRules?: Array<{
            action: string;
            exitCodes?: {
              operator: string;
              values?: number[];
            };
          }>;
          securityContext?: ClusterSecurityContext;
          startupProbe?: PoolerLivenessProbe;
          stdin?: boolean;
          stdinOnce?: boolean;
          targetContainerName?: string;
          terminationMessagePath?: string;
          terminationMessagePolicy?: string;
          tty?: boolean;
          volumeDevices?: Array<{
            devicePath: string;
            name: string;
          }>;
          volumeMounts?: PoolerVolumeMounts[];
          workingDir?: string;
        }>;
        hostAliases?: Array<{
          hostnames?: string[];
          ip: string;
        }>;
        hostIPC?: boolean;
        hostNetwork?: boolean;
        hostPID?: boolean;
        hostUsers?: boolean;
        hostname?: string;
        hostnameOverride?: string;
        imagePullSecrets?: Array<{
          name?: string;
        }>;
        initContainers?: PoolerContainers[];
        nodeName?: string;
        nodeSelector?: { [key: string]: string };
        os?: {
          name: string;
        };
        overhead?: { [key: string]: number | string };
        preemptionPolicy?: string;
        priority?: number;
        priorityClassName?: string;
        readinessGates?: Array<{
          conditionType: string;
        }>;
        resourceClaims?: Array<{
          name: string;
          resourceClaimName?: string;
          resourceClaimTemplateName?: string;
        }>;
        resources?: ClusterResources;
        restartPolicy?: string;
        runtimeClassName?: string;
        schedulerName?: string;
        schedulingGates?: Array<{
          name: string;
        }>;
        schedulingGroup?: {
          podGroupName?: string;
        };
        securityContext?: ClusterPodSecurityContext;
        serviceAccount?: string;
        serviceAccountName?: string;
        setHostnameAsFQDN?: boolean;
        shareProcessNamespace?: boolean;
        subdomain?: string;
        terminationGracePeriodSeconds?: number;
        tolerations?: Array<{
          effect?: string;
          key?: string;
          operator?: string;
          tolerationSeconds?: number;
          value?: string;
        }>;
        topologySpreadConstraints?: ClusterTopologySpreadConstraints[];
        volumes?: Array<{
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
          csi?: {
            driver: string;
            fsType?: string;
            nodePublishSecretRef?: {
              name?: string;
            };
            readOnly?: boolean;
            volumeAttributes?: { [key: string]: string };
          };
          downwardAPI?: {
            defaultMode?: number;
            items?: ClusterItems[];
          };
          emptyDir?: {
            medium?: string;
            sizeLimit?: number | string;
          };
          ephemeral?: {
            volumeClaimTemplate?: {
              metadata?: { [key: string]: never };
              spec: ClusterSpec;
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
          iscsi?: {
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
            sources?: ClusterSources[];
          };
          quobyte?: {
            group?: string;
            readOnly?: boolean;
            registry: string;
            tenant?: string;
            user?: string;
            volume: string;
          };
          rbd?: {
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
          scaleIO?: {
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
        }>;
      };
    };
    type?: "rw" | "ro" | "r";
  };
};

export type ScheduledBackup = {
  apiVersion: "postgresql.cnpg.io/v1";
  kind: "ScheduledBackup";
  metadata: NamedMeta;
  spec: {
    backupOwnerReference?: "none" | "self" | "cluster";
    cluster: {
      name: string;
    };
    immediate?: boolean;
    method?: "barmanObjectStore" | "volumeSnapshot" | "plugin";
    online?: boolean;
    onlineConfiguration?: {
      immediateCheckpoint?: boolean;
      waitForArchive?: boolean;
    };
    pluginConfiguration?: {
      name: string;
      parameters?: { [key: string]: string };
    };
    schedule: string;
    suspend?: boolean;
    target?: "primary" | "prefer-standby";
  };
};
