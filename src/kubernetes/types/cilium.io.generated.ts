// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type CiliumClusterwideNetworkPolicyCidrGroupSelector = {
  matchExpressions?: Array<{
    key: string;
    operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    values?: string[];
  }>;
  matchLabels?: { [key: string]: string };
};

export type CiliumClusterwideNetworkPolicyHttp = {
  headerMatches?: Array<{
    mismatch?: "LOG" | "ADD" | "DELETE" | "REPLACE";
    name: string;
    secret?: {
      name: string;
      namespace?: string;
    };
    value?: string;
  }>;
  headers?: string[];
  host?: string;
  method?: string;
  path?: string;
};

export type CiliumClusterwideNetworkPolicyRules = {
  dns?: Array<{
    matchName?: string;
    matchPattern?: string;
  }>;
  http?: CiliumClusterwideNetworkPolicyHttp[];
  kafka?: Array<{
    apiKey?: string;
    apiVersion?: string;
    clientID?: string;
    role?: "produce" | "consume";
    topic?: string;
  }>;
  l7?: Array<{ [key: string]: string }>;
  l7proto?: string;
};

export type CiliumClusterwideNetworkPolicyToPorts = {
  listener?: {
    envoyConfig: {
      kind?: "CiliumEnvoyConfig" | "CiliumClusterwideEnvoyConfig";
      name: string;
    };
    name: string;
    priority?: number;
  };
  originatingTLS?: {
    certificate?: string;
    privateKey?: string;
    secret: {
      name: string;
      namespace?: string;
    };
    trustedCA?: string;
  };
  ports?: Array<{
    endPort?: number;
    port?: string;
    protocol?: "TCP" | "UDP" | "SCTP" | "VRRP" | "IGMP" | "ANY";
  }>;
  rules?: CiliumClusterwideNetworkPolicyRules;
  serverNames?: string[];
  terminatingTLS?: {
    certificate?: string;
    privateKey?: string;
    secret: {
      name: string;
      namespace?: string;
    };
    trustedCA?: string;
  };
};

export type CiliumClusterwideNetworkPolicyToServices = {
  k8sService?: {
    namespace?: string;
    serviceName?: string;
  };
  k8sServiceSelector?: {
    namespace?: string;
    selector: CiliumClusterwideNetworkPolicyCidrGroupSelector;
  };
};

export type CiliumClusterwideNetworkPolicyEgress = {
  authentication?: {
    mode: "disabled" | "required" | "test-always-fail";
  };
  icmps?: Array<{
    fields?: Array<{
      family?: "IPv4" | "IPv6";
      type: number | string;
    }>;
  }>;
  toCIDR?: string[];
  toCIDRSet?: Array<{
    cidr?: string;
    cidrGroupRef?: string;
    cidrGroupSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
    except?: string[];
  }>;
  toEndpoints?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  toEntities?: Array<"all" | "world" | "cluster" | "host" | "init" | "ingress" | "unmanaged" | "remote-node" | "health" | "none" | "kube-apiserver">;
  toFQDNs?: Array<{
    matchName?: string;
    matchPattern?: string;
  }>;
  toGroups?: Array<{
    aws?: {
      labels?: { [key: string]: string };
      region?: string;
      securityGroupsIds?: string[];
      securityGroupsNames?: string[];
    };
  }>;
  toNodes?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  toPorts?: CiliumClusterwideNetworkPolicyToPorts[];
  toRequires?: string[];
  toServices?: CiliumClusterwideNetworkPolicyToServices[];
};

export type CiliumClusterwideNetworkPolicyEgressDeny = {
  icmps?: Array<{
    fields?: Array<{
      family?: "IPv4" | "IPv6";
      type: number | string;
    }>;
  }>;
  toCIDR?: string[];
  toCIDRSet?: Array<{
    cidr?: string;
    cidrGroupRef?: string;
    cidrGroupSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
    except?: string[];
  }>;
  toEndpoints?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  toEntities?: Array<"all" | "world" | "cluster" | "host" | "init" | "ingress" | "unmanaged" | "remote-node" | "health" | "none" | "kube-apiserver">;
  toGroups?: Array<{
    aws?: {
      labels?: { [key: string]: string };
      region?: string;
      securityGroupsIds?: string[];
      securityGroupsNames?: string[];
    };
  }>;
  toNodes?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  toPorts?: Array<{
    ports?: Array<{
      endPort?: number;
      port?: string;
      protocol?: "TCP" | "UDP" | "SCTP" | "VRRP" | "IGMP" | "ANY";
    }>;
  }>;
  toRequires?: string[];
  toServices?: CiliumClusterwideNetworkPolicyToServices[];
};

