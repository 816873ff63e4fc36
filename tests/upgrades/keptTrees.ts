import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryLike, type TestDirectory } from '../testDirectory.ts';

/** What an earlier version of Gatehouse wrote: an example, or the same on the bench of pods. */
export interface KeptTree {
  /** The date of the version and what it was, as `tools/keepState.ts` was told. */
  readonly state: string;
  /** `home`, `platform`, or one of them on the bench. */
  readonly name: string;
  /** A directory with the files of an example, and what was written of them in `repository`. */
  readonly path: string;
}

/** The directory of the states. A later version changes no byte of one: users have such trees. */
export const statesDirectory = import.meta.dirname;

/** Every tree of every state, the oldest state first. */
export const keptTrees: readonly KeptTree[] = directoriesIn(statesDirectory)
  .toSorted()
  .flatMap((state) =>
    directoriesIn(join(statesDirectory, state)).map((name) => ({
      state,
      name,
      path: join(statesDirectory, state, name),
    })),
  );

/** The trees of one name, the oldest state first. */
export function treesNamed(name: string): readonly KeptTree[] {
  return keptTrees.filter((tree) => tree.name === name);
}

/** A copy of a tree, as its user has it: the private values and the key are there. */
export function copyOfTree({ path }: KeptTree, parent?: string): TestDirectory {
  const directory = directoryLike(path, parent);
  cpSync(join(path, 'repository'), directory.path, { recursive: true });
  return directory;
}

/**
 * The images that the trees run, as `NAME:TAG`: whoever runs them needs these too. A chart has name and tag in two fields.
 */
export function imagesOfTrees(trees: readonly KeptTree[] = keptTrees): readonly string[] {
  const found = trees.flatMap(({ path }) => {
    const files = readdirSync(join(path, 'repository', 'apps'), { recursive: true, withFileTypes: true });
    return files
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .flatMap((text) => [
        ...[...text.matchAll(/^ *(?:- )?image: "?([^"\s]+:[^"\s]+)"?$/gm)].map(([, image]) => image ?? ''),
        ...[...text.matchAll(/^ *repository: (\S+)\n *tag: "?([^"\s]+)"?$/gm)].map(
          ([, name, tag]) => `${name}:${tag}`,
        ),
      ]);
  });
  return [...new Set(found)].toSorted();
}

function directoriesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
