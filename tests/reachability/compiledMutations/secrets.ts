import { type Mutation, pod } from './mutation.ts';

/** Mutations with unseen objects, and with Secrets in clear text. */
export const secretMutations: readonly Mutation[] = [
  [
    'a chart',
    (home) =>
      home.add({
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'plex', namespace: 'media' },
        spec: { chart: { spec: { chart: 'plex' } } },
      }),
    'backend-clients',
    'unknown',
  ],
  ['a namespace without policies', (home) => home.add(pod('other')), 'default-deny', 'refuted'],
  [
    'a Secret in the clear',
    (home) =>
      home.add({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a', namespace: 'media' },
        stringData: { password: 'x' },
      }),
    'secrets-encrypted',
    'refuted',
  ],
];
