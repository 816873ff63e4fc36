import { describe, expect, it } from 'vitest';
import type { AnyProof } from './refutations.ts';
import { refutationsOf } from './refutations.ts';

const proof = (claim: string, verdict: AnyProof['verdict'], ...files: string[]): AnyProof => ({
  invariant: 'node-ports',
  claim,
  verdict,
  sentence: '',
  evidence: files.map((file) => ({ object: { kind: 'Service', name: 'a', file }, rule: '' })),
  path: [],
});
const written = new Set(['ours.yaml', 'other.yaml']);

async function whose(
  proofs: readonly AnyProof[],
  kept: readonly string[] = [],
  alone: readonly AnyProof[] = [],
): Promise<{ ours: string[]; users: string[]; asked: boolean }> {
  let asked = false;
  const { ours, users } = await refutationsOf(proofs, { written, kept }, async () => {
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

  it('is Gatehouse’s where only files that it writes refute it', async () => {
    const proofs = [proof('a', 'refuted', 'ours.yaml', 'other.yaml'), proof('b', 'refuted', 'mine.yaml')];
    expect(await whose(proofs)).toEqual({ ours: ['a'], users: ['b'], asked: false });
  });

  it('is Gatehouse’s where no object refutes it and the user keeps nothing', async () => {
    expect(await whose([proof('a', 'refuted')])).toEqual({ ours: ['a'], users: [], asked: false });
  });

  it.each([
    ['holds', 'proved', { ours: [], users: ['a'], asked: true }],
    ['is refuted too', 'refuted', { ours: ['a'], users: [], asked: true }],
  ] as const)(
    'of both is decided by the planned files alone: where it %s',
    async (_name, verdict, expected) => {
      const both = [proof('a', 'refuted', 'mine.yaml', 'ours.yaml')];
      expect(await whose(both, [], [proof('a', verdict)])).toEqual(expected);
      const missing = [proof('a', 'refuted')];
      expect(await whose(missing, ['kept.yaml'], [proof('a', verdict)])).toEqual(expected);
    },
  );
});
