// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type PodMonitorBasicAuth = {
  password?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  username?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
};

export type PodMonitorMetricRelabelings = {
  action?: "replace" | "Replace" | "keep" | "Keep" | "drop" | "Drop" | "hashmod" | "HashMod" | "labelmap" | "LabelMap" | "labeldrop" | "LabelDrop" | "labelkeep" | "LabelKeep" | "lowercase" | "Lowercase" | "uppercase" | "Uppercase" | "keepequal" | "KeepEqual" | "dropequal" | "DropEqual";
  modulus?: number;
  regex?: string;
  replacement?: string;
  separator?: string;
  sourceLabels?: string[];
  targetLabel?: string;
};

export type PodMonitorClientId = {
  configMap?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  secret?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
};

export type PodMonitorTlsConfig = {
  ca?: PodMonitorClientId;
  cert?: PodMonitorClientId;
  insecureSkipVerify?: boolean;
  keySecret?: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  maxVersion?: "TLS10" | "TLS11" | "TLS12" | "TLS13";
  minVersion?: "TLS10" | "TLS11" | "TLS12" | "TLS13";
  serverName?: string;
};

export type PodMonitorOauth2 = {
  clientId: PodMonitorClientId;
  clientSecret: {
    key: string;
    name?: string;
    optional?: boolean;
  };
  endpointParams?: { [key: string]: string };
  noProxy?: string;
  proxyConnectHeader?: { [key: string]: Array<{
    key: string;
    name?: string;
    optional?: boolean;
  }> };
  proxyFromEnvironment?: boolean;
  proxyUrl?: string;
  scopes?: string[];
  tlsConfig?: PodMonitorTlsConfig;
  tokenUrl: string;
};

export type PodMonitor = {
  apiVersion: "monitoring.coreos.com/v1";
  kind: "PodMonitor";
  metadata: NamedMeta;
  spec: {
    attachMetadata?: {
      node?: boolean;
    };
    bodySizeLimit?: string;
    convertClassicHistogramsToNHCB?: boolean;
    fallbackScrapeProtocol?: "PrometheusProto" | "OpenMetricsText0.0.1" | "OpenMetricsText1.0.0" | "PrometheusText0.0.4" | "PrometheusText1.0.0";
    jobLabel?: string;
    keepDroppedTargets?: number;
    labelLimit?: number;
    labelNameLengthLimit?: number;
    labelValueLengthLimit?: number;
    namespaceSelector?: {
      any?: boolean;
      matchNames?: string[];
    };
    nativeHistogramBucketLimit?: number;
    nativeHistogramMinBucketFactor?: number | string;
    podMetricsEndpoints?: Array<{
      authorization?: {
        credentials?: {
          key: string;
          name?: string;
          optional?: boolean;
        };
        type?: string;
      };
      basicAuth?: PodMonitorBasicAuth;
      bearerTokenSecret?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
      enableHttp2?: boolean;
      filterRunning?: boolean;
      followRedirects?: boolean;
      honorLabels?: boolean;
      honorTimestamps?: boolean;
      interval?: string;
      metricRelabelings?: PodMonitorMetricRelabelings[];
      noProxy?: string;
      oauth2?: PodMonitorOauth2;
      params?: { [key: string]: string[] };
      path?: string;
      port?: string;
      portNumber?: number;
      proxyConnectHeader?: { [key: string]: Array<{
        key: string;
        name?: string;
        optional?: boolean;
      }> };
      proxyFromEnvironment?: boolean;
      proxyUrl?: string;
      relabelings?: PodMonitorMetricRelabelings[];
      scheme?: "http" | "https" | "HTTP" | "HTTPS";
      scrapeTimeout?: string;
      targetPort?: number | string;
      tlsConfig?: PodMonitorTlsConfig;
      trackTimestampsStaleness?: boolean;
    }>;
    podTargetLabels?: string[];
    sampleLimit?: number;
    scrapeClass?: string;
    scrapeClassicHistograms?: boolean;
    scrapeNativeHistograms?: boolean;
    scrapeProtocols?: Array<"PrometheusProto" | "OpenMetricsText0.0.1" | "OpenMetricsText1.0.0" | "PrometheusText0.0.4" | "PrometheusText1.0.0">;
    selector: {
      matchExpressions?: Array<{
        key: string;
        operator: string;
        values?: string[];
      }>;
      matchLabels?: { [key: string]: string };
    };
    selectorMechanism?: "RelabelConfig" | "RoleSelector";
    targetLimit?: number;
  };
};

