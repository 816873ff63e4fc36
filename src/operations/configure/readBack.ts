import type { Plan, PlannedFile } from '../../compile/plan.ts';
import { fillIn, type PrivateValues } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isExempt } from '../../kubernetes/substitution.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { type KustomizationReach, kustomizationReach } from '../../manifests/kustomizationReach.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { Configuration } from '../../private-values/configuration.ts';

/** The finished files, read again as kustomize and Flux would: what the judges look at. */
export interface ReadBack {
  /** The files of YAML by their paths. */
  tree: ReadonlyMap<string, string>;
  reach: KustomizationReach;
  /** Everything that the cluster will get, with private values filled in. It exists in memory only. */
  objects: readonly SourcedObject[];
}

/** Builds the entry out of the files, not out of what the compiler believes that it wrote. */
export function readBack({ loaded }: Configuration, plan: Plan, files: readonly PlannedFile[]): ReadBack {
  const tree = new Map(
    files.flatMap((file) => (/\.ya?ml$/.test(file.path) ? [[file.path, yamlOf(file)] as const] : [])),
  );
  const { name } = loaded.cluster.cluster;
  const optional = files.flatMap(({ path }) =>
    /^apps\/.*\/overlays\/[^/]+\/kustomization\.yaml$/.test(path) ? [path.replace(/\/[^/]+$/, '')] : [],
  );
  const reach = kustomizationReach(tree, [`clusters/${name}`, `clusters/${name}/flux`], {
    optional,
    ignore: (path) => path === '.sops.yaml',
  });
  const encrypted = new Map(plan.encrypted.map(({ path, object }) => [path, object]));
  const objects = reach.roots
    .flatMap((root) => root.objects)
    .map(({ object, file, ...place }) => {
      const clear = encrypted.get(file);
      return {
        ...place,
        file,
        object: filled(clear ?? object, loaded.private),
        ...(clear ? { encrypted: true } : {}),
      };
    });
  return { tree, reach, objects };
}

/** What stands in a planned file of YAML, with only our entries where a person may have others. */
function yamlOf(file: PlannedFile): string {
  if ('content' in file) return file.content;
  return 'entries' in file ? toYamlText({ resources: file.entries }) : file.lines.join('\n');
}

function filled(object: KubernetesObject, privateValues: PrivateValues): KubernetesObject {
  if (isExempt(object)) return object;
  return fillValue(object, privateValues) as KubernetesObject;
}

function fillValue(value: unknown, privateValues: PrivateValues): unknown {
  if (typeof value === 'string') return fillIn(value, privateValues);
  if (Array.isArray(value)) return value.map((item) => fillValue(item, privateValues));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillValue(item, privateValues)]),
  );
}
