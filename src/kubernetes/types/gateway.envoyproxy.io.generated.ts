// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type Backend = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "Backend";
  metadata: NamedMeta;
  spec: {
    appProtocols?: Array<"gateway.envoyproxy.io/h2c" | "gateway.envoyproxy.io/ws" | "gateway.envoyproxy.io/wss">;
    endpoints?: Array<{
      fqdn?: {
        hostname: string;
        port: number;
      };
      hostname?: string;
      ip?: {
        address: string;
        port: number;
      };
      unix?: {
        path: string;
      };
      zone?: string;
    }>;
    fallback?: boolean;
    tls?: {
      alpnProtocols?: string[];
      autoSNIFromEndpointHostname?: boolean;
      caCertificateRefs?: Array<{
        group: string;
        kind: string;
        name: string;
      }>;
      ciphers?: string[];
      clientCertificateRef?: {
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      };
      ecdhCurves?: string[];
      fingerprints?: Array<"JA3" | "JA4">;
      insecureSkipVerify?: boolean;
      maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      signatureAlgorithms?: string[];
      sni?: string;
      wellKnownCACertificates?: string;
    };
    type?: "Endpoints" | "DynamicResolver";
  };
};

export type BackendTrafficPolicyCircuitBreaker = {
  maxConnections?: number;
  maxParallelRequests?: number;
  maxParallelRetries?: number;
  maxPendingRequests?: number;
  maxRequestsPerConnection?: number;
  perEndpoint?: {
    maxConnections?: number;
  };
  retryBudget?: {
    minRetryConcurrency?: number;
    percent: {
      denominator?: number;
      numerator: number;
    };
  };
};

export type BackendTrafficPolicyCompression = {
  brotli?: { [key: string]: never };
  gzip?: { [key: string]: never };
  minContentLength?: number | string;
  type: "Gzip" | "Brotli" | "Zstd";
  zstd?: { [key: string]: never };
};

export type BackendTrafficPolicyConnection = {
  bufferLimit?: number | string;
  preconnect?: {
    perEndpointPercent?: number;
    predictivePercent?: number;
  };
  socketBufferLimit?: number | string;
};

export type BackendTrafficPolicyHealthCheckLog = {
  matches?: Array<"Failure" | "FailureSeriesStart" | "Success" | "HealthyTransition">;
  sinks?: Array<{
    file?: {
      path: string;
    };
    type: "File";
  }>;
};

export type BackendTrafficPolicyHttp = {
  expectedResponse?: {
    binary?: string;
    text?: string;
    type: "Text" | "Binary";
  };
  expectedStatuses?: number[];
  hostname?: string;
  method?: string;
  path: string;
  requestBody?: {
    binary?: string;
    text?: string;
    type: "Text" | "Binary";
  };
  retriableStatuses?: number[];
};

export type BackendTrafficPolicyTcp = {
  receive?: {
    binary?: string;
    text?: string;
    type: "Text" | "Binary";
  };
  send?: {
    binary?: string;
    text?: string;
    type: "Text" | "Binary";
  };
};

export type BackendTrafficPolicyActive = {
  grpc?: {
    service?: string;
  };
  healthCheckLog?: BackendTrafficPolicyHealthCheckLog;
  healthyThreshold?: number;
  http?: BackendTrafficPolicyHttp;
  initialJitter?: string;
  interval?: string;
  overrides?: {
    port?: number;
  };
  tcp?: BackendTrafficPolicyTcp;
  timeout?: string;
  type: "HTTP" | "TCP" | "GRPC";
  unhealthyThreshold?: number;
};

export type BackendTrafficPolicyPassive = {
  alwaysEjectOneEndpoint?: boolean;
  baseEjectionTime?: string;
  consecutive5XxErrors?: number;
  consecutiveGatewayErrors?: number;
  consecutiveLocalOriginFailures?: number;
  failurePercentageThreshold?: number;
  interval?: string;
  maxEjectionPercent?: number;
  splitExternalLocalOriginErrors?: boolean;
};

export type BackendTrafficPolicyHttp2 = {
  connectionKeepalive?: {
    idleInterval?: string;
    interval?: string;
    intervalJitter?: number;
    timeout?: string;
  };
  initialConnectionWindowSize?: number | string;
  initialStreamWindowSize?: number | string;
  maxConcurrentStreams?: number;
  onInvalidMessage?: string;
};

export type BackendTrafficPolicyBackendUtilization = {
  blackoutPeriod?: string;
  errorUtilizationPenaltyPercent?: number;
  keepResponseHeaders?: boolean;
  metricNamesForComputingUtilization?: string[];
  outOfBand?: {
    authority?: string;
    port?: number;
    reportingPeriod?: string;
  };
  weightExpirationPeriod?: string;
  weightUpdatePeriod?: string;
};

export type BackendTrafficPolicyConsistentHash = {
  cookie?: {
    attributes?: { [key: string]: string };
    name: string;
    ttl?: string;
  };
  header?: {
    name: string;
  };
  headers?: Array<{
    name: string;
  }>;
  queryParams?: Array<{
    name: string;
  }>;
  tableSize?: number;
  type: "SourceIP" | "Header" | "Headers" | "Cookie" | "QueryParams";
};

