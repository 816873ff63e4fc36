import { LiveError } from '../../src/live/cluster.ts';
import { type OpenCluster, type OpenOptions, openCluster } from '../../src/live/openCluster.ts';
import {
  type ApiServer,
  type Home,
  json,
  kubeconfigFor,
  kubeSystem,
  type Parts,
  type Reply,
} from './apiServer.ts';

const system = '/api/v1/namespaces/kube-system';
const discovery = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: {},
      versions: [
        {
          version: 'v1',
          freshness: 'Current',
          resources: [
            {
              resource: 'configmaps',
              responseKind: { kind: 'ConfigMap' },
              scope: 'Namespaced',
              verbs: ['get', 'list'],
            },
            { resource: 'nodes', responseKind: { kind: 'Node' }, scope: 'Cluster', verbs: ['get'] },
          ],
        },
      ],
    },
  ],
};
export const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Answers for the identity and the kinds, and the rest as the test says. */
export function answering(reply: Reply): Reply {
  return (request, response) => {
    if (request.url === system) return json(response, kubeSystem);
    if (request.url === '/api') return json(response, discovery);
    if (request.url === '/apis') return json(response, { ...discovery, items: [] });
    return reply(request, response);
  };
}

/** A cluster behind the server, with much patience and short pauses. */
export async function opened(
  server: ApiServer,
  home: Home,
  more: Partial<OpenOptions> & { parts?: Parts } = {},
): Promise<OpenCluster> {
  const { parts, ...options } = more;
  const kubeconfig = await home.write('config', kubeconfigFor(server, parts));
  const cluster = await openCluster({
    uid: 'uid-1',
    kubeconfig,
    environment: home.environment(),
    ...options,
    patience: { whole: 60_000, pause: 1, ...options.patience },
  });
  if (!cluster.ok) throw new Error(JSON.stringify(cluster.problems));
  return cluster.value;
}

/** The error of an attempt; fails if there is none. */
export async function failure(attempt: Promise<unknown>): Promise<LiveError> {
  const answer = await attempt.catch((error: unknown) => error);
  if (answer instanceof LiveError) return answer;
  throw new Error('it did not fail', { cause: answer });
}
