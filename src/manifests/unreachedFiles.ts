import type { TreeFinding } from './findings.ts';
import { buildDirectory } from './kustomize/build.ts';
import { directoryOf, isKustomizationFile, isManifest, type Reader } from './tree.ts';

/**
 * Finds manifests and kustomizations that no build used. Components in `overlays/` are optional. Files that an unused
 * kustomization lists are not named beside it. Hidden files belong to other programs and are left out.
 *
 * @param used files that the builds read or named
 */
export function unreachedFiles(reader: Reader, used: ReadonlySet<string>): readonly TreeFinding[] {
  const kustomizations = [...reader.tree.keys()].filter(
    (path) => isKustomizationFile(path) && !used.has(path) && !isHidden(path),
  );
  const notEnabled = kustomizations.filter((path) => isOptional(path) && isComponent(reader, path));
  const listedByOptional = listedBy(reader, notEnabled);
  const unreached = kustomizations.filter((path) => !listedByOptional.has(path));
  const listed = new Set([...listedByOptional, ...listedBy(reader, unreached)]);
  const unlisted = [...reader.tree].flatMap(([path, text]) =>
    !used.has(path) && !listed.has(path) && isManifestFile(reader, path, text) ? [path] : [],
  );
  return [
    ...notEnabled.map(finding('not-enabled', (file) => `${directoryOf(file)} is not enabled`)),
    ...unreached.map(finding('unreached', (file) => `Nothing leads to ${file}`)),
    ...unlisted.map(finding('unlisted', (file) => `No kustomization lists ${file}`)),
  ];
}

function finding(kind: TreeFinding['kind'], sentenceOf: (file: string) => string) {
  return (file: string): TreeFinding => ({ kind, file, sentence: sentenceOf(file) });
}

function listedBy(reader: Reader, kustomizations: readonly string[]): ReadonlySet<string> {
  return new Set(kustomizations.flatMap((path) => [...buildDirectory(reader, directoryOf(path)).used]));
}

function isHidden(path: string): boolean {
  return /(?:^|\/)\.[^/]+/.test(path);
}

function isOptional(path: string): boolean {
  return /(?:^|\/)overlays\/[^/]+$/.test(directoryOf(path));
}

function isComponent(reader: Reader, path: string): boolean {
  return reader.documents(path).objects.some(({ object }) => object.kind === 'Component');
}

/** Whether a YAML file holds objects of a cluster. A text that can hold none is not parsed. */
function isManifestFile(reader: Reader, path: string, text: string): boolean {
  return (
    /\.ya?ml$/.test(path) &&
    !isKustomizationFile(path) &&
    !isHidden(path) &&
    mayHoldObjects(text) &&
    reader.documents(path).objects.some(isManifest)
  );
}

/** An object has the key `apiVersion`, plain or with an escape. */
function mayHoldObjects(text: string): boolean {
  return text.includes('apiVersion') || text.includes('\\');
}