export type BackendTrafficPolicyZoneAware = {
  preferLocal?: {
    force?: {
      minEndpointsInZoneThreshold?: number;
    };
    minEndpointsThreshold?: number;
    percentageEnabled?: number;
  };
  weightedZones?: Array<{
    weight: number;
    zone: string;
  }>;
};

export type BackendTrafficPolicyLoadBalancer = {
  backendUtilization?: BackendTrafficPolicyBackendUtilization;
  consistentHash?: BackendTrafficPolicyConsistentHash;
  dynamicModule?: {
    config?: unknown;
    lbPolicyName: string;
    name: string;
  };
  endpointOverride?: {
    extractFrom: Array<{
      header?: string;
    }>;
  };
  slowStart?: {
    window: string;
  };
  type: "ConsistentHash" | "LeastRequest" | "Random" | "RoundRobin" | "BackendUtilization" | "DynamicModule";
  zoneAware?: BackendTrafficPolicyZoneAware;
};

export type BackendTrafficPolicyClientSelectors = {
  headers?: Array<{
    invert?: boolean;
    name: string;
    type?: "Exact" | "RegularExpression" | "Distinct";
    value?: string;
  }>;
  methods?: Array<{
    invert?: boolean;
    value: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH";
  }>;
  path?: {
    invert?: boolean;
    type?: "Exact" | "PathPrefix" | "RegularExpression";
    value?: string;
  };
  queryParams?: Array<{
    invert?: boolean;
    name: string;
    type?: "Exact" | "RegularExpression" | "Distinct";
    value?: string;
  }>;
  sourceCIDR?: {
    invert?: boolean;
    type?: "Exact" | "Distinct";
    value: string;
  };
};

export type BackendTrafficPolicyCost = {
  request?: {
    from: "Number" | "Metadata";
    metadata?: {
      key: string;
      namespace: string;
    };
    number?: number;
  };
  response?: {
    from: "Number" | "Metadata";
    metadata?: {
      key: string;
      namespace: string;
    };
    number?: number;
  };
};

export type BackendTrafficPolicyLimit = {
  fromMetadata?: {
    key: string;
    namespace: string;
  };
  requests: number;
  unit: "Second" | "Minute" | "Hour" | "Day" | "Week" | "Month" | "Year";
};

export type BackendTrafficPolicyRules = {
  clientSelectors?: BackendTrafficPolicyClientSelectors[];
  cost?: BackendTrafficPolicyCost;
  limit: BackendTrafficPolicyLimit;
  shadowMode?: boolean;
  shared?: boolean;
  xRateLimitHeaders?: "Off" | "DraftVersion03";
};

export type BackendTrafficPolicyResponse = {
  body?: {
    inline?: string;
    type?: "Inline" | "ValueRef";
    valueRef?: {
      group: string;
      kind: string;
      name: string;
    };
  };
  contentType?: string;
  header?: {
    add?: Array<{
      name: string;
      value: string;
    }>;
    remove?: string[];
    set?: Array<{
      name: string;
      value: string;
    }>;
  };
  statusCode?: number;
};

export type BackendTrafficPolicyRetryOn = {
  httpStatusCodes?: number[];
  triggers?: Array<"5xx" | "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "retriable-4xx" | "refused-stream" | "retriable-status-codes" | "cancelled" | "deadline-exceeded" | "internal" | "resource-exhausted" | "unavailable">;
};

export type BackendTrafficPolicyRetry = {
  numAttemptsPerPriority?: number;
  numRetries?: number;
  perRetry?: {
    backOff?: {
      baseInterval?: string;
      maxInterval?: string;
    };
    timeout?: string;
  };
  retryOn?: BackendTrafficPolicyRetryOn;
};

export type BackendTrafficPolicyNamespaces = {
  from?: "Same" | "All" | "Selector";
  selector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
};

export type BackendTrafficPolicyTargetSelectors = {
  group?: string;
  kind: string;
  matchExpressions?: Array<{
    key: string;
    operator: string;
    values?: string[];
  }>;
  matchLabels?: { [key: string]: string };
  namespaces?: BackendTrafficPolicyNamespaces;
};

export type BackendTrafficPolicyValue = {
  environment?: {
    defaultValue?: string;
    name: string;
  };
  literal?: {
    value: string;
  };
  requestHeader?: {
    defaultValue?: string;
    name: string;
  };
  type?: "Literal" | "Environment" | "RequestHeader";
};

export type BackendTrafficPolicyTimeout = {
  http?: {
    connectionIdleTimeout?: string;
    maxConnectionDuration?: string;
    maxStreamDuration?: string;
    requestTimeout?: string;
    streamIdleTimeout?: string;
  };
  tcp?: {
    connectTimeout?: string;
  };
};

