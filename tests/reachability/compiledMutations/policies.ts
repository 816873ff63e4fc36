import type { ConfigData } from '../../testDirectory.ts';
import { type Mutation, opened, pod, policyOf, server, template } from './mutation.ts';

/** Mutations that remove a policy, widen it, or change what it selects. */
export const policyMutations: readonly Mutation[] = [
  // A policy that is gone
  ...(['media', 'networking'] as const).map(
    (namespace): Mutation => [
      `no default denial in ${namespace}`,
      (home) => home.remove('NetworkPolicy', 'default-deny', namespace),
      'default-deny',
      'refuted',
    ],
  ),
  ...['immich-server', 'immich-postgres', 'immich-redis', 'immich-machine-learning'].map(
    (name): Mutation => [
      `no policy of ${name}, and no default denial`,
      (home) => {
        home.remove('NetworkPolicy', name);
        home.remove('NetworkPolicy', 'default-deny', 'media');
      },
      name === 'immich-server' ? 'backend-clients' : 'internal-clients',
      'refuted',
    ],
  ),
  [
    'no policy of the proxy, and no default denial',
    (home) => {
      home.remove('NetworkPolicy', 'immich-origin-proxy');
      home.remove('NetworkPolicy', 'default-deny', 'networking');
    },
    'proxy-clients',
    'refuted',
  ],
  ...['immich-server', 'immich-origin-proxy', 'cloudflared', 'immich-postgres'].map(
    (name): Mutation => [
      `no policy of ${name}`,
      (home) => home.remove('NetworkPolicy', name),
      'ways-work',
      'refuted',
    ],
  ),
  [
    'a default denial of ingress only',
    (home) => {
      policyOf(home, 'default-deny').policyTypes = ['Ingress'];
    },
    'default-deny',
    'refuted',
  ],
  [
    'a default denial that lets everybody in',
    (home) => {
      policyOf(home, 'default-deny').ingress = [{}];
    },
    'default-deny',
    'refuted',
  ],
  [
    'a default denial of some pods',
    (home) => {
      policyOf(home, 'default-deny').podSelector = { matchLabels: server };
    },
    'default-deny',
    'refuted',
  ],
  // A selector that is wider
  [
    'every namespace to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ namespaceSelector: {} }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'every pod of the proxy’s namespace to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'networking' } } }],
      });
      home.add(pod('networking'));
      home.add(opened('networking'));
    },
    'backend-clients',
    'refuted',
  ],
  [
    'an OR in the place of an AND',
    (home) => {
      const rules: ConfigData[] = policyOf(home, 'immich-server').ingress;
      const found = rules.find((each) => JSON.stringify(each).includes('immich-origin-proxy'));
      const [both] = found.from;
      found.from = [{ namespaceSelector: both.namespaceSelector }, { podSelector: both.podSelector }];
      home.add(pod('networking'));
      home.add(opened('networking'));
    },
    'backend-clients',
    'refuted',
  ],
  [
    'everybody to the proxy',
    (home) => {
      policyOf(home, 'immich-origin-proxy').ingress = [{}];
    },
    'proxy-clients',
    'refuted',
  ],
  [
    'every address to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'every address of IPv6 to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '::/0' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a range that holds the pods to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] });
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a range to the database',
    (home) => {
      policyOf(home, 'immich-postgres').ingress.push({ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] });
    },
    'internal-clients',
    'refuted',
  ],
  [
    'every pod of its namespace to the database',
    (home) => {
      policyOf(home, 'immich-postgres').ingress.push({ from: [{ podSelector: {} }] });
      home.add(pod('media'));
      home.add(opened('media'));
    },
    'internal-clients',
    'refuted',
  ],
  [
    'a second policy that admits everyone to the cache',
    (home) =>
      home.add({
        ...opened('media'),
        spec: { podSelector: policyOf(home, 'immich-redis').podSelector, ingress: [{}] },
      }),
    'internal-clients',
    'refuted',
  ],
  [
    'an unknown namespace that may connect to the app',
    (home) => {
      policyOf(home, 'immich-server').ingress.push({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      });
    },
    'backend-clients',
    'unknown',
  ],
  // A label that is misspelt
  [
    'a selector of the app’s policy that selects nothing, where nothing else isolates',
    (home) => {
      policyOf(home, 'immich-server').podSelector.matchLabels['app.kubernetes.io/component'] = 'sever';
      home.remove('NetworkPolicy', 'default-deny', 'media');
    },
    'backend-clients',
    'refuted',
  ],
  [
    'a label of the app’s pods',
    (home) => {
      template(home, 'immich-server').metadata.labels['app.kubernetes.io/component'] = 'sever';
    },
    'ways-work',
    'refuted',
  ],
  [
    'a label of the proxy’s pods',
    (home) => {
      template(home, 'immich-origin-proxy').metadata.labels['app.kubernetes.io/component'] = 'gte';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the label of the peer',
    (home) => {
      const [first] = policyOf(home, 'immich-origin-proxy').ingress;
      first.from[0].podSelector.matchLabels['app.kubernetes.io/name'] = 'cloudflard';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the selector of the app’s Service',
    (home) => {
      home.get('Service', 'immich-server').spec.selector['app.kubernetes.io/component'] = 'sever';
    },
    'ways-work',
    'refuted',
  ],
  [
    'the name of the namespace of a peer',
    (home) => {
      const rules: ConfigData[] = policyOf(home, 'immich-server').ingress;
      const found = rules.find((each) => JSON.stringify(each).includes('immich-origin-proxy'));
      found.from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] = 'netwrking';
    },
    'ways-work',
    'refuted',
  ],
];
