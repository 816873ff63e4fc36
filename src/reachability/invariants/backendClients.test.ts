// Crosses the example home, the manifest loader and the prover.
import { expect, it } from 'vitest';
import { changing, compiledHome } from '../../../tests/reachability/compiledHome.ts';
import { analyse } from '../analyse.ts';

const admission = (job: Record<string, string>) => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'AdminNetworkPolicy',
  metadata: { name: 'setup-is-open' },
  spec: {
    priority: 1,
    subject: {
      pods: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'media' } },
        podSelector: { matchLabels: job },
      },
    },
    ingress: [{ name: 'all', action: 'Allow', from: [{ namespaces: {} }] }],
  },
});

it('does not prove who reaches the app while an unmodelled policy may open the Job beside it', async () => {
  const { objects, assumptions } = await compiledHome();
  const home = changing(objects);
  const { labels } = home.get('Job', 'immich-setup').spec.template.metadata;
  const verdict = () =>
    analyse(home.sources, assumptions).proofs.find(({ invariant }) => invariant === 'backend-clients')
      ?.verdict;

  expect(verdict()).toBe('proved');
  home.add(admission(labels));
  expect(verdict()).toBe('unknown');
});
