import type {
  Bound,
  BuildContext,
  Component,
  Context,
  RuleFinding,
} from '../components/contract/component.ts';
import type { Requirement, RequirementKind } from '../components/contract/requirements.ts';
import { requesterTitle } from '../components/shared/requesters.ts';
import { nameOf, type Private } from '../config/private.ts';
import type { Active } from './active.ts';
import { titleOf } from './requirementTitles.ts';

/** A component that is on, with what it provides and what it got. */
export interface Ready {
  component: Component;
  context: BuildContext<unknown>;
}

/** A requirement before its provider is known. */
interface Open {
  requirement: Requirement;
  /** The component that stated it. */
  component: string;
  /** What it follows from, the first cause first. */
  causes: readonly Provision[];
}

/** A requirement with its provider. */
interface Provision extends Open {
  provider: Active;
}

/** A provider of some kind: which one is known when it is called. */
interface AnyProvider {
  accepts?(requirement: Requirement, context: Context<unknown> | undefined): boolean;
  requires?(requirement: Requirement, context: Context<unknown>): readonly Requirement[];
  bind?(requirement: Requirement, context: BuildContext<unknown>): unknown;
}

/**
 * Finds the one provider of each requirement. A provider may require something in turn (the proxy of a route requires a
 * tunnel), so this goes on until no requirement is open.
 */
