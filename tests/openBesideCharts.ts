import type { Plan, PlannedObject } from '../src/compile/plan.ts';
import type { Prepared } from '../src/operations/configure/configure.ts';

/** The charts of a plan. */
export function chartsOf({ objects }: Plan): PlannedObject[] {
  return objects.filter(({ object }) => object.kind === 'HelmRelease');
}

/** A chart may bring policies to its namespace, and these decide about the pods of a Gateway there. */
export function gatewaysBesideCharts(plan: Plan): string[] {
  return chartsOf(plan).map(({ object: { metadata } }) => `Gateway ${metadata.namespace}/`);
}

/**
 * All proofs that are not proved, except for those that depend on an unrendered chart of the plan, and all unknowns,
 * except for those about the output of these charts. One sentence each.
 */
export function openBesideCharts({ analysis, accepted, fileProofs, unknown, plan }: Prepared): string[] {
  const releases = chartsOf(plan).map(
    ({ object: { metadata } }) => `HelmRelease ${metadata.namespace}/${metadata.name}`,
  );
  const besideChart = ({ sentence }: { sentence: string }): boolean =>
    [...releases, ...gatewaysBesideCharts(plan)].some((name) => sentence.includes(name));
  const open = [...analysis.proofs, ...fileProofs]
    .filter((proof) => !accepted.some((each) => each.proof === proof))
    .filter((proof) => proof.verdict === 'refuted' || (proof.verdict !== 'proved' && !besideChart(proof)));
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
