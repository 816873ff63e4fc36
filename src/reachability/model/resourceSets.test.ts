import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'cilium', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

/** The invariants that are not proved of one ResourceSet. */
function broken(spec: string, metadata = '{name: a, namespace: x}'): Record<string, string> {
  const text = `[{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, metadata: ${metadata}, spec: ${spec}}]`;
  const { proofs } = analyse(readObjects(parse(text), 'list'), assumptions);
  return Object.fromEntries(
    proofs.flatMap(({ invariant, verdict }) => (verdict === 'proved' ? [] : [[invariant, verdict]])),
  );
}

const service = (namespace: string): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: ${namespace}}, spec: {type: LoadBalancer, ports: [{port: 1}]}}`;
const lines = (text: string): string => JSON.stringify(text);

describe('a ResourceSet', () => {
  it('makes the objects that it holds', () => {
    const refuted = { 'load-balancers': 'refuted' };
    expect(broken(`{resources: [${service('x')}]}`)).toEqual(refuted);
    expect(broken(`{inputs: [{a: 1}], resources: [${service('y')}]}`)).toEqual(refuted);
    expect(broken(`{steps: [{name: one, resources: [${service('y')}]}]}`)).toEqual(refuted);
    const template =
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer, ports: [{port: 1}]}';
    expect(broken(`{resourcesTemplate: ${lines(template)}}`)).toEqual(refuted);
  });

  it('makes the objects of a ResourceSet that it holds', () => {
    const inner = `{apiVersion: fluxcd.controlplane.io/v1, kind: ResourceSet, metadata: {name: b, namespace: x}, spec: {resources: [${service('x')}]}}`;
    expect(broken(`{resources: [${inner}]}`)).toEqual({ 'load-balancers': 'refuted' });
  });

  it('may make what its inputs decide, by the kind', () => {
    const unknown = { 'load-balancers': 'unknown', 'node-ports': 'unknown' };
    expect(
      broken(
        '{inputs: [{t: LoadBalancer}], resources: [{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: << inputs.t >>}}]}',
      ),
    ).toEqual(unknown);
    expect(
      broken(`{inputsFrom: [{kind: ResourceSetInputProvider, name: p}], resources: [${service('x')}]}`),
    ).toEqual(unknown);
    expect(
      broken(
        `{resources: [${service('x')}]}`,
        '{name: a, namespace: x, annotations: {fluxcd.controlplane.io/reconcile: disabled}}',
      ),
    ).toEqual(unknown);
    const template =
      '<<- range $i := inputs.apps >>\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: s-<< $i >>\n  namespace: y\nspec: {type: LoadBalancer}\n<<- end >>\n';
    expect(broken(`{resourcesTemplate: ${lines(template)}}`)).toEqual(unknown);
  });

  it('reads a long template in time that grows with its length', () => {
    const labels = Array.from({ length: 5000 }, (_, at) => `    l${at}: x`).join('\n');
    const template = `apiVersion: v1\nkind: Service\nmetadata:\n  labels:\n${labels}\n  name: << inputs.name >>\nspec: {}\n`;
    expect(broken(`{resourcesTemplate: ${lines(template)}}`)).toEqual(
      broken(`{resourcesTemplate: ${lines(template.replace(labels, '    l: x'))}}`),
    );
  });

  it('may make anything if its inputs decide the kind, or if it makes a Kustomization', () => {
    const everything = {
      'load-balancers': 'unknown',
      'node-ports': 'unknown',
      'host-ports': 'unknown',
      ingresses: 'unknown',
      'outside-gated': 'unknown',
    };
    expect(broken('{resources: [{apiVersion: v1, kind: << inputs.k >>, metadata: {name: s}}]}')).toEqual(
      everything,
    );
    expect(
      broken(
        '{resources: [{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: s, namespace: x}, spec: {path: ./a}}]}',
      ),
    ).toEqual(everything);
  });

  it('makes nothing of harm by what is harmless', () => {
    expect(
      broken(
        '{inputs: [{t: a}], resources: [{apiVersion: source.toolkit.fluxcd.io/v1, kind: OCIRepository, metadata: {name: << inputs.t >>}}]}',
      ),
    ).toEqual({});
  });
});
