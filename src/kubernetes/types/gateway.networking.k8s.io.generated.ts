// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type BackendTLSPolicy = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "BackendTLSPolicy";
  metadata: NamedMeta;
  spec: {
    options?: { [key: string]: string };
    targetRefs: Array<{
      group: string;
      kind: string;
      name: string;
      sectionName?: string;
    }>;
    validation: {
      caCertificateRefs?: Array<{
        group: string;
        kind: string;
        name: string;
      }>;
      hostname: string;
      subjectAltNames?: Array<{
        hostname?: string;
        type: "Hostname" | "URI";
        uri?: string;
      }>;
      wellKnownCACertificates?: string;
    };
  };
};

export type GRPCRouteRequestMirror = {
  backendRef: {
    group?: string;
    kind?: string;
    name: string;
    namespace?: string;
    port?: number;
  };
  fraction?: {
    denominator?: number;
    numerator: number;
  };
  percent?: number;
};

export type GRPCRouteFilters = {
  extensionRef?: {
    group: string;
    kind: string;
    name: string;
  };
  requestHeaderModifier?: {
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
  requestMirror?: GRPCRouteRequestMirror;
  responseHeaderModifier?: {
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
  type: "ResponseHeaderModifier" | "RequestHeaderModifier" | "RequestMirror" | "ExtensionRef";
};

export type GRPCRoute = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "GRPCRoute";
  metadata: NamedMeta;
  spec: {
    hostnames?: string[];
    parentRefs?: Array<{
      group?: string;
      kind?: string;
      name: string;
      namespace?: string;
      port?: number;
      sectionName?: string;
    }>;
    rules?: Array<{
      backendRefs?: Array<{
        filters?: GRPCRouteFilters[];
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
        port?: number;
        weight?: number;
      }>;
      filters?: GRPCRouteFilters[];
      matches?: Array<{
        headers?: Array<{
          name: string;
          type?: "Exact" | "RegularExpression";
          value: string;
        }>;
        method?: {
          method?: string;
          service?: string;
          type?: "Exact" | "RegularExpression";
        };
      }>;
      name?: string;
    }>;
  };
};

export type GatewayValidation = {
  caCertificateRefs: Array<{
    group: string;
    kind: string;
    name: string;
    namespace?: string;
  }>;
  mode?: "AllowValidOnly" | "AllowInsecureFallback";
};

export type Gateway = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "Gateway";
  metadata: NamedMeta;
  spec: {
    addresses?: Array<{
      type?: string;
      value?: string;
    }>;
    allowedListeners?: {
      namespaces?: {
        from?: "All" | "Selector" | "Same" | "None";
        selector?: {
          matchExpressions?: Array<{
            key: string;
            operator: string;
            values?: string[];
          }>;
          matchLabels?: { [key: string]: string };
        };
      };
    };
    gatewayClassName: string;
    infrastructure?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
      parametersRef?: {
        group: string;
        kind: string;
        name: string;
      };
    };
    listeners: Array<{
      allowedRoutes?: {
        kinds?: Array<{
          group?: string;
          kind: string;
        }>;
        namespaces?: {
          from?: "All" | "Selector" | "Same";
          selector?: {
            matchExpressions?: Array<{
              key: string;
              operator: string;
              values?: string[];
            }>;
            matchLabels?: { [key: string]: string };
          };
        };
      };
      hostname?: string;
      name: string;
      port: number;
      protocol: string;
      tls?: {
        certificateRefs?: Array<{
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
        }>;
        mode?: "Terminate" | "Passthrough";
        options?: { [key: string]: string };
      };
    }>;
    tls?: {
      backend?: {
        clientCertificateRef?: {
          group?: string;
          kind?: string;
          name: string;
          namespace?: string;
        };
      };
      frontend?: {
        default: {
          validation?: GatewayValidation;
        };
        perPort?: Array<{
          port: number;
          tls: {
            validation?: GatewayValidation;
          };
        }>;
      };
    };
  };
};

