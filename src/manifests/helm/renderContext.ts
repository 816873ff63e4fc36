import type { Environment } from '../../system/environment.ts';
import type { TreeFiles } from '../sources/treeFiles.ts';

/** What the user says about the charts, and about the cluster for which they are rendered. */
export interface RenderOptions {
  /** Directories in which charts are looked for. */
  charts: readonly string[];
  /** The version of Kubernetes, such as `1.34`. */
  kubeVersion?: string;
  /** APIs that the cluster serves in addition to its own, such as `gateway.networking.k8s.io/v1`. */
  apiVersions: readonly string[];
}

/** The context in which the releases of a repository are rendered. */
export interface RenderContext {
  /** Without it no context is made: `keepReleases` keeps every release. */
  rendering: RenderOptions;
  environment: Environment;
  files: TreeFiles;
  /** The directory of the files, or undefined if they are the files of a commit. */
  directory: string | undefined;
  /** Private values that were filled in. */
  values: ReadonlyMap<string, string>;
}
