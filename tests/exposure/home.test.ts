import { expect, it } from 'vitest';
import { judge } from '../../src/exposure/judge.ts';
import { home, homeText, readYaml } from './home.ts';

it('proves every invariant of the model home', () => {
  const { proofs } = judge(readYaml(homeText), home);
  const open = proofs.filter(({ verdict }) => verdict !== 'proved');
  expect(open).toEqual([]);
  console.log(proofs.map((p) => `${p.invariant}: ${p.claim} — ${p.sentence}`).join('\n'));
  const { entries, assumptions, unknowns } = judge(readYaml(homeText), home);
  console.log(entries.map((e) => `[${e.gate}] ${e.sentence}`).join('\n'), assumptions, unknowns);
});