export type GatewayClass = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "GatewayClass";
  metadata: NamedMeta;
  spec: {
    controllerName: string;
    description?: string;
    parametersRef?: {
      group: string;
      kind: string;
      name: string;
      namespace?: string;
    };
  };
};

export type HTTPRouteCors = {
  allowCredentials?: boolean;
  allowHeaders?: string[];
  allowMethods?: Array<"GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH" | "*">;
  allowOrigins?: string[];
  exposeHeaders?: string[];
  maxAge?: number;
};

export type HTTPRouteRequestRedirect = {
  hostname?: string;
  path?: {
    replaceFullPath?: string;
    replacePrefixMatch?: string;
    type: "ReplaceFullPath" | "ReplacePrefixMatch";
  };
  port?: number;
  scheme?: "http" | "https";
  statusCode?: 301 | 302 | 303 | 307 | 308;
};

export type HTTPRouteFilters = {
  cors?: HTTPRouteCors;
  extensionRef?: {
    group: string;
    kind: string;
    name: string;
  };
  requestHeaderModifier?: {
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
  requestMirror?: GRPCRouteRequestMirror;
  requestRedirect?: HTTPRouteRequestRedirect;
  responseHeaderModifier?: {
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
  type: "RequestHeaderModifier" | "ResponseHeaderModifier" | "RequestMirror" | "RequestRedirect" | "URLRewrite" | "ExtensionRef" | "CORS";
  urlRewrite?: {
    hostname?: string;
    path?: {
      replaceFullPath?: string;
      replacePrefixMatch?: string;
      type: "ReplaceFullPath" | "ReplacePrefixMatch";
    };
  };
};

export type HTTPRoute = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "HTTPRoute";
  metadata: NamedMeta;
  spec: {
    hostnames?: string[];
    parentRefs?: Array<{
      group?: string;
      kind?: string;
      name: string;
      namespace?: string;
      port?: number;
      sectionName?: string;
    }>;
    rules?: Array<{
      backendRefs?: Array<{
        filters?: HTTPRouteFilters[];
        group?: string;
        kind?: string;
        name: string;
        namespace?: string;
        port?: number;
        weight?: number;
      }>;
      filters?: HTTPRouteFilters[];
      matches?: Array<{
        headers?: Array<{
          name: string;
          type?: "Exact" | "RegularExpression";
          value: string;
        }>;
        method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH";
        path?: {
          type?: "Exact" | "PathPrefix" | "RegularExpression";
          value?: string;
        };
        queryParams?: Array<{
          name: string;
          type?: "Exact" | "RegularExpression";
          value: string;
        }>;
      }>;
      name?: string;
      timeouts?: {
        backendRequest?: string;
        request?: string;
      };
    }>;
  };
};

export type ReferenceGrant = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "ReferenceGrant";
  metadata: NamedMeta;
  spec: {
    from: Array<{
      group: string;
      kind: string;
      namespace: string;
    }>;
    to: Array<{
      group: string;
      kind: string;
      name?: string;
    }>;
  };
};

export type TCPRouteRules = {
  backendRefs: Array<{
    group?: string;
    kind?: string;
    name: string;
    namespace?: string;
    port?: number;
    weight?: number;
  }>;
  name?: string;
};

export type TCPRoute = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "TCPRoute";
  metadata: NamedMeta;
  spec: {
    parentRefs?: Array<{
      group?: string;
      kind?: string;
      name: string;
      namespace?: string;
      port?: number;
      sectionName?: string;
    }>;
    rules: TCPRouteRules[];
  };
};

export type TLSRoute = {
  apiVersion: "gateway.networking.k8s.io/v1";
  kind: "TLSRoute";
  metadata: NamedMeta;
  spec: {
    hostnames: string[];
    parentRefs?: Array<{
      group?: string;
      kind?: string;
      name: string;
      namespace?: string;
      port?: number;
      sectionName?: string;
    }>;
    rules: TCPRouteRules[];
  };
};
