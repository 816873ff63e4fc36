import { type Fields, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { directoryOf, joinPath, type Reader } from '../tree.ts';
import { inlinePatch, type PatchEntry, patchStep } from './patches.ts';
import { idOf, keyOf, type Resource, type Say } from './resource.ts';
import {
  withAffix,
  withAnnotations,
  withImages,
  withLabels,
  withNamespace,
  withReplicas,
} from './transformers.ts';

interface Sayings {
  say: Say;
  /** A file that is named is not there. */
  missing: (sentence: string) => void;
}

/** Applies what a kustomization does to its objects, in the order of kustomize: not that of the file. */
export function transform(
  reader: Reader,
  path: string,
  kustomization: Fields,
  resources: readonly Resource[],
  sayings: Sayings,
): readonly Resource[] {
  const { say } = sayings;
  const patched = (done: readonly Resource[], field: PatchEntry['field']): readonly Resource[] =>
    patchesOf(reader, path, kustomization, field, sayings).reduce((result, step) => step(result), done);
  let result = patched(patched(resources, 'patchesStrategicMerge'), 'patches');
  const namespace = textAt(kustomization, 'namespace');
  if (namespace) {
    result = withNamespace(result, namespace, say);
    const keys = new Set(result.map((resource) => keyOf(idOf(resource))));
    if (keys.size < result.length)
      say('refused', `${path} puts several objects of one name into ${namespace}`);
  }
  const prefix = textAt(kustomization, 'namePrefix');
  if (prefix) result = withAffix(result, 'prefixes', prefix);
  const suffix = textAt(kustomization, 'nameSuffix');
  if (suffix) result = withAffix(result, 'suffixes', suffix);
  result = withLabels(result, kustomization, say);
  result = withAnnotations(result, kustomization, say);
  result = patched(result, 'patchesJson6902');
  result = withReplicas(result, kustomization, say);
  return withImages(result, kustomization, say);
}

type Step = (resources: readonly Resource[]) => readonly Resource[];

function patchesOf(
  reader: Reader,
  path: string,
  kustomization: Fields,
  field: PatchEntry['field'],
  { say, missing }: Sayings,
): readonly Step[] {
  if (field === 'patchesStrategicMerge')
    return textsAt(kustomization, field).flatMap((entry, index) => {
      const name = `${field}[${index}] of ${path}`;
      const found = /\n|: /.test(entry) ? inlinePatch(path, entry) : patchFile(reader, path, entry, missing);
      return found === undefined ? [] : [patchStep({ name, ...found, target: undefined, field }, say)];
    });
  return mapsAt(kustomization, field).flatMap((entry, index) => {
    const name = `${field}[${index}] of ${path}`;
    const options = valueAt(entry, 'options');
    if (options !== undefined && options !== null) {
      say('unknown', `${name} has options that are not applied here`);
      return [];
    }
    const inline = textAt(entry, 'patch')?.trim() ?? '';
    const file = textAt(entry, 'path') ?? '';
    if ((inline === '') === (file === '')) {
      say('refused', `${name} has ${inline === '' ? 'neither' : 'both'} patch and path`);
      return [];
    }
    const found = inline === '' ? patchFile(reader, path, file, missing) : inlinePatch(path, inline);
    const target = valueAt(entry, 'target') ?? undefined;
    return found === undefined ? [] : [patchStep({ name, ...found, target, field }, say)];
  });
}

function patchFile(
  reader: Reader,
  path: string,
  file: string,
  missing: (sentence: string) => void,
): Pick<PatchEntry, 'documents' | 'text'> | undefined {
  const target = file.startsWith('/') ? undefined : joinPath(directoryOf(path), file);
  const text = target === undefined ? undefined : reader.tree.get(target);
  if (target !== undefined && text !== undefined) return { documents: reader.documents(target), text };
  missing(`${path} names the patch ${file}, which is not there`);
  return undefined;
}
