import { isDeepStrictEqual } from 'node:util';
import type { Plan, PlannedFile } from '../../compile/plan.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { notSearchedAmong } from '../../privacy/matcher.ts';
import type { Configuration } from '../../private-values/configuration.ts';
import type { Proof } from '../../reachability/invariants/registry.ts';
import type { ReadBack } from './readBack.ts';

/** An invariant of the files, beside those of the objects in them. */
export type FileProof = Omit<Proof, 'invariant'> & {
  invariant: 'files-reached' | 'plan-built' | 'nothing-private';
};

/** What must hold of the files themselves: all are used, they say what was meant, and they give nothing away. */
export function fileProofs(
  configuration: Configuration,
  plan: Plan,
  files: readonly PlannedFile[],
  back: ReadBack,
): FileProof[] {
  return [filesReached(back), planBuilt(plan, back), nothingPrivate(configuration, files)];
}

function filesReached({ reach }: ReadBack): FileProof {
  const findings = reach.findings.filter(({ kind }) => kind !== 'not-enabled');
  const unknown = findings.every(({ kind }) => kind === 'unknown' || kind === 'elsewhere');
  return {
    invariant: 'files-reached',
    claim: 'Every file stands in a kustomization, and every kustomization is reached from the entry',
    verdict: findings.length === 0 ? 'proved' : unknown ? 'unknown' : 'refuted',
    sentence:
      findings.length === 0
        ? 'kustomize lists them all'
        : findings.map(({ sentence }) => sentence).join('; '),
    evidence: findings.map(({ file, sentence }) => ({
      object: { kind: 'Kustomization', name: file, file },
      rule: sentence,
    })),
    path: [],
  };
}

/** The entry as it is built from the files is the plan, object by object. */
function planBuilt(plan: Plan, { reach }: ReadBack): FileProof {
  const key = ({ kind, metadata }: KubernetesObject): string =>
    `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  // What is encrypted is compared as it was before; that it was encrypted well is for the documents' own tests.
  const secrets = new Map(plan.encrypted.map(({ path, object }) => [path, object]));
  const built = new Map(
    reach.roots
      .flatMap((root) => root.objects)
      .filter(({ file }) => file.startsWith('apps/'))
      .map(({ object, file }) => secrets.get(file) ?? object)
      .map((object) => [key(object), object]),
  );
  const delivered = plan.encrypted.map(({ path, object }) => ({ file: path, object }));
  const meant = new Map(
    [...plan.objects, ...delivered]
      .filter(({ file }) => file.startsWith('apps/'))
      .map(({ object }) => [key(object), object]),
  );
  const differing = [...new Set([...built.keys(), ...meant.keys()])].filter(
    (name) => !isDeepStrictEqual(built.get(name), meant.get(name)),
  );
  return {
    invariant: 'plan-built',
    claim: `The ${meant.size} objects that the files build are the ones that were planned`,
    verdict: differing.length === 0 && meant.size > 0 ? 'proved' : 'refuted',
    sentence: differing.length === 0 ? 'each is the same' : `these differ: ${differing.join(', ')}`,
    evidence: [],
    path: [],
  };
}

/** By the time this is asked, `leaks` has found nothing: what remains to be said is what it did not search for. */
function nothingPrivate({ loaded }: Configuration, files: readonly PlannedFile[]): FileProof {
  const values = [...loaded.private, ...loaded.secret].map(([name, value]) => ({ name, value }));
  const skipped = notSearchedAmong(values);
  const names = skipped.map(({ name, reason }) => `${name} (${reason})`);
  return {
    invariant: 'nothing-private',
    claim: `None of the ${values.length} private values stands in any of the ${files.length} files`,
    verdict: 'proved',
    sentence:
      names.length === 0
        ? 'each was searched for in every form in which values leak'
        : `not searched for: ${names.join(', ')}`,
    evidence: [],
    path: [],
  };
}
