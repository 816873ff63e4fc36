import { loadRepository } from '../../src/manifests/loadRepository.ts';
import { analyseRepository } from '../../src/operations/analyseRepository.ts';
import { findingsOf } from '../../src/operations/check/findings.ts';
import type { Proof } from '../../src/reachability/invariants/registry.ts';
import { environmentOf } from '../../tests/testDirectory.ts';
import type { BrokenPromise, Mutation, Operator } from './operator.ts';
import { brokenPromises, opennessOf } from './oracle/promises.ts';
import { changed, type Tree } from './tree.ts';
import { rememberedValidation, type Validation } from './validation.ts';

/** What became of one change. */
export interface Outcome {
  operator: string;
  tree: string;
  where: string;
  /**
   * - `caught`: the tree is more open, and no broken promise is still proved;
   * - `survived`: the tree is more open, and a broken promise is still proved;
   * - `equivalent`: the tree is not more open;
   * - `unproved`: what it breaks was not proved before.
   */
  result: 'caught' | 'survived' | 'equivalent' | 'unproved';
  /** Invariants with a proof that fell. */
  caughtBy: readonly string[];
  /** Claims that stay proved and are false. */
  survivors: readonly string[];
}

const clientInvariants = ['backend-clients', 'proxy-clients', 'internal-clients'];

/** What `check` says of a tree. */
async function proofsOf(
  { files, values, assumptions, own }: Tree,
  validate: Validation,
): Promise<readonly Proof[]> {
  const environment = environmentOf('/nowhere');
  const repository = await loadRepository({ tree: new Map(files), unread: [] }, { values, environment });
  const validated = await validate(repository);
  const analysis = await analyseRepository(repository, { assumptions, own, validated });
  return findingsOf(analysis, { entries: [], counting: [] }).length === 0 &&
    analysis.proofs.some(({ verdict }) => verdict !== 'proved')
    ? []
    : analysis.proofs;
}

/** Which mutants of a tree are checked. */
export interface Share {
  /** Of the places of each operator, the first and then every nth one. */
  every: number;
  /** Of those, whether this process checks one, by its number. */
  isMine: (index: number) => boolean;
}

export const everyMutant: Share = { every: 1, isMine: () => true };

/** Applies operators to a tree, wherever they fit. */
export async function runOn(
  tree: Tree,
  operators: readonly Operator[],
  { every, isMine }: Share,
): Promise<readonly Outcome[]> {
  const validate = rememberedValidation();
  const proofs = await proofsOf(tree, validate);
  const base = { proofs, validate, openness: opennessOf(tree, isInternalIn(proofs)) };
  const outcomes: Outcome[] = [];
  let index = 0;
  for (const operator of operators) {
    for (const mutation of operator.mutations(tree).filter((_, place) => place % every === 0)) {
      if (isMine(index)) outcomes.push(await outcomeOf(tree, base, operator, mutation));
      index += 1;
    }
  }
  return outcomes;
}

/** Whether it is promised of a workload that only declared clients connect: it is none of the path from outside. */
const isInternalIn =
  (proofs: readonly Proof[]) =>
  (workload: string): boolean =>
    !proofs.some(
      ({ invariant, claim }) =>
        ['backend-clients', 'proxy-clients'].includes(invariant) && claim.endsWith(` reaches ${workload}`),
    );

interface Base {
  proofs: readonly Proof[];
  validate: Validation;
  openness: ReturnType<typeof opennessOf>;
}

async function outcomeOf(
  tree: Tree,
  { proofs: before, validate, openness }: Base,
  operator: Operator,
  { where, change, really = change, breaks = [] }: Mutation,
): Promise<Outcome> {
  const isBackend = (workload: string): boolean =>
    before.some(({ invariant, claim }) => invariant === 'backend-clients' && claim.endsWith(` ${workload}`));
  const real = changed(tree, really);
  const simulated = brokenPromises(openness, opennessOf(real, isInternalIn(before)), { isBackend });
  const broken = [...simulated, ...breaks];
  const outcome = { operator: operator.id, tree: tree.name, where, caughtBy: [], survivors: [] };
  if (broken.length === 0) return { ...outcome, result: 'equivalent' };
  const proved = broken.filter((promise) => wasProved(before, promise));
  if (proved.length === 0) return { ...outcome, result: 'unproved' };
  const mutant = really === change ? real : changed(tree, change);
  const after = await proofsOf(mutant, validate);
  const survivors = [...new Set(proved.flatMap((promise) => stillProved(after, promise)))];
  const known = new Set(before.filter(({ verdict }) => verdict !== 'proved').map(keyOf));
  const caughtBy = new Set(
    after
      .filter((proof) => proof.verdict !== 'proved' && !known.has(keyOf(proof)))
      .map(({ invariant }) => invariant),
  );
  return {
    ...outcome,
    caughtBy: [...caughtBy],
    survivors,
    result: survivors.length > 0 ? 'survived' : 'caught',
  };
}

const keyOf = ({ invariant, claim }: Proof): string => `${invariant} ${claim}`;

function concerned(proofs: readonly Proof[], { invariant, subject }: BrokenPromise): readonly Proof[] {
  const ofInvariant = proofs.filter(
    (proof) =>
      invariant === 'any' ||
      (invariant === 'clients' ? clientInvariants.includes(proof.invariant) : proof.invariant === invariant),
  );
  if (subject === undefined) return ofInvariant;
  return ofInvariant.filter((proof) =>
    clientInvariants.includes(proof.invariant)
      ? proof.claim.endsWith(` reaches ${subject}`)
      : `${proof.claim} `.toLowerCase().includes(`${subject.toLowerCase()} `),
  );
}

/** Whether something was proved that the change makes false; also of what is new, of which nothing was said. */
function wasProved(proofs: readonly Proof[], promise: BrokenPromise): boolean {
  const found = concerned(proofs, promise);
  return found.length === 0 || found.some(({ verdict }) => verdict === 'proved');
}

/** The claims that are false and still proved. */
function stillProved(proofs: readonly Proof[], promise: BrokenPromise): readonly string[] {
  const found = concerned(proofs, promise);
  const isOpen = ({ verdict }: Proof): boolean => verdict !== 'proved';
  if (found.length === 0)
    return proofs.some(isOpen)
      ? []
      : [`everything, and nothing is said of ${promise.subject ?? promise.invariant}`];
  // One claim each: all of them are about the subject. Otherwise the change breaks one of several.
  const isBroken = promise.subject === undefined ? found.some(isOpen) : found.every(isOpen);
  return isBroken ? [] : found.filter((proof) => !isOpen(proof)).map(keyOf);
}
