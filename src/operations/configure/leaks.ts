import type { PlannedFile } from '../../compile/plan.ts';
import type { PrivateValues } from '../../config/private.ts';
import { type PrivateMatcher, privateMatcher } from '../../privacy/matcher.ts';
import type { Problem } from '../../problems/problem.ts';

/** The text that a planned file adds to the repository. */
export function textOf(file: PlannedFile): string {
  return 'content' in file ? file.content : ('entries' in file ? file.entries : file.lines).join('\n');
}

/** Finds every private and secret value of a configuration. Compiling it takes longer than a search. */
export function matcherOf(known: { private: PrivateValues; secret: PrivateValues }): PrivateMatcher {
  return privateMatcher([...known.private, ...known.secret].map(([name, value]) => ({ name, value })));
}

/**
 * Searches the planned files for every private and secret value, in each form that the scanner knows. The types already
 * keep private values out; this is the second lock.
 */
export function leaks(files: readonly PlannedFile[], matcher: PrivateMatcher): Problem[] {
  return files.flatMap((file) =>
    matcher.search(textOf(file)).map(({ name, form, line, column }) => ({
      code: 'private-in-output' as const,
      file: file.path,
      at: { line, column },
      message: `the value of ${name} would be here (${form})`,
      expected: `\${${name}}, or nothing`,
      remedy: 'this is a mistake of Gatehouse: please report it, without the value',
    })),
  );
}
