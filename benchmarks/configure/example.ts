import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { prepare } from '../../src/operations/configure/configure.ts';
import { noProgress } from '../../src/operations/progress.ts';
import { validateObjects } from '../../src/operations/validate.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import { exampleDirectory } from '../../tests/testDirectory.ts';

/** The objects of the example as they are analysed, and what is assumed. */
export async function preparedExample(): Promise<{
  objects: readonly SourcedObject[];
  values: { name: string; value: string }[];
  assumptions: Assumptions;
  validate: typeof validateObjects;
}> {
  const directory = exampleDirectory();
  const prepared = await prepare(directory.path, directory.environment, noProgress);
  directory[Symbol.dispose]();
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const { configuration, repository } = prepared.value;
  const values = [...configuration.loaded.private].map(([name, value]) => ({ name, value }));
  return {
    objects: repository.objects,
    values,
    assumptions: assumptionsOf(configuration),
    validate: validateObjects,
  };
}
