import type { Binding } from '../components/contract/bindings.ts';
import type { BuildContext, Component, Context } from '../components/contract/component.ts';
import type { Requirement } from '../components/contract/requirements.ts';
import type { Problem } from '../problems/problem.ts';
import type { Active } from './active.ts';

/** A component that is on, with the claims that it answered and what it was given for its own. */
export interface Ready {
  component: Component;
  context: BuildContext<unknown>;
}

/** A claim, and the name of the component that raised it. */
interface Raised {
  claim: Requirement;
  from: string;
}

/**
 * Collects what the components ask of one another, and who answers it. An answer can ask in turn (the gate of a
 * route asks for a tunnel), so this goes on until nobody asks any more.
 */
export function resolveRequirements(
  active: readonly Active[],
  catalogue: readonly Component[],
): { ready: Ready[]; problems: Problem[] } {
  const provided = new Map<string, Requirement[]>();
  const bindings = new Map<string, Binding[]>();
  const problems: Problem[] = [];
  let open = active.flatMap(({ component, context }) =>
    (component.requires?.(context) ?? []).map(
      (requirement): Raised => ({ claim: requirement, from: component.name }),
    ),
  );
  for (let round = 0; open.length > 0; round++) {
    if (round > catalogue.length)
      throw new Error('the components of the catalogue ask one another in a circle');
    const raised: Raised[] = [];
    for (const { claim: requirement, from } of open) {
      const provider = active.find(({ component }) => isFor(component, requirement));
      if (provider === undefined) {
        if (!free.has(requirement.kind)) problems.push(unanswered(requirement, catalogue));
        continue;
      }
      const { name } = provider.component;
      keep(provided, name, requirement);
      const grant = provider.component.bind?.(requirement, provider.context);
      if (grant !== undefined) keep(bindings, from, grant);
      raised.push(...follow(provider, requirement).map((next) => ({ claim: next, from: name })));
    }
    open = raised;
  }
  const ready = active.map(
    ({ component, context }): Ready => ({
      component,
      context: {
        ...context,
        provided: provided.get(component.name) ?? [],
        bindings: bindings.get(component.name) ?? [],
      },
    }),
  );
  return { ready, problems };
}

function isFor(component: Component, requirement: Requirement): boolean {
  return (
    component.provides?.includes(requirement.kind) === true && (component.accepts?.(requirement) ?? true)
  );
}

function keep<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function follow(
  { component, context }: { component: Component; context: Context<unknown> },
  requirement: Requirement,
): readonly Requirement[] {
  return component.providerRequires?.(requirement, context) ?? [];
}

/** The kinds that are for whoever is there: where nobody is, nothing is missing. */
const free: ReadonlySet<Requirement['kind']> = new Set(['health']);

const wanted: Record<Requirement['kind'], string> = {
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

function unanswered(requirement: Requirement, catalogue: readonly Component[]): Problem {
  const sections = catalogue
    .filter((component) => isFor(component, requirement))
    .map(({ section, name }) => section ?? name);
  return {
    code: 'claim-unanswered',
    message: `${requirement.by} asks for ${wanted[requirement.kind]} (${requirement.field}), and nothing gives it`,
    expected: `one of these sections, enabled: ${sections.join(', ')}`,
    remedy: `add the section ${sections[0] ?? ''} to cluster.yaml, or turn ${requirement.by} off`,
  };
}