export function resolveRequirements(
  active: readonly Active[],
  catalogue: readonly Component[],
): { ready: Ready[]; problems: RuleFinding[] } {
  const provisions: Provision[] = [];
  const problems: RuleFinding[] = [];
  const seen = new Set<string>();
  const open = active.flatMap(({ component, context }) =>
    (component.requires?.(context) ?? []).map(
      (requirement): Open => ({ requirement, component: component.name, causes: [] }),
    ),
  );
  // Grows while it is read: what a requirement leads to comes after all that was asked before.
  for (const asked of open) {
    const key = `${asked.component} ${textOf(asked.requirement)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const found = provisionOf(asked, active, catalogue);
    if ('problem' in found) problems.push(found.problem);
    if (!('provider' in found)) continue;
    provisions.push(found);
    open.push(...following(found));
  }
  return { ready: readyWith(provisions, active), problems };
}

function provisionOf(
  asked: Open,
  active: readonly Active[],
  catalogue: readonly Component[],
): Provision | { problem: RuleFinding } | { free: true } {
  const { requirement } = asked;
  const [provider, ...others] = active.filter(({ component, context }) =>
    isProvider(component, requirement, context),
  );
  if (provider === undefined)
    return free.has(requirement.kind)
      ? { free: true }
      : { problem: unprovided(requirement, active, catalogue) };
  if (others.length > 0) return { problem: ambiguous(requirement, [provider, ...others]) };
  const provision = { ...asked, provider };
  const again = asked.causes.some(
    (cause) => cause.provider === provider && cause.requirement.kind === requirement.kind,
  );
  return again ? { problem: circular(provision) } : provision;
}

function following(provision: Provision): Open[] {
  const { provider, requirement, causes } = provision;
  const { component, context } = provider;
  const required = providerOf(component, requirement.kind)?.requires?.(requirement, context) ?? [];
  return required.map((next) => ({
    requirement: next,
    component: component.name,
    causes: [...causes, provision],
  }));
}

function isProvider(
  component: Component,
  requirement: Requirement,
  context: Context<unknown> | undefined,
): boolean {
  const provider = providerOf(component, requirement.kind);
  return provider !== undefined && (provider.accepts?.(requirement, context) ?? true);
}

function providerOf({ provides }: Component, kind: RequirementKind): AnyProvider | undefined {
  return provides?.[kind] as AnyProvider | undefined;
}

/** The same requirement is the same text, whatever object says it. */
function textOf(requirement: Requirement): string {
  return JSON.stringify(requirement, (_, value: unknown) =>
    typeof value === 'symbol' ? nameOf(value as Private) : value,
  );
}

function readyWith(provisions: readonly Provision[], active: readonly Active[]): Ready[] {
  const contexts = new Map<string, BuildContext<unknown>>();
  const bound = <Kind extends RequirementKind>(provision: Provision): Bound<Kind>[] => {
    const { requirement, provider } = provision;
    const context = contexts.get(provider.component.name);
    const bind = providerOf(provider.component, requirement.kind)?.bind;
    if (bind === undefined || context === undefined) return [];
    return [{ requirement, binding: bind(requirement, context) } as Bound<Kind>];
  };
  for (const { component, context } of active) {
    const own = provisions.filter((provision) => provision.component === component.name);
    contexts.set(component.name, {
      ...context,
      provided: <Kind extends RequirementKind>(kind: Kind) =>
        provisions
          .filter(
            ({ provider, requirement }) => provider.component === component && requirement.kind === kind,
          )
          .map(({ requirement }) => requirement as Requirement<Kind>),
      bindings: <Kind extends RequirementKind>(kind: Kind) =>
        own
          .filter(({ requirement }) => requirement.kind === kind)
          .flatMap((provision) => bound<Kind>(provision)),
      isProvided: (requirement: Requirement) => {
        const text = textOf(requirement);
        return own.some((candidate) => textOf(candidate.requirement) === text);
      },
      binding: <Asked extends Requirement>(requirement: Asked) => {
        const text = textOf(requirement);
        const provision = own.find((candidate) => textOf(candidate.requirement) === text);
        return provision === undefined ? undefined : bound<Asked['kind']>(provision)[0]?.binding;
      },
    });
  }
  return active.map(({ component }) => ({
    component,
    context: contexts.get(component.name) as BuildContext<unknown>,
  }));
}

/** The kinds that need no provider. */
const free: ReadonlySet<RequirementKind> = new Set(['health', 'name']);

function unprovided(
  requirement: Requirement,
  active: readonly Active[],
  catalogue: readonly Component[],
): RuleFinding {
  const { requester } = requirement;
  const who = requesterTitle(requester);
  const sections = catalogue
    .filter((component) => isProvider(component, requirement, undefined))
    .map(({ section, name }) => section ?? name);
  const [first] = sections;
  const otherStores = enabledStores(requirement, active);
  return {
    code: 'claim-unanswered',
    field: requester.field,
    message: `${who} requires ${titleOf(requirement)} (${requester.field}), and no enabled component provides it`,
    expected:
      first === undefined
        ? 'a component that provides it; this version has none'
        : `one of these sections, enabled: ${sections.join(', ')}`,
    remedy:
      first === undefined
        ? `change ${requester.field}, or turn ${who} off`
        : otherStores.length > 0
          ? `let ${who} use ${otherStores.join(' or ')} alone, which is enabled: take ${first} out of its stores. Or enable the section ${first}`
          : `add the section ${first} to cluster.yaml, or turn ${who} off`,
  };
}

/** Enabled object stores, for a bucket of one that is not. */
function enabledStores({ kind }: Requirement, active: readonly Active[]): string[] {
  if (kind !== 'bucket') return [];
  return active
    .filter(({ component }) => providerOf(component, kind) !== undefined)
    .map(({ component: { section, name } }) => section ?? name);
}

function ambiguous(requirement: Requirement, providers: readonly Active[]): RuleFinding {
  const { requester } = requirement;
  const names = providers.map(({ component: { section, name } }) => section ?? name);
  return {
    code: 'requirement-ambiguous',
    field: requester.field,
    message: `${requesterTitle(requester)} requires ${titleOf(requirement)} (${requester.field}), and several components provide it: ${names.join(', ')}`,
    expected: 'exactly one of them enabled',
    remedy: `turn off all but one of the sections ${names.join(', ')}`,
  };
}

function circular({ requirement, causes }: Provision): RuleFinding {
  const chain = [...causes.map((cause) => cause.requirement), requirement].map(
    (each, index) =>
      `${causes[index - 1]?.provider.component.name ?? requesterTitle(each.requester)} requires ${titleOf(each)}`,
  );
  return {
    code: 'requirement-cycle',
    field: requirement.requester.field,
    message: `the components require one another in a circle: ${chain.join('; so ')}`,
    expected: 'a provider that does not need what it provides',
    remedy: 'turn off one of these components, or choose another provider',
  };
}