export type BackendTrafficPolicy = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "BackendTrafficPolicy";
  metadata: NamedMeta;
  spec: {
    admissionControl?: {
      maxRejectionPercent?: number;
      minRequestRate?: number;
      minSuccessRate?: number;
      rejectionAggression?: number;
      samplingWindow?: string;
      successCriteria?: {
        grpc?: {
          statusCodes?: Array<"Ok" | "Cancelled" | "Unknown" | "InvalidArgument" | "DeadlineExceeded" | "NotFound" | "AlreadyExists" | "PermissionDenied" | "ResourceExhausted" | "FailedPrecondition" | "Aborted" | "OutOfRange" | "Unimplemented" | "Internal" | "Unavailable" | "DataLoss" | "Unauthenticated">;
        };
        http?: {
          statusCodes?: number[];
        };
      };
    };
    bandwidthLimit?: {
      request?: {
        limit: {
          unit: "Second" | "Minute" | "Hour";
          value: number | string;
        };
      };
      response?: {
        limit: {
          unit: "Second" | "Minute" | "Hour";
          value: number | string;
        };
        responseTrailers?: {
          prefix?: string;
        };
      };
    };
    circuitBreaker?: BackendTrafficPolicyCircuitBreaker;
    compression?: BackendTrafficPolicyCompression[];
    compressor?: BackendTrafficPolicyCompression[];
    connection?: BackendTrafficPolicyConnection;
    dns?: {
      dnsRefreshRate?: string;
      lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6";
      respectDnsTtl?: boolean;
    };
    faultInjection?: {
      abort?: {
        grpcStatus?: number;
        httpStatus?: number;
        percentage?: number;
      };
      delay?: {
        fixedDelay: string;
        percentage?: number;
      };
    };
    healthCheck?: {
      active?: BackendTrafficPolicyActive;
      panicThreshold?: number;
      passive?: BackendTrafficPolicyPassive;
    };
    http2?: BackendTrafficPolicyHttp2;
    httpUpgrade?: Array<{
      connect?: {
        terminate?: boolean;
      };
      type: string;
    }>;
    loadBalancer?: BackendTrafficPolicyLoadBalancer;
    mergeType?: string;
    proxyProtocol?: {
      version: "V1" | "V2";
    };
    rateLimit?: {
      global?: {
        rules: BackendTrafficPolicyRules[];
      };
      local?: {
        rules?: BackendTrafficPolicyRules[];
      };
      type?: "Global" | "Local";
    };
    requestBuffer?: {
      limit?: number | string;
    };
    responseOverride?: Array<{
      match: {
        responseHeaders?: Array<{
          name: string;
          value: {
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          };
        }>;
        statusCodes?: Array<{
          range?: {
            end: number;
            start: number;
          };
          type?: "Value" | "Range";
          value?: number;
        }>;
      };
      redirect?: {
        hostname?: string;
        path?: {
          replaceFullPath?: string;
          replacePrefixMatch?: string;
          type: "ReplaceFullPath" | "ReplacePrefixMatch";
        };
        port?: number;
        scheme?: "http" | "https";
        statusCode?: 301 | 302;
      };
      response?: BackendTrafficPolicyResponse;
      source?: "All" | "Local" | "Backend";
    }>;
    retry?: BackendTrafficPolicyRetry;
    routingType?: string;
    targetRef?: {
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    };
    targetRefs?: Array<{
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    }>;
    targetSelectors?: BackendTrafficPolicyTargetSelectors[];
    tcpKeepalive?: {
      idleTime?: string;
      interval?: string;
      probes?: number;
    };
    telemetry?: {
      metrics?: {
        routeStatName?: string;
      };
      tracing?: {
        clientSamplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        customTags?: { [key: string]: BackendTrafficPolicyValue };
        overallSamplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        samplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        spanName?: {
          client: string;
          server: string;
        };
        tags?: { [key: string]: string };
      };
    };
    timeout?: BackendTrafficPolicyTimeout;
    useClientProtocol?: boolean;
  };
};

export type ClientTrafficPolicyEarlyRequestHeaders = {
  add?: Array<{
    name: string;
    value: string;
  }>;
  addIfAbsent?: Array<{
    name: string;
    value: string;
  }>;
  remove?: string[];
  removeOnMatch?: Array<{
    type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
    value: string;
  }>;
  set?: Array<{
    name: string;
    value: string;
  }>;
};

