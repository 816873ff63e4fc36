import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../compile/plan.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Repository } from '../../manifests/repository.ts';
import { notSearchedAmong } from '../../privacy/matcher.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Proof } from '../../reachability/invariants/registry.ts';
import type { FutureTree } from './futureTree.ts';

/** An invariant of the files, beside those of the objects in them. */
export type FileProof = Omit<Proof, 'invariant'> & {
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

/**
 * Proves that the files that Gatehouse writes build to the planned objects.
 *
 * @param byUser objects that only differ because of a user's own files: they are analysed as they are, and named here
 */
export function planBuilt(plan: Plan, loaded: LoadedTree, byUser: readonly string[]): FileProof {
  const differing = differingObjects(plan, loaded).filter((name) => !byUser.includes(name));
  const names = [...plannedObjects(plan, loaded.tree).keys()].filter((name) => !byUser.includes(name));
  const changed = byUser.length === 0 ? '' : `; your own files change these: ${byUser.join(', ')}`;
  return {
    invariant: 'plan-built',
    claim: `The ${names.length} objects that the files build are the ones that were planned`,
    verdict: differing.length === 0 && names.length > 0 ? 'proved' : 'refuted',
    sentence:
      differing.length === 0
        ? `each is the same${changed}${keptSentence(loaded.tree.kept)}`
        : `these differ: ${differing.join(', ')}`,
    evidence: [],
    path: [],
  };
}

/** States what was searched for. A value that is found is a problem before this, so nothing is left to refute. */
export function nothingPrivate(
  { loaded }: Configuration,
  { written, shared }: LoadedTree['tree'],
): FileProof {
  const values = [...loaded.private, ...loaded.secret].map(([name, value]) => ({ name, value }));
  const skipped = notSearchedAmong(values).map(({ name, reason }) => `${name} (${reason})`);
  return {
    invariant: 'nothing-private',
    claim: `None of the ${values.length} private values is in any of the ${written.size + shared.size} files that Gatehouse writes`,
    verdict: 'proved',
    sentence:
      skipped.length === 0
        ? 'each was searched for in every form in which values leak'
        : `not searched for: ${skipped.join(', ')}`,
    evidence: [],
    path: [],
  };
}
