import { describe, expect, it } from 'vitest';
import type { SourcedObject } from '../sourcedObject.ts';
import recorded from './recordedSubstitutions.json' with { type: 'json' };
import { substituted, type Variables, variablesOf } from './substitution.ts';

function configMap(value: unknown): SourcedObject {
  return { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' }, value }, file: 'f.yaml' };
}

const values = new Map(
  Object.entries(recorded.variables).map(([name, value]) => [name, value.replaceAll('\n', '')]),
);
const all: Variables = { values, hidden: new Set(), open: false, needed: [], refused: [] };

function fill(text: unknown, variables = all): { value: unknown; refused: readonly string[] } {
  const { objects, refused } = substituted([configMap(text)], variables);
  return { value: objects[0]?.object['value'], refused };
}

/** What fluxcd/pkg/envsubst 1.7.0 with sigs.k8s.io/yaml 1.6.0 answered, in strict mode. */
describe('the recorded answers of the library', () => {
  for (const answer of recorded.answers) {
    if ('error' in answer)
      it(`refuses ${JSON.stringify(answer.text)}`, () => expect(fill(answer.text).refused).not.toEqual([]));
    else
      it(`gives the same for ${JSON.stringify(answer.text)}, or says that it is not known`, () => {
        const { value, refused } = fill(answer.text);
        if (refused.length === 0) expect(value).toEqual(answer.value);
        else expect(unknown).toContain(answer.text);
      });
  }
});

/** Answers that depend on how Go sees other characters than ASCII, or on how it writes quotes. */
const unknown: readonly string[] = [
  '${ACCENT^^}',
  '${A%[b-c]}',
  '# ${A#\u0007}',
  '${EMPTY}\nx',
  'x\n${EMPTY}',
  'x\n\n${EMPTY}\n',
];

function kustomization(postBuild: unknown): SourcedObject {
  const object = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system' },
    spec: { postBuild },
  };
  return { object, file: 'k.yaml' };
}

function source(data: Record<string, string>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data };
}

const nothing = new Map<string, string>();

describe('the variables of a Flux Kustomization', () => {
  it('are none without one, so that nothing is substituted', () => {
    expect(variablesOf(kustomization(undefined), () => undefined, nothing)).toBeUndefined();
    expect(variablesOf(kustomization({ substitute: {} }), () => undefined, nothing)).toBeUndefined();
    const from = { substituteFrom: [{ kind: 'ConfigMap', name: 'settings' }] };
    expect(variablesOf(kustomization(from), () => source({}), nothing)).toBeUndefined();
  });

  it('are substituted without one where the strategy is Always', () => {
    const variables = variablesOf(kustomization({ substituteStrategy: 'Always' }), () => undefined, nothing);
    expect(fill('${KIND:=LoadBalancer}', variables)).toEqual({ value: 'LoadBalancer', refused: [] });
    const strategy = { substituteStrategy: 'WithVariables' };
    expect(variablesOf(kustomization(strategy), () => undefined, nothing)).toBeUndefined();
  });

  it('lose their line breaks, and are not final where they hold a variable themselves', () => {
    const from = { substituteFrom: [{ kind: 'ConfigMap', name: 'settings' }] };
    const variables = variablesOf(
      kustomization(from),
      () => source({ A: 'a\nb\n', B: 'x${C}', D: 'ENC[AES256_GCM,data:x]' }),
      nothing,
    );
    expect(variables?.values).toEqual(new Map([['A', 'ab']]));
    expect(variables?.hidden).toEqual(new Set(['B', 'D']));
  });
});

describe('a variable that nobody sets', () => {
  it('is named, with its object, and stays in the text', () => {
    const { value, refused } = fill('c${SUFFIX}', { ...all, values: new Map([['OTHER', 'x']]) });
    expect(value).toBe('c${SUFFIX}');
    expect(refused).toEqual([
      'nobody sets the variable SUFFIX of ConfigMap n: Flux 2.9 refuses it, and earlier versions fill in nothing',
    ]);
  });

  it('is refused as the argument of a default that is not needed', () => {
    expect(fill('${A:-${NONE}}').refused).toHaveLength(1);
  });

  it('is not refused where a source of variables is not among the objects, or its value is encrypted', () => {
    for (const variables of [
      { ...all, open: true },
      { ...all, hidden: new Set(['NONE']) },
    ]) {
      for (const text of ['${NONE}', '${NONE^^}', '${NONE:-d}', '${A:-${NONE}}x${NONE}'])
        expect(fill(text, variables).refused).toEqual([]);
      expect(fill('${NONE:-d}', variables).value).toBe('${NONE:-d}');
      expect(fill('${A:-${NONE}}', variables).value).toBe('abcabc');
    }
  });

  it('is harmless in an object that is exempt', () => {
    const exempt = configMap('${NONE}');
    exempt.object.metadata.annotations = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };
    expect(substituted([exempt], all)).toEqual({ objects: [exempt], unfilled: new Set(), refused: [] });
  });
});

describe('a name that is filled in', () => {
  it('is no name where it becomes a boolean or a number', () => {
    for (const text of ['${YES}', '${OCTAL}', '${EMPTY}']) {
      const named = configMap('x');
      named.object.metadata.name = text;
      expect(substituted([named], all).refused.join()).toContain('which is no text');
    }
  });
});
