/**
 * Gatehouse as a library: load a configuration, compile it to a plan, and analyse who can reach what.
 *
 * - {@link loadCluster} reads `cluster.yaml` and the private values file with {@link clusterSchema}.
 * - {@link compile} turns a loaded configuration into a {@link Plan}: the objects and files of a Flux repository.
 * - {@link analyse} proves or refutes the invariants of any list of Kubernetes objects.
 *
 * Nothing here writes files, and nothing throws for invalid input: functions return {@link Problem}s instead.
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
export { type Analysis, analyse } from './reachability/analyse.ts';
export type { Proof } from './reachability/invariants/registry.ts';
export type { Assumptions } from './reachability/model/analysis.ts';
