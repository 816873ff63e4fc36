import { formatField, newestFormat } from '../../config/format.ts';
import type { Loaded } from '../../config/load.ts';
import { written } from '../../kubernetes/path.ts';
import { clusterFile } from '../../private-values/clusterFile.ts';
import type { Problem } from '../../problems/problem.ts';

/** What `configure` says of old fields. They work; the documents and `explain` use the new names. */
export function olderFormat({ oldFields, places }: Pick<Loaded<unknown>, 'oldFields' | 'places'>): Problem[] {
  const [first] = oldFields;
  if (first === undefined) return [];
  const at = places.cluster.locate(first.to, 'key');
  const names = oldFields.map(({ from, to }) => `${written(from)} is ${written(to)} now`);
  return [
    {
      code: 'older-format',
      file: clusterFile,
      ...(at ? { at } : {}),
      message: `the file has names of an older format: ${names.join(', ')}`,
      expected: `${formatField}: ${newestFormat}, with the new names`,
      remedy: 'run "gatehouse upgrade" to see the change, and "gatehouse upgrade --write" to make it',
    },
  ];
}
