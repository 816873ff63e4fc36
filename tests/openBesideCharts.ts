import type { Plan, PlannedObject } from '../src/compile/plan.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';

/** The charts of a plan. */
export function chartsOf({ objects }: Plan): PlannedObject[] {
  return objects.filter(({ object }) => object.kind === 'HelmRelease');
}

/**
 * Everything that is not proved, but for what a chart of the plan may change; and everything that is unknown, but for
 * what each of them makes. One sentence each.
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
