import type { Repository } from '../../manifests/repository.ts';
import type { Unknown } from '../../manifests/sourcedObject.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import type { RouteControls } from '../../reachability/gateways/analysedRule.ts';
import type { Structure } from '../../reachability/invariants/structure.ts';
import type { Verdict } from '../../reachability/model/analysis.ts';
import type { CheckFinding } from './findings.ts';

/** The check of one of several clusters. */
export interface CheckedCluster {
  name: string;
  verdict: Verdict;
  source: { objects: number };
  analysis: Analysis;
  routes: readonly RouteControls[];
  findings: readonly CheckFinding[];
}

/** A cluster of a repository, and what is known of it. */
export interface AnalysedCluster {
  repository: Repository;
  analysis: Analysis;
  structure: Structure;
}

/**
 * The analyses of several clusters as one, in which each claim and path says whose it is. What is said of all clusters
 * is said once.
 */
export function combined(clusters: readonly Omit<AnalysedCluster, 'structure'>[]): Analysis {
  const [only, second] = clusters;
  if (only !== undefined && second === undefined) return only.analysis;
  const all = clusters.map(({ repository, analysis }) => ({
    cluster: repository.cluster ?? '',
    ...analysis,
  }));
  return {
    entries: all.flatMap(({ cluster, entries }) =>
      entries.map((entry) => ({ ...entry, cluster, sentence: `${inCluster(cluster)}${entry.sentence}` })),
    ),
    proofs: all.flatMap(({ cluster, proofs }) =>
      proofs.map((proof) => ({ ...proof, cluster, claim: `${inCluster(cluster)}${proof.claim}` })),
    ),
    assumptions: [...new Set(all.flatMap(({ assumptions }) => assumptions))],
    unknowns: combinedUnknowns(all),
  };
}

function combinedUnknowns(
  clusters: readonly { cluster: string; unknowns: readonly Unknown[] }[],
): readonly Unknown[] {
  const found = new Map<string, { unknown: Unknown; in: Set<string> }>();
  for (const { cluster, unknowns } of clusters) {
    for (const unknown of unknowns) {
      const key = JSON.stringify(unknown);
      const known = found.get(key);
      if (known === undefined) found.set(key, { unknown, in: new Set([cluster]) });
      else known.in.add(cluster);
    }
  }
  return [...found.values()].map(({ unknown, in: names }) =>
    names.size === clusters.length
      ? unknown
      : { ...unknown, sentence: `${inCluster([...names].join(', '))}${unknown.sentence}` },
  );
}

function inCluster(name: string): string {
  return `Cluster ${name}: `;
}
