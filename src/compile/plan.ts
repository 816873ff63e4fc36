import type { LiveCheck } from '../components/contract/checks.ts';
import type { SecretNeed } from '../components/contract/component.ts';
import type { Restore } from '../components/contract/documents.ts';
import type { StatusEntry } from '../components/contract/status.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Problem } from '../problems/problem.ts';

/** A file as the repository should have it. */
export type PlannedFile =
  | { path: string; content: string }
  /** Entries of the `resources` of a kustomization that a person may have added others to. */
  | { path: string; entries: readonly string[] }
  /** Lines of a file that a person may have added others to. */
  | { path: string; lines: readonly string[] };

/** An object with the file that it stands in and the field of `cluster.yaml` that made it. */
export interface PlannedObject {
  object: KubernetesObject;
  file: string;
  field: string;
  component: string;
}

/** A file that stands in the repository encrypted. Its values exist in memory only. */
export interface PlannedSecret {
  path: string;
  object: KubernetesObject;
}

/**
 * All that a configuration comes to. Private values stand in it as `${NAME}`; only `encrypted` holds them, and
 * what is written of it is ciphertext.
 */
export interface Plan {
  files: readonly PlannedFile[];
  objects: readonly PlannedObject[];
  encrypted: readonly PlannedSecret[];
  secrets: readonly SecretNeed[];
  restores: readonly Restore[];
  /** What a person should know before relying on it. */
  warnings: readonly Problem[];
  /** What a user still has to supply, in the order of the catalogue. */
  status: readonly StatusEntry[];
  /** What is asked of the running cluster, in the order of the catalogue. */
  checks: readonly LiveCheck[];
  /** The ports that components open on every node, in ascending order. */
  nodePorts: readonly number[];
}
