import { readdir } from 'node:fs/promises';
import type { RenderOptions } from '../manifests/helm/renderCharts.ts';
import type { Problem } from '../problems/problem.ts';

/** Directories of charts that cannot be listed: a misspelt name must not look like a missing chart. */
export async function missingCharts(rendering: RenderOptions | undefined): Promise<Problem[]> {
  const listed = (rendering?.charts ?? []).map(async (file): Promise<Problem[]> => {
    const problem: Problem = {
      code: 'text-not-found',
      file,
      message: 'the directory of charts cannot be listed',
      expected: 'a directory with charts, as helm pull -d writes it',
    };
    return readdir(file).then(
      () => [],
      () => [problem],
    );
  });
  return (await Promise.all(listed)).flat();
}
