import { check } from '../../src/operations/check/check.ts';
import { environmentOf } from '../testDirectory.ts';
import { place } from './place.ts';

/** A Flux Kustomization of the source flux-system that builds the directory of its name. */
export const kustomization = (name: string, spec = '', metadata = ''): string => `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system${metadata}}
spec: {interval: 1h, path: ./${name}, prune: true, sourceRef: {kind: GitRepository, name: flux-system}${spec}}
`;
export const repository = `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, url: "https://example.org/a/b", ref: {branch: main}}
`;
export const deny = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: web}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
export const pod = (name: string): string => `---
apiVersion: v1
kind: Namespace
metadata: {name: ${name}}
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${name}}
spec: {containers: [{name: web, image: "x:1"}]}
`;
export const serviceOfWrongPort = `---
apiVersion: v1
kind: Service
metadata: {name: bad, namespace: web}
spec: {ports: [{port: 99999}]}
`;

/** What `flux bootstrap` makes of one cluster, with an app in one Kustomization and its policy in another one. */
export const tree: Readonly<Record<string, string>> = {
  'clusters/main/apps.yaml': kustomization('apps'),
  'clusters/main/policies.yaml': kustomization('policies'),
  'clusters/main/flux-system/kustomization.yaml': 'resources: [gotk-sync.yaml]\n',
  'clusters/main/flux-system/gotk-sync.yaml':
    repository + kustomization('flux-system').replace('./flux-system', './clusters/main'),
  'policies/deny.yaml': deny,
  'apps/web.yaml': pod('web'),
};

/** Checks the tree with other files; undefined leaves one out. */
export async function checkTree(change: Readonly<Record<string, string | undefined>>, from = tree) {
  const files = Object.entries({ ...from, ...change }).flatMap(([file, text]) =>
    text === undefined ? [] : [[file, text] as const],
  );
  const { path } = place(Object.fromEntries(files));
  const checked = await check(path, environmentOf(path), { enforcer: 'kube-router', pods: ['10.42.0.0/16'] });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const proofs = checked.value.analysis.proofs;
  const ofWeb = proofs.find(
    ({ invariant, claim }) => invariant === 'default-deny' && claim.includes('Namespace web '),
  );
  return { ...checked.value, denied: ofWeb };
}
