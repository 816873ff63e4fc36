/** What `init` asks. Every answer may be missing: then the file has the field, empty, with what belongs there. */
export interface Answers {
  name: string;
  node: string;
  repository: string;
  host: string;
  lan: string;
  libraryPath: string;
  team: string;
  audience: string;
  tunnel: string;
  owner: string;
  /** Asked for the platform alone, from here on. */
  server: string;
  talos: string;
  endpoint: string;
}

/** What there is to start from: one of the examples. */
export const templateNames = ['home', 'platform'] as const;
export type TemplateName = (typeof templateNames)[number];

/** What is made anew for each configuration. */
export interface TemplateFiles {
  recipient: string;
  sentinel: string;
  hashKey: string;
}

/** The two files, and the fields that are left to be filled in. */
export interface Template {
  cluster: string;
  privateFile: string;
  missing: string[];
}

/** Writes what was answered into a field, and notes the fields for which nothing was. */
export function filling(answers: Partial<Answers>): {
  take(key: keyof Answers, field: string, fallback?: string): string;
  leave(field: string): string;
  missing: string[];
} {
  const missing: string[] = [];
  const leave = (field: string): string => {
    missing.push(field);
    return '';
  };
  return {
    missing,
    leave,
    take(key, field, fallback) {
      const answer = answers[key] ?? fallback;
      return answer === undefined ? leave(field) : JSON.stringify(answer);
    },
  };
}

export const clusterHead = `# What runs where. Everybody may read this file; what would tell a stranger who or where you are stands in the
# overlay, cluster.private.yaml. "gatehouse explain" tells what each field means.
`;
export const privateFileHeader = `# The private values. Git ignores this file; "gatehouse scan" finds them wherever else they turn up.
`;

/** Whom the gate lets pass, where somebody said who. */
export function emailLines({ owner }: Partial<Answers>): string {
  return owner === undefined ? '' : `    emails:\n      - ${JSON.stringify(owner)}\n`;
}

/** The example home, with a line of explanation where a person will look. */
export function homeTemplate(answers: Partial<Answers>, output: TemplateFiles): Template {
  const { take, missing } = filling(answers);
  const cluster = `${clusterHead}cluster:
  name: ${take('name', 'cluster.name', 'home')}
  distribution: k3s
  nodes:
    ${take('node', 'cluster.nodes', 'alpha')}: {}
  network:
    pods: 10.42.0.0/16
    services: 10.43.0.0/16
    policyEnforcer: kube-router # what k3s brings, unless it runs with --disable-network-policy

repository:
  url: ${take('repository', 'repository.url')}

secrets:
  recipients:
    - ${output.recipient}

immich:
  library:
    kind: hostPath
    sentinel: ${JSON.stringify(output.sentinel)} # what the file .gatehouse-library on the NAS holds
  administrator:
    way: bootstrap

originProxy: {}

cloudflared: {}
`;
  const privateFile = `${privateFileHeader}cluster:
  network:
    lan:
      - ${take('lan', 'cluster.network.lan')}

secrets:
  hashKey: ${JSON.stringify(output.hashKey)} # made by "gatehouse init"

immich:
  host: ${take('host', 'immich.host')}
  access:
    audience: ${take('audience', 'immich.access.audience')}
${emailLines(answers)}  library:
    path: ${take('libraryPath', 'immich.library.path')}

originProxy:
  team: ${take('team', 'originProxy.team')}

cloudflared:
  tunnel: ${take('tunnel', 'cloudflared.tunnel')}
`;
  return { cluster, privateFile, missing };
}
