import type * as z from 'zod';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ProblemCode } from '../../problems/codes.ts';
import type { LiveCheck } from './checks.ts';
import type { ComponentDocuments } from './documents.ts';
import type { Listing } from './listing.ts';
import type { PrivateQuestions } from './privateQuestions.ts';
import type { ReleaseNote } from './releaseNotes.ts';
import type { Binding, Requirement, RequirementKind } from './requirements.ts';
import type { RequiredSecret } from './secrets.ts';
import type { StatusEntry } from './status.ts';

/** What a component may read: the cluster settings, and its own section of the configuration. */
export interface Context<Section> extends PrivateQuestions {
  settings: ClusterSettings;
  section: Section;
  /**
   * HMAC over the texts with every private value and every secret filled in: put on a pod template, it restarts the
   * pod when one changes.
   */
  configHash(...objects: KubernetesObject[]): string;
}

/** What a component may read after the requirements are resolved. */
export interface BuildContext<Section> extends Context<Section> {
  /** The requirements of a kind that the component provides, in the order in which they were asked. */
  provided<Kind extends RequirementKind>(kind: Kind): readonly Requirement<Kind>[];
  /** Whether somebody provides a requirement of its own: some kinds need nobody. */
  isProvided(requirement: Requirement): boolean;
  /** What the component got for a requirement of its own; `undefined` where nobody provides it. */
  binding<Asked extends Requirement>(requirement: Asked): Binding<Asked['kind']> | undefined;
  /** What the component got for each requirement of a kind, its own and those that follow from what it provides. */
  bindings<Kind extends RequirementKind>(kind: Kind): readonly Bound<Kind>[];
}

/** A requirement with its binding. */
export interface Bound<Kind extends RequirementKind> {
  requirement: Requirement<Kind>;
  binding: Exclude<Binding<Kind>, undefined>;
}

/** How a component provides one kind of requirement. */
export type Provider<Section, Kind extends RequirementKind> = {
  /**
   * Whether it provides this requirement; without it, every one of the kind. The context is missing where the
   * component is off: would it provide the requirement, if it was on?
   */
  accepts?(requirement: Requirement<Kind>, context: Context<Section> | undefined): boolean;
  /** What the provider requires in turn. */
  requires?(requirement: Requirement<Kind>, context: Context<Section>): readonly Requirement[];
} & (Binding<Kind> extends undefined
  ? { bind?: never }
  : { bind(requirement: Requirement<Kind>, context: BuildContext<Section>): Binding<Kind> });

export type Providers<Section> = { readonly [Kind in RequirementKind]?: Provider<Section, Kind> };

/** One file of manifests. */
export interface Manifest {
  /** From the root of the repository: the component's own, or that of the workload which required it. */
  directory: string;
  /** Relative to the directory. */
  file: string;
  objects: readonly KubernetesObject[];
  /** The field of `cluster.yaml` that made it, as a path. */
  field: string;
}

/**
 * A directory that Flux applies by itself, after what it depends on and until all of it is ready. The manifests whose
 * directory is `app/` below it belong to it, Secrets and network policies too.
 */
export interface PlannedKustomization {
  /** From the root of the repository: `apps/<group>/<name>`. It holds its `ks.yaml`. */
  directory: string;
  /** The name of its Flux Kustomization, which others depend on. */
  name: string;
  dependsOn: readonly string[];
  /** How long it may take to become ready, as Flux writes durations. */
  timeout: string;
  field: string;
}

/** A kustomize Component in `overlays/<name>/` that changes objects of the same directory when it is enabled. */
export interface KustomizeComponent {
  directory: string;
  name: string;
  enabled: boolean;
  /** Strategic merge patches, a file each. */
  patches: readonly { file: string; patch: KubernetesObject }[];
  field: string;
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
 * All that Gatehouse knows of one system. A component is one directory; `catalogue.ts` lists them. It reads the cluster
 * settings, its own section and its bindings, and never another component: what it needs from others it requires.
 *
 * Every method is a pure function of its context.
 */
export interface Component<Section = unknown> {
  /** In kebab case; the directory of its source has the same name. */
  name: string;
  /** Its section of `cluster.yaml`. A component without one is always on. */
  section?: string;
  /** One sentence for the table of components. */
  summary: string;
  /** How the list of what is left names it; by its own name, as an app, where it says nothing. */
  listing?: Listing;
  schema: z.ZodType<Section>;
  /** What it asks of others. It does not know who provides it. */
  requires?(context: Context<Section>): readonly Requirement[];
  /** The kinds of requirement that it provides. */
  provides?: Providers<Section>;
  /** What does not fit together, in the section or between requesters: each names the field to change. */
  rules?(context: BuildContext<Section>): readonly RuleFinding[];
  /** What holds together, and what a user should still know before relying on it. */
  warnings?(context: BuildContext<Section>): readonly RuleFinding[];
  build(context: BuildContext<Section>): Build;
  secrets?(context: BuildContext<Section>): readonly RequiredSecret[];
  /** What a user still has to supply. */
  status?(context: BuildContext<Section>): readonly StatusEntry[];
  /** What is asked of the running cluster. */
  checks?(context: BuildContext<Section>): readonly LiveCheck[];
  /**
   * Images of its own in which `gatehouse verify --probe` can try connections: with a POSIX shell, `timeout`, and bash or nc.
   */
  probeImages?(context: BuildContext<Section>): readonly ProbeImage[];
  documents?(context: BuildContext<Section>): ComponentDocuments;
  /** What newer versions of its programs break, for those who run an older one. */
  releaseNotes?: readonly ReleaseNote[];
}

/** An image that can try connections. */
export interface ProbeImage {
  image: string;
  /** `bash` tells why a connection failed; `nc` tells only that it did. */
  connects: 'bash' | 'nc';
}

/** Lets TypeScript infer the section from the schema. */
export function defineComponent<Section>(component: Component<Section>): Component<Section> {
  return component;
}
