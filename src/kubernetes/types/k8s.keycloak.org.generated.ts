// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type KeycloakPreference = {
  matchExpressions?: Array<{
    key?: string;
    operator?: string;
    values?: string[];
  }>;
  matchFields?: Array<{
    key?: string;
    operator?: string;
    values?: string[];
  }>;
};

export type KeycloakNodeAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    preference?: KeycloakPreference;
    weight?: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: {
    nodeSelectorTerms?: KeycloakPreference[];
  };
};

export type KeycloakPodAffinityTerm = {
  labelSelector?: {
    matchExpressions?: Array<{
      key?: string;
      operator?: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
  namespaceSelector?: {
    matchExpressions?: Array<{
      key?: string;
      operator?: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  namespaces?: string[];
  topologyKey?: string;
};

export type KeycloakPodAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    podAffinityTerm?: KeycloakPodAffinityTerm;
    weight?: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: KeycloakPodAffinityTerm[];
};

export type KeycloakTopologySpreadConstraints = {
  labelSelector?: {
    matchExpressions?: Array<{
      key?: string;
      operator?: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
  matchLabelKeys?: string[];
  maxSkew?: number;
  minDomains?: number;
  nodeAffinityPolicy?: string;
  nodeTaintsPolicy?: string;
  topologyKey?: string;
  whenUnsatisfiable?: string;
};

export type KeycloakManagedFields = {
  apiVersion?: string;
  fieldsType?: string;
  fieldsV1?: { [key: string]: never };
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: string;
};

export type KeycloakMetadata = {
  annotations?: { [key: string]: string };
  creationTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  deletionTimestamp?: string;
  finalizers?: string[];
  generateName?: string;
  generation?: number;
  labels?: { [key: string]: string };
  managedFields?: KeycloakManagedFields[];
  name?: string;
  namespace?: string;
  ownerReferences?: Array<{
    apiVersion?: string;
    blockOwnerDeletion?: boolean;
    controller?: boolean;
    kind?: string;
    name?: string;
    uid?: string;
  }>;
  resourceVersion?: string;
  selfLink?: string;
  uid?: string;
};

export type KeycloakValueFrom = {
  configMapKeyRef?: {
    key?: string;
    name?: string;
    optional?: boolean;
  };
  fieldRef?: {
    apiVersion?: string;
    fieldPath?: string;
  };
  resourceFieldRef?: {
    containerName?: string;
    divisor?: number | string;
    resource?: string;
  };
  secretKeyRef?: {
    key?: string;
    name?: string;
    optional?: boolean;
  };
};

export type KeycloakPostStart = {
  exec?: {
    command?: string[];
  };
  httpGet?: {
    host?: string;
    httpHeaders?: Array<{
      name?: string;
      value?: string;
    }>;
    path?: string;
    port?: number | string;
    scheme?: string;
  };
  sleep?: {
    seconds?: number;
  };
  tcpSocket?: {
    host?: string;
    port?: number | string;
  };
};

export type KeycloakLivenessProbe = {
  exec?: {
    command?: string[];
  };
  failureThreshold?: number;
  grpc?: {
    port?: number;
    service?: string;
  };
  httpGet?: {
    host?: string;
    httpHeaders?: Array<{
      name?: string;
      value?: string;
    }>;
    path?: string;
    port?: number | string;
    scheme?: string;
  };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  tcpSocket?: {
    host?: string;
    port?: number | string;
  };
  terminationGracePeriodSeconds?: number;
  timeoutSeconds?: number;
};

export type KeycloakSecurityContext = {
  allowPrivilegeEscalation?: boolean;
  appArmorProfile?: {
    localhostProfile?: string;
    type?: string;
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
    type?: string;
  };
  windowsOptions?: {
    gmsaCredentialSpec?: string;
    gmsaCredentialSpecName?: string;
    hostProcess?: boolean;
    runAsUserName?: string;
  };
};

export type KeycloakVolumeMounts = {
  mountPath?: string;
  mountPropagation?: string;
  name?: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  subPath?: string;
  subPathExpr?: string;
};

export type KeycloakContainers = {
  args?: string[];
  command?: string[];
  env?: Array<{
    name?: string;
    value?: string;
    valueFrom?: KeycloakValueFrom;
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
    postStart?: KeycloakPostStart;
    preStop?: KeycloakPostStart;
  };
  livenessProbe?: KeycloakLivenessProbe;
  name?: string;
  ports?: Array<{
    containerPort?: number;
    hostIP?: string;
    hostPort?: number;
    name?: string;
    protocol?: string;
  }>;
  readinessProbe?: KeycloakLivenessProbe;
  resizePolicy?: Array<{
    resourceName?: string;
    restartPolicy?: string;
  }>;
  resources?: {
    claims?: Array<{
      name?: string;
    }>;
    limits?: { [key: string]: number | string };
    requests?: { [key: string]: number | string };
  };
  restartPolicy?: string;
  securityContext?: KeycloakSecurityContext;
  startupProbe?: KeycloakLivenessProbe;
  stdin?: boolean;
  stdinOnce?: boolean;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
  tty?: boolean;
  volumeDevices?: Array<{
    devicePath?: string;
    name?: string;
  }>;
  volumeMounts?: KeycloakVolumeMounts[];
  workingDir?: string;
};

export type KeycloakItems = {
  fieldRef?: {
    apiVersion?: string;
    fieldPath?: string;
  };
  mode?: number;
  path?: string;
  resourceFieldRef?: {
    containerName?: string;
    divisor?: number | string;
    resource?: string;
  };
};

export type Keycloak = {
  apiVersion: "k8s.keycloak.org/v2alpha1";
  kind: "Keycloak";
  metadata: NamedMeta;
  spec?: {
    additionalOptions?: Array<{
      name?: string;
      secret?: {
        key?: string;
        name?: string;
        optional?: boolean;
      };
      value?: string;
    }>;
    bootstrapAdmin?: {
      service?: {
        secret?: string;
      };
      user?: {
        secret?: string;
      };
    };
    cache?: {
      configMapFile?: {
        key?: string;
        name?: string;
        optional?: boolean;
      };
    };
    db?: {
      database?: string;
      host?: string;
      passwordSecret?: {
        key?: string;
        name?: string;
        optional?: boolean;
      };
      poolInitialSize?: number;
      poolMaxSize?: number;
      poolMinSize?: number;
      port?: number;
      schema?: string;
      url?: string;
      usernameSecret?: {
        key?: string;
        name?: string;
        optional?: boolean;
      };
      vendor?: string;
    };
    features?: {
      disabled?: string[];
      enabled?: string[];
    };
    hostname?: {
      admin?: string;
      adminUrl?: string;
      backchannelDynamic?: boolean;
      hostname?: string;
      strict?: boolean;
      strictBackchannel?: boolean;
    };
    http?: {
      httpEnabled?: boolean;
      httpPort?: number;
      httpsPort?: number;
      tlsSecret?: string;
    };
    httpManagement?: {
      port?: number;
    };
    image?: string;
    imagePullSecrets?: Array<{
      name?: string;
    }>;
    ingress?: {
      annotations?: { [key: string]: string };
      className?: string;
      enabled?: boolean;
    };
    instances?: number;
    proxy?: {
      headers?: string;
    };
    resources?: {
      claims?: Array<{
        name?: string;
      }>;
      limits?: { [key: string]: number | string };
      requests?: { [key: string]: number | string };
    };
    scheduling?: {
      affinity?: {
        nodeAffinity?: KeycloakNodeAffinity;
        podAffinity?: KeycloakPodAffinity;
        podAntiAffinity?: KeycloakPodAffinity;
      };
      priorityClassName?: string;
      tolerations?: Array<{
        effect?: string;
        key?: string;
        operator?: string;
        tolerationSeconds?: number;
        value?: string;
      }>;
      topologySpreadConstraints?: KeycloakTopologySpreadConstraints[];
    };
    startOptimized?: boolean;
    transaction?: {
      xaEnabled?: boolean;
    };
    truststores?: { [key: string]: {
      name?: string;
      secret: {
        name: string;
        optional?: boolean;
      };
    } };
    unsupported?: {
      podTemplate?: {
        metadata?: KeycloakMetadata;
        spec?: {
          activeDeadlineSeconds?: number;
          affinity?: {
            nodeAffinity?: KeycloakNodeAffinity;
            podAffinity?: KeycloakPodAffinity;
            podAntiAffinity?: KeycloakPodAffinity;
          };
          automountServiceAccountToken?: boolean;
          containers?: KeycloakContainers[];
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
              name?: string;
              value?: string;
              valueFrom?: KeycloakValueFrom;
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
              postStart?: KeycloakPostStart;
              preStop?: KeycloakPostStart;
            };
            livenessProbe?: KeycloakLivenessProbe;
            name?: string;
            ports?: Array<{
              containerPort?: number;
              hostIP?: string;
              hostPort?: number;
              name?: string;
              protocol?: string;
            }>;
            readinessProbe?: KeycloakLivenessProbe;
            resizePolicy?: Array<{
              resourceName?: string;
              restartPolicy?: string;
            }>;
            resources?: {
              claims?: Array<{
                name?: string;
              }>;
              limits?: { [key: string]: number | string };
              requests?: { [key: string]: number | string };
            };
            restartPolicy?: string;
            securityContext?: KeycloakSecurityContext;
            startupProbe?: KeycloakLivenessProbe;
            stdin?: boolean;
            stdinOnce?: boolean;
            targetContainerName?: string;
            terminationMessagePath?: string;
            terminationMessagePolicy?: string;
            tty?: boolean;
            volumeDevices?: Array<{
              devicePath?: string;
              name?: string;
            }>;
            volumeMounts?: KeycloakVolumeMounts[];
            workingDir?: string;
          }>;
          hostAliases?: Array<{
            hostnames?: string[];
            ip?: string;
          }>;
          hostIPC?: boolean;
          hostNetwork?: boolean;
          hostPID?: boolean;
          hostUsers?: boolean;
          hostname?: string;
          imagePullSecrets?: Array<{
            name?: string;
          }>;
          initContainers?: KeycloakContainers[];
          nodeName?: string;
          nodeSelector?: { [key: string]: string };
          os?: {
            name?: string;
          };
          overhead?: { [key: string]: number | string };
          preemptionPolicy?: string;
          priority?: number;
          priorityClassName?: string;
          readinessGates?: Array<{
            conditionType?: string;
          }>;
          resourceClaims?: Array<{
            name?: string;
            source?: {
              resourceClaimName?: string;
              resourceClaimTemplateName?: string;
            };
          }>;
          restartPolicy?: string;
          runtimeClassName?: string;
          schedulerName?: string;
          schedulingGates?: Array<{
            name?: string;
          }>;
          securityContext?: {
            appArmorProfile?: {
              localhostProfile?: string;
              type?: string;
            };
            fsGroup?: number;
            fsGroupChangePolicy?: string;
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
              type?: string;
            };
            supplementalGroups?: number[];
            sysctls?: Array<{
              name?: string;
              value?: string;
            }>;
            windowsOptions?: {
              gmsaCredentialSpec?: string;
              gmsaCredentialSpecName?: string;
              hostProcess?: boolean;
              runAsUserName?: string;
            };
          };
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
          topologySpreadConstraints?: KeycloakTopologySpreadConstraints[];
          volumes?: Array<{
            awsElasticBlockStore?: {
              fsType?: string;
              partition?: number;
              readOnly?: boolean;
              volumeID?: string;
            };
            azureDisk?: {
              cachingMode?: string;
              diskName?: string;
              diskURI?: string;
              fsType?: string;
              kind?: string;
              readOnly?: boolean;
            };
            azureFile?: {
              readOnly?: boolean;
              secretName?: string;
              shareName?: string;
            };
            cephfs?: {
              monitors?: string[];
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
              volumeID?: string;
            };
            configMap?: {
              defaultMode?: number;
              items?: Array<{
                key?: string;
                mode?: number;
                path?: string;
              }>;
              name?: string;
              optional?: boolean;
            };
            csi?: {
              driver?: string;
              fsType?: string;
              nodePublishSecretRef?: {
                name?: string;
              };
              readOnly?: boolean;
              volumeAttributes?: { [key: string]: string };
            };
            downwardAPI?: {
              defaultMode?: number;
              items?: KeycloakItems[];
            };
            emptyDir?: {
              medium?: string;
              sizeLimit?: number | string;
            };
            ephemeral?: {
              volumeClaimTemplate?: {
                metadata?: KeycloakMetadata;
                spec?: {
                  accessModes?: string[];
                  dataSource?: {
                    apiGroup?: string;
                    kind?: string;
                    name?: string;
                  };
                  dataSourceRef?: {
                    apiGroup?: string;
                    kind?: string;
                    name?: string;
                    namespace?: string;
                  };
                  resources?: {
                    limits?: { [key: string]: number | string };
                    requests?: { [key: string]: number | string };
                  };
                  selector?: {
                    matchExpressions?: Array<{
                      key?: string;
                      operator?: string;
                      values?: string[];
                    }>;
                    matchLabels?: { [key: string]: string };
                  };
                  storageClassName?: string;
                  volumeAttributesClassName?: string;
                  volumeMode?: string;
                  volumeName?: string;
                };
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
              driver?: string;
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
              pdName?: string;
              readOnly?: boolean;
            };
            gitRepo?: {
              directory?: string;
              repository?: string;
              revision?: string;
            };
            glusterfs?: {
              endpoints?: string;
              path?: string;
              readOnly?: boolean;
            };
            hostPath?: {
              path?: string;
              type?: string;
            };
            iscsi?: {
              chapAuthDiscovery?: boolean;
              chapAuthSession?: boolean;
              fsType?: string;
              initiatorName?: string;
              iqn?: string;
              iscsiInterface?: string;
              lun?: number;
              portals?: string[];
              readOnly?: boolean;
              secretRef?: {
                name?: string;
              };
              targetPortal?: string;
            };
            name?: string;
            nfs?: {
              path?: string;
              readOnly?: boolean;
              server?: string;
            };
            persistentVolumeClaim?: {
              claimName?: string;
              readOnly?: boolean;
            };
            photonPersistentDisk?: {
              fsType?: string;
              pdID?: string;
            };
            portworxVolume?: {
              fsType?: string;
              readOnly?: boolean;
              volumeID?: string;
            };
            projected?: {
              defaultMode?: number;
              sources?: Array<{
                clusterTrustBundle?: {
                  labelSelector?: {
                    matchExpressions?: Array<{
                      key?: string;
                      operator?: string;
                      values?: string[];
                    }>;
                    matchLabels?: { [key: string]: string };
                  };
                  name?: string;
                  optional?: boolean;
                  path?: string;
                  signerName?: string;
                };
                configMap?: {
                  items?: Array<{
                    key?: string;
                    mode?: number;
                    path?: string;
                  }>;
                  name?: string;
                  optional?: boolean;
                };
                downwardAPI?: {
                  items?: KeycloakItems[];
                };
                secret?: {
                  items?: Array<{
                    key?: string;
                    mode?: number;
                    path?: string;
                  }>;
                  name?: string;
                  optional?: boolean;
                };
                serviceAccountToken?: {
                  audience?: string;
                  expirationSeconds?: number;
                  path?: string;
                };
              }>;
            };
            quobyte?: {
              group?: string;
              readOnly?: boolean;
              registry?: string;
              tenant?: string;
              user?: string;
              volume?: string;
            };
            rbd?: {
              fsType?: string;
              image?: string;
              keyring?: string;
              monitors?: string[];
              pool?: string;
              readOnly?: boolean;
              secretRef?: {
                name?: string;
              };
              user?: string;
            };
            scaleIO?: {
              fsType?: string;
              gateway?: string;
              protectionDomain?: string;
              readOnly?: boolean;
              secretRef?: {
                name?: string;
              };
              sslEnabled?: boolean;
              storageMode?: string;
              storagePool?: string;
              system?: string;
              volumeName?: string;
            };
            secret?: {
              defaultMode?: number;
              items?: Array<{
                key?: string;
                mode?: number;
                path?: string;
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
              volumePath?: string;
            };
          }>;
        };
      };
    };
  };
};

export type KeycloakRealmImportResourcesData = {
  _id?: string;
  attributes?: { [key: string]: string[] };
  displayName?: string;
  icon_uri?: string;
  name?: string;
  owner?: {
    id?: string;
    name?: string;
  };
  ownerManagedAccess?: boolean;
  scopes?: Array<{
    displayName?: string;
    iconUri?: string;
    id?: string;
    name?: string;
  }>;
  type?: string;
  uris?: string[];
};

export type KeycloakRealmImportPolicies = {
  config?: { [key: string]: string };
  decisionStrategy?: "AFFIRMATIVE" | "CONSENSUS" | "UNANIMOUS";
  description?: string;
  id?: string;
  logic?: "NEGATIVE" | "POSITIVE";
  name?: string;
  owner?: string;
  policies?: string[];
  resources?: string[];
  resourcesData?: KeycloakRealmImportResourcesData[];
  scopes?: string[];
  scopesData?: Array<{
    displayName?: string;
    iconUri?: string;
    id?: string;
    name?: string;
  }>;
  type?: string;
};

export type KeycloakRealmImportAuthorizationSettings = {
  allowRemoteResourceManagement?: boolean;
  clientId?: string;
  decisionStrategy?: "AFFIRMATIVE" | "CONSENSUS" | "UNANIMOUS";
  id?: string;
  name?: string;
  policies?: KeycloakRealmImportPolicies[];
  policyEnforcementMode?: "DISABLED" | "ENFORCING" | "PERMISSIVE";
  resources?: KeycloakRealmImportResourcesData[];
  scopes?: Array<{
    displayName?: string;
    iconUri?: string;
    id?: string;
    name?: string;
  }>;
};

export type KeycloakRealmImportClaims = {
  address?: boolean;
  email?: boolean;
  gender?: boolean;
  locale?: boolean;
  name?: boolean;
  phone?: boolean;
  picture?: boolean;
  profile?: boolean;
  username?: boolean;
  website?: boolean;
};

export type KeycloakRealmImportProtocolMappers = {
  config?: { [key: string]: string };
  consentRequired?: boolean;
  consentText?: string;
  id?: string;
  name?: string;
  protocol?: string;
  protocolMapper?: string;
};

export type KeycloakRealmImportApplications = {
  access?: { [key: string]: boolean };
  adminUrl?: string;
  alwaysDisplayInConsole?: boolean;
  attributes?: { [key: string]: string };
  authenticationFlowBindingOverrides?: { [key: string]: string };
  authorizationServicesEnabled?: boolean;
  authorizationSettings?: KeycloakRealmImportAuthorizationSettings;
  baseUrl?: string;
  bearerOnly?: boolean;
  claims?: KeycloakRealmImportClaims;
  clientAuthenticatorType?: string;
  clientId?: string;
  clientTemplate?: string;
  consentRequired?: boolean;
  defaultClientScopes?: string[];
  defaultRoles?: string[];
  description?: string;
  directAccessGrantsEnabled?: boolean;
  directGrantsOnly?: boolean;
  enabled?: boolean;
  frontchannelLogout?: boolean;
  fullScopeAllowed?: boolean;
  id?: string;
  implicitFlowEnabled?: boolean;
  name?: string;
  nodeReRegistrationTimeout?: number;
  notBefore?: number;
  optionalClientScopes?: string[];
  origin?: string;
  protocol?: string;
  protocolMappers?: KeycloakRealmImportProtocolMappers[];
  publicClient?: boolean;
  redirectUris?: string[];
  registeredNodes?: { [key: string]: number };
  registrationAccessToken?: string;
  rootUrl?: string;
  secret?: string;
  serviceAccountsEnabled?: boolean;
  standardFlowEnabled?: boolean;
  surrogateAuthRequired?: boolean;
  type?: string;
  useTemplateConfig?: boolean;
  useTemplateMappers?: boolean;
  useTemplateScope?: boolean;
  webOrigins?: string[];
};

export type KeycloakRealmImportDefaultRole = {
  attributes?: { [key: string]: string[] };
  clientRole?: boolean;
  composite?: boolean;
  composites?: {
    application?: { [key: string]: string[] };
    client?: { [key: string]: string[] };
    realm?: string[];
  };
  containerId?: string;
  description?: string;
  id?: string;
  name?: string;
  scopeParamRequired?: boolean;
};

export type KeycloakRealmImportCredentials = {
  algorithm?: string;
  config?: { [key: string]: string[] };
  counter?: number;
  createdDate?: number;
  credentialData?: string;
  device?: string;
  digits?: number;
  hashIterations?: number;
  hashedSaltedValue?: string;
  id?: string;
  period?: number;
  priority?: number;
  salt?: string;
  secretData?: string;
  temporary?: boolean;
  type?: string;
  userLabel?: string;
  value?: string;
};

export type KeycloakRealmImportAttributes = {
  annotations?: { [key: string]: { [key: string]: never } };
  displayName?: string;
  group?: string;
  multivalued?: boolean;
  name?: string;
  readOnly?: boolean;
  required?: boolean;
  validators?: { [key: string]: { [key: string]: { [key: string]: never } } };
};

export type KeycloakRealmImportUserProfileMetadata = {
  attributes?: KeycloakRealmImportAttributes[];
  groups?: Array<{
    annotations?: { [key: string]: { [key: string]: never } };
    displayDescription?: string;
    displayHeader?: string;
    name?: string;
  }>;
};

export type KeycloakRealmImportFederatedUsers = {
  access?: { [key: string]: boolean };
  applicationRoles?: { [key: string]: string[] };
  attributes?: { [key: string]: string[] };
  clientConsents?: Array<{
    clientId?: string;
    createdDate?: number;
    grantedClientScopes?: string[];
    grantedRealmRoles?: string[];
    lastUpdatedDate?: number;
  }>;
  clientRoles?: { [key: string]: string[] };
  createdTimestamp?: number;
  credentials?: KeycloakRealmImportCredentials[];
  disableableCredentialTypes?: string[];
  email?: string;
  emailVerified?: boolean;
  enabled?: boolean;
  federatedIdentities?: Array<{
    identityProvider?: string;
    userId?: string;
    userName?: string;
  }>;
  federationLink?: string;
  firstName?: string;
  groups?: string[];
  id?: string;
  lastName?: string;
  notBefore?: number;
  origin?: string;
  realmRoles?: string[];
  requiredActions?: string[];
  self?: string;
  serviceAccountClientId?: string;
  socialLinks?: Array<{
    socialProvider?: string;
    socialUserId?: string;
    socialUsername?: string;
  }>;
  totp?: boolean;
  userProfileMetadata?: KeycloakRealmImportUserProfileMetadata;
  username?: string;
};

export type KeycloakRealmImportIdentityProviders = {
  addReadTokenRoleOnCreate?: boolean;
  alias?: string;
  authenticateByDefault?: boolean;
  config?: { [key: string]: string };
  displayName?: string;
  enabled?: boolean;
  firstBrokerLoginFlowAlias?: string;
  hideOnLogin?: boolean;
  internalId?: string;
  linkOnly?: boolean;
  organizationId?: string;
  postBrokerLoginFlowAlias?: string;
  providerId?: string;
  storeToken?: boolean;
  trustEmail?: boolean;
  updateProfileFirstLoginMode?: string;
};

export type KeycloakRealmImport = {
  apiVersion: "k8s.keycloak.org/v2alpha1";
  kind: "KeycloakRealmImport";
  metadata: NamedMeta;
  spec: {
    keycloakCRName: string;
    placeholders?: { [key: string]: {
      secret?: {
        key?: string;
        name?: string;
        optional?: boolean;
      };
    } };
    realm: {
      accessCodeLifespan?: number;
      accessCodeLifespanLogin?: number;
      accessCodeLifespanUserAction?: number;
      accessTokenLifespan?: number;
      accessTokenLifespanForImplicitFlow?: number;
      accountTheme?: string;
      actionTokenGeneratedByAdminLifespan?: number;
      actionTokenGeneratedByUserLifespan?: number;
      adminEventsDetailsEnabled?: boolean;
      adminEventsEnabled?: boolean;
      adminTheme?: string;
      applicationScopeMappings?: { [key: string]: Array<{
        client?: string;
        clientScope?: string;
        clientTemplate?: string;
        roles?: string[];
        self?: string;
      }> };
      applications?: KeycloakRealmImportApplications[];
      attributes?: { [key: string]: string };
      authenticationFlows?: Array<{
        alias?: string;
        authenticationExecutions?: Array<{
          authenticator?: string;
          authenticatorConfig?: string;
          authenticatorFlow?: boolean;
          autheticatorFlow?: boolean;
          flowAlias?: string;
          priority?: number;
          requirement?: string;
          userSetupAllowed?: boolean;
        }>;
        builtIn?: boolean;
        description?: string;
        id?: string;
        providerId?: string;
        topLevel?: boolean;
      }>;
      authenticatorConfig?: Array<{
        alias?: string;
        config?: { [key: string]: string };
        id?: string;
      }>;
      browserFlow?: string;
      browserSecurityHeaders?: { [key: string]: string };
      bruteForceProtected?: boolean;
      certificate?: string;
      clientAuthenticationFlow?: string;
      clientOfflineSessionIdleTimeout?: number;
      clientOfflineSessionMaxLifespan?: number;
      clientPolicies?: unknown;
      clientProfiles?: unknown;
      clientScopeMappings?: { [key: string]: Array<{
        client?: string;
        clientScope?: string;
        clientTemplate?: string;
        roles?: string[];
        self?: string;
      }> };
      clientScopes?: Array<{
        attributes?: { [key: string]: string };
        description?: string;
        id?: string;
        name?: string;
        protocol?: string;
        protocolMappers?: KeycloakRealmImportProtocolMappers[];
      }>;
      clientSessionIdleTimeout?: number;
      clientSessionMaxLifespan?: number;
      clientTemplates?: Array<{
        attributes?: { [key: string]: string };
        bearerOnly?: boolean;
        consentRequired?: boolean;
        description?: string;
        directAccessGrantsEnabled?: boolean;
        frontchannelLogout?: boolean;
        fullScopeAllowed?: boolean;
        id?: string;
        implicitFlowEnabled?: boolean;
        name?: string;
        protocol?: string;
        protocolMappers?: KeycloakRealmImportProtocolMappers[];
        publicClient?: boolean;
        serviceAccountsEnabled?: boolean;
        standardFlowEnabled?: boolean;
      }>;
      clients?: Array<{
        access?: { [key: string]: boolean };
        adminUrl?: string;
        alwaysDisplayInConsole?: boolean;
        attributes?: { [key: string]: string };
        authenticationFlowBindingOverrides?: { [key: string]: string };
        authorizationServicesEnabled?: boolean;
        authorizationSettings?: KeycloakRealmImportAuthorizationSettings;
        baseUrl?: string;
        bearerOnly?: boolean;
        clientAuthenticatorType?: string;
        clientId?: string;
        clientTemplate?: string;
        consentRequired?: boolean;
        defaultClientScopes?: string[];
        defaultRoles?: string[];
        description?: string;
        directAccessGrantsEnabled?: boolean;
        directGrantsOnly?: boolean;
        enabled?: boolean;
        frontchannelLogout?: boolean;
        fullScopeAllowed?: boolean;
        id?: string;
        implicitFlowEnabled?: boolean;
        name?: string;
        nodeReRegistrationTimeout?: number;
        notBefore?: number;
        optionalClientScopes?: string[];
        origin?: string;
        protocol?: string;
        protocolMappers?: KeycloakRealmImportProtocolMappers[];
        publicClient?: boolean;
        redirectUris?: string[];
        registeredNodes?: { [key: string]: number };
        registrationAccessToken?: string;
        rootUrl?: string;
        secret?: string;
        serviceAccountsEnabled?: boolean;
        standardFlowEnabled?: boolean;
        surrogateAuthRequired?: boolean;
        type?: string;
        useTemplateConfig?: boolean;
        useTemplateMappers?: boolean;
        useTemplateScope?: boolean;
        webOrigins?: string[];
      }>;
      codeSecret?: string;
      components?: { [key: string]: Array<{
        config?: { [key: string]: string[] };
        id?: string;
        name?: string;
        providerId?: string;
        subComponents?: { [key: string]: Array<{
          config?: { [key: string]: string[] };
          id?: string;
          name?: string;
          providerId?: string;
          subComponents?: { [key: string]: Array<{
            config?: { [key: string]: string[] };
            id?: string;
            name?: string;
            providerId?: string;
            subComponents?: { [key: string]: Array<{
              config?: { [key: string]: string[] };
              id?: string;
              name?: string;
              providerId?: string;
              subComponents?: { [key: string]: Array<{
                config?: { [key: string]: string[] };
                id?: string;
                name?: string;
                providerId?: string;
                subComponents?: { [key: string]: Array<{
                  config?: { [key: string]: string[] };
                  id?: string;
                  name?: string;
                  providerId?: string;
                  subComponents?: { [key: string]: Array<{
                    config?: { [key: string]: string[] };
                    id?: string;
                    name?: string;
                    providerId?: string;
                    subComponents?: { [key: string]: Array<{
                      config?: { [key: string]: string[] };
                      id?: string;
                      name?: string;
                      providerId?: string;
                      subComponents?: { [key: string]: Array<{
                        config?: { [key: string]: string[] };
                        id?: string;
                        name?: string;
                        providerId?: string;
                        subComponents?: { [key: string]: Array<{
                          config?: { [key: string]: string[] };
                          id?: string;
                          name?: string;
                          providerId?: string;
                          subComponents?: { [key: string]: Array<{
                            config?: { [key: string]: string[] };
                            id?: string;
                            name?: string;
                            providerId?: string;
                            subType?: string;
                          }> };
                          subType?: string;
                        }> };
                        subType?: string;
                      }> };
                      subType?: string;
                    }> };
                    subType?: string;
                  }> };
                  subType?: string;
                }> };
                subType?: string;
              }> };
              subType?: string;
            }> };
            subType?: string;
          }> };
          subType?: string;
        }> };
        subType?: string;
      }> };
      defaultDefaultClientScopes?: string[];
      defaultGroups?: string[];
      defaultLocale?: string;
      defaultOptionalClientScopes?: string[];
      defaultRole?: KeycloakRealmImportDefaultRole;
      defaultRoles?: string[];
      defaultSignatureAlgorithm?: string;
      directGrantFlow?: string;
      displayName?: string;
      displayNameHtml?: string;
      dockerAuthenticationFlow?: string;
      duplicateEmailsAllowed?: boolean;
      editUsernameAllowed?: boolean;
      emailTheme?: string;
      enabled?: boolean;
      enabledEventTypes?: string[];
      eventsEnabled?: boolean;
      eventsExpiration?: number;
      eventsListeners?: string[];
      failureFactor?: number;
      federatedUsers?: KeycloakRealmImportFederatedUsers[];
      firstBrokerLoginFlow?: string;
      groups?: Array<{
        access?: { [key: string]: boolean };
        attributes?: { [key: string]: string[] };
        clientRoles?: { [key: string]: string[] };
        id?: string;
        name?: string;
        parentId?: string;
        path?: string;
        realmRoles?: string[];
        subGroupCount?: number;
        subGroups?: Array<{
          access?: { [key: string]: boolean };
          attributes?: { [key: string]: string[] };
          clientRoles?: { [key: string]: string[] };
          id?: string;
          name?: string;
          parentId?: string;
          path?: string;
          realmRoles?: string[];
          subGroupCount?: number;
          subGroups?: Array<{
            access?: { [key: string]: boolean };
            attributes?: { [key: string]: string[] };
            clientRoles?: { [key: string]: string[] };
            id?: string;
            name?: string;
            parentId?: string;
            path?: string;
            realmRoles?: string[];
            subGroupCount?: number;
            subGroups?: Array<{
              access?: { [key: string]: boolean };
              attributes?: { [key: string]: string[] };
              clientRoles?: { [key: string]: string[] };
              id?: string;
              name?: string;
              parentId?: string;
              path?: string;
              realmRoles?: string[];
              subGroupCount?: number;
              subGroups?: Array<{
                access?: { [key: string]: boolean };
                attributes?: { [key: string]: string[] };
                clientRoles?: { [key: string]: string[] };
                id?: string;
                name?: string;
                parentId?: string;
                path?: string;
                realmRoles?: string[];
                subGroupCount?: number;
                subGroups?: Array<{
                  access?: { [key: string]: boolean };
                  attributes?: { [key: string]: string[] };
                  clientRoles?: { [key: string]: string[] };
                  id?: string;
                  name?: string;
                  parentId?: string;
                  path?: string;
                  realmRoles?: string[];
                  subGroupCount?: number;
                  subGroups?: Array<{
                    access?: { [key: string]: boolean };
                    attributes?: { [key: string]: string[] };
                    clientRoles?: { [key: string]: string[] };
                    id?: string;
                    name?: string;
                    parentId?: string;
                    path?: string;
                    realmRoles?: string[];
                    subGroupCount?: number;
                    subGroups?: Array<{
                      access?: { [key: string]: boolean };
                      attributes?: { [key: string]: string[] };
                      clientRoles?: { [key: string]: string[] };
                      id?: string;
                      name?: string;
                      parentId?: string;
                      path?: string;
                      realmRoles?: string[];
                      subGroupCount?: number;
                      subGroups?: Array<{
                        access?: { [key: string]: boolean };
                        attributes?: { [key: string]: string[] };
                        clientRoles?: { [key: string]: string[] };
                        id?: string;
                        name?: string;
                        parentId?: string;
                        path?: string;
                        realmRoles?: string[];
                        subGroupCount?: number;
                        subGroups?: Array<{
                          access?: { [key: string]: boolean };
                          attributes?: { [key: string]: string[] };
                          clientRoles?: { [key: string]: string[] };
                          id?: string;
                          name?: string;
                          parentId?: string;
                          path?: string;
                          realmRoles?: string[];
                          subGroupCount?: number;
                          subGroups?: Array<{
                            access?: { [key: string]: boolean };
                            attributes?: { [key: string]: string[] };
                            clientRoles?: { [key: string]: string[] };
                            id?: string;
                            name?: string;
                            parentId?: string;
                            path?: string;
                            realmRoles?: string[];
                            subGroupCount?: number;
                          }>;
                        }>;
                      }>;
                    }>;
                  }>;
                }>;
              }>;
            }>;
          }>;
        }>;
      }>;
      id?: string;
      identityProviderMappers?: Array<{
        config?: { [key: string]: string };
        id?: string;
        identityProviderAlias?: string;
        identityProviderMapper?: string;
        name?: string;
      }>;
      identityProviders?: KeycloakRealmImportIdentityProviders[];
      internationalizationEnabled?: boolean;
      keycloakVersion?: string;
      localizationTexts?: { [key: string]: { [key: string]: string } };
      loginTheme?: string;
      loginWithEmailAllowed?: boolean;
      maxDeltaTimeSeconds?: number;
      maxFailureWaitSeconds?: number;
      maxTemporaryLockouts?: number;
      minimumQuickLoginWaitSeconds?: number;
      notBefore?: number;
      oauth2DeviceCodeLifespan?: number;
      oauth2DevicePollingInterval?: number;
      oauthClients?: KeycloakRealmImportApplications[];
      offlineSessionIdleTimeout?: number;
      offlineSessionMaxLifespan?: number;
      offlineSessionMaxLifespanEnabled?: boolean;
      organizations?: Array<{
        alias?: string;
        attributes?: { [key: string]: string[] };
        description?: string;
        domains?: Array<{
          name?: string;
          verified?: boolean;
        }>;
        enabled?: boolean;
        id?: string;
        identityProviders?: KeycloakRealmImportIdentityProviders[];
        members?: Array<{
          access?: { [key: string]: boolean };
          applicationRoles?: { [key: string]: string[] };
          attributes?: { [key: string]: string[] };
          clientConsents?: Array<{
            clientId?: string;
            createdDate?: number;
            grantedClientScopes?: string[];
            grantedRealmRoles?: string[];
            lastUpdatedDate?: number;
          }>;
          clientRoles?: { [key: string]: string[] };
          createdTimestamp?: number;
          credentials?: KeycloakRealmImportCredentials[];
          disableableCredentialTypes?: string[];
          email?: string;
          emailVerified?: boolean;
          enabled?: boolean;
          federatedIdentities?: Array<{
            identityProvider?: string;
            userId?: string;
            userName?: string;
          }>;
          federationLink?: string;
          firstName?: string;
          groups?: string[];
          id?: string;
          lastName?: string;
          membershipType?: "MANAGED" | "UNMANAGED";
          notBefore?: number;
          origin?: string;
          realmRoles?: string[];
          requiredActions?: string[];
          self?: string;
          serviceAccountClientId?: string;
          socialLinks?: Array<{
            socialProvider?: string;
            socialUserId?: string;
            socialUsername?: string;
          }>;
          totp?: boolean;
          userProfileMetadata?: KeycloakRealmImportUserProfileMetadata;
          username?: string;
        }>;
        name?: string;
        redirectUrl?: string;
      }>;
      organizationsEnabled?: boolean;
      otpPolicyAlgorithm?: string;
      otpPolicyCodeReusable?: boolean;
      otpPolicyDigits?: number;
      otpPolicyInitialCounter?: number;
      otpPolicyLookAheadWindow?: number;
      otpPolicyPeriod?: number;
      otpPolicyType?: string;
      otpSupportedApplications?: string[];
      passwordCredentialGrantAllowed?: boolean;
      passwordPolicy?: string;
      permanentLockout?: boolean;
      privateKey?: string;
      protocolMappers?: KeycloakRealmImportProtocolMappers[];
      publicKey?: string;
      quickLoginCheckMilliSeconds?: number;
      realm?: string;
      refreshTokenMaxReuse?: number;
      registrationAllowed?: boolean;
      registrationEmailAsUsername?: boolean;
      registrationFlow?: string;
      rememberMe?: boolean;
      requiredActions?: Array<{
        alias?: string;
        config?: { [key: string]: string };
        defaultAction?: boolean;
        enabled?: boolean;
        name?: string;
        priority?: number;
        providerId?: string;
      }>;
      requiredCredentials?: string[];
      resetCredentialsFlow?: string;
      resetPasswordAllowed?: boolean;
      revokeRefreshToken?: boolean;
      roles?: {
        application?: { [key: string]: KeycloakRealmImportDefaultRole[] };
        client?: { [key: string]: KeycloakRealmImportDefaultRole[] };
        realm?: KeycloakRealmImportDefaultRole[];
      };
      scopeMappings?: Array<{
        client?: string;
        clientScope?: string;
        clientTemplate?: string;
        roles?: string[];
        self?: string;
      }>;
      smtpServer?: { [key: string]: string };
      social?: boolean;
      socialProviders?: { [key: string]: string };
      sslRequired?: string;
      ssoSessionIdleTimeout?: number;
      ssoSessionIdleTimeoutRememberMe?: number;
      ssoSessionMaxLifespan?: number;
      ssoSessionMaxLifespanRememberMe?: number;
      supportedLocales?: string[];
      updateProfileOnInitialSocialLogin?: boolean;
      userFederationMappers?: Array<{
        config?: { [key: string]: string };
        federationMapperType?: string;
        federationProviderDisplayName?: string;
        id?: string;
        name?: string;
      }>;
      userFederationProviders?: Array<{
        changedSyncPeriod?: number;
        config?: { [key: string]: string };
        displayName?: string;
        fullSyncPeriod?: number;
        id?: string;
        lastSync?: number;
        priority?: number;
        providerName?: string;
      }>;
      userManagedAccessAllowed?: boolean;
      users?: KeycloakRealmImportFederatedUsers[];
      verifyEmail?: boolean;
      waitIncrementSeconds?: number;
      webAuthnPolicyAcceptableAaguids?: string[];
      webAuthnPolicyAttestationConveyancePreference?: string;
      webAuthnPolicyAuthenticatorAttachment?: string;
      webAuthnPolicyAvoidSameAuthenticatorRegister?: boolean;
      webAuthnPolicyCreateTimeout?: number;
      webAuthnPolicyExtraOrigins?: string[];
      webAuthnPolicyPasswordlessAcceptableAaguids?: string[];
      webAuthnPolicyPasswordlessAttestationConveyancePreference?: string;
      webAuthnPolicyPasswordlessAuthenticatorAttachment?: string;
      webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister?: boolean;
      webAuthnPolicyPasswordlessCreateTimeout?: number;
      webAuthnPolicyPasswordlessExtraOrigins?: string[];
      webAuthnPolicyPasswordlessRequireResidentKey?: string;
      webAuthnPolicyPasswordlessRpEntityName?: string;
      webAuthnPolicyPasswordlessRpId?: string;
      webAuthnPolicyPasswordlessSignatureAlgorithms?: string[];
      webAuthnPolicyPasswordlessUserVerificationRequirement?: string;
      webAuthnPolicyRequireResidentKey?: string;
      webAuthnPolicyRpEntityName?: string;
      webAuthnPolicyRpId?: string;
      webAuthnPolicySignatureAlgorithms?: string[];
      webAuthnPolicyUserVerificationRequirement?: string;
    };
    resources?: {
      claims?: Array<{
        name?: string;
      }>;
      limits?: { [key: string]: number | string };
      requests?: { [key: string]: number | string };
    };
  };
};
