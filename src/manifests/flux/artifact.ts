import { fieldsAt, textAt } from '../../kubernetes/fields.ts';
import type { TreeFinding } from '../findings.ts';
import { describeObject, refOf, type SourcedObject } from '../sourcedObject.ts';
import { type Reader, readerOfPart, type Tree } from '../tree.ts';
import { sourceIgnore } from './sourceIgnore.ts';

/** What Flux takes of a repository, and what is not certain about it. */
export interface Artifact {
  reader: Reader;
  findings: readonly TreeFinding[];
}

/**
 * The files that Flux takes of a repository: all but what `.sourceignore` and `spec.ignore` leave out, and no symbolic
 * link, nor what is behind one (fluxcd/pkg, `artifact/storage/archive.go`).
 *
 * @param linked paths that are there by a symbolic link
 * @param repositories the GitRepository objects that are this repository
 */
export function artifactOf(
  reader: Reader,
  linked: ReadonlySet<string>,
  repositories: readonly SourcedObject[],
): Artifact {
  const { tree } = reader;
  const files = new Map([...tree].filter(([path]) => /(?:^|\/)\.sourceignore$/.test(path)));
  const added = new Set(repositories.flatMap(({ object }) => textAt(object, 'spec', 'ignore') ?? []));
  const [only] = added;
  const part: Tree =
    linked.size === 0 && files.size === 0 && only === undefined ? tree : partOf(tree, linked, files, only);
  return {
    reader: part.size === tree.size ? reader : readerOfPart(reader, part),
    findings: [
      ...linkFindings(linked),
      ...repositories.flatMap((source) => repositoryFinding(source, added.size > 1)),
    ],
  };
}

function partOf(
  tree: Tree,
  linked: ReadonlySet<string>,
  files: ReadonlyMap<string, string>,
  added: string | undefined,
): Tree {
  const isIgnored = sourceIgnore(files, added);
  return new Map([...tree].filter(([path]) => !linked.has(path) && !isIgnored(path)));
}

/** A note for the first file behind links, which names how many there are. */
function linkFindings(linked: ReadonlySet<string>): readonly TreeFinding[] {
  const [file] = linked;
  if (file === undefined) return [];
  const more = linked.size > 1 ? `, and ${linked.size - 1} more files behind links` : '';
  return [{ kind: 'unlisted', file, sentence: `Flux leaves out symbolic links, and so ${file}${more}` }];
}

/** What a GitRepository changes in the files that it takes, beyond what is read. */
function repositoryFinding(source: SourcedObject, differ: boolean): readonly TreeFinding[] {
  const spec = fieldsAt(source.object, 'spec');
  const found = [
    ...(differ && spec['ignore'] !== undefined ? ['ignore, and another one has another value'] : []),
    ...['include', 'sparseCheckout'].filter((field) => spec[field] !== undefined),
  ];
  // No commit holds its own hash, so that one that is named here is another one than these files.
  const isOld = spec['suspend'] === true || Boolean(textAt(spec, 'ref', 'commit'));
  const why = spec['suspend'] === true ? 'is suspended' : 'names a commit';
  const self = describeObject(refOf(source));
  const sentences = [
    ...found.map((field) => `${self} has ${field}, so which files Flux takes is not known`),
    ...(isOld ? [`${self} ${why}, so the cluster may run other files than these`] : []),
  ];
  return sentences.map((sentence) => ({
    kind: 'elsewhere',
    file: source.file,
    object: refOf(source),
    sentence,
  }));
}
