import { textsAt } from '../../kubernetes/fields.ts';
import { directoryOf, joinPath, kustomizationIn, type Reader } from '../tree.ts';

/** What a kustomization takes: resource files, and directories with a kustomization, its own one too. */
export interface Listed {
  files: ReadonlySet<string>;
  directories: ReadonlySet<string>;
}

/**
 * The resource files of a directory's kustomization and of the kustomizations that it includes. They are found without
 * a build.
 *
 * @param first the entries of the directory if it has no kustomization of its own
 */
export function listedFiles(reader: Reader, directory: string, first?: readonly string[]): Listed {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string, entries: readonly string[]): void => {
    for (const entry of entries) {
      const target = joinPath(path, entry);
      if (target === undefined) continue;
      if (reader.tree.has(target)) files.add(target);
      else enter(target);
    }
  };
  const enter = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const own = kustomizationIn(reader.tree, path);
    if (own === undefined) return;
    const [kustomization] = reader.documents(own).values;
    visit(
      directoryOf(own),
      ['resources', 'bases', 'components'].flatMap((field) => textsAt(kustomization, field)),
    );
  };
  if (first === undefined) enter(directory);
  else visit(directory, first);
  return { files, directories: seen };
}
