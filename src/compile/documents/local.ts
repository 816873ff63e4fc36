import { posix } from 'node:path';
import type { PrivateValues } from '../../config/private.ts';
import type { PlannedFile } from '../plan.ts';
import { filledDocument } from './filledDocument.ts';

/** The directory of the copy with private values. `.gitignore` names it. */
export const localDocumentsDirectory = 'docs/local';

/**
 * The documents of a plan with every private value filled in. Their paths leave `docs/` out
 * (`docs/quickstart.md` becomes `docs/local/quickstart.md`), and links follow their targets.
 */
export function localDocuments(
  files: readonly PlannedFile[],
  privateValues: PrivateValues,
): { path: string; content: string }[] {
  return files.flatMap((file) =>
    'content' in file && file.path.endsWith('.md') && !isForwarding(file.path)
      ? [
          {
            path: localPath(file.path),
            content: filledDocument(withMovedLinks(file.content, file.path), privateValues),
          },
        ]
      : [],
  );
}

/** Pages outside of these two directories only link to pages in them (`Page.forwards`), and hold no value. */
function isForwarding(path: string): boolean {
  return !/^(?:docs|clusters)\//.test(path);
}

function localPath(path: string): string {
  return `${localDocumentsDirectory}/${path.replace(/^docs\//, '')}`;
}

/** Rewrites the relative links of a document for its new path. */
function withMovedLinks(content: string, path: string): string {
  return content.replace(/(\]\()([^)#:]+\.md)/g, (_, before: string, target: string) => {
    const absolute = posix.join(posix.dirname(path), target);
    return before + posix.relative(posix.dirname(localPath(path)), localPath(absolute));
  });
}
