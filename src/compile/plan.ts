import type { LiveCheck } from '../components/contract/checks.ts';
import type { ProbeImage } from '../components/contract/component.ts';
import type { Restore } from '../components/contract/documents.ts';
import type { CreateArgument, Generatable, RequiredSecret } from '../components/contract/secrets.ts';
import type { StatusEntry } from '../components/contract/status.ts';
import type { Private } from '../config/private.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Problem } from '../problems/problem.ts';
import type { RouteException } from './routeException.ts';

/** A file as the repository should have it. */
export type PlannedFile =
  | {
      path: string;
      content: string;
      /** A file that a user has in its place stays, and is no conflict. */
      yields?: true;
    }
  /** Entries of the `resources` of a kustomization that a user may have added others to. */
  | { path: string; entries: readonly string[] }
  /** Lines of a file that a user may have added others to. */
  | { path: string; lines: readonly string[] };

/** A program that the steps of the documents call. */
export interface RequiredTool {
  name: string;
  components: readonly string[];
}

/** An object with its file and the field of `cluster.yaml` that made it. */
export interface PlannedObject {
  object: KubernetesObject;
  file: string;
  field: string;
  component: string;
}

/** A file that is encrypted in the repository. Its values exist in memory only. */
export interface PlannedSecret {
  path: string;
  object: KubernetesObject;
}

/** A key of a Secret, with what its delivery makes of it. */
export interface DeliveredKey {
  key: string;
  /** Where a user gets the value, or what makes it. */
  source: string;
  /** What is in the `kubectl create secret` line. */
  create: CreateArgument;
  /** The field of the private values file that holds the value, for a Secret that is delivered in Git. */
  field?: string;
  value?: Private;
  /** The value, where it is text with private values as `${NAME}`. */
  text?: string;
  generate?: Generatable;
  once?: true;
  optional?: true;
}

/** A Secret, with its delivery. */
export interface SecretDelivery extends Omit<RequiredSecret, 'keys' | 'directory' | 'fileSuffix'> {
  keys: readonly DeliveredKey[];
  /** The encrypted file, for a Secret that is delivered in Git; otherwise a user makes the Secret by hand. */
  sops?: { directory: string; file: string };
}

/** What a component contributed, with its name. */
export type Of<Contribution> = Contribution & { component: string };

/** A live check with the component that declares it. */
export type PlannedCheck = Of<LiveCheck>;

/**
 * All that a configuration comes to. It contains private values as `${NAME}`; only `encrypted` holds them, and
 * what is written of it is ciphertext.
 */
export interface Plan {
  files: readonly PlannedFile[];
  objects: readonly PlannedObject[];
  encrypted: readonly PlannedSecret[];
  secrets: readonly Of<SecretDelivery>[];
  restores: readonly Restore[];
  /** What a user should know before relying on it. */
  warnings: readonly Problem[];
  /** What a user still has to supply, in the order of the catalogue. */
  status: readonly Of<StatusEntry>[];
  /** What is asked of the running cluster, in the order of the catalogue. */
  checks: readonly PlannedCheck[];
  /** The programs that the documents call on the computer of the user, each with the components whose steps do so. */
  tools: readonly RequiredTool[];
  /** The files of each component, encrypted ones too. A file that several fill belongs to each of them. */
  filesOf: ReadonlyMap<string, readonly string[]>;
  /** Images in which a probe can try connections, the best first. */
  probeImages: readonly ProbeImage[];
  /** The ports that components open on every node, in ascending order. */
  nodePorts: readonly number[];
  /** The Services that components open to the home network alone, as `namespace/name`. */
  homeServices: readonly string[];
  /** Routes on which nobody is asked who they are. */
  exceptions: readonly RouteException[];
}
