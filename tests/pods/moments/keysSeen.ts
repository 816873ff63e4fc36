import type { Seen, Watch } from './watch.ts';
import type { Stretch } from './watched.ts';

/** When the tokens of a key passed, in milliseconds since 1970. */
export interface KeySeen {
  /** When the last one to pass for the first time did; Infinity as long as one of them has not. */
  readonly begins: number;
  /** When one of them passed last; Infinity as long as one of them still does, or was not refused yet. */
  readonly ends: number;
}

/** What was seen of watches with tokens of one key. */
export function keySeen(watches: readonly Watch[], seen: readonly Seen[]): KeySeen {
  const askers = watches.flatMap(({ name }) => askersOf(seen.filter(({ watch }) => watch.name === name)));
  if (askers.length === 0) return { begins: Infinity, ends: Infinity };
  return {
    begins: Math.max(...askers.map((asker) => asker.find(isOpen)?.first ?? Infinity)),
    ends: Math.max(
      ...askers.map((asker) => {
        const last = asker.at(-1);
        return last === undefined || isOpen(last) ? Infinity : (asker.findLast(isOpen)?.last ?? 0);
      }),
    ),
  };
}

/** The stretches of each asker of one watch, in the order of time. Where nobody asked, there is one who saw nothing. */
function askersOf(seen: readonly Seen[]): readonly (readonly Stretch[])[] {
  const found = new Map<string, readonly Stretch[]>();
  for (const { source, stretches } of seen) {
    const asker = source?.uid ?? '';
    found.set(asker, [...(found.get(asker) ?? []), ...stretches]);
  }
  return found.size === 0 ? [[]] : [...found.values()];
}

function isOpen({ answer }: Stretch): boolean {
  return answer === 'open';
}
