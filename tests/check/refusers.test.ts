// Crosses the loader and the prover: policies of admission, quotas and metadata that keep an object out of the cluster.
import { describe, expect, it } from 'vitest';
import { checkTree, deny, kustomization, pod } from './fluxTree.ts';

const object = (apiVersion: string, kind: string, rest: string, namespace = '') =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x${namespace === '' ? '' : `, namespace: ${namespace}`}}\n${rest}\n`;
const beside = async (text: string) =>
  (await checkTree({ 'clusters/main/more.yaml': kustomization('more'), 'more/a.yaml': text })).denied;
const admission = 'admissionregistration.k8s.io/v1';
const rule = (group: string, resource: string, more = '') =>
  `{apiGroups: ["${group}"], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: ["${resource}"]${more}}`;
const policy = (rules: string, actions = '[Deny]', more = '') =>
  object(
    admission,
    'ValidatingAdmissionPolicy',
    `spec: {matchConstraints: {resourceRules: [${rules}]${more}}, validations: [{expression: "false"}]}`,
  ) +
  object(
    admission,
    'ValidatingAdmissionPolicyBinding',
    `spec: {policyName: x, validationActions: ${actions}}`,
  );
const webhook = (rules: string) =>
  object(
    admission,
    'ValidatingWebhookConfiguration',
    `webhooks: [{name: a.b.c, clientConfig: {url: "https://x.y"}, admissionReviewVersions: [v1], sideEffects: None, rules: [${rules}]}]`,
  );
const networkPolicies = rule('networking.k8s.io', 'networkpolicies');
const selected = (operator: string) =>
  `, namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: ${operator}, values: [web]}]}`;
const kyverno = (action: string, kind: string) =>
  object(
    'kyverno.io/v1',
    'ClusterPolicy',
    `spec: {validationFailureAction: ${action}, rules: [{name: a, match: {any: [{resources: {kinds: ["${kind}"]}}]}, validate: {message: no, deny: {}}}]}`,
  );
const gatekeeper = (action: string, kind: string) =>
  object(
    'constraints.gatekeeper.sh/v1beta1',
    'Any',
    `spec: {enforcementAction: ${action}, match: {kinds: [{apiGroups: ["*"], kinds: ["${kind}"]}]}}`,
  );

describe('what may refuse a policy of the network', () => {
  it.each([
    ['a policy of its resource', policy(networkPolicies)],
    ['a policy of every resource', policy(rule('*', '*'))],
    ['a policy of every resource of its group', policy(rule('networking.k8s.io', '*/*'))],
    ['a policy of its Namespace', policy(rule('', 'namespaces'))],
    ['a policy of its Kustomization', policy(rule('kustomize.toolkit.fluxcd.io', 'kustomizations'))],
    ['a policy of the source', policy(rule('source.toolkit.fluxcd.io', 'gitrepositories'))],
    ['a policy that denies and audits', policy(networkPolicies, '[Audit, Deny]')],
    [
      'a policy with its name',
      policy(rule('networking.k8s.io', 'networkpolicies', ', resourceNames: [deny]')),
    ],
    ['a policy of its namespace', policy(networkPolicies, '[Deny]', selected('In'))],
    ['a webhook', webhook(networkPolicies)],
    ['a webhook of every resource', webhook(rule('*', '*'))],
    ['Kyverno', kyverno('Enforce', 'networking.k8s.io/v1/NetworkPolicy')],
    ['Kyverno in the older spelling', kyverno('enforce', 'Network*')],
    [
      'a ValidatingPolicy',
      object(
        'policies.kyverno.io/v1',
        'ValidatingPolicy',
        `spec: {validationActions: [Deny], matchConstraints: {resourceRules: [${networkPolicies}]}}`,
      ),
    ],
    ['Gatekeeper', gatekeeper('deny', 'NetworkPolicy')],
    ['Gatekeeper, for every kind', gatekeeper('scoped', '*')],
    [
      'Kubewarden',
      object(
        'policies.kubewarden.io/v1',
        'ClusterAdmissionPolicy',
        `spec: {module: x, mutating: false, rules: [${networkPolicies}]}`,
      ),
    ],
    [
      'a quota of none',
      object('v1', 'ResourceQuota', 'spec: {hard: {count/networkpolicies.networking.k8s.io: 0}}', 'web'),
    ],
    [
      'a quota of none, as text',
      object('v1', 'ResourceQuota', 'spec: {hard: {count/networkpolicies.networking.k8s.io: "0"}}', 'web'),
    ],
    [
      'a quota of less than one',
      object('v1', 'ResourceQuota', 'spec: {hard: {count/networkpolicies.networking.k8s.io: 999m}}', 'web'),
    ],
  ])('makes it uncertain: %s', async (_, text) => {
    expect((await beside(text))?.verdict).toBe('unknown');
  });

  it.each([
    ['a policy of another resource', policy(rule('apps', 'deployments'))],
    ['a policy of a subresource', policy(rule('networking.k8s.io', 'networkpolicies/status'))],
    ['a policy of the resource in another group', policy(rule('example.org', 'networkpolicies'))],
    ['a policy that audits', policy(networkPolicies, '[Audit, Warn]')],
    ['a policy without a binding', policy(networkPolicies).split('---\n')[1] ?? ''],
    [
      'a policy of another name',
      policy(rule('networking.k8s.io', 'networkpolicies', ', resourceNames: [other]')),
    ],
    ['a policy of other namespaces', policy(networkPolicies, '[Deny]', selected('NotIn'))],
    ['a policy of deletions', policy(networkPolicies.replace('CREATE, UPDATE', 'DELETE'))],
    ['a webhook for other kinds', webhook(rule('cert-manager.io', '*/*'))],
    ['Kyverno that audits', kyverno('Audit', 'NetworkPolicy')],
    ['Kyverno for Pods', kyverno('Enforce', 'Pod')],
    ['Gatekeeper that warns', gatekeeper('warn', 'NetworkPolicy')],
    [
      'a quota of one',
      object('v1', 'ResourceQuota', 'spec: {hard: {count/networkpolicies.networking.k8s.io: 1}}', 'web'),
    ],
    [
      'a quota of another namespace',
      object('v1', 'ResourceQuota', 'spec: {hard: {count/networkpolicies.networking.k8s.io: 0}}', 'other'),
    ],
  ])('leaves it as it is: %s', async (_, text) => {
    expect((await beside(text))?.verdict).not.toBe('unknown');
  });
});

describe('what may refuse a pod', () => {
  const withPod = async (text: string) =>
    (
      await checkTree({
        'policies/a.yaml': pod('other').replace(
          '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n',
          '',
        ),
        'apps/other.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n`,
        ...(text.includes('kind: Namespace') ? { 'apps/other.yaml': text } : { 'apps/limit.yaml': text }),
      })
    ).denied?.verdict;

  it.each([
    ['a quota of none', object('v1', 'ResourceQuota', 'spec: {hard: {pods: 0}}', 'other')],
    ['a quota of none by count', object('v1', 'ResourceQuota', 'spec: {hard: {count/pods: "0"}}', 'other')],
    ['a quota of memory', object('v1', 'ResourceQuota', 'spec: {hard: {limits.memory: 1Gi}}', 'other')],
    [
      'a limit of each container',
      object('v1', 'LimitRange', 'spec: {limits: [{type: Container, max: {cpu: "1"}}]}', 'other'),
    ],
    [
      'the Pod Security of its namespace',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: other, labels: {pod-security.kubernetes.io/enforce: restricted}}\n',
    ],
  ])('keeps the rest of its Kustomization out: %s', async (_, text) => {
    expect(await withPod(text)).toBe('unknown');
  });

  it.each([
    ['a quota that it fits', object('v1', 'ResourceQuota', 'spec: {hard: {pods: 5}}', 'other')],
    [
      'defaults',
      object('v1', 'LimitRange', 'spec: {limits: [{type: Container, default: {cpu: "1"}}]}', 'other'),
    ],
    [
      'the baseline',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: other, labels: {pod-security.kubernetes.io/enforce: baseline}}\n',
    ],
  ])('but not %s', async (_, text) => {
    expect(await withPod(text)).toBe('proved');
  });
});