export type ClientTrafficPolicy = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "ClientTrafficPolicy";
  metadata: NamedMeta;
  spec: {
    clientIPDetection?: {
      customHeader?: {
        failClosed?: boolean;
        name: string;
      };
      directSourceIP?: { [key: string]: never };
      xForwardedFor?: {
        disableXForwardedForAppend?: boolean;
        numTrustedHops?: number;
        trustedCIDRs?: string[];
      };
    };
    connection?: {
      bufferLimit?: number | string;
      connectionLimit?: {
        closeDelay?: string;
        maxConnectionDuration?: string;
        maxRequestsPerConnection?: number;
        maxStreamDuration?: string;
        value?: number;
      };
      maxAcceptPerSocketEvent?: number;
      socketBufferLimit?: number | string;
    };
    enableProxyProtocol?: boolean;
    grpc?: {
      enableWeb?: boolean;
    };
    headers?: {
      disableRateLimitHeaders?: boolean;
      earlyRequestHeaders?: ClientTrafficPolicyEarlyRequestHeaders;
      enableEnvoyHeaders?: boolean;
      host?: {
        stripTrailingHostDot?: boolean;
      };
      lateResponseHeaders?: ClientTrafficPolicyEarlyRequestHeaders;
      preserveXRequestID?: boolean;
      requestID?: "PreserveOrGenerate" | "Preserve" | "Generate" | "Disable";
      withUnderscoresAction?: "Allow" | "RejectRequest" | "DropHeader";
      xForwardedClientCert?: {
        certDetailsToAdd?: Array<"Subject" | "Cert" | "Chain" | "DNS" | "URI">;
        mode?: "Sanitize" | "ForwardOnly" | "AppendForward" | "SanitizeSet" | "AlwaysForwardOnly";
      };
    };
    healthCheck?: {
      path: string;
    };
    http1?: {
      disableSafeMaxConnectionDuration?: boolean;
      enableTrailers?: boolean;
      http10?: {
        useDefaultHost?: boolean;
      };
      ignoredUpgradeTypes?: Array<{
        type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
        value: string;
      }>;
      preserveHeaderCase?: boolean;
    };
    http2?: BackendTrafficPolicyHttp2;
    http3?: { [key: string]: never };
    path?: {
      disableMergeSlashes?: boolean;
      escapedSlashesAction?: "KeepUnchanged" | "RejectRequest" | "UnescapeAndForward" | "UnescapeAndRedirect";
    };
    proxyProtocol?: {
      optional?: boolean;
    };
    scheme?: "Preserve" | "MatchBackend";
    targetRef?: {
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    };
    targetRefs?: Array<{
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    }>;
    targetSelectors?: BackendTrafficPolicyTargetSelectors[];
    tcpKeepalive?: {
      idleTime?: string;
      interval?: string;
      probes?: number;
    };
    timeout?: {
      http?: {
        idleTimeout?: string;
        requestHeadersReceivedTimeout?: string;
        requestReceivedTimeout?: string;
        streamIdleTimeout?: string;
      };
      tcp?: {
        connectionInspectionTimeout?: string;
        idleTimeout?: string;
        tlsHandshakeTimeout?: string;
      };
    };
    tls?: {
      alpnProtocols?: string[];
      ciphers?: string[];
      clientValidation?: {
        allowExpiredCertificate?: boolean;
        caCertificateRefs?: Array<{
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
        }>;
        certificateHashes?: string[];
        crl?: {
          onlyVerifyLeafCertificate?: boolean;
          refs: Array<{
            group?: string;
            kind?: string;
            name: string;
            namespace?: string;
          }>;
        };
        mode?: "Request" | "RequireAny" | "VerifyIfGiven" | "RequireAndVerify";
        optional?: boolean;
        spkiHashes?: string[];
        subjectAltNames?: {
          dnsNames?: Array<{
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          }>;
          emailAddresses?: Array<{
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          }>;
          ipAddresses?: Array<{
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          }>;
          otherNames?: Array<{
            oid: string;
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          }>;
          uris?: Array<{
            type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
            value: string;
          }>;
        };
      };
      ecdhCurves?: string[];
      fingerprints?: Array<"JA3" | "JA4">;
      maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      session?: {
        resumption?: {
          stateful?: { [key: string]: never };
          stateless?: { [key: string]: never };
        };
      };
      signatureAlgorithms?: string[];
    };
  };
};

