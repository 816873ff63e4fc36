// Crosses the command line, the manifest loader, the validator and the prover.
import { describe, expect, it } from 'vitest';
import { enforced, place } from './place.ts';

interface Proof {
  invariant: string;
  claim: string;
  verdict: string;
  sentence: string;
}

async function proofsOf(files: Readonly<Record<string, string>>) {
  const { stdout } = await place(files).check('--json', ...enforced);
  const { proofs, assumptions }: { proofs: Proof[]; assumptions: string[] } = JSON.parse(stdout);
  return {
    assumptions,
    all: proofs,
    structure: proofs.filter(({ invariant }) => invariant === 'objects-valid'),
  };
}

const definition = (kind: string, group: string, spec: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${kind.toLowerCase()}s.${group}}\nspec: {group: ${group}, scope: Namespaced, names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: ${spec}}}}}]}\n`;
const object = (kind: string, apiVersion: string, name: string, spec = '{}') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: media}\nspec: ${spec}\n`;
const joined = (...objects: readonly string[]) => ({ 'a.yaml': objects.join('---\n') });
const thing = definition('Thing', 'example.org', '{type: object, properties: {size: {type: integer}}}');

describe('a definition among the objects', () => {
  it('makes an object that it refuses unknown, never refuted', async () => {
    const { structure } = await proofsOf(joined(thing, object('Thing', 'example.org/v1', 'a', '{sise: 1}')));
    expect(structure).toMatchObject([
      { verdict: 'unknown', claim: 'Thing media/a has the structure of its kind' },
    ]);
    expect(structure[0]?.sentence).toContain('spec.sise');
    expect(structure[0]?.sentence).toContain('the cluster runs another definition of the kind');
  });

  it('makes an object of a version unknown that it does not serve', async () => {
    const { structure } = await proofsOf(joined(thing, object('Thing', 'example.org/v2', 'a')));
    expect(structure.map(({ verdict }) => verdict)).toEqual(['unknown']);
  });

  it('proves no more of an object that it accepts', async () => {
    const { structure, assumptions } = await proofsOf(
      joined(thing, object('Thing', 'example.org/v1', 'a', '{size: 1}')),
    );
    expect(structure.map(({ verdict }) => verdict)).toEqual(['proved']);
    expect(assumptions.join('\n')).toContain('since there is no schema for them: Thing.example.org');
  });
});

describe('an object of a kind or version without a schema', () => {
  it('is unknown once for each version of a kind, not for each object', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const { structure } = await proofsOf(
      joined(
        ...names.map((name) => object('Certificate', 'cert-manager.io/v1alpha9', name)),
        ...names.map((name) => object('Issuer', 'cert-manager.io/v1alpha9', name)),
      ),
    );
    expect(structure.map(({ claim, verdict }) => [claim, verdict])).toEqual([
      ['Each Certificate of cert-manager.io/v1alpha9 has the structure of its kind', 'unknown'],
      ['Each Issuer of cert-manager.io/v1alpha9 has the structure of its kind', 'unknown'],
    ]);
    for (const { sentence } of structure) expect(sentence).toContain('There is no schema for');
  });

  it('is named once for each kind among the assumptions', async () => {
    const { assumptions } = await proofsOf(
      joined(...['a', 'b', 'c'].map((name) => object('Dashboard', 'example.org/v1', name))),
    );
    const lines = assumptions.filter((line) => line.includes('Dashboard.example.org'));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split('Dashboard')).toHaveLength(2);
  });
});
