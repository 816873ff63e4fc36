import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'kube-router', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };
const rbac = 'apiVersion: rbac.authorization.k8s.io/v1';

function analysed(...texts: readonly string[]) {
  return analyse(
    readObjects(
      parse(`
- {apiVersion: v1, kind: Namespace, metadata: {name: a}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
- {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: a, labels: {app: db}}, spec: {containers: [{name: c, image: postgres, ports: [{containerPort: 5432}]}]}}
${texts.map((text) => `- ${text}`).join('\n')}
`),
      'list',
    ),
    assumptions,
  );
}

const bound = (
  subject: string,
  role = '{kind: ClusterRole, name: cluster-admin}',
  kind = 'ClusterRoleBinding',
) =>
  `{${rbac}, kind: ${kind}, metadata: {name: b${kind === 'RoleBinding' ? ', namespace: a' : ''}}, roleRef: ${role}, subjects: [${subject}]}`;
const roleOf = (rules: string, more = '') =>
  `{${rbac}, kind: ClusterRole, metadata: {name: r${more}}, rules: [${rules}]}`;
const own = '{kind: ClusterRole, name: r}';
const anonymous = '{kind: User, name: "system:anonymous"}';
const unauthenticated = '{kind: Group, name: "system:unauthenticated"}';

const verdictsOf = ({ proofs }: ReturnType<typeof analysed>) =>
  Object.fromEntries(proofs.map(({ invariant, verdict }) => [invariant, verdict]));

it('proves without a binding', () => {
  const found = analysed();
  expect(new Set(Object.values(verdictsOf(found)))).toEqual(new Set(['proved']));
  expect(found.assumptions.join('\n')).not.toContain('rights of the API');
});

describe('a binding to everyone', () => {
  it.each([
    ['of cluster-admin', [bound(anonymous)]],
    ['of a group', [bound(unauthenticated)]],
    ['beside others', [bound(`{kind: User, name: me}, ${unauthenticated}`)]],
    ['of a variable', [bound('{kind: Group, name: "${WHO}"}')]],
    ['in a namespace', [bound(anonymous, undefined, 'RoleBinding')]],
    ['of a role that is not there', [bound(anonymous, '{kind: ClusterRole, name: gone}')]],
    ['of all', [bound(anonymous, own), roleOf('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}')]],
    [
      'of a role of others',
      [bound(anonymous, own), roleOf('', '}, aggregationRule: {clusterRoleSelectors: []')],
    ],
    [
      'of a role that others add to',
      [
        bound(anonymous, '{kind: ClusterRole, name: view}'),
        roleOf(
          '{apiGroups: [""], resources: [services/proxy], verbs: [get]}',
          ', labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}',
        ),
      ],
    ],
    ...[
      'services/proxy',
      'pods/proxy',
      'pods/portforward',
      'pods/exec',
      'pods/attach',
      'nodes/proxy',
      '"*/proxy"',
      '"*"',
      'secrets',
    ].map((name): [string, string[]] => [
      `of ${name}`,
      [bound(anonymous, own), roleOf(`{apiGroups: [""], resources: [${name}], verbs: [get]}`)],
    ]),
    ...['pods', 'deployments', 'networkpolicies', 'ingresses', 'things'].flatMap((name) =>
      ['create', 'patch', 'delete', '"*"'].map((verb): [string, string[]] => [
        `that may ${verb} ${name}`,
        [bound(anonymous, own), roleOf(`{apiGroups: ["*"], resources: [${name}], verbs: [${verb}]}`)],
      ]),
    ),
  ])('passes the policies: %s', (_, texts) => {
    const found = analysed(...texts);
    expect(verdictsOf(found)).toMatchObject({ 'internal-clients': 'unknown', 'outside-gated': 'unknown' });
    const evidence = found.proofs.find(({ invariant }) => invariant === 'internal-clients')?.evidence ?? [];
    expect(evidence.map(({ object }) => object.kind).join()).toMatch(/RoleBinding/);
  });

  it.each([
    ['of a role that reads', [bound(anonymous, '{kind: ClusterRole, name: "system:discovery"}')]],
    [
      'of Services and logs',
      [
        bound(anonymous, own),
        roleOf('{apiGroups: [""], resources: [services, pods/log], verbs: [get, list]}'),
      ],
    ],
    [
      'of addresses of the API server',
      [bound(anonymous, own), roleOf('{nonResourceURLs: [/healthz], verbs: [get]}')],
    ],
    [
      'of questions',
      [
        bound(anonymous, own),
        roleOf('{apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}'),
      ],
    ],
  ])('changes nothing: %s', (_, texts) => {
    expect(verdictsOf(analysed(...texts))).toEqual(verdictsOf(analysed()));
  });
});

describe('a binding to many', () => {
  const many = [
    '{kind: Group, name: "system:authenticated"}',
    '{kind: Group, name: "system:serviceaccounts"}',
    '{kind: Group, name: "system:serviceaccounts:a"}',
    '{kind: ServiceAccount, name: default, namespace: a}',
    '{kind: User, name: "system:serviceaccount:a:default"}',
  ];

  it.each(many)('is an assumption: %s', (subject) => {
    const found = analysed(bound(subject));
    expect(verdictsOf(found)).toEqual(verdictsOf(analysed()));
    const said = found.assumptions.filter((sentence) => sentence.includes('ClusterRoleBinding b'));
    expect(said).toHaveLength(1);
    const clients = found.proofs.find(({ invariant }) => invariant === 'internal-clients');
    expect(clients?.premises).toContain(said[0]);
  });

  it.each([
    ...many.map((subject) => bound(subject, '{kind: ClusterRole, name: view}')),
    bound('{kind: ServiceAccount, name: operator, namespace: a}'),
    bound('{kind: User, name: me}'),
  ])('assumes nothing of others: %s', (text) => {
    expect(analysed(text).assumptions).toEqual(analysed().assumptions);
  });
});
