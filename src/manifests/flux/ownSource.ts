import { textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import type { Reader } from '../tree.ts';
import { sourceOf } from './fields.ts';
import { gitVersion } from './gitVersion.ts';
import type { InstanceSync } from './instances.ts';

/** Which sources of Flux are the repository that is checked. */
export interface OwnSource {
  /** Names of sources as {@link sourceOf} writes them. */
  names: ReadonlySet<string>;
  /** The sources of which it is not known whether they are this repository; empty where it is known. */
  candidates: readonly string[];
  /** The GitRepository objects of these names. */
  repositories: readonly SourcedObject[];
  /** Whether a name was taken for this repository because no other one comes into question. */
  assumed: string | undefined;
}

/** GitRepository objects of a tree: what each name checks out. */
type Versions = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether a Flux Kustomization takes its manifests from this repository. A name without a namespace fits any. */
export function isOwn({ names }: Pick<OwnSource, 'names'>, kustomization: SourcedObject): boolean {
  const name = sourceOf(kustomization);
  return names.has(name) || [...names].some((own) => isSameName(own, name));
}

/** A kustomization may set the namespace of what it lists, so that a file has none. */
function isSameName(one: string, other: string): boolean {
  const [oneKind, oneName] = split(one);
  const [otherKind, otherName] = split(other);
  return (
    oneKind === otherKind &&
    oneName.name === otherName.name &&
    (oneName.namespace === '' || otherName.namespace === '')
  );
}

function split(source: string): [string, { namespace: string; name: string }] {
  const [kind = '', rest = ''] = source.split(' ');
  const [namespace = '', name = ''] = rest.split('/');
  return [kind, { namespace, name }];
}

/**
 * Finds the sources that are this repository. That is, in this order:
 *
 * 1. what the Flux Operator syncs a directory of this tree from;
 * 2. the GitRepository that `flux bootstrap` names `flux-system`;
 * 3. the only GitRepository that Flux Kustomizations take their manifests from, unless another GitRepository is among
 *    the files that nothing uses;
 *
 * and every GitRepository that checks out the same branch of the same address. Anything else is another repository, or
 * it is not known: an OCIRepository, a Bucket or an ExternalArtifact holds what some program put into it.
 *
 * @param isRoot whether all Kustomizations that nothing applies take their manifests from one of the names, if the names
 *   are this repository
 */
export function ownSource(
  reader: Reader,
  kustomizations: readonly SourcedObject[],
  syncs: readonly InstanceSync[],
  isRoot: (names: ReadonlySet<string>) => boolean,
): OwnSource {
  const { versions, used, objects } = gitRepositories(reader);
  const found = (names: ReadonlySet<string>, rest: Omit<OwnSource, 'names' | 'repositories'>): OwnSource => ({
    names,
    repositories: objects.filter((source) => names.has(nameOfRepository(source))),
    ...rest,
  });
  const referenced = new Set(
    kustomizations.map(sourceOf).filter((name) => name.startsWith('GitRepository ')),
  );
  const synced = new Set(syncs.map(({ kustomization }) => sourceOf(kustomization)));
  const known = synced.size > 0 ? synced : bootstrapped([...referenced, ...versions.keys()]);
  if (known.size > 0) {
    const own = new Set([
      ...syncs.flatMap(({ version }) => version ?? []),
      ...[...known].flatMap((name) => [...(versionOf(name, versions) ?? [])]),
    ]);
    return found(withSame(known, own, versions), { candidates: [], assumed: undefined });
  }
  const groups = grouped([...referenced], versions);
  const idle = [...versions.keys()].filter((name) => !referenced.has(name) && !used.has(name));
  const isOther = (name: string): boolean =>
    !groups.some((group) => isSame(versionOf(name, versions), versionsOf(group, versions)));
  const fitting = groups.length === 1 ? (idle.some(isOther) ? [] : groups) : groups.filter(isRoot);
  const [only, second] = fitting;
  return only !== undefined && second === undefined
    ? found(withSame(only, versionsOf(only, versions), versions), { candidates: [], assumed: [...only][0] })
    : found(new Set(), { candidates: [...referenced, ...idle], assumed: undefined });
}

/** The names that `flux bootstrap` gives; the one in the namespace `flux-system` where there are several. */
function bootstrapped(names: readonly string[]): ReadonlySet<string> {
  const found = names.filter((name) => /^GitRepository [^/]*\/flux-system$/.test(name));
  const usual = found.filter((name) => name === 'GitRepository flux-system/flux-system');
  return new Set(usual.length > 0 ? usual : found);
}

function versionOf(name: string, versions: Versions): ReadonlySet<string> | undefined {
  return versions.get(name) ?? [...versions].find(([other]) => isSameName(name, other))?.[1];
}

function versionsOf(names: ReadonlySet<string>, versions: Versions): ReadonlySet<string> {
  return new Set([...names].flatMap((name) => [...(versionOf(name, versions) ?? [])]));
}

function withSame(
  names: ReadonlySet<string>,
  own: ReadonlySet<string>,
  versions: Versions,
): ReadonlySet<string> {
  const same = [...versions.keys()].filter((name) => isSame(versionOf(name, versions), own));
  return new Set([...names, ...same]);
}

/** Both are known, and each is one and the same. */
function isSame(one: ReadonlySet<string> | undefined, other: ReadonlySet<string>): boolean {
  const all = new Set([...(one ?? []), ...other]);
  return one !== undefined && one.size > 0 && other.size > 0 && all.size === 1;
}

function grouped(names: readonly string[], versions: Versions): readonly ReadonlySet<string>[] {
  const groups: Set<string>[] = [];
  for (const name of names) {
    const same = groups.find((group) => isSame(versionOf(name, versions), versionsOf(group, versions)));
    if (same === undefined) groups.push(new Set([name]));
    else same.add(name);
  }
  return groups;
}

/** The GitRepository objects of a tree, and the names of those from which charts are taken. */
interface GitRepositories {
  objects: readonly SourcedObject[];
  versions: Versions;
  used: ReadonlySet<string>;
}

function gitRepositories(reader: Reader): GitRepositories {
  const objects: SourcedObject[] = [];
  const versions = new Map<string, Set<string>>();
  const used = new Set<string>();
  for (const [path, text] of reader.tree) {
    if (!/\.ya?ml$/.test(path) || !text.includes('GitRepository')) continue;
    for (const source of reader.documents(path).objects) {
      const { object } = source;
      if (object.kind === 'GitRepository' && groupOf(object) === 'source.toolkit.fluxcd.io') {
        const name = nameOfRepository(source);
        const version = gitVersion(textAt(object, 'spec', 'url') ?? '', valueAt(object, 'spec', 'ref'));
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
        objects.push(source);
      }
      const chart = chartSourceOf(object);
      if (chart !== undefined) used.add(chart);
    }
  }
  return { objects, versions, used };
}

function nameOfRepository({ object: { metadata } }: SourcedObject): string {
  return `GitRepository ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The GitRepository from which a HelmRelease takes its chart. */
function chartSourceOf(object: KubernetesObject): string | undefined {
  const reference =
    valueAt(object, 'spec', 'chart', 'spec', 'sourceRef') ?? valueAt(object, 'spec', 'chartRef');
  if (textAt(reference, 'kind') !== 'GitRepository') return undefined;
  const namespace = textAt(reference, 'namespace') ?? object.metadata.namespace ?? '';
  return `GitRepository ${namespace}/${textAt(reference, 'name')}`;
}
