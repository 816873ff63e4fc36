import type * as z from 'zod';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { Private } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ProblemCode } from '../../problems/codes.ts';
import type { Binding } from './bindings.ts';
import type { LiveCheck } from './checks.ts';
import type { ComponentDocuments } from './documents.ts';
import type { Requirement, RequirementKind } from './requirements.ts';
import type { StatusEntry } from './status.ts';

/** What a component may look at: the ground, and its own section of the configuration. */
export interface Context<Section> {
  settings: ClusterSettings;
  section: Section;
  /**
   * HMAC over the texts with every private value and every secret filled in: put on a pod template, it restarts the
   * pod when one changes.
   */
  configHash(...objects: KubernetesObject[]): string;
}

/** The claims that a provider answered, and what others gave for its own, for what it builds. */
export interface BuildContext<Section> extends Context<Section> {
  provided: readonly Requirement[];
  bindings: readonly Binding[];
}

/** One file of manifests. */
export interface Manifest {
  /** From the root of the repository: a component's own, unless it builds for another that asked it to. */
  directory: string;
  /** Relative to the folder. */
  file: string;
  objects: readonly KubernetesObject[];
  /** The field of `cluster.yaml` that made it, as a path. */
  field: string;
}

/**
 * A folder that Flux applies by itself, after what it depends on and until all of it is ready. The manifests whose
 * folder is `app/` below it belong to it, Secrets and network policies too.
 */
export interface PlannedKustomization {
  /** From the root of the repository: `apps/<group>/<name>`. Its `ks.yaml` stands there. */
  directory: string;
  /** The name of its Flux Kustomization, which others depend on. */
  name: string;
  dependsOn: readonly string[];
  /** How long it may take to become ready, as Flux writes durations. */
  timeout: string;
  field: string;
}

/** A kustomize Component in `overlays/<name>/` that changes objects of the same folder when it is enabled. */
export interface KustomizeComponent {
  directory: string;
  name: string;
  enabled: boolean;
  /** Strategic merge patches, a file each. */
  patches: readonly { file: string; patch: KubernetesObject }[];
  field: string;
}

/** A Secret that must exist in the cluster, and where each of its keys comes from. */
export interface SecretNeed {
  name: string;
  namespace: string;
  keys: readonly SecretKey[];
  /** What it is for, as a clause: "the password of Immich's database". */
  purpose: string;
  /** Who reads it, as `kind/name`. Deployments and StatefulSets must restart when it changes. */
  usedBy: readonly string[];
  /** The field of `cluster.yaml` because of which it is needed. */
  field: string;
  /** Where its encrypted file stands, when it is delivered in Git; otherwise a person makes it by hand. */
  sops?: { folder: string; file: string };
  /** What has to happen beside a restart when a value is replaced, as Markdown. */
  replacing?: string;
  /** The step of the quickstart that it shares with others of the same title, where each of its own would say nothing. */
  step?: string;
}

/** How a Secret comes into the cluster: encrypted in Git, or made by hand with `kubectl create secret`. */
export const deliveries = ['sops', 'out-of-band'] as const;

/** The kinds of secret that nobody has to know and that can be made. */
export type Generatable = 'databasePassword' | 'resticPassword' | 's3SecretKey';

/** Where the value of a secret comes from. */
export interface SecretSource {
  /** Where a person gets the value, or the command that makes it. */
  source: string;
  /** The value, where the overlay has it. */
  value?: Private | undefined;
  /** The value, where it is made of what everybody may read and of private values, which stand in it as `${NAME}`. */
  text?: string;
  /** The field of the overlay that holds it, for a Secret that is delivered in Git. */
  field?: string;
  /** How it is made where the overlay does not have it yet; what only a person has cannot be made. */
  generate?: Generatable;
  /** It is made once: a new one would open nothing of what was closed with the old one. */
  once?: true;
}

export interface SecretKey extends SecretSource {
  key: string;
  /** What stands in the `kubectl create secret` line: a literal made by a command, or a file. */
  create: { fromFile: string } | { literal: string };
}

/** Something that the schema cannot see, because it takes more than one field to see it. */
export interface RuleFinding {
  code: ProblemCode;
  /** The field to change, as a path. */
  field: string;
  message: string;
  expected: string;
  remedy?: string;
}

/** A file that is for another program than Flux, and holds no object of Kubernetes. */
export interface PlainFile {
  /** From the root of the repository. */
  path: string;
  content: string;
}

export interface Build {
  manifests: readonly Manifest[];
  files?: readonly PlainFile[];
  kustomizeComponents?: readonly KustomizeComponent[];
  fluxKustomizations?: readonly PlannedKustomization[];
}

/**
 * All that Gatehouse knows of one system. A component is one folder; `catalogue.ts` lists them. It sees the
 * ground, its own section and its answers, and never another component: what it needs from others it claims.
 *
 * Every method is a pure function of its context.
 */
export interface Component<Section = unknown> {
  /** In kebab case; the folder of its source has the same name. */
  name: string;
  /** Its section of `cluster.yaml`. A component without one is always on. */
  section?: string;
  /** One sentence for the table of components. */
  summary: string;
  schema: z.ZodType<Section>;
  requires?(context: Context<Section>): readonly Requirement[];
  /** The kinds of claim that it answers; what follows from answering one is claimed in turn. */
  provides?: readonly RequirementKind[];
  /** Whether it is meant, where several answer one kind; without it, each claim of its kinds is for it. */
  accepts?(requirement: Requirement): boolean;
  providerRequires?(requirement: Requirement, context: Context<Section>): readonly Requirement[];
  /** What the consumer has to know about what it gets. */
  bind?(requirement: Requirement, context: Context<Section>): Binding | undefined;
  /** What does not fit together, in the section or between those who ask: each names the field to change. */
  rules?(context: BuildContext<Section>): readonly RuleFinding[];
  /** What holds together, and what a person should still know before relying on it. */
  warnings?(context: BuildContext<Section>): readonly RuleFinding[];
  build(context: BuildContext<Section>): Build;
  secrets?(context: BuildContext<Section>): readonly SecretNeed[];
  /** What a user still has to supply. */
  status?(context: BuildContext<Section>): readonly StatusEntry[];
  /** What is asked of the running cluster. */
  checks?(context: BuildContext<Section>): readonly LiveCheck[];
  documents?(context: BuildContext<Section>): ComponentDocuments;
}

/** Lets TypeScript infer the section from the schema. */
export function defineComponent<Section>(component: Component<Section>): Component<Section> {
  return component;
}
