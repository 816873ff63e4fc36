import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'cilium', lan: ['192.0.2.0/24'], vpn: [], podRanges: ['10.42.0.0/16'] };

/** A database that only the application uses, with a further rule of its policy. */
const objects = (rule: string, ports = '{containerPort: 5432}') =>
  readObjects(
    parse(`
- {apiVersion: v1, kind: Namespace, metadata: {name: a}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: db, namespace: a}
  spec:
    podSelector: {matchLabels: {app: db}}
    policyTypes: [Ingress]
    ingress: [{from: [{podSelector: {matchLabels: {app: app}}}], ports: [{port: 5432}]}${rule === '' ? '' : `, ${rule}`}]
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: app, namespace: a}
  spec: {podSelector: {matchLabels: {app: app}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]}
- {apiVersion: v1, kind: Service, metadata: {name: db, namespace: a}, spec: {selector: {app: db}, ports: [{port: 5432}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, spec: {containers: [{name: c, image: postgres, ports: [${ports}]}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: app, namespace: a, labels: {app: app}}, spec: {containers: [{name: c, image: app, env: [{name: DB, value: "postgres://db:5432/x"}]}]}}
`),
    'list',
  );
const proofOf = (rule: string, ports?: string) =>
  analyse(objects(rule, ports), assumptions).proofs.filter(
    ({ invariant }) => invariant === 'internal-clients',
  );

describe('a port that a policy names and no container lists', () => {
  it.each([
    ['to everyone', '{ports: [{port: 9187}]}'],
    ['in a range', '{ports: [{port: 6000, endPort: 7000}]}'],
    [
      'in a range around a known port',
      '{from: [{namespaceSelector: {}}], ports: [{port: 5400, endPort: 5500}]}',
    ],
    ['by UDP', '{ports: [{port: 5432, protocol: UDP}]}'],
    ['to every port of UDP', '{ports: [{protocol: UDP}]}'],
    ['to a namespace', '{from: [{namespaceSelector: {matchLabels: {team: b}}}], ports: [{port: 9187}]}'],
    ['to the home network', '{from: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 9187}]}'],
  ])('may be reached, so nothing is proved: %s', (_, rule) => {
    expect(proofOf(rule).map(({ verdict }) => verdict)).not.toContain('proved');
  });

  it('is named, as unknown', () => {
    const [proof] = proofOf('{ports: [{port: 9187}]}');
    expect(proof).toMatchObject({ verdict: 'unknown' });
    expect(proof?.sentence).toContain('on TCP 9187, where its program may listen');
  });

  it('is refuted where a container lists it', () => {
    expect(proofOf('{ports: [{port: 9187}]}', '{containerPort: 9187}')).toMatchObject([
      { verdict: 'refuted' },
    ]);
  });

  it.each([
    ['nothing further', ''],
    ['the application', '{from: [{podSelector: {matchLabels: {app: app}}}], ports: [{port: 9187}]}'],
    [
      'pods by label of a namespace by label',
      '{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: metrics}}}], ports: [{port: 9187}]}',
    ],
    ['a name that no port has', '{ports: [{port: metrics}]}'],
  ])('breaks nothing if the policy admits %s', (_, rule) => {
    expect(proofOf(rule)).toMatchObject([{ verdict: 'proved' }]);
  });
});
