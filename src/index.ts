/**
 * Gatehouse as a library: the way of a configuration through the rooms, step by step.
 *
 * @packageDocumentation
 */

export { compile } from './compile/compile.ts';
export type { Plan, PlannedFile, PlannedObject } from './compile/plan.ts';
export { type Cluster, catalogue, clusterSchema } from './components/catalogue.ts';
export { type Loaded, loadCluster } from './config/load.ts';
export { judge } from './exposure/judge.ts';
export type { Assumptions, Judgement, Proof, SourcedObject } from './exposure/judgement.ts';
export type { KubernetesObject } from './kubernetes/object.ts';
export type { Outcome } from './problems/outcome.ts';
export type { Problem } from './problems/problem.ts';
