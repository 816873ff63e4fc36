import type { PlannedFile } from '../../compile/plan.ts';
import type { PrivateValues } from '../../config/private.ts';
import { privateMatcher } from '../../privacy/matcher.ts';
import type { Problem } from '../../problems/problem.ts';

/** The text that a planned file brings into the repository. */
export function textOf(file: PlannedFile): string {
  return 'content' in file ? file.content : ('entries' in file ? file.entries : file.lines).join('\n');
}

/**
 * Looks for every private and secret value in what would be written, in each form that the scanner knows. Private
 * values cannot come here by the types; this is the lock behind that one.
 */
export function leaks(
  files: readonly PlannedFile[],
  known: { private: PrivateValues; secret: PrivateValues },
): Problem[] {
  const values = [...known.private, ...known.secret].map(([name, value]) => ({ name, value }));
  const matcher = privateMatcher(values);
  return files.flatMap((file) =>
    matcher.search(textOf(file)).map(({ name, form, line, column }) => ({
      code: 'private-in-output' as const,
      file: file.path,
      at: { line, column },
      message: `the value of ${name} would stand here (${form})`,
      expected: `\${${name}}, or nothing`,
      remedy: 'this is a mistake of Gatehouse: please report it, without the value',
    })),
  );
}
