import type { Given } from '../workspace/subject.ts';

/** The flags of commands that judge a folder: what no object tells. */
export interface JudgingFlags {
  enforcer?: string;
  lan?: readonly string[];
  vpn?: readonly string[];
  pods?: readonly string[];
  configuration?: string;
  entry?: readonly string[];
}

const ranges = (brief: string) =>
  ({ kind: 'parsed', parse: String, variadic: true, optional: true, brief, placeholder: 'CIDR' }) as const;

export const judgingFlags = {
  enforcer: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Who enforces network policies, such as kube-router, cilium or calico; none if nobody does',
    placeholder: 'NAME',
  },
  lan: ranges('A range of the home network; may stand several times'),
  vpn: ranges('A range from which VPN clients come; may stand several times'),
  pods: ranges('A range of pod addresses; may stand several times'),
  configuration: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The folder of cluster.yaml and its overlay, where they do not stand in DIR',
    placeholder: 'DIR',
  },
  entry: {
    kind: 'parsed',
    parse: String,
    variadic: true,
    optional: true,
    brief: 'A folder to build, where not every cluster of the repository is meant; may stand several times',
    placeholder: 'FOLDER',
  },
} as const;

/** @param at - makes the path of a folder absolute */
export function givenBy(
  { enforcer, lan, vpn, pods, configuration, entry }: JudgingFlags,
  at: (path: string) => string,
): Given {
  const some = (list: readonly string[] | undefined): list is readonly string[] => (list?.length ?? 0) > 0;
  return {
    ...(enforcer === undefined ? {} : { enforcer }),
    ...(some(lan) ? { lan } : {}),
    ...(some(vpn) ? { vpn } : {}),
    ...(some(pods) ? { pods } : {}),
    ...(configuration === undefined ? {} : { configuration: at(configuration) }),
    ...(some(entry) ? { entries: entry } : {}),
  };
}