export type CiliumClusterwideNetworkPolicyIngress = {
  authentication?: {
    mode: "disabled" | "required" | "test-always-fail";
  };
  fromCIDR?: string[];
  fromCIDRSet?: Array<{
    cidr?: string;
    cidrGroupRef?: string;
    cidrGroupSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
    except?: string[];
  }>;
  fromEndpoints?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  fromEntities?: Array<"all" | "world" | "cluster" | "host" | "init" | "ingress" | "unmanaged" | "remote-node" | "health" | "none" | "kube-apiserver">;
  fromGroups?: Array<{
    aws?: {
      labels?: { [key: string]: string };
      region?: string;
      securityGroupsIds?: string[];
      securityGroupsNames?: string[];
    };
  }>;
  fromNodes?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  fromRequires?: string[];
  icmps?: Array<{
    fields?: Array<{
      family?: "IPv4" | "IPv6";
      type: number | string;
    }>;
  }>;
  toPorts?: CiliumClusterwideNetworkPolicyToPorts[];
};

export type CiliumClusterwideNetworkPolicyIngressDeny = {
  fromCIDR?: string[];
  fromCIDRSet?: Array<{
    cidr?: string;
    cidrGroupRef?: string;
    cidrGroupSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
    except?: string[];
  }>;
  fromEndpoints?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  fromEntities?: Array<"all" | "world" | "cluster" | "host" | "init" | "ingress" | "unmanaged" | "remote-node" | "health" | "none" | "kube-apiserver">;
  fromGroups?: Array<{
    aws?: {
      labels?: { [key: string]: string };
      region?: string;
      securityGroupsIds?: string[];
      securityGroupsNames?: string[];
    };
  }>;
  fromNodes?: CiliumClusterwideNetworkPolicyCidrGroupSelector[];
  fromRequires?: string[];
  icmps?: Array<{
    fields?: Array<{
      family?: "IPv4" | "IPv6";
      type: number | string;
    }>;
  }>;
  toPorts?: Array<{
    ports?: Array<{
      endPort?: number;
      port?: string;
      protocol?: "TCP" | "UDP" | "SCTP" | "VRRP" | "IGMP" | "ANY";
    }>;
  }>;
};

export type CiliumClusterwideNetworkPolicySpec = {
  description?: string;
  egress?: CiliumClusterwideNetworkPolicyEgress[];
  egressDeny?: CiliumClusterwideNetworkPolicyEgressDeny[];
  enableDefaultDeny?: {
    egress?: boolean;
    ingress?: boolean;
  };
  endpointSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
  ingress?: CiliumClusterwideNetworkPolicyIngress[];
  ingressDeny?: CiliumClusterwideNetworkPolicyIngressDeny[];
  labels?: Array<{
    key: string;
    source?: string;
    value?: string;
  }>;
  log?: {
    value?: string;
  };
  nodeSelector?: CiliumClusterwideNetworkPolicyCidrGroupSelector;
};

export type CiliumClusterwideNetworkPolicy = {
  apiVersion: "cilium.io/v2";
  kind: "CiliumClusterwideNetworkPolicy";
  metadata: NamedMeta;
  spec?: CiliumClusterwideNetworkPolicySpec;
  specs?: CiliumClusterwideNetworkPolicySpec[];
};

export type CiliumNetworkPolicy = {
  apiVersion: "cilium.io/v2";
  kind: "CiliumNetworkPolicy";
  metadata: NamedMeta;
  spec?: CiliumClusterwideNetworkPolicySpec;
  specs?: CiliumClusterwideNetworkPolicySpec[];
};
