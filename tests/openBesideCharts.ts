import type { Plan, PlannedObject } from '../src/compile/plan.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';

/** The charts of a plan. */
export function chartsOf({ objects }: Plan): PlannedObject[] {
  return objects.filter(({ object }) => object.kind === 'HelmRelease');
}

/**
 * All proofs that are not proved, except for those that depend on an unrendered chart of the plan, and all unknowns,
 * except for those about the output of these charts. One sentence each.
 */
export function openBesideCharts({ analysis, fileProofs, unknown, plan }: Prepared): string[] {
  const releases = chartsOf(plan).map(
    ({ object: { metadata } }) => `HelmRelease ${metadata.namespace}/${metadata.name}`,
  );
  const open = [...analysis.proofs, ...fileProofs].filter(
    ({ verdict, sentence }) =>
      verdict === 'refuted' ||
      (verdict !== 'proved' && !releases.some((release) => sentence.includes(release))),
  );
  const known = analysis.unknowns.map(({ sentence }) => sentence);
  const unsaid = releases.filter(
    (release) => !known.some((sentence) => sentence.includes(`What ${release} makes of chart`)),
  );
  const others = known.filter(
    (sentence) => !releases.some((release) => sentence.includes(`What ${release} makes of chart`)),
  );
  return [
    ...open.map(({ claim, sentence }) => `${claim}: ${sentence}`),
    ...unsaid.map((release) => `nothing is said of ${release}`),
    ...others,
    ...unknown.map(({ message }) => message),
  ];
}
