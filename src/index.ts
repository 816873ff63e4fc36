/**
 * Gatehouse as a library: the way of a configuration through the rooms, step by step.
 *
 * @packageDocumentation
 */

export { compile } from './compile/compile.ts';
export type { Plan, PlannedFile, PlannedObject } from './compile/plan.ts';
export { type Cluster, catalogue, clusterSchema } from './components/catalogue.ts';
export { type Loaded, loadCluster } from './config/load.ts';
export type { KubernetesObject } from './kubernetes/object.ts';
export type { SourcedObject } from './manifests/sourcedObject.ts';
export type { Outcome } from './problems/outcome.ts';
export type { Problem } from './problems/problem.ts';
export { type Analysis as Judgement, analyse as judge } from './reachability/analyse.ts';
export type { Proof } from './reachability/invariants/registry.ts';
export type { Assumptions } from './reachability/model/analysis.ts';
