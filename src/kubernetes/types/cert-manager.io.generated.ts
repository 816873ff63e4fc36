// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type Certificate = {
  apiVersion: "cert-manager.io/v1";
  kind: "Certificate";
  metadata: NamedMeta;
  spec: {
    additionalOutputFormats?: Array<{
      type: "DER" | "CombinedPEM";
    }>;
    commonName?: string;
    dnsNames?: string[];
    duration?: string;
    emailAddresses?: string[];
    encodeUsagesInRequest?: boolean;
    ipAddresses?: string[];
    isCA?: boolean;
    issuerRef: {
      group?: string;
      kind?: string;
      name: string;
    };
    keystores?: {
      jks?: {
        alias?: string;
        create: boolean;
        password?: string;
        passwordSecretRef?: {
          key?: string;
          name: string;
        };
      };
      pkcs12?: {
        create: boolean;
        password?: string;
        passwordSecretRef?: {
          key?: string;
          name: string;
        };
        profile?: "LegacyRC2" | "LegacyDES" | "Modern2023" | "Modern2026";
      };
    };
    literalSubject?: string;
    nameConstraints?: {
      critical?: boolean;
      excluded?: {
        dnsDomains?: string[];
        emailAddresses?: string[];
        ipRanges?: string[];
        uriDomains?: string[];
      };
      permitted?: {
        dnsDomains?: string[];
        emailAddresses?: string[];
        ipRanges?: string[];
        uriDomains?: string[];
      };
    };
    otherNames?: Array<{
      oid?: string;
      utf8Value?: string;
    }>;
    privateKey?: {
      algorithm?: "RSA" | "ECDSA" | "Ed25519";
      encoding?: "PKCS1" | "PKCS8";
      rotationPolicy?: "Never" | "Always";
      size?: number;
    };
    renewBefore?: string;
    renewBeforePercentage?: number;
    renewal?: {
      policy?: "RenewBefore" | "Disabled";
      windows?: Array<{
        cron: string;
        timezone?: string;
        windowDuration: string;
      }>;
    };
    revisionHistoryLimit?: number;
    secretName: string;
    secretTemplate?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    signatureAlgorithm?: "SHA256WithRSA" | "SHA384WithRSA" | "SHA512WithRSA" | "ECDSAWithSHA256" | "ECDSAWithSHA384" | "ECDSAWithSHA512" | "PureEd25519";
    subject?: {
      countries?: string[];
      localities?: string[];
      organizationalUnits?: string[];
      organizations?: string[];
      postalCodes?: string[];
      provinces?: string[];
      serialNumber?: string;
      streetAddresses?: string[];
    };
    uris?: string[];
    usages?: Array<"signing" | "digital signature" | "content commitment" | "key encipherment" | "key agreement" | "data encipherment" | "cert sign" | "crl sign" | "encipher only" | "decipher only" | "any" | "server auth" | "client auth" | "code signing" | "email protection" | "s/mime" | "ipsec end system" | "ipsec tunnel" | "ipsec user" | "timestamping" | "ocsp signing" | "microsoft sgc" | "netscape sgc">;
  };
};

export type ClusterIssuerAkamai = {
  accessTokenSecretRef: {
    key?: string;
    name: string;
  };
  clientSecretSecretRef: {
    key?: string;
    name: string;
  };
  clientTokenSecretRef: {
    key?: string;
    name: string;
  };
  serviceConsumerDomain: string;
};

export type ClusterIssuerAzureDNS = {
  clientID?: string;
  clientSecretSecretRef?: {
    key?: string;
    name: string;
  };
  environment?: "AzurePublicCloud" | "AzureChinaCloud" | "AzureGermanCloud" | "AzureUSGovernmentCloud";
  hostedZoneName?: string;
  managedIdentity?: {
    clientID?: string;
    resourceID?: string;
    tenantID?: string;
  };
  resourceGroupName: string;
  subscriptionID: string;
  tenantID?: string;
  zoneType?: "AzurePublicZone" | "AzurePrivateZone";
};

