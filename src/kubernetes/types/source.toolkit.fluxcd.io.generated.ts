// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type GitRepository = {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "GitRepository";
  metadata: NamedMeta;
  spec: {
    ignore?: string;
    include?: Array<{
      fromPath?: string;
      repository: {
        name: string;
      };
      toPath?: string;
    }>;
    interval: string;
    provider?: "generic" | "aws" | "azure" | "github";
    proxySecretRef?: {
      name: string;
    };
    recurseSubmodules?: boolean;
    ref?: {
      branch?: string;
      commit?: string;
      name?: string;
      semver?: string;
      tag?: string;
    };
    secretRef?: {
      name: string;
    };
    serviceAccountName?: string;
    sparseCheckout?: string[];
    suspend?: boolean;
    timeout?: string;
    url: string;
    verify?: {
      mode?: "head" | "HEAD" | "Tag" | "TagAndHEAD";
      secretRef: {
        name: string;
      };
    };
  };
};

export type HelmRepository = {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "HelmRepository";
  metadata: NamedMeta;
  spec: {
    accessFrom?: {
      namespaceSelectors: Array<{
        matchLabels?: { [key: string]: string };
      }>;
    };
    certSecretRef?: {
      name: string;
    };
    insecure?: boolean;
    interval?: string;
    passCredentials?: boolean;
    provider?: "generic" | "aws" | "azure" | "gcp";
    secretRef?: {
      name: string;
    };
    suspend?: boolean;
    timeout?: string;
    type?: "default" | "oci";
    url: string;
  };
};

export type OCIRepository = {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "OCIRepository";
  metadata: NamedMeta;
  spec: {
    certSecretRef?: {
      name: string;
    };
    ignore?: string;
    insecure?: boolean;
    interval: string;
    layerSelector?: {
      mediaType?: string;
      operation?: "extract" | "copy";
    };
    provider?: "generic" | "aws" | "azure" | "gcp";
    proxySecretRef?: {
      name: string;
    };
    ref?: {
      digest?: string;
      semver?: string;
      semverFilter?: string;
      tag?: string;
    };
    secretRef?: {
      name: string;
    };
    serviceAccountName?: string;
    suspend?: boolean;
    timeout?: string;
    url: string;
    verify?: {
      matchOIDCIdentity?: Array<{
        issuer: string;
        subject: string;
      }>;
      provider?: "cosign" | "notation";
      secretRef?: {
        name: string;
      };
      trustedRootSecretRef?: {
        name: string;
      };
    };
  };
};