export type EnvoyProxyValueFrom = {
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

export type EnvoyProxyResources = {
  claims?: Array<{
    name: string;
    request?: string;
  }>;
  limits?: { [key: string]: number | string };
  requests?: { [key: string]: number | string };
};

export type EnvoyProxySecurityContext = {
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

export type EnvoyProxyVolumeMounts = {
  mountPath: string;
  mountPropagation?: string;
  name: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  subPath?: string;
  subPathExpr?: string;
};

export type EnvoyProxyContainer = {
  env?: Array<{
    name: string;
    value?: string;
    valueFrom?: EnvoyProxyValueFrom;
  }>;
  image?: string;
  imageRepository?: string;
  resources?: EnvoyProxyResources;
  securityContext?: EnvoyProxySecurityContext;
  volumeMounts?: EnvoyProxyVolumeMounts[];
};

export type EnvoyProxyPreference = {
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

export type EnvoyProxyNodeAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    preference: EnvoyProxyPreference;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: {
    nodeSelectorTerms: EnvoyProxyPreference[];
  };
};

export type EnvoyProxyPodAffinityTerm = {
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

export type EnvoyProxyPodAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    podAffinityTerm: EnvoyProxyPodAffinityTerm;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: EnvoyProxyPodAffinityTerm[];
};

export type EnvoyProxyPodSecurityContext = {
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

export type EnvoyProxyTopologySpreadConstraints = {
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

export type EnvoyProxyCsi = {
  driver: string;
  fsType?: string;
  nodePublishSecretRef?: {
    name?: string;
  };
  readOnly?: boolean;
  volumeAttributes?: { [key: string]: string };
};

export type EnvoyProxyItems = {
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

export type EnvoyProxySpec = {
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

export type EnvoyProxyIscsi = {
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

export type EnvoyProxyClusterTrustBundle = {
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

export type EnvoyProxyPodCertificate = {
  certificateChainPath?: string;
  credentialBundlePath?: string;
  keyPath?: string;
  keyType: string;
  maxExpirationSeconds?: number;
  signerName: string;
  userAnnotations?: { [key: string]: string };
};

export type EnvoyProxySources = {
  clusterTrustBundle?: EnvoyProxyClusterTrustBundle;
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
    items?: EnvoyProxyItems[];
  };
  podCertificate?: EnvoyProxyPodCertificate;
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

export type EnvoyProxyRbd = {
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

export type EnvoyProxyScaleIO = {
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

export type EnvoyProxyVolumes = {
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
  csi?: EnvoyProxyCsi;
  downwardAPI?: {
    defaultMode?: number;
    items?: EnvoyProxyItems[];
  };
  emptyDir?: {
    medium?: string;
    sizeLimit?: number | string;
  };
  ephemeral?: {
    volumeClaimTemplate?: {
      metadata?: { [key: string]: never };
      spec: EnvoyProxySpec;
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
  iscsi?: EnvoyProxyIscsi;
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
    sources?: EnvoyProxySources[];
  };
  quobyte?: {
    group?: string;
    readOnly?: boolean;
    registry: string;
    tenant?: string;
    user?: string;
    volume: string;
  };
  rbd?: EnvoyProxyRbd;
  scaleIO?: EnvoyProxyScaleIO;
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

export type EnvoyProxyPod = {
  affinity?: {
    nodeAffinity?: EnvoyProxyNodeAffinity;
    podAffinity?: EnvoyProxyPodAffinity;
    podAntiAffinity?: EnvoyProxyPodAffinity;
  };
  annotations?: { [key: string]: string };
  imagePullSecrets?: Array<{
    name?: string;
  }>;
  labels?: { [key: string]: string };
  nodeSelector?: { [key: string]: string };
  priorityClassName?: string;
  securityContext?: EnvoyProxyPodSecurityContext;
  tolerations?: Array<{
    effect?: string;
    key?: string;
    operator?: string;
    tolerationSeconds?: number;
    value?: string;
  }>;
  topologySpreadConstraints?: EnvoyProxyTopologySpreadConstraints[];
  volumes?: EnvoyProxyVolumes[];
};

export type EnvoyProxyPostStart = {
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

export type EnvoyProxyLivenessProbe = {
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

export type EnvoyProxyScaleDown = {
  policies?: Array<{
    periodSeconds: number;
    type: string;
    value: number;
  }>;
  selectPolicy?: string;
  stabilizationWindowSeconds?: number;
  tolerance?: number | string;
};

export type EnvoyProxyMetric = {
  name: string;
  selector?: {
    matchExpressions?: Array<{
      key: string;
      operator: string;
      values?: string[];
    }>;
    matchLabels?: { [key: string]: string };
  };
};

export type EnvoyProxyExternal = {
  metric: EnvoyProxyMetric;
  target: {
    averageUtilization?: number;
    averageValue?: number | string;
    type: string;
    value?: number | string;
  };
};

export type EnvoyProxyBackendSettings = {
  circuitBreaker?: BackendTrafficPolicyCircuitBreaker;
  connection?: BackendTrafficPolicyConnection;
  dns?: {
    dnsRefreshRate?: string;
    lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6";
    respectDnsTtl?: boolean;
  };
  healthCheck?: {
    active?: BackendTrafficPolicyActive;
    panicThreshold?: number;
    passive?: BackendTrafficPolicyPassive;
  };
  http2?: BackendTrafficPolicyHttp2;
  loadBalancer?: BackendTrafficPolicyLoadBalancer;
  proxyProtocol?: {
    version: "V1" | "V2";
  };
  retry?: BackendTrafficPolicyRetry;
  tcpKeepalive?: {
    idleTime?: string;
    interval?: string;
    probes?: number;
  };
  timeout?: BackendTrafficPolicyTimeout;
};

export type EnvoyProxy = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "EnvoyProxy";
  metadata: NamedMeta;
  spec: {
    backendTLS?: {
      alpnProtocols?: string[];
      ciphers?: string[];
      clientCertificateRef?: {
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      };
      ecdhCurves?: string[];
      fingerprints?: Array<"JA3" | "JA4">;
      maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3";
      signatureAlgorithms?: string[];
    };
    bootstrap?: {
      jsonPatches?: Array<{
        from?: string;
        jsonPath?: string;
        op: "add" | "remove" | "replace" | "move" | "copy" | "test";
        path?: string;
        value?: unknown;
      }>;
      type?: "Merge" | "Replace" | "JSONPatch";
      value?: string;
    };
    concurrency?: number;
    dynamicModules?: Array<{
      doNotClose?: boolean;
      loadGlobally?: boolean;
      name: string;
      source: {
        local?: {
          path: string;
        };
        remote?: {
          sha256: string;
          url: string;
        };
        type?: "Local" | "Remote";
      };
    }>;
    extraArgs?: string[];
    filterOrder?: Array<{
      after?: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy";
      before?: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy";
      name: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy";
    }>;
    geoIP?: {
      provider: {
        maxMind?: {
          anonymousIpDbSource?: {
            local: {
              path: string;
            };
          };
          asnDbSource?: {
            local: {
              path: string;
            };
          };
          cityDbSource?: {
            local: {
              path: string;
            };
          };
          countryDbSource?: {
            local: {
              path: string;
            };
          };
          ispDbSource?: {
            local: {
              path: string;
            };
          };
        };
        type: "MaxMind";
      };
    };
    ipFamily?: "IPv4" | "IPv6" | "DualStack";
    logging?: {
      level?: { [key: string]: "trace" | "debug" | "info" | "warn" | "error" | "off" | "critical" };
    };
    luaValidation?: "Strict" | "InsecureSyntax" | "Disabled";
    mergeBackends?: {
      selector?: {
        matchExpressions?: Array<{
          key: string;
          operator: string;
          values?: string[];
        }>;
        matchLabels?: { [key: string]: string };
      };
    };
    mergeGateways?: boolean;
    mergeType?: "Replace" | "StrategicMerge" | "JSONMerge";
    preserveRouteOrder?: boolean;
    provider?: {
      host?: {
        envoyVersion?: string;
      };
      kubernetes?: {
        envoyDaemonSet?: {
          container?: EnvoyProxyContainer;
          name?: string;
          patch?: {
            type?: string;
            value: unknown;
          };
          pod?: EnvoyProxyPod;
          strategy?: {
            rollingUpdate?: {
              maxSurge?: number | string;
              maxUnavailable?: number | string;
            };
            type?: string;
          };
        };
        envoyDeployment?: {
          container?: EnvoyProxyContainer;
          initContainers?: Array<{
            args?: string[];
            command?: string[];
            env?: Array<{
              name: string;
              value?: string;
              valueFrom?: EnvoyProxyValueFrom;
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
              postStart?: EnvoyProxyPostStart;
              preStop?: EnvoyProxyPostStart;
              stopSignal?: string;
            };
            livenessProbe?: EnvoyProxyLivenessProbe;
            name: string;
            ports?: Array<{
              containerPort: number;
              hostIP?: string;
              hostPort?: number;
              name?: string;
              protocol?: string;
            }>;
            readinessProbe?: EnvoyProxyLivenessProbe;
            resizePolicy?: Array<{
              resourceName: string;
              restartPolicy: string;
            }>;
            resources?: EnvoyProxyResources;
            restartPolicy?: string;
            restartPolicyRules?: Array<{
              action: string;
              exitCodes?: {
                operator: string;
                values?: number[];
              };
            }>;
            securityContext?: EnvoyProxySecurityContext;
            startupProbe?: EnvoyProxyLivenessProbe;
            stdin?: boolean;
            stdinOnce?: boolean;
            terminationMessagePath?: string;
            terminationMessagePolicy?: string;
            tty?: boolean;
            volumeDevices?: Array<{
              devicePath: string;
              name: string;
            }>;
            volumeMounts?: EnvoyProxyVolumeMounts[];
            workingDir?: string;
          }>;
          name?: string;
          patch?: {
            type?: string;
            value: unknown;
          };
          pod?: EnvoyProxyPod;
          replicas?: number;
          strategy?: {
            rollingUpdate?: {
              maxSurge?: number | string;
              maxUnavailable?: number | string;
            };
            type?: string;
          };
        };
        envoyHpa?: {
          behavior?: {
            scaleDown?: EnvoyProxyScaleDown;
            scaleUp?: EnvoyProxyScaleDown;
          };
          maxReplicas: number;
          metrics?: Array<{
            containerResource?: {
              container: string;
              name: string;
              target: {
                averageUtilization?: number;
                averageValue?: number | string;
                type: string;
                value?: number | string;
              };
            };
            external?: EnvoyProxyExternal;
            object?: {
              describedObject: {
                apiVersion?: string;
                kind: string;
                name: string;
              };
              metric: EnvoyProxyMetric;
              target: {
                averageUtilization?: number;
                averageValue?: number | string;
                type: string;
                value?: number | string;
              };
            };
            pods?: EnvoyProxyExternal;
            resource?: {
              name: string;
              target: {
                averageUtilization?: number;
                averageValue?: number | string;
                type: string;
                value?: number | string;
              };
            };
            type: string;
          }>;
          minReplicas?: number;
          name?: string;
          patch?: {
            type?: string;
            value: unknown;
          };
        };
        envoyPDB?: {
          maxUnavailable?: number | string;
          minAvailable?: number | string;
          name?: string;
          patch?: {
            type?: string;
            value: unknown;
          };
        };
        envoyService?: {
          allocateLoadBalancerNodePorts?: boolean;
          annotations?: { [key: string]: string };
          externalTrafficPolicy?: "Local" | "Cluster";
          labels?: { [key: string]: string };
          loadBalancerClass?: string;
          loadBalancerIP?: string;
          loadBalancerSourceRanges?: string[];
          name?: string;
          patch?: {
            type?: string;
            value: unknown;
          };
          type?: "ClusterIP" | "LoadBalancer" | "NodePort";
        };
        envoyServiceAccount?: {
          name?: string;
        };
        useListenerPortAsContainerPort?: boolean;
      };
      type: "Kubernetes" | "Host";
    };
    routingType?: string;
    shutdown?: {
      drainTimeout?: string;
      healthCheckFailureDelay?: string;
      minDrainDuration?: string;
    };
    telemetry?: {
      accessLog?: {
        disable?: boolean;
        settings?: Array<{
          format?: {
            json?: { [key: string]: string };
            text?: string;
            type?: "Text" | "JSON";
          };
          matches?: string[];
          sinks: Array<{
            als?: {
              backendRef?: {
                group?: string;
                kind?: string;
                name: string;
                namespace?: string;
                port?: number;
              };
              backendRefs?: Array<{
                fallback?: boolean;
                group?: string;
                kind?: string;
                name: string;
                namespace?: string;
                port?: number;
                weight?: number;
              }>;
              backendSettings?: EnvoyProxyBackendSettings;
              http?: {
                requestHeaders?: string[];
                responseHeaders?: string[];
                responseTrailers?: string[];
              };
              logName?: string;
              type: "HTTP" | "TCP";
            };
            file?: {
              path?: string;
            };
            openTelemetry?: {
              backendRef?: {
                group?: string;
                kind?: string;
                name: string;
                namespace?: string;
                port?: number;
              };
              backendRefs?: Array<{
                fallback?: boolean;
                group?: string;
                kind?: string;
                name: string;
                namespace?: string;
                port?: number;
                weight?: number;
              }>;
              backendSettings?: EnvoyProxyBackendSettings;
              headers?: Array<{
                name: string;
                value: string;
              }>;
              host?: string;
              port?: number;
              resourceAttributes?: { [key: string]: string };
              resources?: { [key: string]: string };
            };
            type?: "ALS" | "File" | "OpenTelemetry";
          }>;
          type?: "Listener" | "Route" | "Upstream";
        }>;
      };
      healthCheckLog?: BackendTrafficPolicyHealthCheckLog;
      metrics?: {
        clusterStatName?: string;
        enableGRPCStats?: boolean;
        enablePerEndpointStats?: boolean;
        enableRequestResponseSizesStats?: boolean;
        enableVirtualHostStats?: boolean;
        matches?: Array<{
          type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
          value: string;
        }>;
        prometheus?: {
          compression?: BackendTrafficPolicyCompression;
          disable?: boolean;
        };
        sinks?: Array<{
          openTelemetry?: {
            backendRef?: {
              group?: string;
              kind?: string;
              name: string;
              namespace?: string;
              port?: number;
            };
            backendRefs?: Array<{
              fallback?: boolean;
              group?: string;
              kind?: string;
              name: string;
              namespace?: string;
              port?: number;
              weight?: number;
            }>;
            backendSettings?: EnvoyProxyBackendSettings;
            headers?: Array<{
              name: string;
              value: string;
            }>;
            host?: string;
            port?: number;
            reportCountersAsDeltas?: boolean;
            reportHistogramsAsDeltas?: boolean;
            resourceAttributes?: { [key: string]: string };
          };
          type?: "OpenTelemetry";
        }>;
      };
      requestID?: {
        tracing?: "PackAndSample" | "Sample" | "Pack" | "Disable";
      };
      tracing?: {
        clientSamplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        customTags?: { [key: string]: BackendTrafficPolicyValue };
        overallSamplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        provider: {
          backendRef?: {
            group?: string;
            kind?: string;
            name: string;
            namespace?: string;
            port?: number;
          };
          backendRefs?: Array<{
            fallback?: boolean;
            group?: string;
            kind?: string;
            name: string;
            namespace?: string;
            port?: number;
            weight?: number;
          }>;
          backendSettings?: EnvoyProxyBackendSettings;
          host?: string;
          openTelemetry?: {
            headers?: Array<{
              name: string;
              value: string;
            }>;
            resourceAttributes?: { [key: string]: string };
            sampler?: {
              samplingPercentage?: {
                denominator?: number;
                numerator: number;
              };
              type?: "AlwaysOn" | "AlwaysOff" | "TraceIdRatio" | "ParentBasedAlwaysOn" | "ParentBasedAlwaysOff" | "ParentBasedTraceIdRatio";
            };
          };
          port?: number;
          serviceName?: string;
          type?: "OpenTelemetry" | "Zipkin" | "Datadog";
          zipkin?: {
            disableSharedSpanContext?: boolean;
            enable128BitTraceId?: boolean;
          };
        };
        samplingFraction?: {
          denominator?: number;
          numerator: number;
        };
        samplingRate?: number;
        spanName?: {
          client: string;
          server: string;
        };
        tags?: { [key: string]: string };
      };
    };
  };
};

export type HTTPRouteFilter = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "HTTPRouteFilter";
  metadata: NamedMeta;
  spec: {
    credentialInjection?: {
      credential: {
        valueRef: {
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
        };
      };
      header?: string;
      overwrite?: boolean;
    };
    directResponse?: BackendTrafficPolicyResponse;
    matches?: Array<{
      cookies?: Array<{
        name: string;
        type?: "Exact" | "RegularExpression";
        value: string;
      }>;
    }>;
    urlRewrite?: {
      appendXForwardedHost?: boolean;
      hostname?: {
        header?: string;
        pathRegex?: {
          pattern: string;
          substitution: string;
        };
        type: "Header" | "Backend" | "PathRegex";
      };
      path?: {
        replaceRegexMatch?: {
          pattern: string;
          substitution: string;
        };
        type: "ReplaceRegexMatch";
      };
    };
  };
};

export type SecurityPolicy = {
  apiVersion: "gateway.envoyproxy.io/v1alpha1";
  kind: "SecurityPolicy";
  metadata: NamedMeta;
  spec: {
    apiKeyAuth?: {
      credentialRefs: Array<{
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      }>;
      extractFrom: Array<{
        cookies?: string[];
        headers?: string[];
        params?: string[];
      }>;
      forwardClientIDHeader?: string;
      sanitize?: boolean;
    };
    authorization?: {
      defaultAction?: "Allow" | "Deny";
      rules?: Array<{
        action: "Allow" | "Deny";
        cel?: string;
        name?: string;
        operation?: {
          methods?: Array<"GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH">;
          path?: {
            invert?: boolean;
            type?: "Exact" | "PathPrefix" | "RegularExpression";
            value?: string;
          };
        };
        principal?: {
          clientCIDRs?: string[];
          clientIPGeoLocations?: Array<{
            anonymous?: {
              isAnonymous?: boolean;
              isHosting?: boolean;
              isProxy?: boolean;
              isTor?: boolean;
              isVPN?: boolean;
            };
            asn?: number;
            city?: string;
            country?: string;
            isp?: string;
            region?: string;
          }>;
          headers?: Array<{
            name: string;
            values: string[];
          }>;
          jwt?: {
            claims?: Array<{
              name: string;
              valueType?: "String" | "StringArray";
              values: string[];
            }>;
            provider: string;
            scopes?: string[];
          };
        };
      }>;
    };
    basicAuth?: {
      forwardUsernameHeader?: string;
      users: {
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      };
    };
    cors?: {
      allowCredentials?: boolean;
      allowHeaders?: string[];
      allowMethods?: string[];
      allowOrigins?: string[];
      exposeHeaders?: string[];
      maxAge?: string;
    };
    csrf?: {
      additionalOrigins?: string[];
      shadowFraction?: {
        denominator?: number;
        numerator: number;
      };
    };
    extAuth?: {
      bodyToExtAuth?: {
        maxRequestBytes: number;
      };
      contextExtensions?: Array<{
        name: string;
        type?: "Value" | "ValueRef";
        value?: string;
        valueRef?: {
          group: string;
          key: string;
          kind: string;
          name: string;
        };
      }>;
      failOpen?: boolean;
      grpc?: {
        backendRef?: {
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
        };
        backendRefs?: Array<{
          fallback?: boolean;
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
          weight?: number;
        }>;
        backendSettings?: EnvoyProxyBackendSettings;
      };
      headersToExtAuth?: string[];
      http?: {
        backendRef?: {
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
        };
        backendRefs?: Array<{
          fallback?: boolean;
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
          weight?: number;
        }>;
        backendSettings?: EnvoyProxyBackendSettings;
        headersToBackend?: string[];
        path?: string;
        pathOverride?: string;
      };
      includeRouteMetadata?: boolean;
      recomputeRoute?: boolean;
      statusOnError?: 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 421 | 422 | 423 | 424 | 426 | 428 | 429 | 431 | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;
      timeout?: string;
    };
    jwt?: {
      failOpen?: boolean;
      optional?: boolean;
      providers: Array<{
        audiences?: string[];
        claimToHeaders?: Array<{
          claim: string;
          header: string;
        }>;
        extractFrom?: {
          cookies?: string[];
          headers?: Array<{
            name: string;
            valuePrefix?: string;
          }>;
          params?: string[];
        };
        issuer?: string;
        localJWKS?: {
          inline?: string;
          type?: "Inline" | "ValueRef";
          valueRef?: {
            group: string;
            kind: string;
            name: string;
          };
        };
        name: string;
        recomputeRoute?: boolean;
        remoteJWKS?: {
          backendRef?: {
            group?: string;
            kind?: string;
            name: string;
            namespace?: string;
            port?: number;
          };
          backendRefs?: Array<{
            fallback?: boolean;
            group?: string;
            kind?: string;
            name: string;
            namespace?: string;
            port?: number;
            weight?: number;
          }>;
          backendSettings?: EnvoyProxyBackendSettings;
          cacheDuration?: string;
          failedRefetchDuration?: string;
          uri: string;
        };
      }>;
    };
    mergeType?: string;
    oidc?: {
      clientID?: string;
      clientIDRef?: {
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      };
      clientSecret: {
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
      };
      cookieConfig?: {
        sameSite?: "Lax" | "Strict" | "None";
      };
      cookieDomain?: string;
      cookieNames?: {
        accessToken?: string;
        idToken?: string;
      };
      csrfTokenTTL?: string;
      defaultRefreshTokenTTL?: string;
      defaultTokenTTL?: string;
      denyRedirect?: {
        headers: Array<{
          name: string;
          type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression";
          value: string;
        }>;
      };
      disableTokenEncryption?: boolean;
      forwardAccessToken?: boolean;
      forwardIDToken?: {
        header: string;
      };
      logoutPath?: string;
      passThroughAuthHeader?: boolean;
      provider: {
        authorizationEndpoint?: string;
        backendRef?: {
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
        };
        backendRefs?: Array<{
          fallback?: boolean;
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
          port?: number;
          weight?: number;
        }>;
        backendSettings?: EnvoyProxyBackendSettings;
        endSessionEndpoint?: string;
        issuer: string;
        tokenEndpoint?: string;
      };
      redirectURL?: string;
      refreshToken?: boolean;
      resources?: string[];
      scopes?: string[];
    };
    targetRef?: {
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    };
    targetRefs?: Array<{
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    }>;
    targetSelectors?: BackendTrafficPolicyTargetSelectors[];
  };
};
