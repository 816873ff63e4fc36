import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { prepare } from '../../src/operations/configure/configure.ts';
import { readBack } from '../../src/operations/configure/readBack.ts';
import { noProgress } from '../../src/operations/progress.ts';
import { invalidObjects } from '../../src/operations/validate.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import { homeFolder } from '../../tests/folder.ts';

/** The objects of the example as the judges see them, and what they judge by. */
export async function preparedExample(): Promise<{
  objects: readonly SourcedObject[];
  values: { name: string; value: string }[];
  assumptions: Assumptions;
  invalid: typeof invalidObjects;
}> {
  const folder = homeFolder();
  const prepared = await prepare(folder.path, folder.environment, noProgress);
  folder[Symbol.dispose]();
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const { configuration: workspace, plan, files } = prepared.value;
  const values = [...workspace.loaded.private].map(([name, value]) => ({ name, value }));
  return {
    objects: readBack(workspace, plan, files).objects,
    values,
    assumptions: assumptionsOf(workspace),
    invalid: invalidObjects,
  };
}
