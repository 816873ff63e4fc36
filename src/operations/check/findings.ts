import { defined } from '../../kubernetes/defined.ts';
import type { ObjectRef, Unknown } from '../../manifests/sourcedObject.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import { type InvariantId, invariantOf, type Proof } from '../../reachability/invariants/registry.ts';
import type { Evidence, Hop, Verdict } from '../../reachability/model/analysis.ts';
import { type Acceptance, nameOfObject } from './acceptances.ts';

/** An invariant that does not hold, or is not known to hold: the object that causes it, and the fix. */
export interface CheckFinding {
  invariant: InvariantId;
  verdict: Exclude<Verdict, 'proved'>;
  claim: string;
  sentence: string;
  /** The object that causes it, with file and line. */
  object?: ObjectRef;
  fix: string;
  evidence: readonly Evidence[];
  path: readonly Hop[];
  /** Why the user accepts it. Set only where each object of the evidence is accepted. */
  accepted?: string;
  /** Why the user accepts it, by an acceptance that the commit lacks that is compared with. */
  acceptedInChange?: string;
}

/** The acceptances of a directory: all of them, and those that count. */
export interface Acceptances {
  entries: readonly Acceptance[];
  counting: readonly Acceptance[];
}

/** The findings of all proofs that are not proved, each with the object to look at. */
export function findingsOf(
  { proofs, unknowns }: Pick<Analysis, 'proofs' | 'unknowns'>,
  { entries, counting }: Acceptances,
): CheckFinding[] {
  const added = entries.some((each) => each.added);
  return proofs.flatMap((proof): CheckFinding[] => {
    const { invariant, verdict, claim, sentence, evidence, path } = proof;
    if (verdict === 'proved') return [];
    const first = evidence.find(({ object }) => object.file !== '') ?? path.at(-1);
    const accepted = acceptedBy(proof, counting);
    const older = entries.filter((each) => !each.added);
    const isNew = added && acceptedBy(proof, older) === undefined;
    return [
      defined({
        invariant,
        verdict,
        claim,
        sentence,
        evidence,
        path,
        object: first?.object,
        fix:
          verdict === 'refuted'
            ? (proof.remedy ?? invariantOf(invariant).remedy)
            : whatWouldTell(proof, unknowns),
        accepted,
        acceptedInChange: isNew ? acceptedBy(proof, entries) : undefined,
      }),
    ];
  });
}

/** What would make an unknown known: the remedy of the object that decides, or of what is missing. */
function whatWouldTell(proof: Proof, unknowns: readonly Unknown[]): string {
  const { invariant, evidence, remedy } = proof;
  // Encrypted values and variables are never findings of a structure, so no other remedy helps.
  if (invariant === 'objects-valid' && remedy !== undefined) return remedy;
  const own = evidence
    .map((because) => unknownOf(because, proof, unknowns))
    .find((each) => each !== undefined);
  const [any] = unknowns.filter(({ object }) => object === undefined);
  return own?.remedy ?? remedy ?? any?.remedy ?? invariantOf(invariant).remedy;
}

/** The unknown of an object that decides: of several the one that the proof names. */
function unknownOf(
  { object, rule }: Evidence,
  { sentence }: Proof,
  unknowns: readonly Unknown[],
): Unknown | undefined {
  const same = unknowns.filter(
    (each) => each.object?.file === object.file && each.object.name === object.name,
  );
  const said = same.find((each) => sentence.includes(each.sentence) || rule.includes(each.sentence));
  return said ?? same[0];
}

/**
 * Why the user accepts a proof that does not hold: every object of its evidence is accepted, so that one more object is
 * news. Undefined where it is not accepted.
 */
export function acceptedBy(
  { invariant, evidence }: Proof,
  acceptances: readonly Acceptance[],
): string | undefined {
  const reasons = evidence.map(({ object }) => reasonFor(invariant, object, acceptances));
  if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
  return [...new Set(reasons)].join('; ');
}

function reasonFor(
  invariant: InvariantId,
  object: ObjectRef,
  acceptances: readonly Acceptance[],
): string | undefined {
  const name = nameOfObject(object);
  return acceptances.find((each) => each.invariant === invariant && each.object === name)?.reason;
}

/** Acceptances of findings that are gone. */
export function staleAmong(acceptances: readonly Acceptance[], proofs: readonly Proof[]): Acceptance[] {
  const open = proofs.filter(({ verdict }) => verdict !== 'proved');
  return acceptances.filter(
    ({ invariant, object }) =>
      !open.some(
        (proof) =>
          proof.invariant === invariant &&
          proof.evidence.some((because) => nameOfObject(because.object) === object),
      ),
  );
}
