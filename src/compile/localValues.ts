import { fillIn, type PrivateValues } from '../config/private.ts';
import { defined } from '../kubernetes/defined.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { isExempt } from '../kubernetes/substitution.ts';
import { toYamlText } from '../kubernetes/yaml.ts';
import { referencesIn } from './values.ts';

/** The directory of the kustomization with private values. `.gitignore` names it. */
export const localDirectory = 'local';

/** A kustomization with private values, for `kubectl apply -k`. */
export interface LocalKustomization {
  /** Paths are from the root of the repository. The files hold private values: Git must ignore them. */
  files: { path: string; content: string }[];
  /** The number of objects that get a value. */
  patched: number;
  /** Secrets that are encrypted in Git. kubectl cannot decrypt them, so they are left out. */
  encrypted: KubernetesObject[];
  /** Objects with a reference in the name of a field, which no patch can replace. */
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
 * The kustomization that substitutes private values as Flux would. It includes the committed entry; a JSON patch
 * (RFC 6902) for each object replaces the texts with a `${NAME}`. Each replacement tests the committed text first, so
 * that a kustomization that is older than the manifests fails to build instead of restoring what they said before.
 *
 * @param entry - the directory of the committed kustomization
 * @param objects - what it builds, with `${NAME}` as in the files
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
  const all = withDistinctFiles([...patches, ...encrypted.map(removal)]);
  const kustomization = defined({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [`../${entry}`],
    patches: all.length === 0 ? undefined : all.map(({ file, target }) => defined({ path: file, target })),
  });
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
    target: defined({
      group,
      version,
      kind: object.kind,
      name: exactly(name),
      namespace: namespace === undefined ? undefined : exactly(namespace),
    }),
  };
}

/** kustomize reads the names of a target as regular expressions. */
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
      apiVersion,
      kind,
      metadata: defined({ name, namespace }),
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

/** Gives each patch a file of its own: two kinds, or names that differ in a colon, could share one. */
function withDistinctFiles(patches: readonly Patch[]): Patch[] {
  const times = new Map<string, number>([['kustomization.yaml', 1]]);
  return patches.map((patch) => {
    const before = times.get(patch.file) ?? 0;
    times.set(patch.file, before + 1);
    return before === 0 ? patch : { ...patch, file: patch.file.replace(/\.yaml$/, `.${before + 1}.yaml`) };
  });
}
