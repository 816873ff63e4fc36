import { fillIn, type PrivateValues } from '../config/private.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { isExempt } from '../kubernetes/substitution.ts';
import { toYamlText } from '../kubernetes/yaml.ts';
import { referencesIn } from './values.ts';

/** Where the overlay with private values stands; `.gitignore` names it. */
export const localDirectory = 'local';

/** A kustomization with private values, for `kubectl apply -k`. */
export interface LocalKustomization {
  /** From the root of the repository. They hold private values: Git must ignore them. */
  files: { path: string; content: string }[];
  /** How many objects get a value. */
  patched: number;
  /** Secrets that stand in Git encrypted. kubectl cannot decrypt, so they are left out. */
  encrypted: KubernetesObject[];
  /** Objects in which a reference is part of the name of a field, where no patch reaches. */
  unreachable: KubernetesObject[];
}

interface Operation {
  op: 'test' | 'replace';
  path: string;
  value: string;
}

interface Patch {
  file: string;
  content: string;
  target?: Record<string, string>;
}

/**
 * The overlay that puts private values where Flux would: it includes the committed entry, and a JSON patch (RFC 6902)
 * for each object replaces the texts that hold a `${NAME}`. Each replacement tests the committed text first, so that
 * an overlay that is older than the manifests does not build, rather than bring back what they said once.
 *
 * @param entry - the folder of the committed kustomization
 * @param objects - what it builds, with `${NAME}` as it stands in the files
 */
export function localKustomization(
  entry: string,
  objects: readonly KubernetesObject[],
  privateValues: PrivateValues,
): LocalKustomization {
  const encrypted = objects.filter(isEncrypted);
  const plain = objects.filter((object) => !isEncrypted(object) && !isExempt(object));
  const patches = plain.flatMap((object) => {
    const operations = replacements(object, '', privateValues);
    return operations.length === 0 ? [] : [valuesPatch(object, operations)];
  });
  const all = named([...patches, ...encrypted.map(removal)]);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`../${entry}`],
    ...(all.length > 0
      ? { patches: all.map(({ file, target }) => ({ path: file, ...(target ? { target } : {}) })) }
      : {}),
  };
  return {
    files: [
      { path: `${localDirectory}/kustomization.yaml`, content: `${header}${toYamlText(kustomization)}` },
      ...all.map(({ file, content }) => ({ path: `${localDirectory}/${file}`, content })),
    ],
    patched: patches.length,
    encrypted,
    unreachable: plain.filter((object) => hasReferenceInKey(object, privateValues)),
  };
}

const header = `# Your own values, for "kubectl apply -k ${localDirectory}". Git ignores this folder, and "gatehouse manifests --local" writes it.\n`;

function isEncrypted({ sops }: KubernetesObject): boolean {
  return typeof sops === 'object' && sops !== null;
}

function replacements(value: unknown, path: string, privateValues: PrivateValues): Operation[] {
  if (typeof value === 'string') {
    const filled = fillIn(value, privateValues);
    return filled === value
      ? []
      : [
          { op: 'test', path, value },
          { op: 'replace', path, value: filled },
        ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    replacements(item, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, privateValues),
  );
}

function hasReferenceInKey(value: unknown, privateValues: PrivateValues): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, item]) =>
      referencesIn(key).some((name) => privateValues.has(name)) || hasReferenceInKey(item, privateValues),
  );
}

function valuesPatch(object: KubernetesObject, operations: readonly Operation[]): Patch {
  const [version = '', group] = object.apiVersion.split('/').reverse();
  const { name, namespace } = object.metadata;
  return {
    file: fileOf(object),
    content: toYamlText(operations),
    target: {
      ...(group === undefined ? {} : { group }),
      version,
      kind: object.kind,
      name: exactly(name),
      ...(namespace === undefined ? {} : { namespace: exactly(namespace) }),
    },
  };
}

/** kustomize takes the names of a target for patterns. */
function exactly(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function removal(object: KubernetesObject): Patch {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  return {
    file: fileOf(object),
    content: toYamlText({
      $patch: 'delete',
      ...{ apiVersion, kind },
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    }),
  };
}

function fileOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  const parts = [kind, ...(namespace === undefined ? [] : [namespace]), name];
  return `${parts
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')}.yaml`;
}

/** Two kinds, or names that differ in a colon, could come to one file. */
function named(patches: readonly Patch[]): Patch[] {
  const times = new Map<string, number>([['kustomization.yaml', 1]]);
  return patches.map((patch) => {
    const before = times.get(patch.file) ?? 0;
    times.set(patch.file, before + 1);
    return before === 0 ? patch : { ...patch, file: patch.file.replace(/\.yaml$/, `.${before + 1}.yaml`) };
  });
}
