import type { Claim } from '../components/claim.ts';
import type { Component, Context } from '../components/component.ts';
import type { Problem } from '../problems/problem.ts';
import type { Active } from './active.ts';

/** Every claim that somebody answered, by the name of the component that did. */
export type Answered = ReadonlyMap<string, readonly Claim[]>;

/**
 * Collects what the components ask of one another, and who answers it. An answer can ask in turn (the gate of a
 * route asks for a tunnel), so this goes on until nobody asks any more.
 */
export function answerClaims(
  active: readonly Active[],
  catalogue: readonly Component[],
): { answered: Answered; problems: Problem[] } {
  const answered = new Map<string, Claim[]>();
  const problems: Problem[] = [];
  let open = active.flatMap(({ component, context }) => [...(component.claims?.(context) ?? [])]);
  for (let round = 0; open.length > 0; round++) {
    if (round > catalogue.length)
      throw new Error('the components of the catalogue ask one another in a circle');
    const raised: Claim[] = [];
    for (const claim of open) {
      const provider = active.find(({ component }) => component.answers?.includes(claim.kind));
      if (provider === undefined) {
        problems.push(unanswered(claim, catalogue));
        continue;
      }
      const { name } = provider.component;
      answered.set(name, [...(answered.get(name) ?? []), claim]);
      raised.push(...follow(provider, claim));
    }
    open = raised;
  }
  return { answered, problems };
}

function follow(
  { component, context }: { component: Component; context: Context<unknown> },
  claim: Claim,
): readonly Claim[] {
  return component.answer?.(claim, context) ?? [];
}

const wanted: Record<Claim['kind'], string> = {
  namespace: 'a namespace',
  'node-port': 'a port of the nodes',
  reach: 'a connection',
  route: 'a gated way in from the internet',
  tunnel: 'a tunnel to Cloudflare',
};

function unanswered(claim: Claim, catalogue: readonly Component[]): Problem {
  const sections = catalogue
    .filter(({ answers }) => answers?.includes(claim.kind))
    .map(({ section, name }) => section ?? name);
  return {
    code: 'claim-unanswered',
    message: `${claim.by} asks for ${wanted[claim.kind]} (${claim.field}), and nothing gives it`,
    expected: `one of these sections, enabled: ${sections.join(', ')}`,
    remedy: `add the section ${sections[0] ?? ''} to cluster.yaml, or turn ${claim.by} off`,
  };
}
