import { describe, expect, it } from 'vitest';
import type { AnyProof } from './refutations.ts';
import { refutationsOf } from './refutations.ts';

const proof = (claim: string, verdict: AnyProof['verdict'], ...files: string[]): AnyProof => ({
  invariant: 'node-ports',
  claim,
  verdict,
  sentence: '',
  evidence: files.map((file) => ({
    object: { kind: 'Service', name: 'a', namespace: 'media', file },
    rule: '',
  })),
  path: [],
  premises: [],
});
const written = new Set(['ours.yaml', 'other.yaml']);

async function whose(
  proofs: readonly AnyProof[],
  alone: readonly AnyProof[] = [],
  changed: readonly string[] = [],
): Promise<{ ours: string[]; users: string[]; asked: boolean }> {
  let asked = false;
  const { ours, users } = await refutationsOf(proofs, { written, changed: new Set(changed) }, async () => {
    asked = true;
    return alone;
  });
  const claims = (all: readonly AnyProof[]) => all.map(({ claim }) => claim);
  return { ours: claims(ours), users: claims(users), asked };
}

describe('a refuted proof', () => {
  it('is the user’s where only files of the user refute it', async () => {
    const proofs = [proof('a', 'refuted', 'mine.yaml'), proof('b', 'proved'), proof('c', 'unknown')];
    expect(await whose(proofs)).toEqual({ ours: [], users: ['a'], asked: false });
  });

  it('is the user’s where objects of ours are its evidence and the plan alone holds', async () => {
    const proofs = [proof('a', 'refuted', 'ours.yaml', 'other.yaml')];
    expect(await whose(proofs, [proof('a', 'proved')])).toEqual({ ours: [], users: ['a'], asked: true });
  });

  it('is Gatehouse’s where the plan alone refutes the invariant, whatever the claim names', async () => {
    const proofs = [
      proof('a and mine', 'refuted', 'ours.yaml', 'mine.yaml'),
      proof('b', 'refuted', 'mine.yaml'),
    ];
    expect(await whose(proofs, [proof('a', 'refuted')])).toEqual({
      ours: ['a and mine'],
      users: ['b'],
      asked: true,
    });
  });

  it.each([
    ['proved', { ours: [], users: ['a'], asked: true }],
    ['refuted', { ours: ['a'], users: [], asked: true }],
  ] as const)('without evidence follows the plan alone, which is %s', async (verdict, expected) => {
    expect(await whose([proof('a', 'refuted')], [proof('a', verdict)])).toEqual(expected);
  });

  it('is Gatehouse’s where files of the user change its objects in that namespace', async () => {
    const proofs = [proof('a', 'refuted', 'ours.yaml')];
    const holds = [proof('a', 'proved')];
    expect(await whose(proofs, holds, ['media'])).toEqual({ ours: ['a'], users: [], asked: true });
    expect(await whose(proofs, holds, ['networking'])).toEqual({ ours: [], users: ['a'], asked: true });
  });
});
