import { type Fields, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { directoryOf, joinPath, type Reader } from '../tree.ts';
import { inlinePatch, type PatchEntry, patchStep } from './patches.ts';
import { idOf, keyOf, type Report, type Resource } from './resource.ts';
import {
  withAffix,
  withAnnotations,
  withImages,
  withLabels,
  withNamespace,
  withReplicas,
} from './transformers.ts';

interface Reporting {
  report: Report;
  /** Reports a file that does not exist. */
  missing: (sentence: string) => void;
}

/** Applies the transformers of a kustomization in the order of kustomize, which is not the order of the file. */
export function transform(
  reader: Reader,
  path: string,
  kustomization: Fields,
  resources: readonly Resource[],
  reporting: Reporting,
): readonly Resource[] {
  const { report } = reporting;
  const patched = (unpatched: readonly Resource[], field: PatchEntry['field']): readonly Resource[] =>
    patchesOf(reader, path, kustomization, field, reporting).reduce(
      (result, step) => step(result),
      unpatched,
    );
  let result = patched(patched(resources, 'patchesStrategicMerge'), 'patches');
  const namespace = textAt(kustomization, 'namespace');
  if (namespace) {
    result = withNamespace(result, namespace, report);
    const keys = new Set(result.map((resource) => keyOf(idOf(resource))));
    if (keys.size < result.length)
      report('refused', `${path} puts several objects with the same name into namespace ${namespace}`);
  }
  const prefix = textAt(kustomization, 'namePrefix');
  if (prefix) result = withAffix(result, 'prefixes', prefix);
  const suffix = textAt(kustomization, 'nameSuffix');
  if (suffix) result = withAffix(result, 'suffixes', suffix);
  result = withLabels(result, kustomization, report);
  result = withAnnotations(result, kustomization, report);
  result = patched(result, 'patchesJson6902');
  result = withReplicas(result, kustomization, report);
  return withImages(result, kustomization, report);
}

type Step = (resources: readonly Resource[]) => readonly Resource[];

function patchesOf(
  reader: Reader,
  path: string,
  kustomization: Fields,
  field: PatchEntry['field'],
  { report, missing }: Reporting,
): readonly Step[] {
  if (field === 'patchesStrategicMerge')
    return textsAt(kustomization, field).flatMap((entry, index) => {
      const name = `${field}[${index}] of ${path}`;
      const found = /\n|: /.test(entry) ? inlinePatch(path, entry) : patchFile(reader, path, entry, missing);
      return found === undefined ? [] : [patchStep({ name, ...found, target: undefined, field }, report)];
    });
  return mapsAt(kustomization, field).flatMap((entry, index) => {
    const name = `${field}[${index}] of ${path}`;
    const options = valueAt(entry, 'options');
    if (options !== undefined && options !== null) {
      report('unknown', `${name} has options, which the in-memory build does not support`);
      return [];
    }
    const inline = textAt(entry, 'patch')?.trim() ?? '';
    const file = textAt(entry, 'path') ?? '';
    if ((inline === '') === (file === '')) {
      report('refused', `${name} has ${inline === '' ? 'neither' : 'both'} patch and path`);
      return [];
    }
    const found = inline === '' ? patchFile(reader, path, file, missing) : inlinePatch(path, inline);
    const target = valueAt(entry, 'target') ?? undefined;
    return found === undefined ? [] : [patchStep({ name, ...found, target, field }, report)];
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
  if (target !== undefined && text !== undefined) return { documents: reader.resources(target), text };
  missing(`${path} names the patch ${file}, which does not exist`);
  return undefined;
}