export type PrometheusRule = {
  apiVersion: "monitoring.coreos.com/v1";
  kind: "PrometheusRule";
  metadata: NamedMeta;
  spec: {
    groups?: Array<{
      interval?: string;
      labels?: { [key: string]: string };
      limit?: number;
      name: string;
      partial_response_strategy?: string;
      query_offset?: string;
      rules?: Array<{
        alert?: string;
        annotations?: { [key: string]: string };
        expr: number | string;
        for?: string;
        keep_firing_for?: string;
        labels?: { [key: string]: string };
        record?: string;
      }>;
    }>;
  };
};

export type ServiceMonitor = {
  apiVersion: "monitoring.coreos.com/v1";
  kind: "ServiceMonitor";
  metadata: NamedMeta;
  spec: {
    attachMetadata?: {
      node?: boolean;
    };
    bodySizeLimit?: string;
    convertClassicHistogramsToNHCB?: boolean;
    endpoints: Array<{
      authorization?: {
        credentials?: {
          key: string;
          name?: string;
          optional?: boolean;
        };
        type?: string;
      };
      basicAuth?: PodMonitorBasicAuth;
      bearerTokenFile?: string;
      bearerTokenSecret?: {
        key: string;
        name?: string;
        optional?: boolean;
      };
      enableHttp2?: boolean;
      filterRunning?: boolean;
      followRedirects?: boolean;
      honorLabels?: boolean;
      honorTimestamps?: boolean;
      interval?: string;
      metricRelabelings?: PodMonitorMetricRelabelings[];
      noProxy?: string;
      oauth2?: PodMonitorOauth2;
      params?: { [key: string]: string[] };
      path?: string;
      port?: string;
      proxyConnectHeader?: { [key: string]: Array<{
        key: string;
        name?: string;
        optional?: boolean;
      }> };
      proxyFromEnvironment?: boolean;
      proxyUrl?: string;
      relabelings?: PodMonitorMetricRelabelings[];
      scheme?: "http" | "https" | "HTTP" | "HTTPS";
      scrapeTimeout?: string;
      targetPort?: number | string;
      tlsConfig?: {
        ca?: PodMonitorClientId;
        caFile?: string;
        cert?: PodMonitorClientId;
        certFile?: string;
        insecureSkipVerify?: boolean;
        keyFile?: string;
        keySecret?: {
          key: string;
          name?: string;
          optional?: boolean;
        };
        maxVersion?: "TLS10" | "TLS11" | "TLS12" | "TLS13";
        minVersion?: "TLS10" | "TLS11" | "TLS12" | "TLS13";
        serverName?: string;
      };
      trackTimestampsStaleness?: boolean;
    }>;
    fallbackScrapeProtocol?: "PrometheusProto" | "OpenMetricsText0.0.1" | "OpenMetricsText1.0.0" | "PrometheusText0.0.4" | "PrometheusText1.0.0";
    jobLabel?: string;
    keepDroppedTargets?: number;
    labelLimit?: number;
    labelNameLengthLimit?: number;
    labelValueLengthLimit?: number;
    namespaceSelector?: {
      any?: boolean;
      matchNames?: string[];
    };
    nativeHistogramBucketLimit?: number;
    nativeHistogramMinBucketFactor?: number | string;
    podTargetLabels?: string[];
    sampleLimit?: number;
    scrapeClass?: string;
    scrapeClassicHistograms?: boolean;
    scrapeNativeHistograms?: boolean;
    scrapeProtocols?: Array<"PrometheusProto" | "OpenMetricsText0.0.1" | "OpenMetricsText1.0.0" | "PrometheusText0.0.4" | "PrometheusText1.0.0">;
    selector: {
      matchExpressions?: Array<{
        key: string;
        operator: string;
        values?: string[];
      }>;
      matchLabels?: { [key: string]: string };
    };
    selectorMechanism?: "RelabelConfig" | "RoleSelector";
    serviceDiscoveryRole?: "Endpoints" | "EndpointSlice";
    targetLabels?: string[];
    targetLimit?: number;
  };
};
