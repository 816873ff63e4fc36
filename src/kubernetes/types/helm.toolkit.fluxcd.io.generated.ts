// Made by tools/schemas. What stands here comes from the pinned definitions: change those.

import type { NamedMeta } from './core.generated.ts';

export type HelmRelease = {
  apiVersion: "helm.toolkit.fluxcd.io/v2";
  kind: "HelmRelease";
  metadata: NamedMeta;
  spec: {
    chart?: {
      metadata?: {
        annotations?: { [key: string]: string };
        labels?: { [key: string]: string };
      };
      spec: {
        chart: string;
        ignoreMissingValuesFiles?: boolean;
        interval?: string;
        reconcileStrategy?: "ChartVersion" | "Revision";
        sourceRef: {
          apiVersion?: string;
          kind: "HelmRepository" | "GitRepository" | "Bucket";
          name: string;
          namespace?: string;
        };
        valuesFiles?: string[];
        verify?: {
          provider?: "cosign" | "notation";
          secretRef?: {
            name: string;
          };
        };
        version?: string;
      };
    };
    chartRef?: {
      apiVersion?: string;
      kind: "OCIRepository" | "HelmChart" | "ExternalArtifact";
      name: string;
      namespace?: string;
    };
    commonMetadata?: {
      annotations?: { [key: string]: string };
      labels?: { [key: string]: string };
    };
    dependsOn?: Array<{
      name: string;
      namespace?: string;
      readyExpr?: string;
    }>;
    driftDetection?: {
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
      mode?: "enabled" | "warn" | "disabled";
    };
    healthCheckExprs?: Array<{
      apiVersion: string;
      current: string;
      failed?: string;
      inProgress?: string;
      kind?: string;
    }>;
    install?: {
      crds?: "Skip" | "Create" | "CreateReplace";
      createNamespace?: boolean;
      disableHooks?: boolean;
      disableOpenAPIValidation?: boolean;
      disableSchemaValidation?: boolean;
      disableTakeOwnership?: boolean;
      disableWait?: boolean;
      disableWaitForJobs?: boolean;
      remediation?: {
        ignoreTestFailures?: boolean;
        remediateLastFailure?: boolean;
        retries?: number;
      };
      replace?: boolean;
      serverSideApply?: boolean;
      skipCRDs?: boolean;
      strategy?: {
        name: "RemediateOnFailure" | "RetryOnFailure";
        retryInterval?: string;
      };
      timeout?: string;
    };
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
    maxHistory?: number;
    persistentClient?: boolean;
    postRenderStrategy?: "nohooks" | "combined" | "separate";
    postRenderers?: Array<{
      kustomize?: {
        images?: Array<{
          digest?: string;
          name: string;
          newName?: string;
          newTag?: string;
        }>;
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
      };
    }>;
    releaseName?: string;
    rollback?: {
      cleanupOnFail?: boolean;
      disableHooks?: boolean;
      disableWait?: boolean;
      disableWaitForJobs?: boolean;
      force?: boolean;
      recreate?: boolean;
      serverSideApply?: "enabled" | "disabled" | "auto";
      timeout?: string;
    };
    serviceAccountName?: string;
    storageNamespace?: string;
    suspend?: boolean;
    targetNamespace?: string;
    test?: {
      enable?: boolean;
      filters?: Array<{
        exclude?: boolean;
        name: string;
      }>;
      ignoreFailures?: boolean;
      timeout?: string;
    };
    timeout?: string;
    uninstall?: {
      deletionPropagation?: "background" | "foreground" | "orphan";
      disableHooks?: boolean;
      disableWait?: boolean;
      keepHistory?: boolean;
      timeout?: string;
    };
    upgrade?: {
      chartNameChangeStrategy?: "InPlaceUpdate" | "Reinstall";
      cleanupOnFail?: boolean;
      crds?: "Skip" | "Create" | "CreateReplace";
      disableHooks?: boolean;
      disableOpenAPIValidation?: boolean;
      disableSchemaValidation?: boolean;
      disableTakeOwnership?: boolean;
      disableWait?: boolean;
      disableWaitForJobs?: boolean;
      force?: boolean;
      preserveValues?: boolean;
      remediation?: {
        ignoreTestFailures?: boolean;
        remediateLastFailure?: boolean;
        retries?: number;
        strategy?: "rollback" | "uninstall";
      };
      serverSideApply?: "enabled" | "disabled" | "auto";
      strategy?: {
        name: "RemediateOnFailure" | "RetryOnFailure";
        retryInterval?: string;
      };
      timeout?: string;
    };
    values?: unknown;
    valuesFrom?: Array<{
      kind: "Secret" | "ConfigMap";
      literal?: boolean;
      name: string;
      optional?: boolean;
      targetPath?: string;
      valuesKey?: string;
    }>;
    waitStrategy?: {
      name: "poller" | "legacy";
    };
  };
};
