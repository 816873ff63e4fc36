import { leaves } from '../../config/load.ts';
import { variableName } from '../../config/seal.ts';
import { defined } from '../../kubernetes/defined.ts';
import { written } from '../../kubernetes/path.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Problem } from '../../problems/problem.ts';
import type { PlannedMatch } from './leaks.ts';

/** Says at its field that a private value cannot be told from a word of the files, and what to choose instead. */
export function wordWarnings(
  { places: { privateFile, fields } }: Configuration['loaded'],
  words: readonly PlannedMatch[],
): Problem[] {
  if (privateFile === undefined || words.length === 0) return [];
  return [...leaves(privateFile.value)].flatMap(({ path }) => {
    const name = variableName(path, fields);
    const matches = words.filter((word) => word.name === name);
    const [first] = matches;
    if (first === undefined) return [];
    const more = matches.length === 1 ? '' : `, and ${matches.length - 1} more`;
    return [
      defined({
        code: 'private-word' as const,
        file: privateFile.file,
        at: privateFile.locate(path),
        message: `${written(path)}: the value is also a word of what Gatehouse writes (${first.file}:${first.line}${more}), whatever the value is`,
        expected: 'a value that no text has by chance, so that a search can tell where it leaks',
        remedy:
          'choose a longer value where you can, such as two words or a deeper directory; otherwise nothing is to be done',
      }),
    ];
  });
}
