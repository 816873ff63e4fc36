// Crosses the compiler, its rendering to files, the manifest loader and the prover.
import { beforeAll, describe, expect, it } from 'vitest';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import type { Assumptions } from '../../src/reachability/model/analysis.ts';
import { type Changing, changing, compiledHome, renamed } from './compiledHome.ts';
import { edgeMutations } from './compiledMutations/edge.ts';
import { nodeMutations } from './compiledMutations/nodes.ts';
import { policyMutations } from './compiledMutations/policies.ts';
import { secretMutations } from './compiledMutations/secrets.ts';

const mutations = [...policyMutations, ...nodeMutations, ...edgeMutations, ...secretMutations];

describe('the compiled example home', () => {
  let objects: readonly SourcedObject[];
  let assumptions: Assumptions;
  beforeAll(async () => {
    ({ objects, assumptions } = await compiledHome());
  }, 60_000);

  const proofsOf = (change: (home: Changing) => void) => {
    const home = changing(objects);
    change(home);
    return analyse(home.sources, assumptions).proofs;
  };

  it.each<[string, (home: Changing) => void]>([
    ['nothing', () => {}],
    ...mutations.map(([name, change]): [string, (home: Changing) => void] => [name, change]),
  ])('gets the same verdicts under other names, changed by %s', (_name, change) => {
    const home = changing(objects);
    change(home);
    const verdicts = (sources: readonly SourcedObject[]): string[] =>
      analyse(sources, assumptions)
        .proofs.map(({ invariant, verdict }) => `${invariant} ${verdict}`)
        .toSorted();
    const mirrored = renamed(
      home.sources,
      (old) =>
        `z${[...old]
          .reverse()
          .join('')
          .replaceAll(/[^a-z0-9]/gi, '')}z`,
    );
    expect(JSON.stringify(mirrored)).not.toContain('immich-server.media');
    expect(verdicts(mirrored)).toEqual(verdicts(home.sources));
    const numbered = renamed(home.sources, (old) => `n${Buffer.from(old).toString('hex')}`);
    expect(verdicts(numbered)).toEqual(verdicts(home.sources));
  });

  it('is proved completely', () => {
    expect(proofsOf(() => {}).filter(({ verdict }) => verdict !== 'proved')).toEqual([]);
  });

  it('has at least sixty mutations', () => {
    expect(new Set(mutations.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(mutations)('is not proved with %s', (_name, change, invariant, verdict) => {
    const found = proofsOf(change).filter((proof) => proof.verdict !== 'proved');
    const concerned = found.filter((proof) => proof.invariant === invariant);
    expect(concerned.map((proof) => proof.verdict)).toContain(verdict);
    for (const proof of found) expect(proof.sentence).not.toBe('');
  });
});
