// Crosses the command line, the manifest loader, the prover and the reports.
import { describe, expect, it } from 'vitest';
import { enforced, place } from './place.ts';

interface Finding {
  invariant: string;
  verdict: string;
  sentence: string;
  object: { file: string; line: number };
  fix: string;
}

/** The verdict of `check` on the structure of the objects in some files. */
async function structureOf(files: Readonly<Record<string, string>>) {
  const { code, stdout } = await place(files).check('--json', ...enforced);
  const { findings, proofs, assumptions } = JSON.parse(stdout);
  const own = ({ invariant }: Finding) => invariant === 'objects-valid';
  return { code, stdout, assumptions, findings: findings.filter(own), proofs: proofs.filter(own) };
}

const policy = (spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: media}\nspec: ${spec}\n`;
const gateway = (spec: string): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: media}\nspec: ${spec}\n`;
const flux = (spec: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec: {interval: 1h, prune: true, path: ./apps, sourceRef: {kind: GitRepository, name: home}, ${spec}}\n`;

describe('the structure of objects', () => {
  it('is proved if every object is valid for its kind', async () => {
    const { proofs } = await structureOf({ 'a.yaml': policy('{podSelector: {}}') });
    expect(proofs).toMatchObject([
      { verdict: 'proved', claim: 'Every object has the structure of its kind' },
    ]);
  });

  it.each([
    ['a field that does not exist', '{podSelector: {}, ingres: []}', 'spec.ingres'],
    ['text where a list belongs', '{podSelector: {}, ingress: everybody}', 'spec.ingress'],
    ['a word that is no choice', '{podSelector: {}, policyTypes: [ingress]}', 'spec.policyTypes[0]'],
    [
      'a field that is missing',
      '{podSelector: {}, ingress: [{from: [{ipBlock: {}}]}]}',
      'spec.ingress[0].from[0].ipBlock',
    ],
  ])('is refuted by %s, with the file, the line and the field', async (_name, spec, field) => {
    const { code, findings } = await structureOf({ 'a.yaml': `# a note\n---\n${policy(spec)}` });
    expect(code).toBe(1);
    expect(findings).toMatchObject([
      { verdict: 'refuted', object: { file: 'a.yaml', line: 3 }, evidence: [{ rule: field }] },
    ]);
    expect(findings[0].sentence).toContain(field);
    expect(findings[0].fix).toContain('Fix the field');
  });

  it('is unknown if a custom kind has another field, since another version may have it', async () => {
    const { findings } = await structureOf({ 'a.yaml': gateway('{hostname: [a.example.org]}') });
    expect(findings).toMatchObject([{ verdict: 'unknown' }]);
    expect(findings[0].sentence).toContain('kubernetes-sigs/gateway-api v');
    expect(findings[0].fix).toContain('definition that your cluster runs');
  });

  it('lists kinds without a schema, also those with a definition in the repository', async () => {
    const definition =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: httproutes.gateway.networking.k8s.io}\nspec: {group: gateway.networking.k8s.io, scope: Namespaced, names: {kind: HTTPRoute, plural: httproutes}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n';
    const dashboard = 'apiVersion: example.org/v1\nkind: Dashboard\nmetadata: {name: a, namespace: media}\n';
    const { assumptions, findings } = await structureOf({
      'a.yaml': `${definition}---\n${dashboard}---\n${gateway('{hostname: [a.example.org]}')}`,
    });
    expect(findings).toEqual([]);
    expect(assumptions.join('\n')).toContain(
      'since there is no schema for them: Dashboard.example.org, HTTPRoute.gateway.networking.k8s.io',
    );
  });

  it('ignores encrypted values and variables, and validates the rest', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: media}\ndata: {password: "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"}\nsops: {mac: "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]", version: 3.13.3}\n';
    const { findings } = await structureOf({
      'flux.yaml': flux(
        'postBuild: {substitute: {PORT: "8080"}, substituteFrom: [{kind: Secret, name: values}]}',
      ),
      'apps/route.yaml': gateway('{hostnames: ["${HOST}"]}'),
      'apps/secret.yaml': secret,
      'apps/policy.yaml': policy('{podSelector: {}, ingress: [{ports: [{endPort: "${PORT}", port: 80}]}]}'),
      'apps/wrong.yaml': policy('{podSelector: {}, policyTypes: ["${NONE}"], ingres: []}').replace(
        'web',
        'other',
      ),
    });
    expect(findings.map(({ object, verdict }: Finding) => [object.file, verdict])).toEqual([
      ['apps/wrong.yaml', 'refuted'],
    ]);
  });

  it('shows no value of an object', async () => {
    const { stdout } = await structureOf({
      'a.yaml': policy('{podSelector: {}, policyTypes: [hidden-in-plain-sight]}'),
    });
    expect(stdout).not.toContain('hidden-in-plain-sight');
  });
});