export type ClusterIssuerRfc2136 = {
  nameserver: string;
  protocol?: "TCP" | "UDP";
  tsigAlgorithm?: string;
  tsigKeyName?: string;
  tsigSecretSecretRef?: {
    key?: string;
    name: string;
  };
};

export type ClusterIssuerRoute53 = {
  accessKeyID?: string;
  accessKeyIDSecretRef?: {
    key?: string;
    name: string;
  };
  auth?: {
    kubernetes: {
      serviceAccountRef: {
        audiences?: string[];
        name: string;
      };
    };
  };
  hostedZoneID?: string;
  region?: string;
  role?: string;
  secretAccessKeySecretRef?: {
    key?: string;
    name: string;
  };
};

export type ClusterIssuerDns01 = {
  acmeDNS?: {
    accountSecretRef: {
      key?: string;
      name: string;
    };
    host: string;
  };
  akamai?: ClusterIssuerAkamai;
  azureDNS?: ClusterIssuerAzureDNS;
  cloudDNS?: {
    hostedZoneName?: string;
    project: string;
    serviceAccountSecretRef?: {
      key?: string;
      name: string;
    };
  };
  cloudflare?: {
    apiKeySecretRef?: {
      key?: string;
      name: string;
    };
    apiTokenSecretRef?: {
      key?: string;
      name: string;
    };
    email?: string;
  };
  cnameStrategy?: "None" | "Follow";
  digitalocean?: {
    tokenSecretRef: {
      key?: string;
      name: string;
    };
  };
  rfc2136?: ClusterIssuerRfc2136;
  route53?: ClusterIssuerRoute53;
  webhook?: {
    config?: unknown;
    groupName: string;
    solverName: string;
  };
};

export type ClusterIssuerPreference = {
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

export type ClusterIssuerNodeAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    preference: ClusterIssuerPreference;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: {
    nodeSelectorTerms: ClusterIssuerPreference[];
  };
};

export type ClusterIssuerPodAffinityTerm = {
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

export type ClusterIssuerPodAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<{
    podAffinityTerm: ClusterIssuerPodAffinityTerm;
    weight: number;
  }>;
  requiredDuringSchedulingIgnoredDuringExecution?: ClusterIssuerPodAffinityTerm[];
};

export type ClusterIssuerSecurityContext = {
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
    type: string;
  };
  supplementalGroups?: number[];
  sysctls?: Array<{
    name: string;
    value: string;
  }>;
};

export type ClusterIssuerSpec = {
  affinity?: {
    nodeAffinity?: ClusterIssuerNodeAffinity;
    podAffinity?: ClusterIssuerPodAffinity;
    podAntiAffinity?: ClusterIssuerPodAffinity;
  };
  imagePullSecrets?: Array<{
    name?: string;
  }>;
  nodeSelector?: { [key: string]: string };
  priorityClassName?: string;
  resources?: {
    limits?: { [key: string]: number | string };
    requests?: { [key: string]: number | string };
  };
  securityContext?: ClusterIssuerSecurityContext;
  serviceAccountName?: string;
  tolerations?: Array<{
    effect?: string;
    key?: string;
    operator?: string;
    tolerationSeconds?: number;
    value?: string;
  }>;
};

export type ClusterIssuerGatewayHTTPRoute = {
  labels?: { [key: string]: string };
  parentRefs?: Array<{
    group?: string;
    kind?: string;
    name: string;
    namespace?: string;
    port?: number;
    sectionName?: string;
  }>;
  podTemplate?: {
    metadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    spec?: ClusterIssuerSpec;
  };
  serviceType?: string;
};

