import { posix } from 'node:path';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import type { PlannedFile } from '../plan.ts';

/** Where the copy with private values stands; `.gitignore` names it. */
export const localFolder = 'docs/local';

/**
 * The documents of a plan with every private value filled in. `docs/` itself is left out of their paths
 * (`docs/quickstart.md` becomes `docs/local/quickstart.md`), and links follow their targets.
 */
export function localDocuments(
  files: readonly PlannedFile[],
  privateValues: PrivateValues,
): { path: string; content: string }[] {
  return files.flatMap((file) =>
    'content' in file && file.path.endsWith('.md')
      ? [{ path: localPath(file.path), content: fillIn(moved(file.content, file.path), privateValues) }]
      : [],
  );
}

function localPath(path: string): string {
  return `${localFolder}/${path.replace(/^docs\//, '')}`;
}

/** Relative links to other documents, as they are from the new place. */
function moved(content: string, path: string): string {
  return content.replace(/(\]\()([^)#:]+\.md)/g, (_, before: string, target: string) => {
    const absolute = posix.join(posix.dirname(path), target);
    return before + posix.relative(posix.dirname(localPath(path)), localPath(absolute));
  });
}
