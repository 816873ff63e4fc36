import type { Analysis } from '../../reachability/analyse.ts';
import type { Entry, Verdict } from '../../reachability/model/analysis.ts';

/** What a branch changes of who reaches what. */
export interface CheckChanges {
  /** The commit that it is compared with, as the user named it. */
  base: string;
  /** Paths that are new, or that demand something else or nothing. */
  opens: readonly Entry[];
  /** Paths that are gone. */
  closes: readonly Entry[];
  /** Invariants whose verdict changed. */
  proofs: readonly { claim: string; before: Verdict | undefined; after: Verdict | undefined }[];
}

export function changesBetween(base: string, before: Analysis, after: Analysis): CheckChanges {
  const open = ({ entries }: Analysis): Map<string, Entry> =>
    new Map(entries.filter(({ verdict }) => verdict !== 'blocked').map((entry) => [keyOf(entry), entry]));
  const [old, now] = [open(before), open(after)];
  return {
    base,
    opens: [...now].flatMap(([key, entry]) => (old.has(key) ? [] : [entry])),
    closes: [...old].flatMap(([key, entry]) => (now.has(key) ? [] : [entry])),
    proofs: changedProofs(before, after),
  };
}

/** What tells two paths apart: who, from where, through which hops, on what demands, and how certain. */
function keyOf(entry: Entry & { cluster?: string }): string {
  const { who, from, hops, gate, demands, verdict, likely, cluster } = entry;
  const path = hops.map(({ at, port, protocol }) => [at, port, protocol]);
  return JSON.stringify([who, from, path, gate, demands, verdict, likely, cluster]);
}

function changedProofs(before: Analysis, after: Analysis): CheckChanges['proofs'] {
  const verdicts = ({ proofs }: Analysis): Map<string, Verdict> =>
    new Map(proofs.map(({ invariant, claim, verdict }) => [`${invariant}\n${claim}`, verdict]));
  const [old, now] = [verdicts(before), verdicts(after)];
  return [...new Set([...now.keys(), ...old.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => ({
      claim: key.slice(key.indexOf('\n') + 1),
      before: old.get(key),
      after: now.get(key),
    }));
}