describe('metadata of a policy', () => {
  const withMetadata = async (metadata: string) =>
    (
      await checkTree({
        'policies/deny.yaml': deny.replace('namespace: web}', `namespace: web, ${metadata}}`),
      })
    ).denied?.verdict;

  it.each([
    'ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: gone, uid: a-b}]',
    'deletionTimestamp: "2026-01-01T00:00:00Z"',
    'labels: {cleanup.kyverno.io/ttl: 1h}',
    'annotations: {janitor/ttl: 1h}',
    'annotations: {janitor/expires: "2026-01-01"}',
    'annotations: {k8s-ttl-controller.twin.sh/ttl: 5m}',
    'annotations: {kustomize.toolkit.fluxcd.io/reconcile: Disabled}',
    'labels: {kustomize.toolkit.fluxcd.io/ssa: merge}',
  ])('that may take it out of the cluster: %s', async (metadata) => {
    expect(await withMetadata(metadata)).toBe('unknown');
  });

  it.each([
    'finalizers: [example.org/a]',
    'annotations: {helm.sh/hook: pre-delete}',
    'annotations: {helm.sh/resource-policy: keep}',
    'annotations: {argocd.argoproj.io/hook: PostSync}',
    'annotations: {argocd.argoproj.io/sync-options: Prune=false}',
    'annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}',
  ])('that changes nothing where Flux applies it: %s', async (metadata) => {
    expect(await withMetadata(metadata)).toBe('proved');
  });

  it('counts a hook where helm or Argo CD may apply it', async () => {
    const files = (metadata: string) => ({
      'kustomization.yaml': 'resources: [web.yaml, deny.yaml]\n',
      'web.yaml': pod('web'),
      'deny.yaml': deny.replace('namespace: web}', `namespace: web${metadata}}`),
    });
    const verdictOf = async (metadata: string) => (await checkTree(files(metadata), {})).denied?.verdict;
    expect(await verdictOf('')).toBe('proved');
    expect(await verdictOf(', annotations: {argocd.argoproj.io/hook: PreSync}')).toBe('unknown');
    expect(await verdictOf(', annotations: {helm.sh/hook: pre-install}')).toBe('unknown');
  });

  it('of its Kustomization gives it to the controllers of a shard', async () => {
    const change = {
      'clusters/main/policies.yaml': kustomization('policies', '', ', labels: {sharding.fluxcd.io/key: a}'),
    };
    expect((await checkTree(change)).denied?.verdict).toBe('unknown');
  });
});

describe('a Kustomization with a service account', () => {
  const account = (binding: string) => ({
    'clusters/main/policies.yaml': kustomization('policies', ', serviceAccountName: team'),
    'clusters/main/binding.yaml': binding,
  });
  const binding = (kind: string, role: string, namespace = '') =>
    object(
      'rbac.authorization.k8s.io/v1',
      kind,
      `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}\nsubjects: [{kind: ServiceAccount, name: team, namespace: flux-system}]`,
      namespace,
    );

  it.each([
    ['may write everything', binding('ClusterRoleBinding', 'cluster-admin'), 'proved'],
    ['may write everything of the namespace', binding('RoleBinding', 'cluster-admin', 'web'), 'proved'],
    ['may write another namespace', binding('RoleBinding', 'cluster-admin', 'other'), 'unknown'],
    ['may read', binding('ClusterRoleBinding', 'view'), 'unknown'],
  ])('that %s', async (_, text, verdict) => {
    expect((await checkTree(account(text))).denied?.verdict).toBe(verdict);
  });
});
