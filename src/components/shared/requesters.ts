import type { Requester } from '../contract/requirements.ts';

/** A component that has one instance of what asks, which has the component's name. */
export function requesterOf(component: string, field: string): Requester {
  return { component, instance: component, field };
}

/**
 * A name for what exists once per requester, different for any two of them: a component's name has no double hyphen, so
 * that the first one ends it.
 */
export function requesterName({ component, instance }: Requester): string {
  return component === instance ? component : `${component}--${instance}`;
}

/** The requester as messages name it. */
export function requesterTitle({ component, instance }: Requester): string {
  return component === instance ? component : `${component} (${instance})`;
}

/** Whether both are the same instance of the same component, because of whichever field. */
export function isSameRequester(one: Requester, other: Requester): boolean {
  return one.component === other.component && one.instance === other.instance;
}
