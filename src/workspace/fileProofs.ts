import type { Plan, PlannedFile } from '../compile/plan.ts';
import type { Proof } from '../exposure/judgement.ts';
import type { Workspace } from './open.ts';
export type FileProof = Proof;
export function fileProofs(_: Workspace, _p: Plan, _f: readonly PlannedFile[]): FileProof[] {
  return [];
}
