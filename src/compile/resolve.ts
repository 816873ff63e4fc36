import type { Grant } from '../components/contract/bindings.ts';
import type { BuildContext, Component, Context } from '../components/contract/component.ts';
import type { Claim } from '../components/contract/requirements.ts';
import type { Problem } from '../problems/problem.ts';
import type { Active } from './active.ts';

/** A component that is on, with the claims that it answered and what it was given for its own. */
export interface Ready {
  component: Component;
  context: BuildContext<unknown>;
}

/** A claim, and the name of the component that raised it. */
interface Raised {
  claim: Claim;
  from: string;
}

/**
 * Collects what the components ask of one another, and who answers it. An answer can ask in turn (the gate of a
 * route asks for a tunnel), so this goes on until nobody asks any more.
 */
export function answerClaims(
  active: readonly Active[],
  catalogue: readonly Component[],
): { ready: Ready[]; problems: Problem[] } {
  const answered = new Map<string, Claim[]>();
  const granted = new Map<string, Grant[]>();
  const problems: Problem[] = [];
  let open = active.flatMap(({ component, context }) =>
    (component.claims?.(context) ?? []).map((claim): Raised => ({ claim, from: component.name })),
  );
  for (let round = 0; open.length > 0; round++) {
    if (round > catalogue.length)
      throw new Error('the components of the catalogue ask one another in a circle');
    const raised: Raised[] = [];
    for (const { claim, from } of open) {
      const provider = active.find(({ component }) => isFor(component, claim));
      if (provider === undefined) {
        if (!free.has(claim.kind)) problems.push(unanswered(claim, catalogue));
        continue;
      }
      const { name } = provider.component;
      keep(answered, name, claim);
      const grant = provider.component.grant?.(claim, provider.context);
      if (grant !== undefined) keep(granted, from, grant);
      raised.push(...follow(provider, claim).map((next) => ({ claim: next, from: name })));
    }
    open = raised;
  }
  const ready = active.map(
    ({ component, context }): Ready => ({
      component,
      context: {
        ...context,
        answered: answered.get(component.name) ?? [],
        granted: granted.get(component.name) ?? [],
      },
    }),
  );
  return { ready, problems };
}

function isFor(component: Component, claim: Claim): boolean {
  return component.answers?.includes(claim.kind) === true && (component.accepts?.(claim) ?? true);
}

function keep<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function follow(
  { component, context }: { component: Component; context: Context<unknown> },
  claim: Claim,
): readonly Claim[] {
  return component.answer?.(claim, context) ?? [];
}

/** The kinds that are for whoever is there: where nobody is, nothing is missing. */
const free: ReadonlySet<Claim['kind']> = new Set(['health']);

const wanted: Record<Claim['kind'], string> = {
  namespace: 'a namespace',
  'node-port': 'a port of the nodes',
  reach: 'a connection',
  route: 'a gated way in from the internet',
  tunnel: 'a tunnel to Cloudflare',
  bucket: 'a bucket',
  volume: 'backups of a volume',
  'talos-api': 'access to the Talos API',
  health: 'a check before a node goes down',
  chart: 'a chart',
};

function unanswered(claim: Claim, catalogue: readonly Component[]): Problem {
  const sections = catalogue
    .filter((component) => isFor(component, claim))
    .map(({ section, name }) => section ?? name);
  return {
    code: 'claim-unanswered',
    message: `${claim.by} asks for ${wanted[claim.kind]} (${claim.field}), and nothing gives it`,
    expected: `one of these sections, enabled: ${sections.join(', ')}`,
    remedy: `add the section ${sections[0] ?? ''} to cluster.yaml, or turn ${claim.by} off`,
  };
}
