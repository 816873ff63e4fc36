import { type Fields, fieldsAt, textAt } from '../../kubernetes/fields.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { joinPath, type Reader } from '../tree.ts';
import { isSetAside } from './archives.ts';
import { isThere } from './fields.ts';
import { gitVersion } from './gitVersion.ts';

/** A Flux Kustomization that the Flux Operator makes, and the repository that it takes its manifests from. */
export interface InstanceSync {
  kustomization: SourcedObject;
  /** The FluxInstance, or the release of its chart. Its patches may change the Kustomization. */
  instances: readonly SourcedObject[];
  /** Address and reference of the repository, as {@link gitVersion} compares them. */
  version: string | undefined;
}

/**
 * The Flux Kustomizations that the Flux Operator makes of `sync` in a FluxInstance, in the values of its chart
 * `flux-instance`, or in a file of such values. Source and Kustomization have the name that `sync.name` says, by default
 * that of the namespace (Flux Operator, "Flux Cluster Sync Configuration"). Only those are given whose directory is in
 * the tree, each directory once, with every object that syncs it.
 */
export function instanceSyncs(reader: Reader): readonly InstanceSync[] {
  const found = new Map<string, InstanceSync>();
  for (const [file, text] of reader.tree) {
    if (!mayHoldSync(file, text)) continue;
    const { objects, values } = reader.documents(file);
    const written =
      objects.length > 0
        ? objects.flatMap(syncsOfObject)
        : values.flatMap((value) => syncOfValues(value, file));
    for (const { sync, ...where } of written) {
      const made = kustomizationOf(reader, sync, where);
      const directory = made && (textAt(made.kustomization.object, 'spec', 'path') ?? '');
      if (made === undefined || directory === undefined) continue;
      const known = found.get(directory);
      found.set(
        directory,
        known === undefined ? made : { ...known, instances: [...known.instances, ...made.instances] },
      );
    }
  }
  return [...found.values()];
}

interface Written {
  sync: unknown;
  instances: readonly SourcedObject[];
  namespace: string;
  file: string;
  line?: number | undefined;
}

function mayHoldSync(file: string, text: string): boolean {
  return (
    /\.ya?ml$/.test(file) &&
    text.includes('sync:') &&
    /FluxInstance|instance:/.test(text) &&
    !isSetAside(file)
  );
}

function syncsOfObject(instance: SourcedObject): readonly Written[] {
  const { object, file, line } = instance;
  const namespace = object.metadata.namespace ?? 'flux-system';
  const spec = fieldsAt(object, 'spec');
  if (object.kind === 'FluxInstance')
    return [{ sync: spec['sync'], instances: [instance], namespace, file, line }];
  if (object.kind !== 'HelmRelease') return [];
  const made = fieldsAt(fieldsAt(spec, 'values'), 'instance');
  const instances = [instance, ...patchedInstance(made, namespace, file)];
  return [{ sync: made['sync'], instances, namespace, file, line }];
}

function syncOfValues(value: unknown, file: string): readonly Written[] {
  const namespace = 'flux-system';
  const spec = fieldsAt(value, 'instance');
  return [{ sync: spec['sync'], instances: patchedInstance(spec, namespace, file), namespace, file }];
}

/** The FluxInstance that the chart makes of its values, with the distribution that it has by default, if it has patches. */
function patchedInstance(spec: Fields, namespace: string, file: string): readonly SourcedObject[] {
  if (spec['kustomize'] === undefined || spec['kustomize'] === null) return [];
  const object = {
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'FluxInstance',
    metadata: { name: 'flux', namespace },
    spec: { distribution: { version: '2.x', registry: 'ghcr.io/fluxcd' }, ...spec },
  };
  return [{ object, file }];
}

function kustomizationOf(
  reader: Reader,
  sync: unknown,
  { instances, namespace, file, line }: Omit<Written, 'sync'>,
): InstanceSync | undefined {
  const path = textAt(sync, 'path');
  const directory = path === undefined ? undefined : joinPath('', path);
  if (directory === undefined || !isThere(reader, directory)) return undefined;
  const name = textAt(sync, 'name') ?? namespace;
  const kind = textAt(sync, 'kind') ?? 'GitRepository';
  const url = textAt(sync, 'url');
  const object = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: { path: directory, sourceRef: { kind, name } },
  };
  return {
    kustomization: { object, file, ...(line === undefined ? {} : { line }) },
    instances,
    version: url === undefined ? undefined : gitVersion(url, { name: textAt(sync, 'ref') }),
  };
}