export type ClusterIssuerIngress = {
  class?: string;
  ingressClassName?: string;
  ingressTemplate?: {
    metadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
  };
  name?: string;
  podTemplate?: {
    metadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    spec?: ClusterIssuerSpec;
  };
  serviceType?: string;
};

export type ClusterIssuerSolvers = {
  dns01?: ClusterIssuerDns01;
  http01?: {
    gatewayHTTPRoute?: ClusterIssuerGatewayHTTPRoute;
    ingress?: ClusterIssuerIngress;
  };
  selector?: {
    dnsNames?: string[];
    dnsZones?: string[];
    matchLabels?: { [key: string]: string };
  };
  waitInsteadOfSelfCheck?: string;
};

export type ClusterIssuerAcme = {
  caBundle?: string;
  disableAccountKeyGeneration?: boolean;
  email?: string;
  enableDurationFeature?: boolean;
  externalAccountBinding?: {
    keyAlgorithm?: "HS256" | "HS384" | "HS512";
    keyID: string;
    keySecretRef: {
      key?: string;
      name: string;
    };
  };
  preferredChain?: string;
  privateKeySecretRef: {
    key?: string;
    name: string;
  };
  profile?: string;
  server: string;
  skipTLSVerify?: boolean;
  solvers?: ClusterIssuerSolvers[];
};

export type ClusterIssuerAws = {
  iamRoleArn?: string;
  mountPath?: string;
  region?: string;
  role: string;
  serviceAccountRef?: {
    audiences?: string[];
    name: string;
  };
  vaultHeaderValue?: string;
};

export type ClusterIssuerKubernetes = {
  mountPath?: string;
  role: string;
  secretRef?: {
    key?: string;
    name: string;
  };
  serviceAccountRef?: {
    audiences?: string[];
    name: string;
  };
};

export type ClusterIssuerAuth = {
  appRole?: {
    path: string;
    roleId: string;
    secretRef: {
      key?: string;
      name: string;
    };
  };
  aws?: ClusterIssuerAws;
  clientCertificate?: {
    mountPath?: string;
    name?: string;
    secretName?: string;
  };
  kubernetes?: ClusterIssuerKubernetes;
  tokenSecretRef?: {
    key?: string;
    name: string;
  };
};

export type ClusterIssuerVault = {
  auth: ClusterIssuerAuth;
  caBundle?: string;
  caBundleSecretRef?: {
    key?: string;
    name: string;
  };
  clientCertSecretRef?: {
    key?: string;
    name: string;
  };
  clientKeySecretRef?: {
    key?: string;
    name: string;
  };
  namespace?: string;
  path: string;
  server: string;
  serverName?: string;
};

export type ClusterIssuerVenafi = {
  cloud?: {
    apiTokenSecretRef: {
      key?: string;
      name: string;
    };
    url?: string;
  };
  ngts?: {
    credentialsRef: {
      name: string;
    };
    tokenEndpoint?: string;
    tsgID: string;
    url?: string;
  };
  tpp?: {
    caBundle?: string;
    caBundleSecretRef?: {
      key?: string;
      name: string;
    };
    credentialsRef: {
      name: string;
    };
    url: string;
  };
  zone: string;
};

export type ClusterIssuerSpec2 = {
  acme?: ClusterIssuerAcme;
  ca?: {
    crlDistributionPoints?: string[];
    issuingCertificateURLs?: string[];
    ocspServers?: string[];
    secretName: string;
  };
  selfSigned?: {
    crlDistributionPoints?: string[];
  };
  vault?: ClusterIssuerVault;
  venafi?: ClusterIssuerVenafi;
};

export type ClusterIssuer = {
  apiVersion: "cert-manager.io/v1";
  kind: "ClusterIssuer";
  metadata: NamedMeta;
  spec: ClusterIssuerSpec2;
};

export type Issuer = {
  apiVersion: "cert-manager.io/v1";
  kind: "Issuer";
  metadata: NamedMeta;
  spec: ClusterIssuerSpec2;
};
