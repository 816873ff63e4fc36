import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../../src/components/catalogue.ts';
import type { Component } from '../../src/components/contract/component.ts';
import type { Requirement } from '../../src/components/contract/requirements.ts';
import { loadCluster } from '../../src/config/load.ts';
import { fillIn } from '../../src/config/private.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { sampleProvider } from '../requirements/sampleProviders.ts';
import { type ConfigData, exampleDirectory, type TestDirectory } from '../testDirectory.ts';
import { withoutGateway } from '../variants.ts';
import { sampleRoutes } from './sampleRoutes.ts';

/** What the example platform becomes with gateways and routes. */
export interface CompiledGateway {
  plan: Plan | undefined;
  problems: readonly Problem[];
  /** The objects as the cluster has them, with every private value. */
  objects: readonly KubernetesObject[];
}

export interface GatewayChange {
  routes?: readonly Requirement[];
  /** The private values of the handles of routes. */
  hosts?: Readonly<Record<string, string>>;
  cluster?: (value: ConfigData) => void;
  privateFile?: (value: ConfigData) => void;
}

/** The example platform with three Gateways, two issuers of tokens and a component that requires the routes. */
export function compiledGateway({ routes = [], hosts = {}, ...change }: GatewayChange): CompiledGateway {
  using directory = exampleDirectory('platform');
  directory.edit('cluster.yaml', (value) => {
    withoutGateway(value);
    value.envoyGateway = { tunnel: {} };
    value.tokenIssuers = {
      issuers: {
        outside: { claims: [{ claim: 'preferred_username', header: 'X-User-Name' }] },
        inside: { keys: { service: issuerService } },
      },
    };
    change.cluster?.(value);
  });
  directory.edit('cluster.private.yaml', (value) => {
    withoutGateway(value);
    value.envoyGateway = {
      domain: 'example.org',
      external: { address: '192.0.2.241', target: 'home.example.net' },
      internal: { address: '192.0.2.242' },
    };
    value.tokenIssuers = {
      issuers: {
        outside: { issuer: 'https://id.example.net', keys: { url: 'https://id.example.net/keys' } },
        inside: { issuer: 'https://id.example.org/realms/home' },
      },
    };
    change.privateFile?.(value);
  });
  return compiledIn(directory, [sampleRoutes(routes), ...providers], hosts);
}

/** The example platform as it is, but for what is changed. */
export function compiledPlatform(
  change: Pick<GatewayChange, 'cluster' | 'privateFile'> = {},
): readonly KubernetesObject[] {
  using directory = exampleDirectory('platform');
  if (change.cluster) directory.edit('cluster.yaml', change.cluster);
  if (change.privateFile) directory.edit('cluster.private.yaml', change.privateFile);
  return holding(compiledIn(directory)).objects;
}

function compiledIn(
  directory: TestDirectory,
  more: readonly Component[] = [],
  hosts: Readonly<Record<string, string>> = {},
): CompiledGateway {
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  if (loaded === undefined) return { plan: undefined, problems, objects: [] };
  const values = new Map([...loaded.private, ...Object.entries(hosts)]);
  const compiled = compile({ ...loaded, private: values }, [...catalogue, ...more] as Component[]);
  const objects = (compiled.plan?.objects ?? []).map(
    ({ object }) => JSON.parse(fillIn(JSON.stringify(object), values)) as KubernetesObject,
  );
  return { plan: compiled.plan, problems: compiled.problems, objects };
}

/** The same for a configuration that holds. */
export function gatewayPlan(change: GatewayChange): CompiledGateway & { plan: Plan } {
  return holding(compiledGateway(change));
}

function holding(compiled: CompiledGateway): CompiledGateway & { plan: Plan } {
  const { plan, problems } = compiled;
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { ...compiled, plan };
}

const issuerService = {
  namespace: 'identity',
  name: 'issuer',
  port: 8080,
  path: '/keys',
  labels: { app: 'issuer' },
};

const made = (kind: string, namespace: string, name: string, spec: unknown): KubernetesObject => ({
  apiVersion: 'samples.example/v1',
  kind,
  metadata: { namespace, name },
  spec,
});

/** What other components provide one day. */
const providers: readonly Component[] = [
  sampleProvider('sample-names', { name: {} }, ({ provided }) =>
    provided('name').map(({ requester, host, from, target }) =>
      made('Name', 'samples', `${requester.instance}-${from}`, {
        host: String(host),
        target: String('tunnel' in target ? target.tunnel : target.address),
      }),
    ),
  ),
];
