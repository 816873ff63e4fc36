import type { Repository } from '../../manifests/repository.ts';
import type { Unknown } from '../../manifests/sourcedObject.ts';
import type { Analysis } from '../../reachability/analyse.ts';
import type { RouteControls } from '../../reachability/gateways/analysedRule.ts';
import type { Structure } from '../../reachability/invariants/structure.ts';
import type { Verdict } from '../../reachability/model/analysis.ts';
import type { NodeSetting } from '../../reachability/model/nodeSetting.ts';
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
 * The settings of nodes that count for a cluster. A file belongs to the cluster that its path names. Where no path says
 * it, what a setting turns off counts for each cluster, and what it turns on proves nothing.
 *
 * @param names the names of all clusters; nothing is left out where there is one
 */
export function settingsOfCluster(
  settings: readonly NodeSetting[],
  name: string | undefined,
  names: readonly string[],
): readonly NodeSetting[] {
  if (name === undefined || names.length < 2) return settings;
  return settings.flatMap((setting): readonly NodeSetting[] => {
    const owners = names.filter((each) => isOfCluster(setting.file, each));
    const [owner] = owners;
    if (owner !== undefined && owners.length === 1) return owner === name ? [setting] : [];
    return [setting.means === 'flannel-enforcing' ? { ...setting, means: 'flannel' } : setting];
  });
}

/** A cluster is named by its directory, or by the last part of it. */
function isOfCluster(file: string, cluster: string): boolean {
  const part = cluster.split('/').at(-1) ?? cluster;
  return cluster !== '' && (file.startsWith(`${cluster}/`) || file.split('/').slice(0, -1).includes(part));
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
