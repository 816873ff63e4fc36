import type { TreeFinding } from './findings.ts';
import type { ObjectRef, SourcedObject, Unknown } from './sourcedObject.ts';

/** What is built from one directory. */
export interface Root {
  /** The directory that is built. */
  directory: string;
  /** The Flux Kustomization that builds it; undefined for an entry of the tree. */
  by: ObjectRef | undefined;
  /** The objects before Flux fills variables in. */
  objects: readonly SourcedObject[];
}

/** What a tree brings to a cluster, before charts are rendered. */
export interface BuiltTree {
  /** The name of the cluster; undefined where the tree is that of one cluster. */
  cluster: string | undefined;
  /** How it is built: from Flux Kustomizations, from kustomizations alone, or as plain manifests. */
  kind: 'flux' | 'kustomize' | 'manifests';
  /** Each object once, in the order in which the roots bring them, with variables filled in where they are known. */
  objects: readonly SourcedObject[];
  /**
   * What the API server may refuse as it may refuse the objects, and is none of them: Flux Kustomizations that are applied
   * by hand, and releases in the place of which the objects of their charts are.
   */
  outside: readonly SourcedObject[];
  /** Each directory that was built, in order; none for plain manifests. */
  roots: readonly Root[];
  /** Every Flux Kustomization of the tree that takes its manifests from this repository, built or not. */
  flux: readonly SourcedObject[];
  /** What was left out, is broken, or is not understood, with its file. */
  findings: readonly TreeFinding[];
  /** What could not be built. Any verdict may depend on it. */
  unseen: readonly Unknown[];
  /** Variables without a known value. What depends on them is unknown by itself. */
  unfilled: readonly Unknown[];
  /** How many files were read. */
  files: number;
  /** What the build depends on and no object tells. */
  assumed: readonly string[];
}

/** A built tree with the objects of its charts. */
export interface Repository extends BuiltTree {
  /** Objects that charts likely make, where that is not certain. They never count as built. */
  likely: readonly SourcedObject[];
}
