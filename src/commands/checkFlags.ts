import { defined } from '../kubernetes/defined.ts';
import type { RenderOptions } from '../manifests/helm/renderCharts.ts';
import type { CheckInputs } from '../operations/openRepository.ts';

/** The flags of commands that may render charts with helm. */
export interface RenderingFlags {
  render?: boolean;
  charts?: readonly string[];
  kubeVersion?: string;
  apiVersions?: readonly string[];
}

/** The flags of commands that analyse a directory: what no object tells. */
export interface CheckFlags extends RenderingFlags {
  enforcer?: string;
  lan?: readonly string[];
  vpn?: readonly string[];
  pods?: readonly string[];
  ipv6?: 'none' | 'private' | 'global';
  configuration?: string;
  entry?: readonly string[];
}

const ranges = (brief: string) =>
  ({ kind: 'parsed', parse: String, variadic: true, optional: true, brief, placeholder: 'CIDR' }) as const;

function versionOf(text: string): string {
  if (/^v?\d+\.\d+(?:\.\d+)?$/.test(text)) return text;
  throw new SyntaxError('expected a version such as 1.34');
}

function apiOf(text: string): string {
  if (/^[\w.-]+(?:\/[\w.-]+){1,2}$/.test(text)) return text;
  throw new SyntaxError('expected group/version or group/version/Kind');
}

export const renderingFlags = {
  render: {
    kind: 'boolean',
    optional: true,
    brief: 'Render the charts of HelmReleases that are available locally, with helm; nothing is fetched',
  },
  charts: {
    kind: 'parsed',
    parse: String,
    variadic: true,
    optional: true,
    brief: 'A directory of charts, as helm pull -d writes it; may be given several times',
    placeholder: 'DIR',
  },
  kubeVersion: {
    kind: 'parsed',
    parse: versionOf,
    optional: true,
    brief: 'The version of Kubernetes, for charts that ask for it',
    placeholder: 'VERSION',
  },
  apiVersions: {
    kind: 'parsed',
    parse: apiOf,
    variadic: ',',
    optional: true,
    brief:
      'APIs that the cluster serves, for charts that ask for them, such as gateway.networking.k8s.io/v1/HTTPRoute',
    placeholder: 'API',
  },
} as const;

export const checkFlags = {
  enforcer: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief:
      'The program that enforces network policies, such as kube-router, cilium or calico; none if nothing does',
    placeholder: 'NAME',
  },
  lan: ranges('A range of the home network; may be given several times'),
  vpn: ranges('A range from which VPN clients come; may be given several times'),
  pods: ranges('A range of pod addresses; may be given several times'),
  ipv6: {
    kind: 'enum',
    values: ['none', 'private', 'global'],
    optional: true,
    brief: 'Whether nodes have IPv6 addresses; with global ones, a node port is open to the internet',
  },
  configuration: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'The directory of cluster.yaml and its private values file, where they are not in DIR',
    placeholder: 'DIR',
  },
  entry: {
    kind: 'parsed',
    parse: String,
    variadic: true,
    optional: true,
    brief: 'A directory to build, instead of every cluster of the repository; may be given several times',
    placeholder: 'DIR',
  },
  ...renderingFlags,
} as const;

/** @param at makes a path absolute */
export function checkInputsFrom(flags: CheckFlags, at: (path: string) => string): CheckInputs {
  const { enforcer, lan, vpn, pods, ipv6, configuration, entry } = flags;
  const some = (list: readonly string[] | undefined): list is readonly string[] => (list?.length ?? 0) > 0;
  return defined({
    enforcer,
    lan: some(lan) ? lan : undefined,
    vpn: some(vpn) ? vpn : undefined,
    pods: some(pods) ? pods : undefined,
    ipv6,
    configuration: configuration === undefined ? undefined : at(configuration),
    entries: some(entry) ? entry : undefined,
    ...renderingBy(flags, at),
  });
}

/**
 * How charts are rendered. A flag that says what they are rendered with asks for it too.
 *
 * @param at makes a path absolute
 */
export function renderingBy(
  flags: RenderingFlags,
  at: (path: string) => string,
): { rendering?: RenderOptions } {
  const { render, charts = [], kubeVersion, apiVersions = [] } = flags;
  const said = charts.length > 0 || apiVersions.length > 0 || kubeVersion !== undefined;
  if (!(render ?? said)) return {};
  const rendering = {
    charts: charts.map(at),
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    apiVersions,
  };
  return { rendering };
}
