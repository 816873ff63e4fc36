import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../compile/plan.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Repository } from '../../manifests/repository.ts';
import type { PrivateMatcher } from '../../privacy/matcher.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Proof } from '../../reachability/invariants/registry.ts';
import type { FutureTree } from './futureTree.ts';

/** An invariant of the files, beside those of the objects in them. */
export type FileProof = Omit<Proof, 'invariant' | 'premises'> & {
  invariant: 'files-reached' | 'plan-built' | 'nothing-private';
};

/** A tree, and what was loaded from it. */
export interface LoadedTree {
  tree: Pick<FutureTree, 'written' | 'shared' | 'kept' | 'decrypted'>;
  repository: Pick<Repository, 'roots' | 'findings'>;
}

/**
 * Proves that each file that Gatehouse writes is used. Files that the user keeps or added are not counted. What is
 * wrong with a shared kustomization leaves open whether it is built at all.
 */
export function filesReached({ tree, repository }: LoadedTree): FileProof {
  const findings = repository.findings.filter(
    ({ kind, file }) => kind !== 'not-enabled' && (tree.written.has(file) || tree.shared.has(file)),
  );
  const unknown = findings.every(
    ({ kind, file }) => kind === 'unknown' || kind === 'elsewhere' || tree.shared.has(file),
  );
  return {
    invariant: 'files-reached',
    claim:
      'Every file that Gatehouse writes is in a kustomization, and every kustomization is reached from the entry',
    verdict: findings.length === 0 ? 'proved' : unknown ? 'unknown' : 'refuted',
    sentence:
      findings.length === 0
        ? `kustomize lists them all${keptSentence(tree.kept)}`
        : findings.map(({ sentence }) => sentence).join('; '),
    evidence: findings.map(({ file, sentence }) => ({
      object: { kind: 'Kustomization', name: file, file },
      rule: sentence,
    })),
    path: [],
  };
}

function keptSentence(kept: readonly string[]): string {
  return kept.length === 0 ? '' : `; not counted, since you keep your own version: ${kept.join(', ')}`;
}

/** Planned objects that the files do not build, or build to something else, by their names. */
export function differingObjects(plan: Plan, { tree, repository }: LoadedTree): readonly string[] {
  const planned = plannedObjects(plan, tree);
  const compared = comparedFiles(plan, tree);
  const built = new Map(
    repository.roots
      .flatMap(({ objects }) => objects)
      .filter(({ file }) => compared.has(file))
      .map(({ object }) => [nameOf(object), object]),
  );
  return [...new Set([...built.keys(), ...planned.keys()])].filter(
    (name) => !isDeepStrictEqual(built.get(name), planned.get(name)),
  );
}

/** Written files without those that are encrypted and that no key of the user opens. */
function comparedFiles(plan: Plan, { written, decrypted }: LoadedTree['tree']): ReadonlySet<string> {
  const compared = new Set(written);
  for (const { path } of plan.encrypted) if (!decrypted.has(path)) compared.delete(path);
  return compared;
}

/** Encrypted objects are compared in clear. That the ciphertext says the same is for the tests of SOPS documents. */
function plannedObjects(plan: Plan, tree: LoadedTree['tree']): ReadonlyMap<string, KubernetesObject> {
  const compared = comparedFiles(plan, tree);
  const encrypted = plan.encrypted.map(({ path, object }) => ({ file: path, object }));
  return new Map(
    [...plan.objects, ...encrypted]
      .filter(({ file }) => compared.has(file))
      .map(({ object }) => [nameOf(object), object]),
  );
}

/** Kinds of two groups may share a name, such as the Cluster of CloudNativePG and that of the Cluster API. */
function nameOf(object: KubernetesObject): string {
  const { kind, metadata } = object;
  const group = groupOf(object);
  return `${kind}${group === '' ? '' : `.${group}`} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The namespace in the name of a planned object; empty for an object without one. */
export function namespaceIn(name: string): string {
  return name.slice(name.indexOf(' ') + 1).split('/')[0] ?? '';
}

/**
 * Proves that the files that Gatehouse writes build to the planned objects.
 *
 * @param byUser objects that only differ because of a user's own files: they are analysed as they are, and named here
 */
export function planBuilt(plan: Plan, loaded: LoadedTree, byUser: readonly string[]): FileProof {
  const differing = differingObjects(plan, loaded).filter((name) => !byUser.includes(name));
  const names = [...plannedObjects(plan, loaded.tree).keys()].filter((name) => !byUser.includes(name));
  return {
    invariant: 'plan-built',
    claim: `The ${names.length} objects that the files build are the ones that were planned${byUser.length === 0 ? '' : `, without ${byUser.length} that your own files change: ${byUser.join(', ')}`}`,
    verdict: differing.length === 0 && names.length > 0 ? 'proved' : 'refuted',
    sentence:
      differing.length === 0
        ? `each is the same${keptSentence(loaded.tree.kept)}`
        : `these differ: ${differing.join(', ')}`,
    evidence: [],
    path: [],
  };
}

/**
 * States what was searched for. A value in what Gatehouse itself writes is a problem before this. In a file that it
 * shares with the user, the user's own lines are searched here.
 */
export function nothingPrivate(
  { loaded }: Configuration,
  { written, shared, files }: FutureTree,
  matcher: PrivateMatcher,
): FileProof {
  const all = loaded.private.size + loaded.secret.size;
  const left = matcher.notSearched.filter(({ forms }) => forms === 'all').length;
  const values = left === 0 ? `the ${all}` : `the ${all - left} of ${all}`;
  const skipped = matcher.notSearched.map(({ name, reason }) => `${name} (${reason})`);
  const read = [...shared].filter((file) => files.tree.has(file));
  const found = read.flatMap((file) =>
    matcher.search(files.tree.get(file) ?? '').map(({ name, line }) => ({ file, name, line })),
  );
  const notRead = [...shared].filter((file) => !files.tree.has(file));
  const notSearched = [
    ...(skipped.length === 0 ? [] : [`not searched for: ${skipped.join(', ')}`]),
    ...(notRead.length === 0 ? [] : [`your own lines are not searched in: ${notRead.join(', ')}`]),
  ];
  return {
    invariant: 'nothing-private',
    claim: `None of ${values} private values is in any of the ${written.size + shared.size} files that Gatehouse writes`,
    verdict: found.length === 0 ? 'proved' : 'refuted',
    sentence:
      found.length > 0
        ? found.map(({ file, name, line }) => `the value of ${name} is in ${file}:${line}`).join('; ')
        : notSearched.join('; ') || 'each was searched for in every form in which values leak',
    evidence: found.map(({ file, name, line }) => ({
      object: { kind: 'File', name: file, file, line },
      rule: `the value of ${name}`,
    })),
    path: [],
  };
}
