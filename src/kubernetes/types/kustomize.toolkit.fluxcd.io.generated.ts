// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type Kustomization = {
  apiVersion: "kustomize.toolkit.fluxcd.io/v1";
  kind: "Kustomization";
  metadata: NamedMeta;
  spec: {
    buildMetadata?: Array<"originAnnotations" | "transformerAnnotations">;
    commonMetadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    components?: string[];
    decryption?: {
      provider: "sops";
      secretRef?: {
        name: string;
      };
      serviceAccountName?: string;
    };
    deletionPolicy?: "MirrorPrune" | "Delete" | "WaitForTermination" | "Orphan";
    dependsOn?: Array<{
      name: string;
      namespace?: string;
      readyExpr?: string;
    }>;
    force?: boolean;
    healthCheckExprs?: Array<{
      apiVersion: string;
      current: string;
      failed?: string;
      inProgress?: string;
      kind?: string;
    }>;
    healthChecks?: Array<{
      apiVersion?: string;
      kind: string;
      name: string;
      namespace?: string;
    }>;
    ignore?: Array<{
      paths: string[];
      target?: {
        annotationSelector?: string;
        group?: string;
        kind?: string;
        labelSelector?: string;
        name?: string;
        namespace?: string;
        version?: string;
      };
    }>;
    ignoreMissingComponents?: boolean;
    images?: Array<{
      digest?: string;
      name: string;
      newName?: string;
      newTag?: string;
    }>;
    interval: string;
    kubeConfig?: {
      configMapRef?: {
        name: string;
      };
      secretRef?: {
        key?: string;
        name: string;
      };
    };
    namePrefix?: string;
    nameSuffix?: string;
    patches?: Array<{
      patch: string;
      target?: {
        annotationSelector?: string;
        group?: string;
        kind?: string;
        labelSelector?: string;
        name?: string;
        namespace?: string;
        version?: string;
      };
    }>;
    path?: string;
    postBuild?: {
      substitute?: { [key: string]: string };
      substituteFrom?: Array<{
        kind: "Secret" | "ConfigMap";
        name: string;
        optional?: boolean;
      }>;
      substituteStrategy?: "WithVariables" | "Always";
    };
    prune: boolean;
    retryInterval?: string;
    serviceAccountName?: string;
    sourceRef: {
      apiVersion?: string;
      kind: "OCIRepository" | "GitRepository" | "Bucket" | "ExternalArtifact";
      name: string;
      namespace?: string;
    };
    suspend?: boolean;
    targetNamespace?: string;
    timeout?: string;
    wait?: boolean;
  };
};
