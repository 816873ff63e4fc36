import type { PlannedCheck } from '../../compile/plan.ts';
import { nameOf, type PrivateValues, reference } from '../../config/private.ts';
import type { Asking, CheckResult, PlaceName } from '../../live/check.ts';
import { filledRanges, isWithin } from '../../live/questions/addresses.ts';
import { placeOf } from '../../live/questions/ask.ts';
import { wordOf } from '../../live/questions/place.ts';
import type { Dump } from './dump.ts';
import type { ProbeName } from './probe/probeChecks.ts';
import { addressesOf } from './promises.ts';

/** The checks that are asked in this run, and what is not asked, with the command that asks it. */
export interface Asked {
  checks: readonly PlannedCheck[];
  notes: readonly string[];
}

/**
 * The declared checks without those that need another place than this run has: they are no part of it, and a note says so.
 *
 * @param host the one host that is asked from outside, where the user named one
 */
export function askedHere(
  declared: readonly PlannedCheck[],
  { places, writer }: Pick<Asking, 'places' | 'writer'>,
  { values, host }: { values: PrivateValues; host: string | undefined },
): Asked {
  const isThere = (place: PlaceName): boolean => places?.[place] !== undefined;
  const isMeant = ({ question }: PlannedCheck): boolean =>
    host === undefined ||
    placeOf(question) !== 'internet' ||
    !('host' in question) ||
    values.get(nameOf(question.host))?.toLowerCase() === host;
  const isHere = (check: PlannedCheck): boolean => {
    const place = placeOf(check.question);
    return place === undefined || (isThere(place) && isMeant(check));
  };
  const missing = new Set(declared.flatMap(({ question }) => placeOf(question) ?? []));
  return {
    checks: declared.filter(isHere),
    notes: [
      ...(['internet', 'home'] as const)
        .filter((place) => missing.has(place) && !isThere(place))
        .map(
          (place) =>
            `What is promised ${wordsFor[place]}: gatehouse verify --from ${wordOf(place)}, from there`,
        ),
      ...(writer === undefined ? ['Whether refused connections are refused: gatehouse verify --probe'] : []),
      ...(declared.every(isMeant) ? [] : ['Other hostnames than the one that was named']),
    ],
  };
}

const wordsFor: Record<PlaceName, string> = { internet: 'outside', home: 'at home' };

/**
 * What the record keeps of a run: its results, and those that it could not ask, from an earlier run at the same commit. Each has
 * the time at which it was asked.
 *
 * @param wasReached whether the cluster was asked: from outside it may not be
 */
export function resultsToKeep(
  declared: readonly PlannedCheck[],
  {
    results,
    known,
    wasReached,
  }: { results: readonly CheckResult[]; known: readonly CheckResult[]; wasReached: boolean },
): readonly CheckResult[] {
  const told = wasReached ? results : results.filter(({ id }) => isElsewhere(id, declared));
  const now = new Set(told.map(({ id }) => id));
  const earlier = known.filter(({ id }) => !now.has(id) && (!wasReached || isElsewhere(id, declared)));
  return [...told, ...earlier];
}

/** Whether a check with this id is asked from a place, or by a probe: not every run can. */
function isElsewhere(id: string, declared: readonly PlannedCheck[]): boolean {
  return (
    id.startsWith('probe-') ||
    declared.some((check) => check.id === id && placeOf(check.question) !== undefined)
  );
}

/** The names that a pod looks up: each may lead to a node, or to where it leads outside. */
export function probeNames(
  declared: readonly PlannedCheck[],
  values: PrivateValues,
  { objects }: Pick<Dump, 'objects'>,
): readonly ProbeName[] {
  const questions = declared.flatMap(({ question }) => (question.kind === 'addresses' ? question : []));
  const hosts = [...new Set(questions.map(({ host }) => host))];
  return hosts.flatMap((host): ProbeName[] => {
    const value = values.get(nameOf(host));
    if (value === undefined) return [];
    const outside = questions.flatMap((question) =>
      question.host === host && 'ranges' in question.to ? [question.to] : [],
    );
    const nodes = questions.some((question) => question.host === host && 'nodesOf' in question.to)
      ? addressesOf(objects)
      : [];
    const names = [
      ...(nodes.length === 0 ? [] : [`a node (${nodes.join(', ')})`]),
      ...outside.map(({ name }) => name),
    ];
    return [
      {
        id: nameOf(host).toLowerCase().replaceAll('_', '-'),
        name: reference(host),
        host: value,
        expected: names.join(' or '),
        isExpected: isWithin([
          ...nodes,
          ...outside.flatMap(({ ranges }) => filledRanges(ranges, values) ?? []),
        ]),
      },
    ];
  });
}
